"""The filters of a search as OpenSearch's queries: the same rules as search.query's masks, with the tier each lowers entries to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from search import regions, timing
from search.clock import BRUSSELS
from search.columns import Columns
from search.facets import FACETS, Facet
from search.params import SearchParams
from search.query import Tier
from search.vocabulary import NOT_STATED, Country, Status

Query = dict[str, Any]
NOTHING: Query = {"match_none": {}}
EVERYTHING: Query = {"match_all": {}}


def every(queries: Iterable[Query]) -> Query:
    """What all of the queries find."""
    return {"bool": {"filter": list(queries)}}


def either(queries: Iterable[Query]) -> Query:
    """What any of the queries finds."""
    return {"bool": {"should": list(queries), "minimum_should_match": 1}} if (queries := list(queries)) else NOTHING


def but(query: Query, *others: Query) -> Query:
    """What one query finds and the others do not."""
    return {"bool": {"filter": [query], "must_not": list(others)}}


def _terms(field: str, values: Iterable[str]) -> Query:
    return {"terms": {field: list(values)}}


def _between(field: str, low: float | None = None, high: float | None = None) -> Query:
    return {"range": {field: {name: value for name, value in (("gte", low), ("lte", high)) if value is not None}}}


def status(now: datetime) -> dict[str, Query]:
    """Status -> the entries that have it at an instant: the rule of search.timing.statuses."""
    instant = now.timestamp()
    over = either([{"term": {"over": True}}, _between("last_end", high=instant)])
    later = either([{"term": {"announced": True}}, {"range": {"opens": {"gt": instant}}}])
    dated, continuous = {"term": {"dated": True}}, {"term": {"continuous": True}}
    return {
        Status.CLOSED: over,
        Status.FORTHCOMING: but(later, over),
        Status.OPEN: but(dated, over, later),
        Status.CONTINUOUS: but(continuous, over, later, dated),
        Status.UNKNOWN: but(EVERYTHING, over, later, dated, continuous),
    }


class Filters:
    """The filters of one search.

    plain: name -> what passes; tiered: name -> (tier, what passes in it), best first. A row passes a tiered filter in the first
    tier that has it, and its tier is the lowest of all filters.
    """

    def __init__(self, columns: Columns, params: SearchParams, now: datetime) -> None:
        self.columns, self.params = columns, params
        self.status = status(now)
        self.plain: dict[str, Query] = _windows(params)
        self.tiered: dict[str, list[tuple[Tier, Query]]] = {f.name: self._facet(f) for f in FACETS if params.values(f.name)}
        if params.region:
            self.tiered["region"] = self._regions()

    def carrying(self, facet: Facet, values: Iterable[str]) -> Query:
        """The entries that carry any of a facet's values."""
        if facet.name == "status":
            return either(self.status[Status(value)] for value in values)
        return _terms(f"facet.{facet.name}", values)

    def _facet(self, facet: Facet) -> list[tuple[Tier, Query]]:
        found = [(Tier.DIRECT, self.carrying(facet, self.params.values(facet.name)))]
        if facet.wide and facet.wide_switch and getattr(self.params, facet.wide_switch):
            found.append((Tier.EU_WIDE if facet.name == "country" else Tier.EVERY_SECTOR, self.carrying(facet, (facet.wide,))))
        if self.params.include_silent and not facet.always_stated:
            found.append((Tier.SILENT, self.carrying(facet, (NOT_STATED,))))
        return found

    def _regions(self) -> list[tuple[Tier, Query]]:
        direct, wider = [], []
        for asked in self.params.region:
            inside, around = self.columns.units_of(asked)
            country = _terms("facet.country", [regions.country_of(asked)])
            direct += [_terms("regions", inside), *([country] if len(asked) == 2 else [])]
            wider += [_terms("regions", around), but(country, {"exists": {"field": "regions"}})]
        union = [(Tier.EU_WIDE, _terms("facet.country", [Country.EU_WIDE]))] if self.params.eu_wide else []
        return [(Tier.DIRECT, either(direct)), (Tier.WIDER_REGION, either(wider)), *union]

    def narrow(self, without: str | None = None, lowest: Tier = Tier.SILENT) -> Query:
        """What passes the tiered filters, or all but one of them, in a tier no lower than this one."""
        best_first = list(Tier)
        last = best_first.index(lowest)
        return every(
            either(query for tier, query in found if best_first.index(tier) <= last) for name, found in self.tiered.items() if name != without
        )

    def passing(self, without: str | None = None) -> Query:
        """What passes every filter, or all but one."""
        return every([*(query for name, query in self.plain.items() if name != without), self.narrow(without)])

    def tiers(self) -> list[Tier]:
        """The tiers there may be, best first."""
        possible = {tier for found in self.tiered.values() for tier, _ in found} | {Tier.DIRECT}
        return [tier for tier in Tier if tier in possible]


def _windows(p: SearchParams) -> dict[str, Query]:
    """Deadline, opening, budget and change windows; entries that state nothing of it stay, unless `dated`."""
    found: dict[str, tuple[Query, Query]] = {}
    if p.deadline_from or p.deadline_to:
        found["deadline"] = (_between("days", _ordinal(p.deadline_from), _ordinal(p.deadline_to)), {"term": {"dated": True}})
    if p.opening_from or p.opening_to:
        first, last = (timing.start_of(day) if day else None for day in (p.opening_from, p.opening_to))
        found["opening"] = (_between("opens", first, last), {"exists": {"field": "opens"}})
    if p.budget_min is not None or p.budget_max is not None:
        found["budget"] = (_between("budget", p.budget_min, p.budget_max), {"exists": {"field": "budget"}})
    queries = {name: inside if p.dated else either([inside, but(EVERYTHING, states)]) for name, (inside, states) in found.items()}
    if p.changed_since:
        queries["changed_since"] = _between("changed", timing.start_of(p.changed_since, BRUSSELS))
    return queries


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None
