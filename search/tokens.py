"""The tokens of entries on their way to postings: recorded by the processes that analyse, and put aside on the disk by field."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.ranking import FIELDS

_BLOCK = 1_000_000  # tokens that are read at a time, about


@dataclass(frozen=True)
class Tokens:
    """The tokens of one field of D entries. terms: its words; ids: the word of each token; lengths: tokens per entry."""

    terms: NDArray[np.bytes_]
    ids: NDArray[np.int32]
    lengths: NDArray[np.int32]


class Recorder:
    """Collects the tokens of entries, one after the other."""

    def __init__(self) -> None:
        self._words: dict[str, dict[str, int]] = {field: {} for field in FIELDS}
        self._ids = {field: array("i") for field in FIELDS}
        self._lengths = {field: array("i") for field in FIELDS}

    def add(self, texts: dict[str, list[str]]) -> None:
        """The tokens of one entry, per field."""
        for field, tokens in texts.items():
            words = self._words[field]
            for token in tokens:
                if token not in words:
                    words[token] = len(words)
            self._ids[field].extend(map(words.__getitem__, tokens))
            self._lengths[field].append(len(tokens))

    def tokens(self) -> dict[str, Tokens]:
        """What was collected, per field."""
        return {
            field: Tokens(
                np.array([word.encode() for word in self._words[field]] or [b""], dtype=np.bytes_)[: len(self._words[field])],
                np.frombuffer(self._ids[field], dtype=np.int32) if self._ids[field] else np.zeros(0, np.int32),
                np.frombuffer(self._lengths[field], dtype=np.int32) if self._lengths[field] else np.zeros(0, np.int32),
            )
            for field in FIELDS
        }


class FieldTokens:
    """The tokens of one field of D entries: in a file, each as the number of its word, in the order in which words were met.

    lengths: tokens per entry.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._numbers: dict[bytes, int] = {}
        self._lengths = array("i")

    def add(self, part: Tokens) -> None:
        """Append the tokens of the next entries."""
        numbers = self._numbers
        own = np.array([numbers.setdefault(word, len(numbers)) for word in part.terms.tolist()], dtype=np.int32)
        with self._path.open("ab") as out:
            own[part.ids].tofile(out)
        self._lengths.frombytes(part.lengths.tobytes())

    def remove(self) -> None:
        """Give the disk back what the tokens take of it: they are not asked for again."""
        self._path.unlink(missing_ok=True)  # without entries there is none

    @property
    def lengths(self) -> NDArray[np.int32]:
        return np.frombuffer(self._lengths, dtype=np.int32) if self._lengths else np.zeros(0, np.int32)

    def words(self) -> tuple[NDArray[np.bytes_], NDArray[np.int32]]:
        """The words in byte order, and the place of each in it as they were met."""
        met = np.array(list(self._numbers) or [b""], dtype=np.bytes_)[: len(self._numbers)]
        order = np.argsort(met, kind="stable")
        places = np.empty(len(met), dtype=np.int32)
        places[order] = np.arange(len(met), dtype=np.int32)
        return met[order], places

    def sizes(self, places: NDArray[np.int32]) -> NDArray[np.int64]:
        """How many tokens each word has, by its place."""
        found = np.zeros(len(places), dtype=np.int64)
        for ids, _, _ in self._blocks():
            found += np.bincount(ids, minlength=len(places))
        sizes = np.empty_like(found)
        sizes[places] = found
        return sizes

    def between(self, places: NDArray[np.int32], low: int, high: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Of the tokens whose words have places from `low` to below `high`: the word, counted from `low`, the entry, and the token's
        number in its field; by entry and number."""
        words, rows, positions = [], [], []
        for ids, first, starts in self._blocks():
            word = places[ids] - np.int32(low)
            picked = np.flatnonzero(word.view(np.uint32) < np.uint32(high - low))
            row = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(np.searchsorted(picked, starts)))
            words.append(word[picked])
            rows.append(row + np.int32(first))
            positions.append((picked - starts[row]).astype(np.int32))
        return np.concatenate(words), np.concatenate(rows), np.concatenate(positions)

    def _blocks(self) -> Iterator[tuple[NDArray[np.int32], int, NDArray[np.int64]]]:
        """Numbers of the words of the tokens of some entries, the first of these entries, and where the tokens of each begin and end."""
        ends = np.cumsum(self.lengths, dtype=np.int64)
        first, read = 0, 0
        while first < len(ends):
            last = max(int(np.searchsorted(ends, read + _BLOCK, side="right")), first + 1)
            starts = np.append(read, ends[first:last]) - read
            yield np.fromfile(self._path, dtype=np.int32, count=int(starts[-1]), offset=4 * read), first, starts
            first, read = last, int(ends[last - 1])


class TokenFiles:
    """The tokens of every field, in a new folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.fields = {field: FieldTokens(folder / field) for field in FIELDS}

    def add(self, part: dict[str, Tokens]) -> None:
        """Append the tokens of the next entries."""
        for field, tokens in part.items():
            self.fields[field].add(tokens)
