"""Poland, dane.gov.pl: the schedules of calls of two national EU programmes, FERS and FERC, in Polish.

Per programme a data set: JSON with its resources, newest first -> the first XLSX, one row per call. Rows move between months,
so a call is known by its words. Many dates are only a month or a quarter: those stay words.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, defuse, lead, parse_day, squeeze, tidy
from crawler.platforms.mapped import put, put_labels
from crawler.platforms.places import put_places
from crawler.source import Draft, Source, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, Fund, Kind, Level, TextUse

PROGRAMMES = {28776: ("FERS", Fund.ESF_PLUS), 4761: ("FERC", Fund.ERDF)}  # data set -> programme and its fund
REQUIRED = {"title": "tytuł", "who": "wnioskodawc", "opens": "początkow", "closes": "końcow"}  # field -> how its column begins to be named
OPTIONAL = {"text": "typy projekt", "amount": "kwota", "place": "obszar", "authority": "instytucja", "more": "dodatkowe", "measure": "działanie"}
SHOWN = {"measure": "Działanie", "opens": "Data początkowa naboru", "closes": "Data końcowa naboru"}
LARGEST = 64 * 1024 * 1024  # bytes, unpacked
MOST_ROWS, MOST_COLUMNS = 5000, 40
PLACES = {"mazowieckie": ["PL91", "PL92"], "cały kraj": ["PL"]}  # NUTS halves the voivodeship of the capital
APPLICANTS = {
    "przedsiębiorcy": [Beneficiary.LARGE_COMPANY, Beneficiary.SME],
    "mśp": [Beneficiary.SME],
    "instytucje szkoleniowe": [Beneficiary.PROVIDER],
    "uczelnie": [Beneficiary.PROVIDER],
    "organizacje pozarządowe": [Beneficiary.OTHER],
    "jednostki samorządu terytorialnego": [Beneficiary.PUBLIC_AUTHORITY],
    "partnerzy społeczni": [Beneficiary.SOCIAL_PARTNER],
    "publiczne służby zatrudnienia": [Beneficiary.EMPLOYMENT_SERVICE],
}


class PlDaneSpider(Source):
    name = "pl_dane"
    allowed_domains = ["api.dane.gov.pl"]
    facts = SourceFacts(
        source="pl_dane",
        title="Harmonogramy naborów FERS i FERC (dane.gov.pl)",
        homepage="https://dane.gov.pl/pl/dataset/28776",
        countries=[Country.PL],
        level=[Level.NATIONAL, Level.REGIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.DOCUMENTED,
        licence="CC0 1.0",
        attribution="dane.gov.pl, Ministerstwo Funduszy i Polityki Regionalnej",
        text_use=TextUse.FULL,
    )
    min_entries = 6

    resources_url = "https://api.dane.gov.pl/1.4/datasets/{}/resources"

    def first(self) -> Iterator[Request]:
        for number in PROGRAMMES:
            yield self.ask(self.resources_url.format(number), self.parse, cb_kwargs={"number": number})

    async def parse(self, response: Response, number: int) -> AsyncIterator[Any]:
        """The resources of a data set; the first sheet is the current schedule."""
        payload, _ = self.json_of(response)
        if not isinstance(payload, dict) or not isinstance(payload.get("data"), list):
            raise SourceError(f"the resources of data set {number} have another shape: no data")
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
        if top is None:
            raise SourceError(f"the schedule of data set {number} has another shape: no column {REQUIRED['who']!r}")
        places = columns(rows[top])
        if missing := REQUIRED.keys() - places.keys():
            names = ", ".join(REQUIRED[name] for name in sorted(missing))
            raise SourceError(f"the schedule of data set {number} has another shape: no column {names}")
        calls = [{name: row[place] for name, place in places.items()} for row in rows[top + 1 :]]
        calls = [call for call in calls if call["title"] and not re.fullmatch(r"\(?\d+\)?", str(call["title"]).strip())]
        if not calls:
            raise SourceError(f"the schedule of data set {number} lists no call")
        for call in calls:
            made = Draft(key_of(call, number), {}, payload=call)
            try:
                made.fields, unknown = read(call, number)
            except ValueError as error:
                self.refuse(made, str(error))
                continue
            if unknown:
                self.warn("applicants or places that are not known", len(unknown))
            yield made


def sheet(body: bytes) -> list[tuple[Any, ...]]:
    """The rows of the first sheet. Raises SourceError for what is no workbook, or one too large unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            size = sum(member.file_size for member in archive.infolist())  # no member is read beyond the size it states
        if size > LARGEST:
            raise SourceError(f"the schedule is a workbook of {size} bytes unpacked, at most {LARGEST} are read")
        book = load_workbook(BytesIO(body), read_only=True, data_only=True)
        rows = [tuple(row) for row in book.worksheets[0].iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, SyntaxError) as error:
        raise SourceError(f"the schedule is no workbook: {str(error)[:120]}") from error
    if len(rows) > MOST_ROWS and any(rows[MOST_ROWS]):
        raise SourceError(f"the schedule has more than {MOST_ROWS} rows")
    return rows


def columns(names: tuple[Any, ...]) -> dict[str, int]:
    """Which column holds what."""
    said = [squeeze(str(name or "")).casefold() for name in names]
    found = {field: next((n for n, name in enumerate(said) if words in name), None) for field, words in (REQUIRED | OPTIONAL).items()}
    return {field: place for field, place in found.items() if place is not None}


def key_of(call: Mapping[str, Any], number: int) -> str:
    """A key from the words of a row; its dates move, so they are no part of it."""
    words = [str(number), *(squeeze(str(call.get(name) or "")) for name in ("measure", "title", "authority"))]
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:16]


def read(call: Mapping[str, Any], number: int) -> tuple[dict[str, Any], list[str]]:
    """The fields of a call, and words whose meaning is not known. Raises ValueError."""
    said = {name: defuse(tidy(str(value))) for name, value in call.items() if value is not None and not isinstance(value, date)}
    opens, closes = day(call["opens"]), day(call["closes"])
    text = "\n\n".join(said[name] for name in ("text", "more") if said.get(name))
    rolling = "ciągł" in said.get("closes", "").casefold()
    fields: dict[str, Any] = {
        "kind": "call",
        "title": str(call["title"]),
        "lang": "pl",
        "url": f"https://dane.gov.pl/pl/dataset/{number}",
        "opening_date": opens,
        "deadlines": [{"date": closes, "zone": "Europe/Warsaw", "kind": "fixed"}] if closes else [],
        "deadline_kind": "fixed" if closes else "rolling" if rolling else "not-stated",
        "description": text or None,
        "summary": lead(text) or None,
        "eligibility": said.get("who"),
        "budget": budget(call.get("amount")),
        "authority": {"name": squeeze(said["authority"])} if said.get("authority") else None,
        "conditions": [{"heading": SHOWN[name], "text": said[name][:2000]} for name in SHOWN if said.get(name) and not day(call[name])],
    }
    programme, fund = PROGRAMMES[number]
    put(fields, "country", [Country.PL], programme, "national programme of Poland")
    put(fields, "programme", [fund], programme, "the programme's fund")
    unknown = put_places(fields, re.split(r"[,;]", said.get("place", "")), "PL", PLACES)
    put(fields, "level", [Level.NATIONAL], programme, "national programme of Poland")
    applicants = [words for words in re.split(r"[,;\n]", said.get("who", "")) if words.strip()]
    unknown += put_labels(fields, "beneficiary", applicants, APPLICANTS, "applicants named by the source")
    return fields, unknown


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
