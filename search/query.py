"""search(): which entries a search finds, in which order, and how many there are of each facet value.

Facets are joined by AND, the values within one by OR. Each facet is counted as if its own filter were absent. An
EU-wide entry passes every country filter, one open to every sector every ecosystem filter, as a later tier.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from search import columns, matching, ordering, regions, timing
from search.clock import BRUSSELS
from search.columns import Columns
from search.facet_columns import Bits, Mask, Pairs, Passing
from search.facets import FACETS, Facet
from search.params import SearchParams, Sort
from search.postings import Scores
from search.spelling import Correction
from search.store import Stored
from search.vocabulary import NOT_STATED, Kind, Status

if TYPE_CHECKING:
    from search.generation import Generation
    from search.opening import Embedded


class Tier(StrEnum):
    """How an entry answers the filters, best first."""

    DIRECT = "direct"
    EVERY_SECTOR = "every-sector"
    WIDER_REGION = "wider-region"
    EU_WIDE = "eu-wide"
    SILENT = "silent"


TIERS = tuple(Tier)


@dataclass(frozen=True)
class FacetCount:
    """How many entries carry a value, and whether it is chosen."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True)
class Hit:
    """One result."""

    stored: Stored
    status: Status
    tier: Tier
    score: float | None


@dataclass(frozen=True)
class Results:
    """The answer to a search.

    total: entries found; hits: those of the asked page; tiers: tier -> how many, in order; facets: name -> counts (every
    legal value, also with 0); whole: of those found, how many have all the words, the others have most; read_as: the words,
    misspelt ones corrected; corrections: which; without: for an empty answer, parameter ->
    how many there would be without it; find: gives what was found, with a name what would be without the filter of that name.
    """

    params: SearchParams
    generation: str
    total: int
    hits: list[Hit]
    tiers: dict[Tier, int]
    facets: dict[str, list[FacetCount]]
    whole: int
    read_as: str
    corrections: list[Correction]
    without: dict[str, int]
    took_ms: float
    find: Callable[[str | None], Passing]

    @property
    def rows(self) -> NDArray[np.intp]:
        """All found rows, ascending."""
        return self.find(None).rows

    @property
    def of_any_status(self) -> Passing:
        """What there would be without the filter by status."""
        return self.find("status")

    @property
    def loosened(self) -> bool:
        """Whether entries are among the found that lack some of the words."""
        return self.whole < self.total

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.params.per_page))


