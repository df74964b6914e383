"""Suggestions while typing: words of titles, concepts and places that begin as typed.

Each generation keeps the words of its titles as people read them, with the number of titles each stands in: texts may be held
back by the licence of their source, titles are not.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from search import languages, near, regions
from search.analysis import fold, words
from search.concepts import table
from search.ranking import CONCEPT_BOOSTS
from search.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from search.generations import Generation
    from search.records import Entry

FILE = "words.tsv"
SHORTEST = 2  # letters typed before anything is suggested
MOST = 8
_END = "\U0010ffff"


@dataclass(frozen=True)
class Suggestion:
    """What a search could be. text: the whole search; kind: concept, place or word; code: of a place."""

    text: str
    kind: str
    code: str = ""


class TitleWords:
    """The words of a generation's titles: folded in order, as written, and in how many titles."""

    def __init__(self, folder: Path) -> None:
        rows = [line.split("\t") for line in (folder / FILE).read_text("utf-8").splitlines()]
        self.folded = [row[0] for row in rows]
        self.written = [row[1] for row in rows]
        self.counts = [int(row[2]) for row in rows]

    def times(self, word: str) -> int:
        """In how many titles a folded word stands."""
        place = bisect_left(self.folded, word)
        return self.counts[place] if place < len(self.folded) and self.folded[place] == word else 0

    def beginning(self, start: str) -> range:
        """The numbers of the words that begin so."""
        return range(bisect_left(self.folded, start), bisect_left(self.folded, start + _END))

    @cached_property
    def spellings(self) -> near.Words:
        """To look near spellings up in."""
        return near.Words(word for word in self.folded if len(word) >= near.SHORTEST)


def write(folder: Path, entries: Iterable[Entry]) -> None:
    """Write the words of the titles of entries into a generation's folder."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        titles = f"{entry.title}\n{entry.title_en or ''}"
        for folded, spelled in {token.text: titles[token.start : token.end] for token in words(titles) if token.text.isalpha()}.items():
            if len(folded) >= near.SHORTEST:
                spellings[folded][spelled] += 1
    with (folder / FILE).open("w", encoding="utf-8") as lines:
        for folded, held in sorted(spellings.items()):
            commonest = max(sorted(held), key=lambda spelled: (held[spelled], spelled.islower()))
            lines.write(f"{folded}\t{commonest}\t{held.total()}\n")


class _Phrase(NamedTuple):
    """A term that means something. place: how many terms of its concept stand before it in its language."""

    folded: str
    written: str
    concept: str
    language: str
    place: int


@cache
def _phrases() -> list[_Phrase]:
    """The terms that are whole words, in order."""
    found, places = [], Counter[tuple[str, str]]()
    for term in table():
        if term.strength == "strong" and term.facet != "cue":
            name = term.text.rstrip("*")
            if "*" not in name and (name == term.text or fold(name) == term.concept.replace("-", " ")):
                found.append(_Phrase(fold(name), name, term.concept, term.language, places[term.concept, term.language]))
            places[term.concept, term.language] += 1
    return sorted(found)


@cache
def _places() -> list[tuple[str, str, str]]:
    """(folded name, as written, code) of every place, in order."""
    return sorted(
        (fold(name), name, code) for name, codes in regions.written_names().items() for code in codes if len(name) > SHORTEST and name != code
    )


def suggestions(text: str, generation: Generation) -> list[Suggestion]:
    """What a search that begins so could be: whole wordings first, then its last word completed; at most MOST."""
    typed = " ".join(text.split())
    head, _, last = typed.rpartition(" ")
    if len(last) < SHORTEST:
        return []
    start = fold(last)
    spoken = frozenset[str]().union(*(languages.meant(typed, fold(word)) for word in head.split()))
    found = _concepts(fold(typed), frozenset(LANGUAGES), generation)
    if head:
        completed = [*_words(start, generation), *_concepts(start, spoken, generation), *_named(start)]
        found += [replace(suggestion, text=f"{head} {suggestion.text}") for suggestion in completed]
    else:
        found += [*_named(start), *_words(start, generation)]
    return list({s.text: s for s in reversed(found)}.values())[::-1][:MOST]


def _between(rows: Sequence[Any], start: str) -> Sequence[Any]:
    """The rows of an ordered list whose first cell begins so."""
    return rows[bisect_left(rows, (start,)) : bisect_left(rows, (start + _END,))]


def _concepts(start: str, spoken: frozenset[str], generation: Generation) -> list[Suggestion]:
    """Concepts that entries speak of, by a term of one of these languages that begins so: the first of its language."""
    held = generation.postings
    named: dict[str, str] = {}
    for phrase in sorted(_between(_phrases(), start), key=lambda p: (p.place, p.language != "en", len(p.folded))):
        known = any(held.words(field, phrase.concept.encode()) for field in CONCEPT_BOOSTS)
        if known and phrase.language in spoken and phrase.concept not in named:
            named[phrase.concept] = phrase.written
    return [Suggestion(written, "concept") for written in list(dict.fromkeys(named.values()))[: MOST // 2]]


def _named(start: str) -> list[Suggestion]:
    """Places by a name that begins so, the English one first."""
    codes: dict[str, str] = {}
    within = sorted(_between(_places(), start), key=lambda p: (regions.display(p[2]).split(" (")[0] != p[1], len(p[2]), len(p[1])))
    for _, written, code in within:
        if not any(code.startswith(larger) and fold(codes[larger]) == fold(written) for larger in codes):
            codes.setdefault(code, written)
    return [Suggestion(written, "place", code) for code, written in list(codes.items())[: MOST // 4]]


def _words(start: str, generation: Generation) -> list[Suggestion]:
    """The commonest words of titles that begin so."""
    titles = generation.title_words
    likely = (n for n in titles.beginning(start) if titles.folded[n] != start)
    common = heapq.nlargest(MOST // 2, likely, key=lambda n: (titles.counts[n], -len(titles.folded[n])))
    return [Suggestion(titles.written[n].lower(), "word") for n in common]


def warm() -> None:
    """Read the tables."""
    _phrases()
    _places()
