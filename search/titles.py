"""The words of a generation's titles as people read them, with the number of titles each stands in: for suggestions and spelling."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search import near
from search.analysis import WORD, in_word
from search.arrays import load_arrays, save_arrays

_WORDS, _SPELLINGS = "words", "spellings"
_LAST = b"\xff"  # sorts behind every word: no UTF-8 text holds it


@dataclass(frozen=True)
class _Words:
    """N words. folded: ascending; written: as most titles write them, both in UTF-8; counts: how many titles have them."""

    folded: NDArray[np.bytes_]
    written: NDArray[np.bytes_]
    counts: NDArray[np.int32]


class TitleWords:
    """The words of the titles, mapped from a folder that `save` wrote."""

    def __init__(self, folder: Path) -> None:
        self._words = _Words(**load_arrays(_Words, folder, _WORDS))
        self.spellings = near.Words(**load_arrays(near.Words, folder, _SPELLINGS))

    def times(self, word: str) -> int:
        """In how many titles a folded word stands."""
        held, key = self._words, word.encode()
        place = int(np.searchsorted(held.folded, key))
        return int(held.counts[place]) if place < len(held.folded) and held.folded[place] == key else 0

    def beginning(self, start: str) -> list[tuple[str, str, int]]:
        """The words that begin so: folded, as written, and in how many titles."""
        held, key = self._words, start.encode()
        part = slice(*np.searchsorted(held.folded, [key, key + _LAST]).tolist())
        folded, written = ([word.decode() for word in column[part].tolist()] for column in (held.folded, held.written))
        return list(zip(folded, written, held.counts[part].tolist(), strict=True))


def save(folder: Path, texts: Iterable[str]) -> None:
    """Write the words of the titles of entries into a new folder. texts: of each entry, its titles on a line each."""
    spelled: dict[str, Counter[str]] = defaultdict(Counter)
    titles: Counter[str] = Counter()
    for text in texts:
        written = {part for word in WORD.findall(text) for part in _parts(word)}
        for folded, spelling in written:
            spelled[folded][spelling] += 1
        titles.update({folded for folded, _ in written})
    ordered = sorted(spelled)
    commonest = [max(sorted(held), key=lambda written: (held[written], written.islower())) for held in (spelled[word] for word in ordered)]
    counts = np.array([titles[word] for word in ordered], dtype=np.int32)
    folder.mkdir()
    save_arrays(_Words(_texts(ordered), _texts(commonest), counts), folder, _WORDS)
    save_arrays(near.Words.of(ordered), folder, _SPELLINGS)


@lru_cache(maxsize=65_536)
def _parts(word: str) -> tuple[tuple[str, str], ...]:
    """The words in a word of a title that can be suggested: folded, and as written."""
    return tuple((t.text, word[t.start : t.end]) for t in in_word(word) if len(t.text) >= near.SHORTEST and t.text.isalpha())


def _texts(found: Iterable[str]) -> NDArray[np.bytes_]:
    return np.array([text.encode() for text in found], dtype=np.bytes_)
