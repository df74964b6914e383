"""The postings as arrays: which entries hold a word, how strongly, and where.

Made from the same tokens that Whoosh gets. A posting is one word in one field of one entry; its strength is the part of
BM25F that does not depend on the search, with lengths rounded as Whoosh rounds them, so that scores are Whoosh's.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def invert(parts: Sequence[Tokens]) -> Inverted:
    """The postings of the entries of all parts, in their order."""
    terms, common = np.unique(np.concatenate([part.terms for part in parts]), return_inverse=True)
    offsets = np.cumsum([0, *(len(part.terms) for part in parts)])
    word = np.concatenate([common[offset + part.ids] for offset, part in zip(offsets, parts, strict=False)]).astype(np.int32)
    lengths = np.concatenate([part.lengths for part in parts])
    token_row = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    order = _sorted_by(word)
    word, token_row, position = word[order], token_row[order], _counting(lengths)[order]
    begins = np.flatnonzero(np.diff(word, prepend=-1).astype(bool) | np.diff(token_row, prepend=-1).astype(bool))
    held, starts = np.unique(word[begins], return_index=True)
    spots = np.append(begins, len(word)).astype(np.int64)
    found = token_row[begins]
    return Inverted(terms[held], np.append(starts, len(begins)).astype(np.int64), found,
                    _strengths(np.diff(spots), lengths.astype(np.int64), found), spots, position)  # fmt: skip


def merged(earlier: Inverted, rows: NDArray[np.int32], fresh: Inverted, fresh_rows: NDArray[np.int32], count: int) -> Inverted:
    """The postings of `count` entries from earlier ones and those of the new and changed: nothing is sorted again.

    rows: the row of each earlier entry, ascending, -1 for one that changed or went; fresh_rows: of each fresh one, ascending.
    """
    living = rows[earlier.rows] >= 0
    terms, common = np.unique(np.concatenate([earlier.terms, fresh.terms]), return_inverse=True)
    before = np.repeat(common[: len(earlier.terms)], np.diff(earlier.starts))[living] * np.int64(count) + rows[earlier.rows[living]]
    new = np.repeat(common[len(earlier.terms) :], np.diff(fresh.starts)) * np.int64(count) + fresh_rows[fresh.rows]
    places = np.searchsorted(before, new) + np.arange(len(new))
    keys = _woven(before, new, places)
    times = _woven(np.diff(earlier.spots)[living], np.diff(fresh.spots), places)
    spots = np.append(0, np.cumsum(times, dtype=np.int64))
    each = np.diff(fresh.spots)
    tokens = np.repeat(spots[places], each) + _counting(each)
    positions = _woven(earlier.positions[np.repeat(living, np.diff(earlier.spots))], fresh.positions, tokens)
    word, row = np.divmod(keys, count)
    held, starts = np.unique(word, return_index=True)
    found = row.astype(np.int32)
    whole = np.bincount(found, times, count).astype(np.int64)
    return Inverted(terms[held], np.append(starts, len(word)).astype(np.int64), found, _strengths(times, whole, found), spots, positions)


def _woven(one: NDArray[Any], other: NDArray[Any], places: NDArray[Any]) -> NDArray[Any]:
    """Two arrays in one. places: ascending, of the elements of the other."""
    whole = np.empty(len(one) + len(other), dtype=one.dtype)
    rest = np.ones(len(whole), dtype=bool)
    rest[places] = False
    whole[rest], whole[places] = one, other
    return whole


def _counting(lengths: NDArray[Any]) -> NDArray[np.int32]:
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
