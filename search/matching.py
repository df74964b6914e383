"""What the words of a search find: each part as a Whoosh query, and entries ranked by how many of the parts they have.

A part is answered by the typed words, by a concept or place they name, or by a translation, and counts once. Entries with
every part come first; where they are few, those with most of the parts follow, and it is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh import query as wq

from search import compounds, postings, ranking, regions, spelling, suggest, wording
from search.analysis import fold, forms, squeezed, stem
from search.postings import Rows, Scores
from search.spelling import Correction
from search.wording import Asked, Group

if TYPE_CHECKING:
    from search.generation import Generation
    from search.opening import Embedded

Numbers = NDArray[np.float64]


class Found(NamedTuple):
    """The entries that answer a search.

    rows: ascending; whole: whether an entry has every part; text: the search as it was read; corrections: its words read otherwise.
    """

    rows: Rows
    scores: Scores
    whole: NDArray[np.bool_]
    text: str
    corrections: list[Correction]


def _one(part: Asked, languages: Iterable[str]) -> wq.Query:
    """A part in any field: the best spelling in each field counts."""
    choices: list[wq.Query] = []
    for name, boost in ranking.BOOSTS.items():
        if part.prefix:
            choices.append(wq.Prefix(name, part.words[0], boost=boost))
        elif part.phrase:
            choices += _phrases(name, part.words, languages, boost)
        else:
            choices += [wq.Term(name, form, boost=boost) for form in forms(part.words[0], languages)]
            choices += _phrases(name, part.parts, languages, boost) if part.parts else []
    if (code := squeezed(part.words[0])) and not part.phrase:
        choices.append(wq.Prefix("codes", code, boost=ranking.BOOSTS["codes"]))
    return wq.Or(choices)


def _phrases(name: str, words: tuple[str, ...], languages: Iterable[str], boost: float) -> list[wq.Query]:
    """The words side by side, in the stems of each language."""
    spelled = {tuple(stem(word, language) for word in words) for language in ("", *languages)}
    return [wq.Phrase(name, list(stems), boost=boost) for stems in sorted(spelled)]


class Reading(NamedTuple):
    """A group as queries. whole: answers it; partly: answers it only in a wider sense."""

    whole: wq.Query
    partly: wq.Query | None


def reading(group: Group, generation: Generation, languages: list[str]) -> Reading:
    """A group as queries. However many of its wordings an entry has, only the best of them counts."""
    typed = [_one(part, languages) for part in group.parts]
    choices: list[wq.Query] = [wq.And(typed) if len(typed) > 1 else typed[0]]
    choices += [_concepts(group.concepts, ranking.CONCEPT)] if group.concepts else []
    choices += [wq.Term("area", code, boost=ranking.AREA_BOOSTS["area"]) for code in group.places]
    translated = {stem(fold(t.word), t.language): t.score for t in group.translations}
    for name, boost in ranking.BOOSTS.items():
        if name not in ("codes", "place"):
            choices += _as_rare(name, boost * ranking.TRANSLATION, translated, generation)
    partly: list[wq.Query] = [_concepts(group.broader, ranking.BROADER)] if group.broader else []
    partly += [_concepts(group.narrower, ranking.NARROWER)] if group.narrower else []
    partly += [wq.Term("area", ranking.OWN + code, boost=ranking.WIDER) for code in _around(group.places)]
    if group.inner:
        inner = [reading(each, generation, languages).whole for each in group.inner]
        choices.append(wq.And(inner, boost=ranking.INNER))
        partly.append(wq.Or(inner, boost=ranking.INNER))
    return Reading(wq.DisjunctionMax(choices), wq.DisjunctionMax(partly) if partly else None)


def _concepts(names: Iterable[str], weight: float) -> wq.Query:
    return wq.Or([wq.Term(field, name, boost=boost * weight) for name in names for field, boost in ranking.CONCEPT_BOOSTS.items()])


def _around(places: Iterable[str]) -> list[str]:
    """The units that places lie in, and the Union: their own entries are open to the places too."""
    around = {outer for code in places for outer in regions.lineage(code)[:-1]}
    return [*sorted(around), ranking.UNION] if places else []


def _as_rare(name: str, boost: float, stems: Mapping[str, float], generation: Generation) -> Iterator[wq.Query]:
    """Translations in one field, stem -> how sure. A word of a language with few entries is rare only there: all count as rare as
    all together."""
    held = generation.lexicon
    found = [(text, score, number) for text, score in stems.items() for number in held.words(name, text.encode())]
    together = held.rarity(name, [number for _, _, number in found])
    for text, score, number in found:
        yield wq.Term(name, text, boost=boost * score * together / held.idf(name, number))


def _answered(reading: Reading, generation: Embedded) -> tuple[Numbers, Numbers]:
    """Of every entry, what a group counts in it, and how much of the group it has: 1, PARTLY or 0."""
    counts: Numbers = np.zeros(len(generation.columns))
    shares: Numbers = np.zeros(len(counts))
    if reading.partly is not None:
        rows, scores = postings.matches(reading.partly, generation)
        counts[rows], shares[rows] = scores, ranking.PARTLY
    rows, scores = postings.matches(reading.whole, generation)
    counts[rows], shares[rows] = np.maximum(counts[rows], scores.astype(np.float64)), 1.0
    return counts, shares


def matches(text: str, generation: Embedded, expand: bool = True) -> Found:
    """The entries that have every part of a search; where these are fewer than ENOUGH, also those that have most.

    expand: also by the concepts the words name and by their translations, and with misspelt words corrected.
    """
    languages = sorted(generation.languages)
    size = len(generation.columns)
    text, corrections = spelling.corrected(text, generation) if expand else (text, [])
    groups = wording.groups(text, expand)
    scores, coverage = np.zeros((2, size))
    whole, weights = np.ones(size, dtype=bool), 0.0
    for group in groups:
        counts, shares = _answered(reading(group, generation, languages), generation)
        weight = weight_of(int(np.count_nonzero(shares == 1)), size)
        scores += counts
        coverage += shares * weight
        whole &= shares == 1
        weights += weight
    coverage = coverage / weights if groups else np.ones(size)
    if code := squeezed(text):  # the beginning of an identifier, however it is parted: all that was asked for
        rows, found = postings.matches(wq.Prefix("codes", code, boost=ranking.CODE), generation)
        scores[rows] += found
        coverage[rows], whole[rows] = 1.0, True
    if left_out := unwanted(text, languages):
        rows, _ = postings.matches(wq.Or(left_out), generation)
        coverage[rows], whole[rows] = 0.0, False
    rows = np.flatnonzero((coverage >= _least(coverage, whole)) & (coverage > 0)).astype(np.int32)
    return Found(rows, (scores[rows] * coverage[rows] ** ranking.COVERAGE).astype(np.float32), whole[rows], text, corrections)


def unwanted(text: str, languages: Iterable[str]) -> list[wq.Query]:
    """What a search leaves out, each word or phrase with a minus before it."""
    return [_one(part, languages) for part in wording.read(text) if part.excluded]


def weight_of(holding: int, size: int) -> float:
    """How much a part of a search weighs that so many of the entries have."""
    return math.log(size / (holding + 1)) + 1 if holding else 1.0


def _least(coverage: Numbers, whole: NDArray[np.bool_]) -> float:
    """The share of the parts that an entry must have to be shown: all where ENOUGH have all, else less, until ENOUGH are shown."""
    if np.count_nonzero(whole) >= ranking.ENOUGH:
        return float(coverage[whole].min())
    any_part = coverage[coverage > 0]
    if len(any_part) <= ranking.ENOUGH:
        return 0.0
    return min(ranking.LEAST_COVERAGE, float(np.partition(any_part, -ranking.ENOUGH)[-ranking.ENOUGH]))


def warm() -> None:
    """Read the tables that searches need, about a second's work: before the first search, and before workers are forked, who share them."""
    wording.groups("training in Lombardy for young people")
    compounds.warm()
    spelling.warm()
    suggest.warm()
