"""Suggestions while typing: words of titles, concepts and places that begin as typed.

Words are those of titles (search.titles): texts may be held back by the licence of their source, titles are not.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from search import languages, places, regions
from search.analysis import fold
from search.concepts import table
from search.ranking import CONCEPT_BOOSTS
from search.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from search.generation import Generation

SHORTEST = 2  # letters typed before anything is suggested
MOST = 8
_END = "\U0010ffff"


@dataclass(frozen=True)
class Suggestion:
    """What a search could be. text: the whole search; kind: concept, place or word; code: of a place."""

    text: str
    kind: str
    code: str = ""


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
    named = [(name, code) for name, codes in regions.written_names().items() for code in codes]
    return sorted((fold(name), name, code) for name, code in [*named, *places.names().items()] if len(name) > SHORTEST and name != code)


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
    held = generation.lexicon
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
    likely = [(count, len(folded), written) for folded, written, count in titles.beginning(start) if folded != start]
    return [Suggestion(written.lower(), "word") for _, _, written in heapq.nlargest(MOST // 2, likely, key=lambda row: (row[0], -row[1]))]


def warm() -> None:
    """Read the tables."""
    _phrases()
    _places()
