"""A notice of TED (Search API v3) as the fields of a call. Lists of a notice repeat per lot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import get_global

from crawler import curated
from crawler.normalise import DateError, defuse, lead, parse_amount, parse_day, plain, plausible_day, tidy, web_address
from crawler.platforms.mapped import put
from search import clock, regions
from search.vocabulary import Beneficiary, FundingType, Level, Skills

TRAINING = {row["code"]: row["label_en"] for row in curated.rows("cpv_training")}
CAREER_GUIDANCE = "79634000"
ZONES = {
    "AT": "Vienna", "BE": "Brussels", "BG": "Sofia", "CZ": "Prague", "DE": "Berlin", "DK": "Copenhagen", "EE": "Tallinn", "ES": "Madrid",
    "FI": "Helsinki", "FR": "Paris", "GR": "Athens", "HR": "Zagreb", "HU": "Budapest", "IE": "Dublin", "IT": "Rome", "LT": "Vilnius",
    "LU": "Luxembourg", "LV": "Riga", "MT": "Malta", "NL": "Amsterdam", "PL": "Warsaw", "PT": "Lisbon", "RO": "Bucharest", "SE": "Stockholm",
    "SI": "Ljubljana", "SK": "Bratislava", "CY": "Nicosia",
}  # fmt: skip
ISO3 = {code: iso[0] for code, iso in get_global("territory_aliases").items() if len(code) == 3 and iso[0] in ZONES}
LANGUAGES: Mapping[str, str] = get_global("language_aliases")  # deu -> de
LEVELS = {"cga": Level.NATIONAL, "ra": Level.REGIONAL, "la": Level.REGIONAL, "ag": Level.EU}  # endings of the eForms codes of buyers
PROGRAMMES = {
    "ESF_PLUS": "ESF+", "ERDF_2021": "ERDF", "JTF": "JTF", "RRF": "RRF", "CF_2021": "CF", "ERASMUS_PLUS": "Erasmus+", "DIGITALEU": "Digital Europe",
    "AMIF": "AMIF", "HORIZONEU": "Horizon Europe", "INVESTEU": "InvestEU",
}  # fmt: skip
DATES = ("deadline-receipt-tender", "deadline-receipt-request", "deadline")  # + -date-lot, -time-lot; the last repeats one of the others
FIELDS = [
    "publication-number", "publication-date", "notice-title", "notice-type", "form-type", "title-proc", "description-proc", "description-lot",
    "official-language", "buyer-name", "buyer-country", "buyer-legal-type", "classification-cpv", "main-classification-proc",
    "place-of-performance", "estimated-value-proc", "estimated-value-cur-proc", "eu-fund-lot", "eu-funds-name", "submission-url-lot", "links",
    *(f"{name}-{part}-lot" for name in DATES for part in ("date", "time")),
]  # fmt: skip


def fields_of(notice: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields. Raises ValueError, KeyError, TypeError, AttributeError for values of another shape."""
    countries = [ISO3[code] for code in once(notice["buyer-country"]) if code in ISO3]
    lang3 = language_of(notice)
    ends = deadlines(notice, countries[0])
    texts = [*in_language(notice.get("description-proc"), lang3), *in_language(notice.get("description-lot"), lang3)]
    description = tidy(defuse("\n\n".join(once(texts))))
    fields: dict[str, Any] = {
        "kind": "call",
        "title": title(notice, lang3),
        "title_en": english_title(notice, lang3),
        "lang": LANGUAGES[lang3],
        "url": page(notice, "html", lang3),
        "identifier": notice["publication-number"],
        "opening_date": day_of(notice["publication-date"]).isoformat(),
        "deadlines": ends,
        "deadline_kind": "fixed" if ends else "not-stated",
        "description": description or None,
        "summary": lead(description) or None,
        "types_of_action": [f"CPV {code} {TRAINING[code]}" for code in once(notice["classification-cpv"]) if code in TRAINING],
        "budget": budget(notice),
        "authority": {"name": "; ".join(once(in_language(notice["buyer-name"], lang3)))} if notice.get("buyer-name") else None,
        "apply_url": next((a for a in map(web_address, once(notice.get("submission-url-lot"))) if a), None),
        "documents": [{"url": page(notice, "pdf", lang3), "label": "PDF", "basis": "crawled"}],
        "conditions": eu_funds(notice),
    }
    add_labels(fields, notice, countries)
    return fields


def once(values: Iterable[str] | str | None) -> list[str]:
    """Values that repeat per lot, each once, in their order."""
    return list(dict.fromkeys([values] if isinstance(values, str) else values or []))


def language_of(notice: Mapping[str, Any]) -> str:
    """The three-letter code of the language the buyer wrote in; English where it is one of several."""
    written = [
        *(code.lower() for code in once(notice.get("official-language"))),
        *(notice.get("title-proc") or {}),
        *(notice.get("buyer-name") or {}),
    ]
    known = [code for code in written if code in notice["notice-title"]]
    return "eng" if "eng" in known or not known else known[0]


