"""The words of one generation: which there are in each searched field, and in how many entries each stands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

_MOST_KNOWN = 50_000  # words whose place is remembered


class Lexicon:
    """The words of N entries.

    count: N; terms: field -> its words in byte order; starts: field -> V+1 sums of the numbers of entries that hold the words
    before.
    """

    def __init__(self, count: int, terms: Mapping[str, NDArray[np.bytes_]], starts: Mapping[str, NDArray[np.int64]]) -> None:
        self.count = count
        self.terms = terms
        self.starts = starts
        self._known: dict[tuple[str, bytes], range] = {}

    def words(self, field: str, first: bytes, behind: bytes | None = None) -> range:
        """The numbers of a field's words from `first` up to `behind`; without it, of that very word: one or none."""
        terms = self.terms[field]
        if behind is not None:
            return range(int(np.searchsorted(terms, first)), int(np.searchsorted(terms, behind)))
        found = self._known.get((field, first))
        if found is None:
            low = int(np.searchsorted(terms, first))
            found = range(low, low + (low < len(terms) and terms[low] == first))
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[field, first] = found
        return found

    def idf(self, field: str, word: int) -> float:
        """How rare a word is: Whoosh's formula."""
        return self.rarity(field, (word,))

    def rarity(self, field: str, words: Iterable[int]) -> float:
        """The idf of several words taken as one."""
        starts = self.starts[field]
        return math.log(self.count / (sum(int(starts[w + 1] - starts[w]) for w in words) + 1)) + 1
