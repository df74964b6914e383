"""The induced dictionary: what a word may be in the other official languages, by way of English.

`dictionary.tsv.gz` gives English stems their words in each language, `meanings.tsv.gz` the other way round: stems of any
language their English stems; `spelled.txt.gz` lists the words. The tables are sorted and looked up as they lie: a line is
taken apart when it is asked for. `search.data.induce` makes them.
"""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from search.analysis import stem
from search.vocabulary import LANGUAGES

LEAST_SCORE = 0.15  # of a translation by way of English
SHORTEST = 4  # letters of a word that is looked up


@dataclass(frozen=True)
class Translation:
    """A word of another language; score: how sure the dictionary is, at most 1."""

    language: str
    word: str
    score: float


@cache
def _lines(name: str) -> tuple[list[str], list[str]]:
    """The heading of a table and its lines, sorted by their first cell."""
    lines = gzip.decompress((files("search.data") / name).read_bytes()).decode().splitlines()
    return lines[0].split("\t"), lines[1:]


def _row(name: str, key: str) -> list[str]:
    """The cells behind a first cell; none where it is not in the table."""
    _, lines = _lines(name)
    wanted = key + "\t"
    place = bisect_left(lines, wanted)
    return lines[place].split("\t")[1:] if place < len(lines) and lines[place].startswith(wanted) else []


def _pairs(cell: str) -> list[tuple[str, float]]:
    return [(text, float(score)) for pair in cell.split("; ") if pair for text, score in [pair.rsplit(" ", 1)]]


def _meanings(word: str, language: str) -> list[tuple[str, float]]:
    """The English stems that a folded word of a language may mean, with how sure that is."""
    root = stem(word, language)
    if language == "en":
        return [(root, 1.0)] if _row("dictionary.tsv.gz", root) else []
    cells = (cell.split(":", 1) for cell in _row("meanings.tsv.gz", root))
    return next((_pairs(text) for held, text in cells if held == language), [])


@lru_cache(maxsize=4096)
def languages_of(word: str) -> frozenset[str]:
    """The languages in which the dictionary knows a folded word."""
    return frozenset(language for language in LANGUAGES if _meanings(word, language))


@lru_cache(maxsize=4096)
def translations(word: str, languages: Collection[str]) -> tuple[Translation, ...]:
    """What a folded word of one of these languages may be in the others; nothing for short words and numbers."""
    if len(word) < SHORTEST or not word.isalpha():
        return ()
    english: dict[str, float] = {}
    for language in languages:
        for meaning, score in _meanings(word, language):
            english[meaning] = max(english.get(meaning, 0.0), score)
    found: dict[tuple[str, str], float] = {}
    heading = _lines("dictionary.tsv.gz")[0][1:]
    for meaning, sure in english.items():
        found["en", meaning] = max(found.get(("en", meaning), 0.0), sure)
        for language, cell in zip(heading, _row("dictionary.tsv.gz", meaning), strict=False):
            for other, score in _pairs(cell):
                found[language, other] = max(found.get((language, other), 0.0), sure * score)
    return tuple(Translation(language, other, score) for (language, other), score in sorted(found.items()) if score >= LEAST_SCORE)


def spelled() -> list[str]:
    """The folded words of the dictionary, of every language but English, whose words it has as stems."""
    return _lines("spelled.txt.gz")[1]


def stems_of(language: str) -> set[str]:
    """The stems of the dictionary's words in a language, English left out."""
    return {line.partition("\t")[0] for line in _lines("meanings.tsv.gz")[1] if f"\t{language}:" in line}
