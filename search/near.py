"""Near spellings: which of many words differ from one by a letter or two (left out, added, changed, or two swapped)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_KINDS = 32  # letters are told apart only so far: enough to leave out most words at once
SHORTEST = 4  # letters of a word that near spellings are looked for
LONG = 8  # letters of a word in which two may differ


def distance(one: str, other: str, most: int) -> int:
    """In how many letters two words differ (optimal string alignment); `most` + 1 where it is more than `most`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        earlier, before, row = before, row, [place]
        for column, wanted in enumerate(other, 1):
            best = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != wanted))
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == wanted:
                best = min(best, earlier[column - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def allowed(word: str) -> int:
    """In how many letters a near spelling may differ."""
    return 0 if len(word) < SHORTEST else 1 if len(word) < LONG else 2


@dataclass(frozen=True)
class Words:
    """N words to look near spellings up in, the short ones first. words: in UTF-8; lengths: their letters; letters: N x 32, how
    often each kind of letter stands in them. Arrays, so that they can be kept in files and mapped."""

    words: NDArray[np.bytes_]
    lengths: NDArray[np.int32]
    letters: NDArray[np.int8]

    @classmethod
    def of(cls, words: Iterable[str]) -> Words:
        """From any words, each once."""
        ordered = sorted(set(words), key=lambda word: (len(word), word))
        lengths = np.fromiter(map(len, ordered), np.int32, len(ordered))
        letters = np.frombuffer("".join(ordered).encode("utf-32-le"), np.uint32) % _KINDS
        cells = np.repeat(np.arange(len(ordered), dtype=np.int64), lengths) * _KINDS + letters
        counts = np.bincount(cells, minlength=len(ordered) * _KINDS).astype(np.int8).reshape(-1, _KINDS)
        return cls(np.array([word.encode() for word in ordered], dtype=np.bytes_), lengths, counts)

    def near(self, word: str, most: int | None = None) -> list[tuple[int, str]]:
        """(distance, word) of the near spellings, nearest first. most: distance; by the word's length where it is not given."""
        most = allowed(word) if most is None else most
        if not most:
            return []
        low, high = np.searchsorted(self.lengths, [len(word) - most, len(word) + most + 1])
        own = np.bincount([ord(letter) % _KINDS for letter in word], minlength=_KINDS).astype(np.int8)
        differing = np.abs(self.letters[low:high] - own).sum(axis=1)
        likely = (bytes(self.words[low + place]).decode() for place in np.flatnonzero(differing <= 2 * most))
        return sorted((far, other) for other in likely if 0 < (far := distance(word, other, most)) <= most)
