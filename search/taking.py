"""The entries of the store as a publish takes them: one at a time, each put aside on the disk.

What is needed of all of them at once stays in memory: numbers, ids, titles and dates, not their texts. So the memory that a
publish needs grows little with the entries, and not with the length of their texts.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from search import column_writing, once, pairs
from search.store import Store, Stored


class Taken:
    """Every entry of a store.

    digests: id -> digest of every entry, by id; copies: which of them stand for which others. Of those that are shown, by id: ids;
    numbers: as which they were taken; dates, titles: see search.kept.save, search.titles.save.
    """

    def __init__(self, store: Store, path: Path) -> None:
        self.path = path
        self.columns = column_writing.Recorder()
        self._ends = array("q", [0])
        faces, digests, dates, titles = [], [], [], []
        with path.open("wb") as out:
            for item, digest in store.all_with_digests():
                self.columns.add(item)
                self._ends.append(self._ends[-1] + out.write(item.entry.model_dump_json().encode()))
                faces.append(once.Face.of(item))
                digests.append(digest)
                dates.append(_dates(item))
                titles.append(f"{item.entry.title}\n{item.entry.title_en or ''}")
        order = sorted(range(len(faces)), key=lambda number: faces[number].id)
        self.digests = {faces[number].id: digests[number] for number in order}
        self.copies = pairs.copies(store, [faces[number] for number in order])
        hidden = {copy.id for held in self.copies.values() for copy in held}
        shown = [number for number in order if faces[number].id not in hidden]
        self.ids = [faces[number].id for number in shown]
        self.dates, self.titles = [dates[number] for number in shown], [titles[number] for number in shown]
        self.numbers = np.array(shown, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        """Where in the file at `path` the records of shown entries begin and end, as JSON."""
        return [(self._ends[number], self._ends[number + 1]) for number in self.numbers[rows].tolist()]


def _dates(item: Stored) -> tuple[str, ...]:
    """The key dates of an entry: instants of crawls, which many share, are held once."""
    return tuple(map(sys.intern, (item.first_seen, item.last_seen, item.last_changed, item.no_longer_listed_since or "")))
