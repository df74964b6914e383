"""A search as asked: parsed from the parameters of an address, whitelisted, with a named warning for what was wrong.

Absent and empty differ: an absent parameter means its default, an empty one means "no filter". Nothing here raises
for what a visitor may type.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from search import places, regions, wording
from search.facets import BY_NAME, FACETS
from search.i18n import N_, inside
from search.i18n import gettext as _
from search.vocabulary import Country

LONGEST_QUERY = 500
PAGE_SIZES = (1, 200)
DEFAULT_PAGE_SIZE = 20
MOST_VALUES = 100  # of a region or facet: each of them stands on the page, with the address of the search without it
LAST_PAGE = 100_000


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


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


class _Reader:
    """Reads one address; collects what is wrong with it."""

    def __init__(self, pairs: Iterable[tuple[str, str]], known: Mapping[str, Iterable[str]]) -> None:
        self.given: dict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            self.given[name].append(clean(value))
        self.known = known
        self.warnings: list[Warning] = []

    def warn(self, name: str, value: str, message: str) -> None:
        self.warnings.append(Warning(name, value if len(value) <= 100 else value[:100] + "…", message))

    def last(self, name: str) -> str:
        return next((v for v in reversed(self.given.get(name, [])) if v), "")

    def text(self, name: str) -> str:
        value = self.last(name)
        if len(value) > LONGEST_QUERY:
            self.warn(name, value, _("longer than %(most)s characters; the rest was left out", most=LONGEST_QUERY))
            value = value[:LONGEST_QUERY]
        return value

    def several(self, name: str) -> list[str]:
        """All values of a parameter, each once; MOST_VALUES at most."""
        values = [v for v in dict.fromkeys(self.given.get(name, [])) if v]
        if len(values) > MOST_VALUES:
            self.warn(name, values[MOST_VALUES], _("more than %(most)s values; this one and those after it were left out", most=MOST_VALUES))
        return values[:MOST_VALUES]

    def facet(self, name: str) -> tuple[str, ...] | None:
        """The valid values of a facet; () when it is present and empty; None when it is absent or nothing of it is valid."""
        if name not in self.given:
            return None
        values = self.several(name)
        legal = BY_NAME[name].legal() or tuple(self.known.get(name, ()))
        spelled = {v.casefold(): str(v) for v in legal}
        spelled |= {"el": str(Country.EL), "eu": str(Country.EU_WIDE)} if name == "country" else {}
        good = tuple(dict.fromkeys(spelled[v.casefold()] for v in values if v.casefold() in spelled))
        for value in values:
            if value.casefold() not in spelled:
                self.warn(name, value, _("there is no such value of %(filter)s; it was left out", filter=inside(BY_NAME[name].label)))
        return good if good or not values else None

    def day(self, name: str) -> date | None:
        value = self.last(name)
        if not value:
            return None
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
                raise ValueError(value)
            return date.fromisoformat(value)
        except ValueError:
            self.warn(name, value, _("not a date of the form 2026-12-31; it was left out"))
            return None

    def amount(self, name: str) -> float | None:
        value = self.last(name)
        if not value:
            return None
        if not re.fullmatch(r"\d{1,15}(\.\d{1,2})?", value, re.ASCII) or not math.isfinite(float(value)):
            self.warn(name, value, _("not an amount in euro such as 200000; it was left out"))
            return None
        return float(value)

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self.last(name)
        if not value:
            return default
        if not re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII):
            self.warn(name, value, _("not a whole number; %(used)s was used", used=default))
            return default
        bounded = min(max(int(value), least), most)
        if bounded != int(value):
            self.warn(name, value, _("not between %(least)s and %(most)s; %(used)s was used", least=least, most=most, used=bounded))
        return bounded

    def switch(self, name: str) -> bool:
        value = self.last(name)
        if value not in ("", "0", "1"):
            self.warn(name, value, _("neither 0 nor 1; %(used)s was used", used=int(SWITCHES[name])))
        return value == "1" if value in ("0", "1") else SWITCHES[name]

    def region_codes(self) -> list[str]:
        codes = []
        for value in self.several("region"):
            code = value.upper() if value.upper() in regions.units() else places.resolve(value)
            if code is None:
                self.warn("region", value, _("no NUTS region has this code or name; it was left out"))
            else:
                codes.append(code)
        return codes


def clean(text: str) -> str:
    """A text as typed, without control characters and broken surrogates, with single spaces."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(_CONTROL.sub(" ", text).split())


def parse(pairs: Iterable[tuple[str, str]], known: Mapping[str, Iterable[str]] = {}) -> SearchParams:
    """Read a search from the (name, value) pairs of an address.

    known: facet -> its values in the data, for facets whose vocabulary the data decides.
    """
    read = _Reader(pairs, known)
    chosen = {f.name: values for f in FACETS if (values := read.facet(f.name)) is not None}
    codes, where, means = read.region_codes(), read.text("where"), None
    if where:
        means = places.resolve(where)
        if means is None:
            read.warn("where", where, _("no country or region of the Union has this name; it was left out"))
        else:
            codes.append(means)
            if others := [f"{regions.display(code)}, {code}" for code in regions.namesakes(where)]:
                named = {"place": f"{regions.display(means)}, {means}", "others": "; ".join(others)}
                read.warn("where", where, _("read as %(place)s; it is also %(others)s: ask for that by its code", **named))
    sort = read.last("sort")
    if sort and sort not in list(Sort):
        read.warn("sort", sort, _("there is no such order; there are %(orders)s", orders=", ".join(Sort)))
        sort = ""
    for name in read.given.keys() - PARAMETERS:
        read.warn(name, read.last(name), _("there is no such parameter; it was left out"))
    days = {name: read.day(name) for name in DATES}
    for start, end in WINDOWS:
        first, last = days[start], days[end]
        if first and last and first > last:
            read.warn(end, last.isoformat(), _("lies before %(parameter)s; nothing can be in between", parameter=start))
    amounts = {name: read.amount(name) for name in AMOUNTS}
    low, high = amounts["budget_min"], amounts["budget_max"]
    if low is not None and high is not None and low > high:
        read.warn("budget_max", f"{high:.0f}", _("lies below budget_min; no amount can be in between"))
    words = read.text("q")
    if words and not wording.read(words):
        read.warn("q", words, _("there is no word in it to search for; it was left out"))
        words = ""
    switches = {name: read.switch(name) for name in SWITCHES}
    return SearchParams(
        q=words,
        where=where,
        where_means=means,
        chosen=chosen,
        region=tuple(dict.fromkeys(codes)),
        **days,  # type: ignore[arg-type]
        **amounts,  # type: ignore[arg-type]
        **switches,  # type: ignore[arg-type]
        as_of=read.last("as_of"),
        sort=Sort(sort) if sort else None,
        page=read.whole("page", 1, 1, LAST_PAGE),
        per_page=read.whole("per_page", DEFAULT_PAGE_SIZE, *PAGE_SIZES),
        warnings=tuple(read.warnings),
    )


ORDER = ("q", "where", *BY_NAME, "region", *DATES, *AMOUNTS, *SWITCHES, "as_of", "sort", "page", "per_page")
DEFAULTS = {f.name: f.default for f in fields(SearchParams)}
PARAMETERS = frozenset(ORDER)
