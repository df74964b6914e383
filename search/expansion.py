"""Words across languages: which concepts a text speaks of, and which a search asks for.

Each entry is indexed with the concepts its texts speak of, in one space for all languages: "apprenticeship" and
"apprendistato" are the concept `apprenticeship` in both. A search is read the same way, in every language at once, and a
concept then stands beside the typed words it covers: an entry that has either has that part of the search. What the
table excludes is excluded here too: the training of AI models is not the concept `training`.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from search import concepts
from search.analysis import fold, stem
from search.vocabulary import LANGUAGES

# Rows that say who may apply or where, but mean nothing by themselves.
_NO_TOPIC = frozenset({"cue"})
LEAST_SCORE = 0.15  # of a translation by way of English
SHORTEST = 4  # letters of a word that is looked up in the dictionary
MOST_SHOWN = 6  # other wordings of one concept that a page names


@dataclass(frozen=True)
class Asked:
    """A concept in a search: the typed words it stands for (text[start:end]), and the concept's id."""

    concept: str
    start: int
    end: int


@dataclass(frozen=True)
class Translation:
    """A word of another language; score: how sure the dictionary is, at most 1."""

    language: str
    word: str
    score: float


def spoken_of(text: str, language: str) -> list[str]:
    """The ids of the concepts a text of a language speaks of, one per place, in order."""
    return [match.concept for match in _unhidden(concepts.find(text, language))]


def _unhidden(found: Iterable[concepts.Match]) -> list[concepts.Match]:
    """The matches that mean something and that no exclusion of their facet covers."""
    found = list(found)
    hidden: dict[str, list[concepts.Match]] = defaultdict(list)
    for match in found:
        if match.strength == "exclude":
            hidden["skills" if match.facet == "area" else match.facet].append(match)
    return [m for m in found if m.strength != "exclude" and m.facet not in _NO_TOPIC and not _covered(m, hidden)]


def _covered(match: concepts.Match, hidden: dict[str, list[concepts.Match]]) -> bool:
    shields = hidden.get("skills" if match.facet == "area" else match.facet, ())
    return any(shield.start < match.end and match.start < shield.end for shield in shields)


@lru_cache(maxsize=4096)
def asked_for(text: str) -> tuple[Asked, ...]:
    """The concepts of a search, longest wording first; who searches does not say in which language.

    A word may mean several things in several languages; each meaning is kept, but a wording inside a longer one is not.
    """
    found = {
        Asked(match.concept, match.start, match.end)
        for language in LANGUAGES
        for match in _unhidden(concepts.find(text, language))
        if match.strength == "strong" or (match.start == 0 and match.end == len(text))
    }
    spans = {(item.start, item.end) for item in found}
    longest = {span for span in spans if not any(other != span and other[0] <= span[0] and span[1] <= other[1] for other in spans)}
    return tuple(sorted((a for a in found if (a.start, a.end) in longest), key=lambda a: (a.start - a.end, a.start, a.concept)))


@cache
def _wordings() -> dict[str, dict[str, list[str]]]:
    """Concept -> language -> its wordings, as people write them."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for term in concepts.table():
        if term.strength == "strong" and "*" not in term.text:
            found[term.concept][term.language].append(term.text)
    return found


def wordings(concept: str, languages: Iterable[str], typed: str) -> list[str]:
    """Other wordings of a concept, the first of each language; what was typed is left out."""
    held = _wordings().get(concept, {})
    folded = {fold(word) for word in typed.split()} | {fold(typed)}
    first = [words[0] for language in languages if (words := held.get(language))]
    return [word for word in dict.fromkeys(first) if fold(word) not in folded][:MOST_SHOWN]


@cache
def _dictionary() -> tuple[dict[str, dict[str, list[tuple[str, float]]]], dict[str, dict[str, list[tuple[str, float]]]]]:
    """The induced dictionary both ways: English stem -> language -> (word, score); language -> stem -> (English stem, score)."""
    forth: dict[str, dict[str, list[tuple[str, float]]]] = {}
    back: dict[str, dict[str, list[tuple[str, float]]]] = defaultdict(lambda: defaultdict(list))
    packed = (files("search.data") / "dictionary.tsv.gz").read_bytes()
    for row in csv.DictReader(gzip.decompress(packed).decode().splitlines(), delimiter="\t"):
        english = row.pop("en")
        forth[english] = {}
        for language, cell in row.items():
            for pair in filter(None, cell.split("; ")):
                word, score = pair.rsplit(" ", 1)
                forth[english].setdefault(language, []).append((word, float(score)))
                back[language][stem(fold(word), language)].append((english, float(score)))
    return forth, back


@lru_cache(maxsize=4096)
def translations(word: str) -> tuple[Translation, ...]:
    """What a folded word may be in the official languages, by way of English; nothing for short words and numbers."""
    if len(word) < SHORTEST or not word.isalpha():
        return ()
    forth, back = _dictionary()
    english: dict[str, float] = {stem(word, "en"): 1.0}
    for language, stems in back.items():
        for meaning, score in stems.get(stem(word, language), ()):
            english[meaning] = max(english.get(meaning, 0.0), score)
    found: dict[tuple[str, str], float] = {}
    for meaning, sure in english.items():
        for language, others in forth.get(meaning, {}).items():
            for other, score in others:
                found[language, other] = max(found.get((language, other), 0.0), sure * score)
        found["en", meaning] = max(found.get(("en", meaning), 0.0), sure)
    return tuple(Translation(language, other, score) for (language, other), score in sorted(found.items()) if score >= LEAST_SCORE)