class _Search:
    """The masks of one search: which entries pass which filter."""

    def __init__(self, generation: Embedded, params: SearchParams, now: datetime) -> None:
        self.columns: Columns = generation.columns
        self.params = params
        self.moment = self.columns.at(now)
        self.tier = np.zeros(len(self.columns), dtype=np.uint8)
        self.scores: Scores | None = None
        self.whole = np.ones(len(self.columns), dtype=bool)
        self.read_as, self.corrections = params.q, list[Correction]()
        self.masks: dict[str, Mask] = {}
        self._passing: dict[str | None, Passing] = {}
        for facet in FACETS:
            if params.values(facet.name):
                self.masks[facet.name] = self._facet(facet)
        if params.region:
            self.masks["region"] = self._regions()
        self._windows()
        if params.q:
            self._words(generation)

    # -- filters: each sets its mask, and lowers the tier of entries that pass in a wider sense -------------------------

    def column(self, facet: Facet) -> Bits | Pairs:
        """Which entries carry a facet's values."""
        return self.moment.bits if facet.name == "status" else self.columns.facets[facet.name]

    def _lower(self, rows: Mask, tier: Tier) -> None:
        np.maximum(self.tier, rows.view(np.uint8) * np.uint8(TIERS.index(tier)), out=self.tier)

    def _facet(self, facet: Facet) -> Mask:
        column = self.column(facet)
        passing = column.carrying(self.params.values(facet.name))
        if facet.wide and facet.wide_switch and getattr(self.params, facet.wide_switch):
            wider = column.carrying((facet.wide,)) & ~passing
            self._lower(wider, Tier.EU_WIDE if facet.name == "country" else Tier.EVERY_SECTOR)
            passing = passing | wider
        if self.params.include_silent and not facet.always_stated:
            silent = column.carrying((NOT_STATED,)) & ~passing
            self._lower(silent, Tier.SILENT)
            passing = passing | silent
        return passing

    def _regions(self) -> Mask:
        """Direct: the region and what lies in it; wider: its ancestors' entries and the whole country's; then EU-wide."""
        c = self.columns
        direct, wider = np.zeros(len(c), dtype=bool), np.zeros(len(c), dtype=bool)
        for asked in self.params.region:
            inside, around = c.units_of(asked)
            country = c.facets["country"].carrying([regions.country_of(asked)])
            direct |= c.regions.carrying(inside) | (country if len(asked) == 2 else False)
            wider |= c.regions.carrying(around) | (country & c.unlimited)
        wider &= ~direct
        self._lower(wider, Tier.WIDER_REGION)
        passing = direct | wider
        if self.params.eu_wide:
            union = columns.eu_wide(c) & ~passing
            self._lower(union, Tier.EU_WIDE)
            passing |= union
        return passing

    def _windows(self) -> None:
        """Deadline, opening, budget and change windows; entries that state no date or no amount in euro stay, unless `dated`."""
        p, d = self.params, self.columns.dates
        keep_undated = not p.dated
        if p.deadline_from or p.deadline_to:
            self.masks["deadline"] = columns.within_days(self.columns, p.deadline_from, p.deadline_to) | (~d.dated & keep_undated)
        if p.opening_from or p.opening_to:
            self.masks["opening"] = columns.opening_within(self.columns, p.opening_from, p.opening_to) | (~np.isfinite(d.opens_at) & keep_undated)
        if p.budget_min is not None or p.budget_max is not None:
            low, high = p.budget_min or 0, p.budget_max if p.budget_max is not None else np.inf
            self.masks["budget"] = ((d.budget >= low) & (d.budget <= high)) | (np.isnan(d.budget) & keep_undated)
        if p.changed_since:
            self.masks["changed_since"] = d.changed >= timing.start_of(p.changed_since, BRUSSELS)

    def _words(self, generation: Embedded) -> None:
        rows, scores, whole, self.read_as, self.corrections = matching.matches(self.params.q, generation, self.params.expand)
        self.whole[rows] = whole
        self.scores = np.zeros(len(self.columns), dtype=np.float32)
        self.scores[rows] = scores
        passing = np.zeros(len(self.columns), dtype=bool)
        passing[rows] = True
        self.masks["q"] = passing

    # -- answers -------------------------------------------------------------------------------------------------

    def passing(self, without: str | None = None) -> Passing:
        """The entries that pass every filter, or every filter but one."""
        key = without if without in self.masks else None
        if key not in self._passing:
            masks = [mask for name, mask in self.masks.items() if name != key]
            whole = np.ones(len(self.columns), dtype=bool) if not masks else masks[0].copy()
            for mask in masks[1:]:
                np.logical_and(whole, mask, out=whole)
            self._passing[key] = Passing(whole)
        return self._passing[key]

    def counts(self, facet: Facet) -> list[FacetCount]:
        """The counts of a facet, as if its own filter were absent."""
        column, chosen = self.column(facet), self.params.values(facet.name)
        totals = column.counts(self.passing(without=facet.name)).tolist()
        return [FacetCount(v, facet.label_of(v), n, v in chosen) for v, n in zip(column.values, totals, strict=True)]

    def ordered(self, first: int, last: int) -> NDArray[np.intp]:
        """The found rows from `first` up to `last`: by tier, block (calls first), then the order asked for, then id."""
        rows, d = self.passing().rows, self.columns.dates
        if self.params.order is Sort.NEWEST:
            places = d.newest_first[rows]
        elif self.params.order is Sort.CHANGED:
            places = d.changed_first[rows]
        elif self.params.order is Sort.BUDGET:
            places = ordering.by_score(np.nan_to_num(d.budget[rows]).astype(np.float32))
        elif self.params.order is Sort.RELEVANCE and self.scores is not None:
            places = ordering.by_score(self.scores[rows])
        else:
            places = self.moment.deadline_first[rows]
        groups = (self.tier[rows] * np.uint8(len(Kind)) + d.kind_block[rows]) * np.uint8(2) + self.moment.closed[rows]
        return ordering.window(rows, groups, places, first, last)


def search(generation: Embedded, params: SearchParams, now: datetime, among: Mask | None = None) -> Results:
    """Answer a search from one generation at one instant; among: only these rows are looked at and counted."""
    started = time.perf_counter()
    asked = _Search(generation, params, now)
    if among is not None:
        asked.masks["among"] = among
    rows = asked.passing().rows
    first = (params.page - 1) * params.per_page
    tiers = np.bincount(asked.tier[rows], minlength=len(TIERS)).tolist()
    without = {}
    if not len(rows):
        counted = {name: int(np.count_nonzero(asked.passing(without=name).mask)) for name in asked.masks.keys() - {"among"}}
        without = dict(sorted(counted.items(), key=lambda item: -item[1]))
    return Results(
        params=params,
        generation=generation.name,
        total=len(rows),
        hits=[_hit(generation, asked, int(row)) for row in asked.ordered(first, first + params.per_page)],
        tiers={tier: n for tier, n in zip(TIERS, tiers, strict=True) if n},
        facets={facet.name: asked.counts(facet) for facet in FACETS},
        read_as=asked.read_as,
        corrections=asked.corrections,
        whole=int(np.count_nonzero(asked.whole[rows])),
        without=without,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
        find=asked.passing,
    )


def each(generation: Embedded, params: SearchParams, now: datetime) -> Iterator[Hit]:
    """Every result of a search in its order, whatever its page: one at a time, for files without a cap."""
    asked = _Search(generation, params, now)
    for row in asked.ordered(0, len(asked.passing().rows)):
        yield _hit(generation, asked, int(row))


def _hit(generation: Embedded, asked: _Search, row: int) -> Hit:
    score = float(asked.scores[row]) if asked.scores is not None else None
    return Hit(generation.stored(row), timing.STATUSES[asked.moment.codes[row]], TIERS[asked.tier[row]], score)


def find(generation: Generation, entry_id: str, now: datetime) -> Hit | None:
    """One entry by id, None when there is none; a copy's id gives the entry that stands for it."""
    row = generation.columns.row_of.get(generation.copies.get(entry_id, entry_id))
    if row is None:
        return None
    stored = generation.stored(row)
    return Hit(stored, timing.status(stored.entry, now), Tier.DIRECT, None)
