"""The postings as arrays: which entries hold a word, how strongly, and where.

Made from the same tokens that Whoosh gets. A posting is one word in one field of one entry; its strength is the part of
BM25F that does not depend on the search, with lengths rounded as Whoosh rounds them, so that scores are Whoosh's.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length, length_to_byte

from search.arrays import load_arrays, save_arrays
from search.ranking import FIELDS, K1, B

_DIGIT = 16  # bits sorted by at a time: NumPy sorts 16-bit numbers by counting


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


@dataclass(frozen=True)
class Inverted:
    """The postings of one field: V words, P postings, T places.

    terms: V words in byte order; starts: V+1 places in the postings; rows: P entries, ascending within a word;
    strengths: P numbers; spots: P+1 places in positions; positions: T token numbers within the field.
    """

    terms: NDArray[np.bytes_]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    strengths: NDArray[np.float32]
    spots: NDArray[np.int64]
    positions: NDArray[np.int32]

    def save(self, folder: Path, field: str) -> None:
        """Write each array to a file of its own, so that it can be mapped."""
        save_arrays(self, folder, field)

    @classmethod
    def load(cls, folder: Path, field: str) -> Inverted:
        """Map what `save` wrote."""
        return cls(**load_arrays(cls, folder, field))

    def lengths(self, count: int) -> NDArray[np.int32]:
        """How many tokens each of `count` entries has."""
        return np.bincount(self.rows, np.diff(self.spots), count).astype(np.int32)

    def tokens(self, count: int) -> Tokens:
        """The tokens of `count` entries these postings were made from."""
        lengths, times = self.lengths(count), np.diff(self.spots)
        first = np.cumsum(lengths, dtype=np.int64) - lengths
        ids = np.empty(len(self.positions), dtype=np.int32)
        words = np.repeat(np.arange(len(self.terms), dtype=np.int32), np.diff(self.starts))
        ids[np.repeat(first[self.rows], times) + self.positions] = np.repeat(words, times)
        return Tokens(np.asarray(self.terms), ids, lengths)


def invert(parts: Sequence[Tokens], rows: Sequence[NDArray[np.int32]], count: int) -> Inverted:
    """The postings of `count` entries. rows: per part, the row of each of its entries, -1 for one that is no longer there."""
    terms, common = np.unique(np.concatenate([part.terms for part in parts]), return_inverse=True)
    offsets = np.cumsum([0, *(len(part.terms) for part in parts)])
    word = np.concatenate([common[offset + part.ids] for offset, part in zip(offsets, parts, strict=False)]).astype(np.int32)
    lengths = np.concatenate([part.lengths for part in parts])
    row_of = np.concatenate(list(rows))
    first = np.cumsum(lengths, dtype=np.int64) - lengths
    entries = np.argsort(row_of, kind="stable")[np.count_nonzero(row_of < 0) :]  # the living, in row order
    lengths, row_of, first = lengths[entries], row_of[entries], first[entries]
    token_row = np.repeat(row_of, lengths)
    position = _counting(lengths)
    word = word[np.repeat(first, lengths) + position]
    order = _sorted_by(word)
    word, token_row, position = word[order], token_row[order], position[order]
    begins = np.flatnonzero(np.diff(word, prepend=-1).astype(bool) | np.diff(token_row, prepend=-1).astype(bool))
    held, starts = np.unique(word[begins], return_index=True)
    spots = np.append(begins, len(word)).astype(np.int64)
    whole = np.zeros(count, dtype=np.int64)
    whole[row_of] = lengths
    found = token_row[begins].astype(np.int32)
    return Inverted(terms[held], np.append(starts, len(begins)).astype(np.int64), found,
                    _strengths(np.diff(spots), whole, found), spots, position.astype(np.int32))  # fmt: skip


def _counting(lengths: NDArray[np.int32]) -> NDArray[np.int32]:
    """0, 1, 2 … anew for each length."""
    total = int(lengths.sum())
    places: NDArray[np.int32] = (np.arange(total) - np.repeat(np.cumsum(lengths, dtype=np.int64) - lengths, lengths)).astype(np.int32)
    return places


def _sorted_by(word: NDArray[np.int32]) -> NDArray[np.intp]:
    """The order that sorts the tokens by word and leaves those of one word as they stand."""
    order = np.argsort((word & 0xFFFF).astype(np.uint16), kind="stable")
    if len(word) and int(word.max()) >> _DIGIT:
        order = order[np.argsort((word[order] >> _DIGIT).astype(np.uint16), kind="stable")]
    return order


def _strengths(times: NDArray[np.int64], lengths: NDArray[np.int64], rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """BM25F without idf and boost: how much a word counts that stands so many times in a field of that length."""
    average = (lengths.sum() / max(len(lengths), 1)) or 1.0
    known, place = np.unique(lengths, return_inverse=True)
    rounded = np.array([byte_to_length(length_to_byte(int(length))) for length in known], dtype=np.float64)[place]
    norm = K1 * ((1 - B) + B * rounded / average)
    strengths: NDArray[np.float32] = (times * (K1 + 1) / (times + norm[rows])).astype(np.float32)
    return strengths
