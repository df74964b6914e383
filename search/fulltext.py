"""The Whoosh index of one generation, written from the postings.

Whoosh gets every word with its places ready and in order, as it takes over another index: nothing is analysed or sorted
twice. What changed since the last generation becomes a segment of its own beside the segments of that one, in which the
entries that changed or went are deleted; so a document's number is not its row, and `DOCUMENTS` holds the row of each.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index
from whoosh.analysis import KeywordAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.formats import Positions
from whoosh.reading import IndexReader

from search.arrays import mapped
from search.inverted import Inverted
from search.ranking import FIELDS

DOCUMENTS = "documents.npy"  # the row of each Whoosh document, -1 for a deleted one
MOST_SEGMENTS = 8
MOST_DELETED = 0.25  # of all documents; beyond either limit the index is written anew
_ALL_AT_ONCE = 200_000  # postings turned into Python's numbers at a time


def schema() -> Schema:
    """The fields: id, and the searched texts."""
    texts = {name: TEXT(analyzer=KeywordAnalyzer(), phrase=True) for name in FIELDS}
    return Schema(id=ID(stored=True, unique=True), **texts)


class _Ready(IndexReader):
    """Entries whose postings are ready, in the shape in which Whoosh takes over another index."""

    def __init__(self, ids: Sequence[str], fields: Mapping[str, Inverted]) -> None:
        self.ids = ids
        self.fields = fields
        self.lengths = {name: held.lengths(len(ids)).tolist() for name, held in fields.items()} | {"id": [0] * len(ids)}

    def indexed_field_names(self) -> Iterable[str]:
        return ["id", *self.fields]

    def has_deletions(self) -> bool:
        return False

    def iter_docs(self) -> Iterator[tuple[int, dict[str, Any]]]:
        return ((number, {"id": entry_id}) for number, entry_id in enumerate(self.ids))

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self.lengths[fieldname][docnum]) or default

    def doc_field_length_reader(self, fieldname: str) -> Callable[[int], int]:
        """The lengths of one field."""
        lengths: Callable[[int], int] = self.lengths[fieldname].__getitem__
        return lengths

    def iter_postings(self) -> Iterator[Any]:
        """None: they need no sorting, and go to the writer by `in_order`."""
        return iter(())

    def in_order(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        """Field, word, document, weight and places of every posting, in the order in which they are written."""
        for name in sorted(self.indexed_field_names()):
            if name == "id":
                by_bytes = sorted((entry_id.encode(), number) for number, entry_id in enumerate(self.ids))
                yield from (("id", text, number, 1.0, b"") for text, number in by_bytes)
            else:
                yield from _postings(name, self.fields[name])


def _postings(name: str, held: Inverted) -> Iterator[tuple[str, bytes, int, float, bytes]]:
    for first in range(0, len(held.rows), _ALL_AT_ONCE):
        last = min(first + _ALL_AT_ONCE, len(held.rows))
        spots = held.spots[first : last + 1]
        places = held.positions[spots[0] : spots[-1]].tolist()
        spots = (spots - spots[0]).tolist()
        words = np.searchsorted(held.starts, np.arange(first, last), side="right") - 1
        texts = held.terms[words].tolist()
        for text, row, start, end in zip(texts, held.rows[first:last].tolist(), spots[:-1], spots[1:], strict=True):
            value = _once(places[start]) if end - start == 1 else _encode(places[start:end])
            yield name, text, row, float(end - start), value
        held.let_go()


_encode: Callable[[list[int]], bytes] = Positions().encode


@lru_cache(maxsize=16384)
def _once(place: int) -> bytes:
    return _encode([place])


def create(folder: Path, ids: Sequence[str], fields: Mapping[str, Inverted]) -> None:
    """Write the index of all entries into a new folder, in one segment."""
    folder.mkdir()
    whoosh_index.create_in(str(folder), schema()).close()
    _write(folder, (), ids, fields)
    np.save(folder / DOCUMENTS, np.arange(len(ids), dtype=np.int32))


def update(
    folder: Path, earlier: Path, rows: NDArray[np.int32], fresh: NDArray[np.int32], ids: Sequence[str], fields: Mapping[str, Inverted]
) -> None:
    """Write the index into a new folder as that of an earlier generation with what changed since.

    rows: the new row of each row of the earlier one, -1 where it changed or went; fresh: the rows of the entries that are
    new or changed, with their ids and postings.
    """
    shutil.copytree(earlier, folder)  # no links: what damages one generation must leave the others
    before = mapped(earlier / DOCUMENTS)
    after = np.where(before < 0, -1, rows[before])
    _write(folder, np.flatnonzero((before >= 0) & (after < 0)).tolist(), ids, fields)
    np.save(folder / DOCUMENTS, np.append(after, fresh).astype(np.int32))


def worth_updating(folder: Path, rows: NDArray[np.int32]) -> bool:
    """Whether an earlier index is better kept than written anew."""
    before = mapped(folder / DOCUMENTS)
    deleted = int(np.count_nonzero((before < 0) | (rows[before] < 0)))
    return deleted <= MOST_DELETED * len(before) and len(list(folder.glob("*.seg"))) < MOST_SEGMENTS


def _write(folder: Path, deleted: Iterable[int], ids: Sequence[str], fields: Mapping[str, Inverted]) -> None:
    index = whoosh_index.open_dir(str(folder))
    writer = index.writer()
    for number in deleted:
        writer.delete_document(number)
    if ids:
        ready = _Ready(ids, fields)
        writer.add_reader(ready)
        writer.write_postings(ready, ready.in_order(), 0, None)
    writer.commit(merge=False)
    index.close()
    for lock in folder.glob("*LOCK"):
        lock.unlink()
