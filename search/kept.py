"""The records of one generation as they are shown: each compressed, found by its row, with the key dates of its history."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search import records
from search.arrays import mapped
from search.store import Copy, Stored

_RECORDS, _STARTS, _DATES, _COPIES = "records.bin", "starts.npy", "seen.npy", "copies.json"
_LEVEL = 3  # of compression: a higher one saves little and costs time at every publish


_MOST_READ = 512  # records that are kept as read


class DamagedError(ValueError):
    """A record that is not as it was written."""


def pack(record: bytes) -> bytes:
    """A record, as JSON, as it is kept."""
    return zlib.compress(record, _LEVEL)


def save(folder: Path, packed: Iterable[bytes], dates: Sequence[Sequence[str]], copies: Mapping[str, Sequence[Copy]]) -> None:
    """Write the packed records of entries, with their key dates and in their order, into a new folder.

    dates: first and last seen, last changed, and no longer listed since, or "".
    """
    folder.mkdir()
    lengths = [0]
    with (folder / _RECORDS).open("wb") as out:
        lengths += [out.write(record) for record in packed]
    np.save(folder / _STARTS, np.cumsum(lengths, dtype=np.int64))
    np.save(folder / _DATES, np.array(dates, dtype=np.bytes_).reshape(-1, 4))
    rows = {entry_id: [asdict(copy) for copy in held] for entry_id, held in sorted(copies.items())}
    (folder / _COPIES).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


class Kept:
    """The records of a generation, mapped."""

    def __init__(self, folder: Path) -> None:
        self.starts: NDArray[np.int64] = mapped(folder / _STARTS)
        self.dates: NDArray[np.bytes_] = mapped(folder / _DATES)
        self._records: NDArray[np.uint8] = np.zeros(0, np.uint8)
        if self.starts[-1]:
            self._records = np.memmap(folder / _RECORDS, dtype=np.uint8, mode="r").view(np.ndarray)
        self._read: dict[int, Stored] = {}
        copies = json.loads((folder / _COPIES).read_text(encoding="utf-8"))
        self.copies: dict[str, tuple[Copy, ...]] = {entry_id: tuple(Copy(**row) for row in rows) for entry_id, rows in copies.items()}

    @cached_property
    def stands_for(self) -> dict[str, str]:
        """id of an entry that is shown under another -> that other's id."""
        return {copy.id: entry_id for entry_id, copies in self.copies.items() for copy in copies}

    def packed(self, row: int) -> bytes:
        """The record of a row, compressed."""
        return self._records[self.starts[row] : self.starts[row + 1]].tobytes()

    def stored(self, row: int) -> Stored:
        """The entry of a row; those read of late are not read again. It is shared: nobody may change it. Raises DamagedError."""
        found = self._read.get(row)
        if found is None:
            found = self._unpacked(row)
            if len(self._read) >= _MOST_READ:
                self._read.clear()
            self._read[row] = found
        return found

    def _unpacked(self, row: int) -> Stored:
        try:
            entry = records.read(zlib.decompress(self.packed(row)))
        except (zlib.error, ValueError) as error:
            raise DamagedError(f"record {row}: {error}") from error
        first, last, changed, gone = (text.decode() for text in self.dates[row].tolist())
        return Stored(entry, first, last, changed, gone or None, self.copies.get(entry.id, ()))