def in_language(texts: Mapping[str, Any] | None, lang3: str) -> list[str]:
    """The texts of a field in a language, or in the first it has."""
    if not texts:
        return []
    found = texts.get(lang3) or next(iter(texts.values()))
    return [found] if isinstance(found, str) else list(found)


def title(notice: Mapping[str, Any], lang3: str) -> str:
    """The buyer's own title; TED puts country and subject before it."""
    own = in_language(notice.get("title-proc"), lang3)
    return own[0] if own else str(in_language(notice["notice-title"], lang3)[0].split(" – ", 2)[-1])


def english_title(notice: Mapping[str, Any], lang3: str) -> str | None:
    """The buyer's English title, or TED's: country and subject in English, then the buyer's words."""
    own = (notice.get("title-proc") or {}).get("eng") or notice["notice-title"].get("eng")
    return own if lang3 != "eng" else None


def page(notice: Mapping[str, Any], kind: str, lang3: str) -> str:
    pages = notice["links"][kind]
    return str(pages.get(lang3.upper()) or pages["ENG"])


def day_of(stamp: str) -> date:
    """The day of "2026-08-05+02:00": it is the buyer's own, whatever the offset. Raises DateError."""
    return parse_day(stamp[:10])


def deadlines(notice: Mapping[str, Any], country: str) -> list[dict[str, Any]]:
    """The different dates to hand in of all lots, from the first place where they can be true."""
    zone = f"{'Asia' if country == 'CY' else 'Europe'}/{ZONES[country]}"
    stated = [
        (days, notice.get(f"{name}-time-lot") or notice.get("deadline-time-lot") or []) for name in DATES if (days := notice.get(f"{name}-date-lot"))
    ]
    today = clock.today()
    sound = [pair for pair in stated if all(plausible_day(day_of(day), today) for day in pair[0])]
    days, times = (sound or stated or [([], [])])[0]
    ends = [end_of(day, times[n] if len(times) == len(days) else None, zone) for n, day in enumerate(days)]
    return [end for n, end in enumerate(ends) if end not in ends[:n]]


def end_of(day: str, time: str | None, zone: str) -> dict[str, Any]:
    """A date, with its hour in the zone where TED states one."""
    if time is None:
        return {"date": day_of(day).isoformat(), "zone": zone, "kind": "fixed", "text": day}
    try:
        here = datetime.fromisoformat(f"{day[:10]}T{time}").astimezone(ZoneInfo(zone))
    except ValueError as error:
        raise DateError(f"{day} {time} is no instant") from error
    return {"date": f"{here:%Y-%m-%d}", "time": f"{here:%H:%M}", "zone": zone, "kind": "fixed", "text": f"{day} {time}"}


def budget(notice: Mapping[str, Any]) -> dict[str, Any] | None:
    """The estimated value, a number or its text; nothing without its currency."""
    total, currency = parse_amount(str(notice.get("estimated-value-proc") or "")), notice.get("estimated-value-cur-proc")
    return {"total": total, "currency": currency, "scope": "call"} if total and currency else None


def eu_funds(notice: Mapping[str, Any]) -> list[dict[str, str]]:
    """Whether the Union pays, as far as the notice says."""
    flags, names = once(notice.get("eu-fund-lot")), once(notice.get("eu-funds-name"))
    if "eu-funds" not in flags and not names:
        return []
    return [{"heading": "EU funds", "text": f"Financed with EU funds{': ' if names else ''}{', '.join(PROGRAMMES.get(n, plain(n)) for n in names)}"}]


def add_labels(fields: dict[str, Any], notice: Mapping[str, Any], countries: list[str]) -> None:
    put(fields, "type", [FundingType.PROCUREMENT], f"notice-type {notice.get('notice-type')}", "TED publishes public procurement")
    put(fields, "country", countries, ", ".join(once(notice["buyer-country"])), "country of the buyer")
    kinds = once(notice.get("buyer-legal-type"))
    for kind in kinds:
        if level := LEVELS.get(kind.rsplit("-")[-1]):
            put(fields, "level", [level], kind, "legal type of the buyer")
    if "level" not in fields:
        put(fields, "level", [Level.NATIONAL], ", ".join(kinds) or "buyer-legal-type", "national unless the buyer's legal type says more")
    main, codes = once(notice.get("main-classification-proc")), once(notice["classification-cpv"])
    training = [code for code in main or codes if code in TRAINING and code != CAREER_GUIDANCE]
    for code in [code for code in codes if code in TRAINING][:1]:
        what = f"{(training or [code])[0]} {TRAINING[(training or [code])[0]]}"
        put(fields, "skills", [Skills.CORE if training else Skills.PART], what, "CPV code of the tender")
        put(fields, "beneficiary", [Beneficiary.PROVIDER], what, "training services are bought from who provides them")
    put(fields, "programme", [PROGRAMMES[n] for n in once(notice.get("eu-funds-name")) if n in PROGRAMMES], "eu-funds-name", "EU fund named by TED")
    for place in once(notice.get("place-of-performance")):
        if place in regions.units() and len(place) > 2:
            put(fields, "region", [place], place, "place of performance")
