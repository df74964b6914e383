"""Columns: every facet as a bit matrix and every date as an array, one row per entry, derived at publish.

Filters and counts are array arithmetic over them. Row n is document n of the Whoosh index of the same generation.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search import timing
from search.facets import FACETS, Facet
from search.records import Entry
from search.store import Stored
from search.vocabulary import NOT_STATED, Country, Kind

Mask = NDArray[np.bool_]
NEVER = np.iinfo(np.int32).min  # fills the unused places of deadline_days


@dataclass
class Columns:
    """The arrays of one generation, N entries.

    ids: N ids; values: facet name -> its values in row order of the matrix; bits: facet name -> V x N bits ("status" is
    left out: it depends on the hour); opens_at: N instants; ends_at: N x K instants, NaN-padded; apply_until: likewise,
    second stages left out; deadline_days: N x K day numbers (date.toordinal), NEVER-padded; budget: N totals in their
    currency, NaN = not stated; changed, first_seen: N instants; region_codes: R NUTS codes and region_bits: R x N;
    kind_block: N positions of the kind.
    """

    ids: list[str]
    values: dict[str, list[str]]
    bits: dict[str, Mask]
    opens_at: NDArray[np.float64]
    ends_at: NDArray[np.float64]
    apply_until: NDArray[np.float64]
    continuous: Mask
    dated: Mask
    deadline_days: NDArray[np.int32]
    budget: NDArray[np.float64]
    changed: NDArray[np.float64]
    first_seen: NDArray[np.float64]
    region_codes: list[str]
    region_bits: Mask
    kind_block: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """id -> row."""
        return {entry_id: row for row, entry_id in enumerate(self.ids)}

    def select(self, facet: str, chosen: Sequence[str]) -> Mask:
        """The entries that carry any of the values."""
        return carrying(self.values[facet], self.bits[facet], chosen)

    def save(self, folder: Path) -> None:
        """Write the arrays and their names."""
        arrays: dict[str, Any] = {f"bits_{name}": np.packbits(bits, axis=1) for name, bits in self.bits.items()}
        arrays["region_bits"] = np.packbits(self.region_bits, axis=1)
        for name in _ARRAYS:
            arrays[name] = getattr(self, name)
        np.savez(folder / "columns.npz", **arrays)
        names = {"ids": self.ids, "values": self.values, "region_codes": self.region_codes}
        (folder / "columns.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Columns:
        """Read what `save` wrote. Raises OSError or ValueError when it is damaged."""
        names = json.loads((folder / "columns.json").read_text(encoding="utf-8"))
        count = len(names["ids"])

        def bits(packed: NDArray[np.uint8]) -> Mask:
            return np.unpackbits(packed, axis=1, count=count).astype(bool)

        with np.load(folder / "columns.npz", allow_pickle=False) as arrays:
            matrices = {name: bits(arrays[f"bits_{name}"]) for name in names["values"]}
            return cls(**names, bits=matrices, region_bits=bits(arrays["region_bits"]), **{name: arrays[name] for name in _ARRAYS})


def carrying(values: Sequence[str], bits: Mask, chosen: Sequence[str]) -> Mask:
    """The entries that carry any of the chosen values; bits has one row per value."""
    found: Mask = np.logical_or.reduce(bits[[values.index(v) for v in chosen if v in values]], axis=0, dtype=bool)
    return found


_ARRAYS = ("opens_at", "ends_at", "apply_until", "continuous", "dated", "deadline_days", "budget", "changed", "first_seen", "kind_block")


def _matrix(names: list[str], rows: list[list[str]]) -> Mask:
    place = {name: n for n, name in enumerate(names)}
    bits = np.zeros((len(names), len(rows)), dtype=bool)
    for n, row in enumerate(rows):
        for value in row:
            bits[place[value], n] = True
    return bits


def _facet_column(facet: Facet, stored: list[Stored]) -> tuple[list[str], Mask]:
    assert facet.values is not None
    rows = [list(facet.values(s.entry)) or [NOT_STATED] for s in stored]
    if facet.name == "source":  # a call that two portals list is found under both
        rows = [[*row, *(copy.source for copy in s.copies)] for row, s in zip(rows, stored, strict=True)]
    legal = facet.legal()
    names = [str(v) for v in legal] if legal else sorted({v for row in rows for v in row})
    return names, _matrix(names, rows)


def _padded(rows: list[list[float]], fill: float, kind: type) -> NDArray[Any]:
    width = max([1, *map(len, rows)])
    return np.array([row + [fill] * (width - len(row)) for row in rows], dtype=kind).reshape(len(rows), width)


def _instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def build(stored: list[Stored]) -> Columns:
    """The columns of these entries, in their order."""
    entries: list[Entry] = [s.entry for s in stored]
    columns = {f.name: _facet_column(f, stored) for f in FACETS if f.values is not None}
    region_codes = sorted({code for e in entries for code in e.regions})
    return Columns(
        ids=[e.id for e in entries],
        values={name: values for name, (values, _) in columns.items()},
        bits={name: bits for name, (_, bits) in columns.items()},
        opens_at=np.array([timing.opens(e) for e in entries], dtype=np.float64),
        ends_at=_padded([timing.ends(e) for e in entries], np.nan, np.float64),
        apply_until=_padded([timing.apply_until(e) for e in entries], np.nan, np.float64),
        continuous=np.array([timing.is_continuous(e) for e in entries], dtype=bool),
        dated=np.array([bool(e.deadlines) for e in entries], dtype=bool),
        deadline_days=_padded([[d.date.toordinal() for d in e.deadlines] for e in entries], NEVER, np.int32),
        budget=np.array([e.budget.total if e.budget and e.budget.total is not None else np.nan for e in entries], dtype=np.float64),
        changed=np.array([_instant(s.last_changed) for s in stored], dtype=np.float64),
        first_seen=np.array([_instant(s.first_seen) for s in stored], dtype=np.float64),
        region_codes=region_codes,
        region_bits=_matrix(region_codes, [e.regions for e in entries]),
        kind_block=np.array([list(Kind).index(e.kind) for e in entries], dtype=np.int8),  # type: ignore[attr-defined]
    )


def within_days(columns: Columns, first: date | None, last: date | None) -> Mask:
    """Entries with a deadline in the window; either end may be open."""
    days = columns.deadline_days
    low, high = first.toordinal() if first else NEVER + 1, last.toordinal() if last else np.iinfo(np.int32).max
    inside: Mask = np.logical_or.reduce((days >= low) & (days <= high), axis=1)
    return inside


def eu_wide(columns: Columns) -> Mask:
    """Entries open to the whole Union."""
    return columns.select("country", [Country.EU_WIDE])
