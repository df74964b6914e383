"""The fields of a call that every source gives in the same few ways: who it is, its texts, when one may apply, its money."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crawler.normalise import lead, parse_amount

Moment = Mapping[str, str]  # a day, and the hour where it is stated: {date: "YYYY-MM-DD", time: "HH:MM"}
NUMBER = r"(?:\d{1,3}(?:[.\s]\d{3})+|\d+)(?:,\d+)?"  # dots or spaces between groups of three, a comma before cents


def call(lang: str, title: str, url: str, **more: Any) -> dict[str, Any]:
    """The fields of a call in a language, and whatever more of search.records.Call it states."""
    return {"kind": "call", "lang": lang, "title": title, "url": url} | more


def texts(text: str) -> dict[str, str | None]:
    """A text without headings, and its beginning as the summary."""
    return {"description": text or None, "summary": lead(text) or None}


def window(zone: str, opens: str | Moment | None, closes: str | Moment | None, otherwise: str = "not-stated") -> dict[str, Any]:
    """When one may apply: an opening and one end, in days or moments of a zone. otherwise: the kind of end where there is no date."""
    opening = opens if isinstance(opens, str) or opens is None else opens["date"]
    end = {"date": closes} if isinstance(closes, str) else dict(closes or {})
    return {
        "opening_date": opening,
        "deadlines": [end | {"zone": zone}] if end else [],
        "deadline_kind": "fixed" if end else otherwise,
    }


def conditions(said: Mapping[str, str | None]) -> list[dict[str, str]]:
    """What stands under headings of the source, as far as it stands there."""
    return [{"heading": heading, "text": text} for heading, text in said.items() if text]


def amount(said: str) -> float | None:
    """`1.234.567,89` or `1 234,56`: the number, None for nought. Raises ValueError for any other form, a dot before cents above all."""
    if said.strip() and not re.fullmatch(NUMBER, said.strip()):
        raise ValueError(f"{said[:60]!r} is no amount of the form 1.234.567,89")
    return parse_amount(re.sub(r"[\s.]", "", said).replace(",", "."))


def budget_in(text: str, before: str, unit: str = "euro") -> dict[str, Any] | None:
    """The money that stands in a text right after given words (a pattern), in euro: `Het budget is € 5.000.000`; None without."""
    number = r"(\d{1,3}(?:[.,\s]\d{3})+|\d+)(?:[.,]\d\d)?(?![.,]?\d)"  # whole: a part of "5.000.000 for" or "2.5 million" is none
    found = re.search(rf"(?:{before})\s+(?:€\s?)?{number}(?:\s?(?:{unit}|EUR|€)\b|(?=[.;\n]|$))", text)
    total = parse_amount(re.sub(r"\D", "", found[1])) if found else None
    return {"total": total, "currency": "EUR", "scope": "call", "text": found[0]} if found and total else None


def budget(said: str, unit: str = r"(?:EUR|€|euro)?", currency: str = "EUR") -> dict[str, Any] | None:
    """The money of a call, written with a comma before cents and perhaps its unit; other words stay words."""
    found = re.fullmatch(rf"({NUMBER}) ?{unit}", said)
    if not found:
        return {"text": said} if said else None
    total = amount(found[1])
    return {"total": total, "currency": currency, "scope": "call"} if total else None
