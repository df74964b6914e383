"""Columns: every facet and every date of the entries as arrays, one row per entry, derived at publish.

Filters and counts are array arithmetic over them. The files are mapped, not read: every worker shares the same pages.
search.column_writing writes them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search import regions, timing
from search.arrays import load_arrays
from search.facet_columns import Bits, Mask, Pairs
from search.facets import FACETS, Facet
from search.moments import Moment
from search.vocabulary import Country

NEVER = np.iinfo(np.int32).min  # fills the unused places of deadline_days
NAMES, IDS = "names.json", "ids.json"


@dataclass(frozen=True)
class Dates:
    """What each of N entries states about time and money, and its place in the orders.

    opens_at: N instants; ends_at: N x K instants, NaN-padded; apply_until: likewise, second stages left out; continuous,
    dated: N flags; deadline_days: N x K day numbers (date.toordinal), NEVER-padded; budget: N totals in euro, NaN =
    not stated in euro; changed, first_seen: N instants; newest_first, changed_first: N places in these orders, equal ones alike;
    kind_block: N positions of the kind; events: the instants at which the status of an entry changes, ascending.
    """

    opens_at: NDArray[np.float64]
    ends_at: NDArray[np.float64]
    apply_until: NDArray[np.float64]
    continuous: Mask
    dated: Mask
    deadline_days: NDArray[np.int32]
    budget: NDArray[np.float64]
    changed: NDArray[np.float64]
    first_seen: NDArray[np.float64]
    newest_first: NDArray[np.uint32]
    changed_first: NDArray[np.uint32]
    kind_block: NDArray[np.uint8]
    events: NDArray[np.float64]


class Columns:
    """The arrays of one generation, N entries.

    values: facet name -> its values; facets: facet name -> which entries carry them ("status" is left out: it depends on the
    hour); regions: the NUTS codes of the entries that are limited to some; dates: everything else.
    """

    def __init__(self, folder: Path, values: dict[str, list[str]], facets: dict[str, Bits | Pairs], units: Pairs, dates: Dates) -> None:
        self.folder = folder
        self.values = values
        self.facets = facets
        self.regions = units
        self.dates = dates
        self._moment: Moment | None = None
        self._units: dict[str, tuple[list[str], list[str]]] = {}

    def __len__(self) -> int:
        return len(self.dates.opens_at)

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the entries, ascending."""
        found: list[str] = json.loads((self.folder / IDS).read_text(encoding="utf-8"))
        return found

    @cached_property
    def row_of(self) -> dict[str, int]:
        """id -> row."""
        return {entry_id: row for row, entry_id in enumerate(self.ids)}

    @cached_property
    def unlimited(self) -> Mask:
        """The entries that are limited to no region."""
        mask = np.ones(len(self), dtype=bool)
        mask[self.regions.rows] = False
        return mask

    def units_of(self, asked: str) -> tuple[list[str], list[str]]:
        """The codes of the entries that lie in a region, and those it lies in; kept, as there may be hundreds."""
        if asked not in self._units:
            codes = self.regions.values
            inside, around = [c for c in codes if regions.contains(asked, c)], [c for c in codes if regions.contains(c, asked)]
            self._units[asked] = inside, around
        return self._units[asked]

    def at(self, now: datetime) -> Moment:
        """The statuses of that instant; kept until the next instant at which one changes."""
        held, place = self._moment, int(np.searchsorted(self.dates.events, now.timestamp(), side="right"))
        if held is None or held.place != place:
            d = self.dates
            codes = timing.statuses(d.opens_at, d.ends_at, d.continuous, d.dated, now)
            held = self._moment = Moment.of(place, codes, np.where(d.apply_until > now.timestamp(), d.apply_until, np.inf).min(axis=1))
        return held

    @classmethod
    def load(cls, folder: Path) -> Columns:
        """Map what `save` wrote. Raises OSError or ValueError when it is damaged."""
        values: dict[str, list[str]] = json.loads((folder / NAMES).read_text(encoding="utf-8"))
        dates = Dates(**load_arrays(Dates, folder, "dates"))
        count = len(dates.opens_at)
        units = Pairs.load(folder, "regions", values.pop("regions"), count)
        return cls(folder, values, {f.name: kind_of(f).load(folder, f.name, values[f.name], count) for f in KEPT}, units, dates)


KEPT = [facet for facet in FACETS if facet.values is not None]


def kind_of(facet: Facet) -> type[Bits] | type[Pairs]:
    """Values that the data bring may be thousands."""
    return Bits if facet.vocabulary else Pairs


def within_days(columns: Columns, first: date | None, last: date | None) -> Mask:
    """Entries with a deadline in the window; either end may be open."""
    days = columns.dates.deadline_days
    low, high = first.toordinal() if first else NEVER + 1, last.toordinal() if last else np.iinfo(np.int32).max
    inside: Mask = np.logical_or.reduce((days >= low) & (days <= high), axis=1)
    return inside


def opening_within(columns: Columns, first: date | None, last: date | None) -> Mask:
    """Entries with an opening date in the window; either end may be open."""
    opens = columns.dates.opens_at
    low, high = timing.start_of(first) if first else -np.inf, timing.start_of(last) if last else np.inf
    inside: Mask = np.isfinite(opens) & (opens >= low) & (opens <= high)
    return inside


def eu_wide(columns: Columns) -> Mask:
    """Entries open to the whole Union."""
    return columns.facets["country"].carrying([Country.EU_WIDE])
