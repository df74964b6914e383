"""The months: what opens and closes in each, as a picture and as a table. What is pressed, filters.

On the search page the months come from the dates that the entries state; on the page of the changes from what was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from search import timing, writing
from search.changes import Change, Event
from search.clock import BRUSSELS
from search.columns import Columns
from search.facet_columns import Bits, Mask, Passing, packed
from search.generations import Generation
from search.params import SearchParams
from search.query import Results
from webapp import links

BEFORE, AFTER = 8, 3  # months shown on the search page before and after the present one
YEAR = 12  # months shown on the page of the changes, the present one the last
CAME, WENT = (Event.NEW, Event.OPENED), (Event.CLOSED, Event.GONE)
STEP, WIDE, HEIGHT, TALLEST = 56, 22, 70, 13  # of a month, of a bar, of the bars, of one entry, in units of the picture


_kept: WeakKeyDictionary[Columns, tuple[list[date], Bits, Bits]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Bar:
    """What came or what went in a month: its count, the search for it ("" of nothing), and its place in the picture."""

    count: int
    href: str
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class Month:
    """A month: its name, its year where that is written below it, and its two bars."""

    label: str
    short: str
    year: str
    x: int
    bars: tuple[Bar, Bar]


def firsts(now: datetime, back: int, number: int) -> list[date]:
    """The first days of `number` months and of the month after them; the first is `back` months before the present one."""
    today = now.astimezone(BRUSSELS).date()
    start = today.year * 12 + today.month - 1 - back
    return [date((start + n) // 12, (start + n) % 12 + 1, 1) for n in range(number + 1)]


def drawn(starts: Sequence[date], counts: Sequence[Sequence[int]], hrefs: Sequence[tuple[str, str]]) -> list[Month]:
    """The months of a picture. starts: their first days; counts: what came and what went in each; hrefs: the searches for it."""
    tallest = max(max(row) for row in counts)
    unit = min(TALLEST, HEIGHT / tallest) if tallest else 0.0
    found = []
    for n, (first, came_went, addresses) in enumerate(zip(starts, counts, hrefs, strict=True)):
        bars = [
            Bar(number, href, n * STEP + 5 + side * (WIDE + 2), round(HEIGHT - number * unit, 1), round(number * unit, 1))
            for side, (number, href) in enumerate(zip(came_went, addresses, strict=True))
        ]
        year = str(first.year) if first.month == 1 or (not n and first.month != 12) else ""
        found.append(Month(writing.month(first), writing.month_alone(first), year, n * STEP, (bars[0], bars[1])))
    return found


def of_search(results: Results, generation: Generation, now: datetime) -> list[Month]:
    """Opening dates and deadlines by month, of the results of any status: what is over is most of the past. [] when there are none."""
    columns, params = generation.columns, results.params
    edges = firsts(now, BEFORE, BEFORE + 1 + AFTER)
    opening, ending = _turns(columns, edges)
    if params.deadline_from or params.deadline_to:
        ending = _ending(columns, edges, params.deadline_from, params.deadline_to)
    came = opening.counts(stating(params, columns, results.of_any_status, "opening"))
    went = ending.counts(stating(params, columns, results.of_any_status, "deadline"))
    if not came.any() and not went.any():
        return []
    whenever = params.choosing("status", ())
    counts = list(zip(came.tolist(), went.tolist(), strict=True))
    hrefs = [
        (_window(whenever, "opening", *days) if opened else "", _window(whenever, "deadline", *days) if ended else "")
        for days, (opened, ended) in zip(pairwise(edges), counts, strict=True)
    ]
    return drawn(edges[:-1], counts, hrefs)


def _window(params: SearchParams, what: str, first: date, following: date) -> str:
    """The search for what opens, or has a deadline, in a month: inside the window that is asked for already."""
    start, end = getattr(params, f"{what}_from") or first, getattr(params, f"{what}_to") or following
    inside = {f"{what}_from": max(first, start), f"{what}_to": min(following - timedelta(days=1), end)}
    return links.search_address(params, **inside, dated=True)


@dataclass(frozen=True)
class Year:
    """What was recorded in twelve months. starts: their first days; per change: the row of its entry, its month, and whether it went."""

    starts: list[date]
    rows: NDArray[np.intp]
    month: NDArray[np.intp]
    went: NDArray[np.bool_]

    @classmethod
    def of(cls, generation: Generation, happened: Iterable[Change], edges: list[date]) -> Year:
        """The changes that come or go, of entries the generation shows. edges: the first days of the months and of the month after."""
        instants = [timing.start_of(first) for first in edges]
        told = [c for c in happened if c.event in CAME or c.event in WENT]
        at = [datetime.fromisoformat(c.at).timestamp() for c in told]
        rows = [generation.columns.row_of[generation.copies.get(c.entry_id, c.entry_id)] for c in told]
        place = np.searchsorted(instants, at, side="right") - 1
        return cls(edges[:-1], np.array(rows, dtype=np.intp), place, np.array([c.event in WENT for c in told], dtype=bool))

    def months(self, passing: NDArray[np.intp], entries: int, hrefs: Sequence[tuple[str, str]]) -> list[Month]:
        """The picture of the changes of entries that pass the filters; entries: how many there are at all. [] when nothing happened."""
        among = np.zeros(entries, dtype=bool)
        among[passing] = True
        kept = among[self.rows]
        if not kept.any():
            return []
        places = self.month[kept] * 2 + self.went[kept]
        counts = np.bincount(places, minlength=2 * len(self.starts)).reshape(-1, 2).tolist()
        return drawn(self.starts, counts, hrefs)


def stating(params: SearchParams, columns: Columns, found: Passing, asked: str) -> Passing:
    """What stays of the found when entries are left out that do not state what another window asks for. asked: the window pressed."""
    d, stated = columns.dates, []
    if asked != "deadline" and (params.deadline_from or params.deadline_to):
        stated.append(d.dated)
    if asked != "opening" and (params.opening_from or params.opening_to):
        stated.append(np.isfinite(d.opens_at))
    if params.budget_min is not None or params.budget_max is not None:
        stated.append(~np.isnan(d.budget))
    return Passing(np.logical_and.reduce([found.mask, *stated])) if stated else found


def _turns(columns: Columns, edges: list[date]) -> tuple[Bits, Bits]:
    """Which entries open, and which have a deadline, in each month; kept until the month is over."""
    kept = _kept.get(columns)
    if kept is None or kept[0] != edges:
        kept = _kept[columns] = (edges, _opening(columns, edges), _ending(columns, edges, None, None))
    return kept[1:]


def _opening(columns: Columns, edges: list[date]) -> Bits:
    place = np.searchsorted([timing.start_of(first) for first in edges], columns.dates.opens_at, side="right") - 1
    return _bits([place == n for n in range(len(edges) - 1)])


def _ending(columns: Columns, edges: list[date], first: date | None, last: date | None) -> Bits:
    """Which entries have a deadline in each month, and between two days."""
    days, places = columns.dates.deadline_days, [day.toordinal() for day in edges]
    low, high = (first or date.min).toordinal(), (last or date.max).toordinal()
    inside = (days >= low) & (days <= high)
    return _bits([np.logical_or.reduce(inside & (days >= start) & (days < end), axis=1) for start, end in pairwise(places)])


def _bits(masks: list[Mask]) -> Bits:
    return Bits([str(n) for n in range(len(masks))], packed(np.array(masks)), len(masks[0]))
