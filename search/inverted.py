"""The postings as arrays: which entries hold a word, how strongly, and where.

Made from the same tokens that Whoosh gets. A posting is one word in one field of one entry; its strength is the part of
BM25F that does not depend on the search, with lengths rounded as Whoosh rounds them, so that scores are Whoosh's. They are
made and written some words at a time: those of all words at once would take more memory than a machine has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length, length_to_byte

from search.arrays import ArrayFile, let_go, load_arrays
from search.ranking import K1, B
from search.tokens import FieldTokens

AT_ONCE = 8_000_000  # tokens whose postings are made at a time, about
_DIGIT = 16  # bits sorted by at a time: NumPy sorts 16-bit numbers by counting


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

    @classmethod
    def load(cls, folder: Path, field: str) -> Inverted:
        """Map what `save` wrote."""
        return cls(**load_arrays(cls, folder, field))

    def lengths(self, count: int) -> NDArray[np.int32]:
        """How many tokens each of `count` entries has."""
        found = np.zeros(count, dtype=np.int64)
        for first in range(0, len(self.rows), AT_ONCE):
            times = np.diff(self.spots[first : first + AT_ONCE + 1])
            found += np.bincount(self.rows[first : first + AT_ONCE], times, count).astype(np.int64)
            self.let_go()
        return found.astype(np.int32)

    def let_go(self) -> None:
        """Take what is mapped out of the memory of this process (search.arrays.let_go)."""
        for field in fields(self):
            let_go(getattr(self, field.name))

    def sizes(self) -> NDArray[np.int64]:
        """How many tokens each word has."""
        return np.diff(self.spots[self.starts])

    def part(self, first: int, last: int) -> Inverted:
        """The postings of the words from one to another."""
        postings = slice(int(self.starts[first]), int(self.starts[last]))
        spots = self.spots[postings.start : postings.stop + 1]
        return Inverted(self.terms[first:last], self.starts[first : last + 1] - postings.start, self.rows[postings], self.strengths[postings],
                        spots - spots[0], self.positions[spots[0] : spots[-1]])  # fmt: skip


def save(folder: Path, field: str, size: int, parts: Iterable[Inverted]) -> None:
    """Write the postings of a field, which come in parts by their words in order, each array to a file of its own, so that it can be
    mapped. size: bytes of its longest word."""
    with ExitStack() as stack:
        kinds = {"terms": f"S{size}", "starts": "i8", "rows": "i4", "strengths": "f4", "spots": "i8", "positions": "i4"}
        out = {name: stack.enter_context(ArrayFile(folder / f"{field}.{name}.npy", np.dtype(kind))) for name, kind in kinds.items()}
        for name in ("starts", "spots"):
            out[name].add(np.zeros(1, np.int64))
        for part in parts:
            out["starts"].add(part.starts[1:] + out["rows"].length)
            out["spots"].add(part.spots[1:] + out["positions"].length)
            for name in ("terms", "rows", "strengths", "positions"):
                out[name].add(getattr(part, name))


def invert(tokens: FieldTokens) -> Iterator[Inverted]:
    """The postings of a field of all entries, in parts."""
    terms, places = tokens.words()
    norms = _norms(tokens.lengths)
    for low, high in _ranges(tokens.sizes(places)):
        word, row, position = tokens.between(places, low, high)
        order = _sorted_by(word)
        word, row, position = word[order], row[order], position[order]
        begins = np.flatnonzero(np.diff(word, prepend=-1).astype(bool) | np.diff(row, prepend=-1).astype(bool))
        starts = np.searchsorted(word[begins], np.arange(high - low + 1))
        spots = np.append(begins, len(word))
        yield Inverted(terms[low:high], starts, row[begins], _strengths(np.diff(spots), norms, row[begins]), spots, position)


def merged(earlier: Inverted, rows: NDArray[np.int32], fresh: Inverted, fresh_rows: NDArray[np.int32], count: int) -> Iterator[Inverted]:
    """The postings of `count` entries from earlier ones and those of the new and changed, in parts: nothing is sorted again.

    rows: the row of each earlier entry, ascending, -1 for one that changed or went; fresh_rows: of each fresh one, ascending.
    """
    terms, common = np.unique(np.concatenate([earlier.terms, fresh.terms]), return_inverse=True)
    old, new = common[: len(earlier.terms)], common[len(earlier.terms) :]
    lengths = np.zeros(count, dtype=np.int32)
    lengths[rows[rows >= 0]] = earlier.lengths(len(rows))[rows >= 0]
    lengths[fresh_rows] = fresh.lengths(len(fresh_rows))
    norms = _norms(lengths)
    sizes = np.zeros(len(terms), dtype=np.int64)
    sizes[old] += earlier.sizes()
    sizes[new] += fresh.sizes()
    for low, high in _ranges(sizes):
        ours, theirs = np.searchsorted(old, [low, high]).tolist(), np.searchsorted(new, [low, high]).tolist()
        before, after = earlier.part(*ours), fresh.part(*theirs)
        living = rows[before.rows] >= 0
        held = np.repeat(old[slice(*ours)] - low, np.diff(before.starts))[living] * np.int64(count) + rows[before.rows[living]]
        added = np.repeat(new[slice(*theirs)] - low, np.diff(after.starts)) * np.int64(count) + fresh_rows[after.rows]
        places = np.searchsorted(held, added) + np.arange(len(added))
        word, row = np.divmod(_woven(held, added, places), count)
        times = _woven(np.diff(before.spots)[living], np.diff(after.spots), places)
        spots = np.append(0, np.cumsum(times, dtype=np.int64))
        each = np.diff(after.spots)
        tokens = np.repeat(spots[places], each) + _counting(each)
        positions = _woven(before.positions[np.repeat(living, np.diff(before.spots))], after.positions, tokens)
        kept, starts = np.unique(word, return_index=True)
        for read in (earlier, fresh):
            read.let_go()
        yield Inverted(terms[low + kept], np.append(starts, len(word)), row.astype(np.int32), _strengths(times, norms, row), spots, positions)


def _ranges(sizes: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Words that stand together and have at most AT_ONCE tokens, or one word alone: the first, and the one behind the last."""
    ends, low = np.cumsum(sizes), 0
    while low < len(sizes):
        behind = int(np.searchsorted(ends, ends[low] - sizes[low] + AT_ONCE, side="right"))
        yield low, max(behind, low + 1)
        low = max(behind, low + 1)


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


def _norms(lengths: NDArray[np.int32]) -> NDArray[np.float64]:
    """What the length of each entry's field adds to how often a word stands in it, in BM25F; rounded as Whoosh rounds it."""
    average = (lengths.sum(dtype=np.int64) / max(len(lengths), 1)) or 1.0
    known, place = np.unique(lengths, return_inverse=True)
    rounded = np.array([byte_to_length(length_to_byte(int(length))) for length in known], dtype=np.float64)[place]
    norms: NDArray[np.float64] = K1 * ((1 - B) + B * rounded / average)
    return norms


def _strengths(times: NDArray[np.int64], norms: NDArray[np.float64], rows: NDArray[Any]) -> NDArray[np.float32]:
    """BM25F without idf and boost: how much a word counts that stands so many times in a field of that length."""
    strengths: NDArray[np.float32] = (times * (K1 + 1) / (times + norms[rows])).astype(np.float32)
    return strengths
