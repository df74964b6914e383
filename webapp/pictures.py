"""The pictures of the search page: the map of the Union, the weeks of deadlines, the months. What is pressed, filters.

All are for the eye and the mouse; the same numbers and links stand beside them in words, for keyboards and screen readers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from search import writing
from search.clock import BRUSSELS
from search.generations import Generation
from search.query import FacetCount, Results
from search.vocabulary import Country
from webapp import hints, links
from webapp import months as by_month

WEEKS = 26
STEP, HEIGHT, TALLEST = 34, 70, 13  # of a week, of the bars, of one deadline, in units of the picture
SHADES = 4


@dataclass(frozen=True)
class Land:
    """A country on the map. shade: 0 (none) to 4; path, x, y, marker: how it is drawn; href: the search with it, or without."""

    code: str
    label: str
    count: int
    on: bool
    shade: int
    path: str
    x: int
    y: int
    marker: bool
    href: str


@dataclass(frozen=True)
class Bar:
    """A part of one number, as a rectangle of a picture. css: its class, which says of what."""

    css: str
    y: float
    height: float


@dataclass(frozen=True)
class Week:
    """A week: its Monday in words, deadlines per level in the order of hints.LINES, and the search for it, "" of none. x: its place."""

    label: str
    counts: list[int]
    bars: list[Bar]
    x: int
    top: float
    href: str

    @property
    def total(self) -> int:
        return sum(self.counts)


def view(results: Results, generation: Generation, now: datetime) -> dict[str, Any]:
    """Everything the templates of the pictures show."""
    return {
        "lands": lands(results),
        "map_size": shapes(),
        "eu_wide": union_wide(results),
        "weeks": weeks(results, generation, now),
        "week_months": months(now),
        "months": by_month.of_search(results, generation, now),
        "level_words": [(css, hints.level(level)) for level, css in hints.LINES.items()],
    }


@cache
def shapes() -> dict[str, Any]:
    """The shapes of the countries."""
    found: dict[str, Any] = json.loads((files("webapp") / "map.json").read_text(encoding="utf-8"))
    return found


def lands(results: Results) -> list[Land]:
    """The countries with what each would find, in the order of their names."""
    counts = [c for c in results.facets["country"] if c.value in shapes()["states"]]
    steps = np.unique([c.count for c in counts if c.count])
    return [_land(results, c, steps) for c in sorted(counts, key=lambda c: writing.in_order(c.label))]


def _land(results: Results, count: FacetCount, steps: Any) -> Land:
    shape, chosen = shapes()["states"][count.value], results.params.values("country")
    others = [value for value in chosen if value != count.value]
    place = int(np.searchsorted(steps, count.count, side="right"))  # equal counts get equal shades
    return Land(
        code=count.value,
        label=count.label,
        count=count.count,
        on=count.selected,
        shade=-(-place * SHADES // len(steps)) if count.count else 0,
        path=shape["d"],
        x=shape["x"],
        y=shape["y"],
        marker=shape["marker"],
        href=links.choosing(results.params, "country", (others if count.selected else [*others, count.value]) or None),
    )


def union_wide(results: Results) -> FacetCount:
    """How many entries are open to the whole Union."""
    return next(c for c in results.facets["country"] if c.value == Country.EU_WIDE)


def weeks(results: Results, generation: Generation, now: datetime) -> list[Week]:
    """The deadlines of the results by week, from today on; empty when there are none in these weeks."""
    today = now.astimezone(BRUSSELS).date()
    monday = today - timedelta(days=today.weekday())
    columns = generation.columns
    days = columns.dates.deadline_days[results.rows]
    counts = []
    for level in hints.LINES:
        of_level = days[columns.facets["level"].carrying([level])[results.rows]]
        ahead = of_level[of_level >= today.toordinal()]
        places = (ahead - monday.toordinal()) // 7
        counts.append(np.bincount(places[places < WEEKS], minlength=WEEKS))
    tallest = int(np.sum(counts, axis=0).max())
    unit = min(TALLEST, HEIGHT / tallest) if tallest else 0
    return [_week(results, monday + timedelta(weeks=n), today, [int(c[n]) for c in counts], n, unit) for n in range(WEEKS)] if tallest else []


def _week(results: Results, monday: date, today: date, counts: list[int], place: int, unit: float) -> Week:
    bars, y = [], float(HEIGHT)
    for css, count in zip(hints.LINES.values(), counts, strict=True):
        if count:
            y -= count * unit
            bars.append(Bar(css, round(y, 1), round(count * unit - 1, 1)))
    first, last = max(monday, today), monday + timedelta(days=6)
    href = links.search_address(results.params, deadline_from=first, deadline_to=last, dated=True) if bars else ""
    return Week(writing.day(monday), counts, bars, place * STEP, round(y, 1), href)


def months(now: datetime) -> list[tuple[int, str]]:
    """(place, name) of the months below the weeks; the year beside the first and every January."""
    today = now.astimezone(BRUSSELS).date()
    monday = today - timedelta(days=today.weekday())
    found: list[tuple[int, str]] = []
    for place in range(WEEKS):
        end = monday + timedelta(weeks=place, days=6)
        if end.day <= 7:
            found.append((place * STEP, writing.month(end) if not found or end.month == 1 else writing.month_alone(end)))
    return found
