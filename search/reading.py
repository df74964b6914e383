"""Reads a search from the parameters of an address: whitelisted, with a named warning for what was wrong.

Nothing here raises for what a visitor may type.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from search import places, regions, wording
from search.facets import BY_NAME, FACETS
from search.i18n import gettext as _
from search.i18n import inside
from search.params import (
    AMOUNTS,
    DATES,
    DEFAULT_PAGE_SIZE,
    LAST_PAGE,
    LONGEST_QUERY,
    MOST_VALUES,
    PAGE_SIZES,
    PARAMETERS,
    SWITCHES,
    WINDOWS,
    SearchParams,
    Sort,
    Warning,
)  # fmt: skip
from search.vocabulary import Country

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


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
