"""One facet of all entries, as arrays: which entries carry a value, and how many of some entries carry each.

A facet with a vocabulary is a matrix of bits, 64 entries to a number. One whose values the data bring (programmes,
regions) may have thousands of them, each carried by few: it is a list of pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.arrays import mapped

Mask = NDArray[np.bool_]
_WORD = 64  # entries in one number of a matrix


def packed(mask: Mask) -> NDArray[np.uint64]:
    """Bits (last axis: N entries) as 64-bit numbers; the places behind the last entry are 0."""
    count = mask.shape[-1]
    filled = np.zeros((*mask.shape[:-1], count + -count % _WORD), dtype=bool)
    filled[..., :count] = mask
    bits: NDArray[np.uint64] = np.packbits(filled, axis=-1, bitorder="little").view(np.uint64)
    return bits


class Bits:
    """A facet as V x N bits."""

    def __init__(self, values: Sequence[str], matrix: NDArray[np.uint64], count: int) -> None:
        self.values = values
        self.place = {value: n for n, value in enumerate(values)}
        self.matrix = matrix
        self.count = count

    @classmethod
    def of(cls, values: Sequence[str], rows: NDArray[np.int32], codes: NDArray[np.int32], count: int) -> Bits:
        """From pairs of an entry and the number of its value."""
        bits = np.zeros((len(values), count), dtype=bool)
        bits[codes, rows] = True
        return cls(values, packed(bits), count)

    def save(self, folder: Path, name: str) -> None:
        np.save(folder / f"{name}.bits.npy", self.matrix)

    @classmethod
    def load(cls, folder: Path, name: str, values: Sequence[str], count: int) -> Bits:
        return cls(values, mapped(folder / f"{name}.bits.npy"), count)

    def carrying(self, chosen: Iterable[str]) -> Mask:
        """The entries that carry any of the values."""
        rows = [self.matrix[self.place[value]] for value in chosen if value in self.place]
        either = np.bitwise_or.reduce(rows, axis=0) if rows else np.zeros(self.matrix.shape[1], dtype=np.uint64)
        mask: Mask = np.unpackbits(either.view(np.uint8), count=self.count, bitorder="little").view(np.bool_)
        return mask

    def part(self, first: int, last: int) -> Mask:
        """V x the entries from one to another: whether they carry the value."""
        words = np.ascontiguousarray(self.matrix[:, first // _WORD : -(-last // _WORD)])
        within: Mask = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")[:, first % _WORD :][:, : last - first].view(np.bool_)
        return within

    def counts(self, passing: Passing) -> NDArray[np.int64]:
        """How many of some entries carry each value."""
        held: NDArray[np.int64] = np.bitwise_count(self.matrix & passing.bits).sum(axis=1, dtype=np.int64)
        return held


class Pairs:
    """A facet as P pairs of an entry and the number of its value, by entry."""

    def __init__(self, values: Sequence[str], rows: NDArray[np.int32], codes: NDArray[np.int32], count: int) -> None:
        self.values = values
        self.rows = rows
        self.codes = codes
        self.count = count

    @classmethod
    def of(cls, values: Sequence[str], rows: NDArray[np.int32], codes: NDArray[np.int32], count: int) -> Pairs:
        """From the pairs."""
        return cls(values, rows, codes, count)

    def save(self, folder: Path, name: str) -> None:
        np.save(folder / f"{name}.rows.npy", self.rows)
        np.save(folder / f"{name}.codes.npy", self.codes)

    @classmethod
    def load(cls, folder: Path, name: str, values: Sequence[str], count: int) -> Pairs:
        return cls(values, mapped(folder / f"{name}.rows.npy"), mapped(folder / f"{name}.codes.npy"), count)

    @cached_property
    def place(self) -> dict[str, int]:
        return {value: n for n, value in enumerate(self.values)}

    def carrying(self, chosen: Iterable[str]) -> Mask:
        """The entries that carry any of the values."""
        wanted = np.zeros(len(self.values), dtype=bool)
        wanted[[self.place[value] for value in chosen if value in self.place]] = True
        mask = np.zeros(self.count, dtype=bool)
        mask[self.rows[wanted[self.codes]]] = True
        return mask

    def counts(self, passing: Passing) -> NDArray[np.int64]:
        """How many of some entries carry each value."""
        if len(self.rows) == self.count and self._one_each:
            found = self.codes[passing.rows]
        else:
            found = self.codes[passing.mask[self.rows]]
        return np.bincount(found, minlength=len(self.values))

    @cached_property
    def _one_each(self) -> bool:
        return bool((self.rows == np.arange(self.count)).all())


class Passing:
    """Some of the N entries, in the shapes that counting wants, each made at most once."""

    def __init__(self, mask: Mask) -> None:
        self.mask = mask

    @cached_property
    def bits(self) -> NDArray[np.uint64]:
        return packed(self.mask)

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.mask)
