"""Words across languages: which concepts a text speaks of, and which a search asks for.

Each entry is indexed with the concepts its texts speak of, in one space for all languages: "apprenticeship" and
"apprendistato" are the concept `apprenticeship` in both. A search is read the same way, in the languages its words are
likely of, and a concept then stands beside the typed words it covers: an entry that has either has that part of the search.
What the table excludes is excluded here too: the training of AI models is not the concept `training`.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from search import concepts, languages
from search.analysis import fold, stem
from search.vocabulary import LANGUAGES

# Rows that say who may apply or where, but mean nothing by themselves.
_NO_TOPIC = frozenset({"cue"})
# A sector or type of funding with more terms than this in a language is a family: a term that is not its first or name is narrower.
FAMILIES = frozenset({"ecosystem", "type"})
FAMILY = 6
LONGEST_TERM = 6  # words of a term that is looked for in other forms
MOST_SHOWN = 6  # other wordings of one concept that a page names

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Asked:
    """A concept in a search: the typed words it stands for (text[start:end]), and the concept's id.

    broader: the concept means more than the words do ("hotel" is of tourism, but not all of it).
    """

    concept: str
    start: int
    end: int
    broader: bool


def spoken_of(text: str, language: str) -> list[str]:
    """The ids of the concepts a text of a language speaks of, one per place, in order."""
    return [m.concept for m in _unhidden(concepts.find(text, language)) if m.strength == "strong" or m.facet != "ecosystem"]


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
    """The concepts of a search, longest wording first. A wording inside a longer one is not read."""
    found = [
        (language, match)
        for language in LANGUAGES
        for match in (*concepts.find(text, language), *_inflected(text, language))
        if language in languages.meant(text, fold(_WORD.match(text, match.start).group()))  # type: ignore[union-attr]
    ]
    shown = set(_unhidden(match for _, match in found))  # what one language excludes is excluded in all
    broader: dict[tuple[int, int], dict[str, bool]] = defaultdict(dict)
    for language, match in found:
        if match in shown:
            held = broader[match.start, match.end]
            held[match.concept] = held.get(match.concept, True) and _is_broader(match, language)
    longest = [s for s in broader if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in broader)]
    asked = [Asked(concept, start, end, wide) for start, end in longest for concept, wide in broader[start, end].items()]
    return tuple(sorted(asked, key=lambda a: (a.start - a.end, a.start, a.concept)))


def _inflected(text: str, language: str) -> Iterator[concepts.Match]:
    """The terms whose words stand in a text in other forms: "skill" for "skills"."""
    held, found = _by_stems(language), list(_WORD.finditer(text))
    stems = [stem(fold(word.group()), language) for word in found]
    for first in range(len(found)):
        for last in range(first, min(len(found), first + LONGEST_TERM)):
            for term in held.get(tuple(stems[first : last + 1]), ()):
                yield concepts.Match(term.concept, term.facet, term.value, term.text, term.strength, found[first].start(), found[last].end())


@cache
def _by_stems(language: str) -> dict[tuple[str, ...], list[concepts.Term]]:
    """The terms of a language by the stems of their words; those with a star are left out."""
    found: dict[tuple[str, ...], list[concepts.Term]] = defaultdict(list)
    for term in concepts.table():
        if term.language == language and term.strength != "exclude" and not any(begins for _, begins in term.words):
            found[tuple(stem(word, language) for word, _ in term.words)].append(term)
    return dict(found)


def _is_broader(match: concepts.Match, language: str) -> bool:
    """Whether a term is one of many of its concept in its language, and not its first or its name."""
    if match.facet not in FAMILIES or fold(match.term) == match.concept.replace("-", " "):
        return match.concept == "other-applicant"
    own = [term.text for term in _terms().get(match.concept, {}).get(language, ())]
    return len(own) > FAMILY and match.term not in own[:2]


@cache
def _terms() -> dict[str, dict[str, list[concepts.Term]]]:
    """Concept -> language -> its terms, in the table's order."""
    found: dict[str, dict[str, list[concepts.Term]]] = defaultdict(lambda: defaultdict(list))
    for term in concepts.table():
        if term.strength != "exclude":
            found[term.concept][term.language].append(term)
    return found


def narrower(names: Iterable[str]) -> tuple[str, ...]:
    """The concepts that are a part of what some concepts mean: who looks for the circular economy also means eco-design."""
    held = list(names)
    return tuple(dict.fromkeys(each for name in held for each in _narrower().get(name, ()) if each not in held))


@cache
def _narrower() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader((files("search.data") / "narrower.csv").read_text("utf-8").splitlines()):
        found[row["concept"]].append(row["narrower"])
    return dict(found)


def terms(names: Iterable[str], language: str) -> list[concepts.Term]:
    """The terms of some concepts in a language."""
    return [term for name in names for lang in (language, concepts.EVERY_LANGUAGE) for term in _terms().get(name, {}).get(lang, ())]


def wordings(concept: str, spoken: Iterable[str], typed: str) -> list[str]:
    """Other wordings of a concept, the first of each language; what was typed is left out."""
    held = _terms().get(concept, {})
    folded = {fold(word) for word in typed.split()} | {fold(typed)}
    first = [text for language in spoken if (text := next((t.text for t in held.get(language, ()) if "*" not in t.text), None))]
    return [text for text in dict.fromkeys(first) if fold(text) not in folded][:MOST_SHOWN]
