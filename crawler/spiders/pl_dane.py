"""Poland, dane.gov.pl: the schedules of calls of two national EU programmes, FERS and FERC, in Polish.

Per programme a data set: JSON with its resources, newest first -> the first XLSX, one row per call. Rows move between months,
so a call is known by its words. Many dates are only a month or a quarter: those stay words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, defuse, parse_day, squeeze, tidy
from crawler.persons import scrub
from crawler.platforms import DOCUMENTED, NATIONAL, call, calls_of, conditions, put, put_labels, put_places, table, texts, window
from crawler.platforms.workbook import sheet
from crawler.source import Draft, Source, SourceError, need_keys, needed
from search.vocabulary import Beneficiary, Country, Fund, TextUse

PROGRAMMES = {28776: ("FERS", Fund.ESF_PLUS), 4761: ("FERC", Fund.ERDF)}  # data set -> programme and its fund
REQUIRED = {"title": "tytuł", "who": "wnioskodawc", "opens": "początkow", "closes": "końcow"}  # field -> how its column begins to be named
OPTIONAL = {"text": "typy projekt", "amount": "kwota", "place": "obszar", "authority": "instytucja", "more": "dodatkowe", "measure": "działanie"}
SHOWN = {"measure": "Działanie", "opens": "Data początkowa naboru", "closes": "Data końcowa naboru"}
PLACES = {"mazowieckie": ["PL91", "PL92"], "cały kraj": ["PL"]}  # NUTS halves the voivodeship of the capital
APPLICANTS = table(
    Beneficiary, LARGE_COMPANY="przedsiębiorcy", SME="przedsiębiorcy; mśp", PROVIDER="instytucje szkoleniowe; uczelnie",
    OTHER="organizacje pozarządowe", PUBLIC_AUTHORITY="jednostki samorządu terytorialnego", SOCIAL_PARTNER="partnerzy społeczni",
    EMPLOYMENT_SERVICE="publiczne służby zatrudnienia",
)  # fmt: skip


class PlDaneSpider(Source):
    name = "pl_dane"
    allowed_domains = ["api.dane.gov.pl"]
    facts = calls_of(
        Country.PL, name, "Harmonogramy naborów FERS i FERC (dane.gov.pl)", "https://dane.gov.pl/pl/dataset/28776", licence="CC0 1.0",
        attribution="dane.gov.pl, Ministerstwo Funduszy i Polityki Regionalnej", format_seen=DOCUMENTED, text_use=TextUse.FULL,
    )  # fmt: skip
    min_entries = 6

    def first(self) -> Iterator[Request]:
        for number in PROGRAMMES:
            yield self.ask(f"https://api.dane.gov.pl/1.4/datasets/{number}/resources", self.parse, cb_kwargs={"number": number})

    async def parse(self, response: Response, number: int) -> AsyncIterator[Any]:
        """The resources of a data set; the first sheet is the current schedule."""
        payload, _ = self.json_of(response)
        need_keys(payload, ["data"], f"the answer on data set {number}")
        if not payload["data"]:
            yield await self.again(response, f"the resources of data set {number} came empty")
            return
        sheets = [item.get("attributes", {}) for item in payload["data"] if item.get("attributes", {}).get("format") == "xlsx"]
        link = (sheets[0].get("link") or sheets[0].get("download_url") or "") if sheets else ""
        if urlsplit(link).hostname not in self.allowed_domains:
            raise SourceError(f"data set {number} has no XLSX on the portal's own host")
        yield self.ask(link, self.parse_sheet, cb_kwargs={"number": number})

    def parse_sheet(self, response: Response, number: int) -> Iterator[Draft]:
        """One row per call, below the row with the names of the columns and one with their numbers."""
        rows = sheet(response.body)
        top = next((n for n, row in enumerate(rows) if any(REQUIRED["who"] in str(cell).casefold() for cell in row)), None)
        needed(top is not None, f"the schedule of data set {number}", f"column {REQUIRED['who']!r}")
        places = columns(rows[top or 0])
        if missing := REQUIRED.keys() - places.keys():
            names = ", ".join(REQUIRED[name] for name in sorted(missing))
            raise SourceError(f"the schedule of data set {number} has another shape: no column {names}")
        calls = [{name: row[place] for name, place in places.items()} for row in rows[(top or 0) + 1 :]]
        calls = [call for call in calls if call["title"] and not re.fullmatch(r"\(?\d+\)?", str(call["title"]).strip())]
        if not calls:
            raise SourceError(f"the schedule of data set {number} lists no call")
        for said in calls:
            made = Draft(scrub(squeeze(str(said["title"]))), {"id": f"{self.name}:{key_of(said, number)}"}, payload=said)
            yield from self.filled(made, partial(self.read, said, number))

    def read(self, row: Mapping[str, Any], number: int) -> dict[str, Any]:
        """The fields of a call; words whose meaning is not known are counted. Raises ValueError."""
        said = {name: defuse(tidy(str(value))) for name, value in row.items() if value is not None and not isinstance(value, date)}
        rolling, by = "ciągł" in said.get("closes", "").casefold(), said.get("authority")
        fields = call(
            "pl", str(row["title"]), f"https://dane.gov.pl/pl/dataset/{number}",
            **window("Europe/Warsaw", day(row["opens"]), day(row["closes"]), otherwise="rolling" if rolling else "not-stated"),
            **texts("\n\n".join(said[name] for name in ("text", "more") if said.get(name))), eligibility=said.get("who"),
            budget=budget(row.get("amount")), authority={"name": squeeze(by)} if by else None,
            conditions=conditions({SHOWN[name]: said.get(name, "")[:2000] for name in SHOWN if not day(row.get(name))}),
        )  # fmt: skip
        programme, fund = PROGRAMMES[number]
        put(fields, "country", [Country.PL], programme, "national programme of Poland")
        put(fields, "programme", [fund], programme, "the programme's fund")
        unknown = put_places(fields, re.split(r"[,;]", said.get("place", "")), "PL", PLACES)
        put(fields, "level", [NATIONAL], programme, "national programme of Poland")
        applicants = [words for words in re.split(r"[,;\n]", said.get("who", "")) if words.strip()]
        if unknown := unknown + put_labels(fields, "beneficiary", applicants, APPLICANTS, "applicants named by the source"):
            self.warn("applicants or places that are not known", len(unknown))
        return fields


def columns(names: tuple[Any, ...]) -> dict[str, int]:
    """Which column holds what."""
    said = [squeeze(str(name or "")).casefold() for name in names]
    found = {field: next((n for n, name in enumerate(said) if words in name), None) for field, words in (REQUIRED | OPTIONAL).items()}
    return {field: place for field, place in found.items() if place is not None}


def key_of(call: Mapping[str, Any], number: int) -> str:
    """A key for our address, from the words of a row, which has none; its dates move, so they are no part of it."""
    words = [str(number), *(squeeze(str(call.get(name) or "")) for name in ("measure", "title", "authority"))]
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:16]


def day(value: Any) -> str | None:
    """The day in a cell: a real date, dd.mm.yyyy or m/d/yy; None for a month, a quarter or other words. Raises DateError."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    words = str(value or "").strip()
    if re.fullmatch(r"[\d./-]+", words):
        return parse_day(words, "%m/%d/%y" if "/" in words else "%d.%m.%Y").isoformat()
    if re.search(r"\d{1,2}[./]\d{1,2}[./]\d", words):
        raise DateError(f"{words[:60]!r} is not a date of the form dd.mm.yyyy")
    return None


def budget(value: Any) -> dict[str, Any] | None:
    """The money of a call, a number or its digits; other words stay words."""
    words = squeeze(str(value if value is not None else "")).replace(" ", "").replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?", words):
        return {"currency": "PLN", "text": squeeze(str(value))} if words else None
    return {"total": float(words), "currency": "PLN", "scope": "call"} if float(words) else None
