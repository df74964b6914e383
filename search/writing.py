"""Dates, numbers, amounts, lists and names as they are written in the language spoken now (CLDR).

English is written as on the pages since their first day: "3 Dec 2026", "EUR 200 000".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache

from babel.dates import format_date, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal

from search import i18n
from search.analysis import fold

_ENGLISH_DATES = {"yMMMMd": "d MMMM y", "yMMMd": "d MMM y", "yMMMEd": "EEE d MMM y", "yMMM": "MMM y"}


@cache
def _pattern(code: str, skeleton: str) -> str:
    if code == i18n.SOURCE:
        return _ENGLISH_DATES[skeleton]
    known = i18n.locale_of(code)
    return str(known.date_formats["long"].pattern if skeleton == "yMMMMd" else known.datetime_skeletons[skeleton].pattern)


@lru_cache(maxsize=8192)
def _date(code: str, value: date, skeleton: str) -> str:
    return format_date(value, _pattern(code, skeleton), locale=i18n.locale_of(code))


def day(value: date) -> str:
    """A date: 3 Dec 2026."""
    return _date(i18n.language(), value, "yMMMd")


def day_in_full(value: date) -> str:
    """A date with its month in full: 3 December 2026."""
    return _date(i18n.language(), value, "yMMMMd")


def weekday(value: date) -> str:
    """A date with the day of the week: Thu 3 Dec 2026."""
    return _date(i18n.language(), value, "yMMMEd")


def month(value: date) -> str:
    """The month of a date: Dec 2026."""
    return _date(i18n.language(), value, "yMMM")


def month_alone(value: date) -> str:
    """The month without its year: Dec."""
    return format_date(value, "LLL", locale=i18n.locale())


def number(value: int) -> str:
    """A number with its thousands apart."""
    return _figure(i18n.language(), value).replace(" ", "\u00a0")


@lru_cache(maxsize=8192)
def _figure(code: str, value: float) -> str:
    """Decimals only where there are some."""
    figure = format_decimal(value, "#,##0" if value == int(value) else "#,##0.00", locale=i18n.locale_of(code))
    return figure.replace(",", " ") if code == i18n.SOURCE else figure


@cache
def _currency_first(code: str) -> bool:
    return code == i18n.SOURCE or str(i18n.locale_of(code).currency_formats["standard"].pattern).startswith("¤")


def money(amount: float, currency: str) -> str:
    """An amount: "EUR 200 000", "200.000 EUR"."""
    code = i18n.language()
    return f"{currency} {_figure(code, amount)}" if _currency_first(code) else f"{_figure(code, amount)} {currency}"


def ends(low: float, high: float, currency: str) -> tuple[str, str]:
    """The two ends of a range, which names its currency once: ("EUR 100 000", "200 000"), ("100.000", "200.000 EUR")."""
    code = i18n.language()
    if _currency_first(code):
        return money(low, currency), _figure(code, high)
    return _figure(code, low), money(high, currency)


def listed(names: Sequence[str]) -> str:
    """ "A, B and C"."""
    return format_list(names, locale="en" if i18n.language() == i18n.SOURCE else i18n.locale())


def name_of_language(code: str) -> str:
    """ "Italian" for it."""
    return str(i18n.locale().languages.get(code, code))


def name_of_city(zone: str) -> str:
    """ "Brussels" for Europe/Brussels."""
    return _city(i18n.language(), zone)


@cache
def _city(code: str, zone: str) -> str:
    if code == i18n.SOURCE:
        return zone.rsplit("/", 1)[-1].replace("_", " ")
    return get_timezone_location(zone, locale=i18n.locale_of(code), return_city=True)


def name_of_country(code: str) -> str:
    """ "Italy" for IT."""
    return str(i18n.locale().territories.get(code, code))


# Letters that an alphabet has behind z. Every other letter with a mark is put with the one without it: near enough for a short list,
# though some alphabets (Czech, Polish, Croatian …) have letters of their own behind it.
_LAST = {"da": "æøå", "et": "õäöü", "fi": "åäö", "sv": "åäö"}


def in_order(name: str) -> str:
    """The key by which names stand in the order of the reader's alphabet."""
    last = _LAST.get(i18n.language(), "")
    return "".join(chr(ord("{") + last.index(letter)) if letter in last else fold(letter) for letter in name.casefold())
