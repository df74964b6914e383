"""A search as asked: its parameters, what they mean when they are absent, and its address. search.reading makes it from an address.

Absent and empty differ: an absent parameter means its default, an empty one means "no filter".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from search.facets import BY_NAME, FACETS
from search.i18n import N_

LONGEST_QUERY = 500
PAGE_SIZES = (1, 200)
DEFAULT_PAGE_SIZE = 20
MOST_VALUES = 100  # of a region or facet: each of them stands on the page, with the address of the search without it
LAST_PAGE = 100_000


class Sort(StrEnum):
    """Orders of the results inside a tier and block; the id breaks ties."""

    RELEVANCE = "relevance"
    DEADLINE = "deadline"
    NEWEST = "newest"
    CHANGED = "changed"
    BUDGET = "budget"


SORT_LABELS = {
    Sort.RELEVANCE: N_("best match"), Sort.DEADLINE: N_("deadline"), Sort.NEWEST: N_("newest"), Sort.CHANGED: N_("last changed"),
    Sort.BUDGET: N_("largest budget"),
}  # fmt: skip
SWITCHES = {"eu_wide": True, "cross": True, "expand": True, "dated": False, "include_silent": False}
DATES = ("deadline_from", "deadline_to", "opening_from", "opening_to", "changed_since")
WINDOWS = (("deadline_from", "deadline_to"), ("opening_from", "opening_to"))
AMOUNTS = ("budget_min", "budget_max")


@dataclass(frozen=True)
class Warning:
    """Something in the address that could not be used: which parameter, its value, and what was done."""

    parameter: str
    value: str
    message: str


@dataclass(frozen=True)
class SearchParams:
    """A search. `chosen` holds the facets whose parameter was present, valid values only; others use their default.

    as_of: the month or day whose entries are asked for, as typed; which generation that is, search.history knows.
    """

    q: str = ""
    where: str = ""
    where_means: str | None = None
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    region: tuple[str, ...] = ()
    deadline_from: date | None = None
    deadline_to: date | None = None
    opening_from: date | None = None
    opening_to: date | None = None
    changed_since: date | None = None
    budget_min: float | None = None
    budget_max: float | None = None
    dated: bool = False
    include_silent: bool = False
    eu_wide: bool = True
    cross: bool = True
    expand: bool = True
    as_of: str = ""
    sort: Sort | None = None
    page: int = 1
    per_page: int = DEFAULT_PAGE_SIZE
    warnings: tuple[Warning, ...] = ()

    def values(self, facet: str) -> tuple[str, ...]:
        """What a facet filters by: the chosen values, else its default; () = no filter."""
        return self.chosen.get(facet, BY_NAME[facet].default)

    @property
    def order(self) -> Sort:
        """The order asked for, else relevance with words and deadline without."""
        return self.sort or (Sort.RELEVANCE if self.q else Sort.DEADLINE)

    def understood(self) -> dict[str, Any]:
        """The search as it was understood, defaults included; the `query` of the API."""
        shown: dict[str, Any] = {"q": self.q, "where": self.where, "region": list(self.region)}
        shown |= {f.name: list(self.values(f.name)) for f in FACETS}
        shown |= {name: value.isoformat() if (value := getattr(self, name)) else None for name in DATES}
        shown |= {name: getattr(self, name) for name in (*AMOUNTS, *SWITCHES, "page", "per_page")}
        return shown | {"as_of": self.as_of or None, "sort": str(self.order)}

    def pairs(self) -> list[tuple[str, str]]:
        """The address of this search, warnings and first page left out, in a fixed order."""
        return [pair for name in ORDER for pair in self.pairs_of(name)]

    def pairs_of(self, name: str) -> list[tuple[str, str]]:
        """What one parameter says in the address; nothing when it is as when it is absent."""
        if name in BY_NAME:
            return [(name, v) for v in self.chosen[name]] or [(name, "")] if name in self.chosen else []
        value = getattr(self, name)
        if name == "region":
            return [(name, code) for code in value if code != self.where_means]
        if value == DEFAULTS[name]:
            return []
        if name in AMOUNTS:
            return [(name, f"{value:.2f}".removesuffix(".00"))]
        if name in DATES:
            return [(name, value.isoformat())]
        return [(name, str(int(value) if name in SWITCHES else value))]

    def said_of(self, name: str) -> str:
        """What one parameter says in the address, percent-encoded; "" also where it only repeats a default."""
        repeats = name in self.chosen and set(self.chosen[name]) == set(BY_NAME[name].default)
        return "" if repeats else urlencode(self.pairs_of(name))

    @cached_property
    def said(self) -> dict[str, str]:
        """The same of every parameter, in the order of an address: a page holds a hundred addresses that differ in one of them."""
        return {name: self.said_of(name) for name in ORDER}

    def choosing(self, facet: str, values: Iterable[str] | None) -> SearchParams:
        """The same search with a facet's values replaced (None = back to its default), from the first page."""
        chosen = {name: kept for name, kept in self.chosen.items() if name != facet}
        if values is not None:
            chosen[facet] = tuple(values)
        return replace(self, chosen=chosen, page=1, warnings=())


ORDER = ("q", "where", *BY_NAME, "region", *DATES, *AMOUNTS, *SWITCHES, "as_of", "sort", "page", "per_page")
DEFAULTS = {f.name: f.default for f in fields(SearchParams)}
PARAMETERS = frozenset(ORDER)
