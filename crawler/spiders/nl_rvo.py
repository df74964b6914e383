"""Netherlands, RVO open data (rvo.nl): the schemes of the Netherlands Enterprise Agency, in Dutch.

JSON pages of 50, numbered from 0, until one comes empty -> the page of each scheme, for what the data lack: the status in
words, and the period as "van d-m-jjjj tot en met d-m-jjjj".
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, parse_day, plain, web_address
from crawler.platforms.list_and_page import ListAndPage
from crawler.platforms.mapped import put, put_labels
from crawler.source import Draft, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, Ecosystem, FundingType, Kind, Level, TextUse

HOST = "www.rvo.nl"
PER_PAGE = 50
STATUS = re.compile(r"Open voor aanvragen|Binnenkort open|Gesloten voor aanvragen|Tijdelijk gesloten")
PERIOD = re.compile(r"\bvan (\d{1,2}-\d{1,2}-\d{4})(?: tot en met (\d{1,2}-\d{1,2}-\d{4}))?")
TYPES = {
    "subsidie": [FundingType.GRANT],
    "lening": [FundingType.LOAN],
    "krediet": [FundingType.LOAN],
    "garantie": [FundingType.LOAN],
    "borgstelling": [FundingType.LOAN],
}
TARGETS = {
    "mkb": [Beneficiary.SME],
    "grootbedrijf": [Beneficiary.LARGE_COMPANY],
    "kennisinstelling": [Beneficiary.PROVIDER],
    "onderwijsinstelling": [Beneficiary.PROVIDER],
    "non-profit organisatie": [Beneficiary.OTHER],
    "overheid": [Beneficiary.PUBLIC_AUTHORITY],
    "gemeente": [Beneficiary.PUBLIC_AUTHORITY],
    "provincie": [Beneficiary.PUBLIC_AUTHORITY],
    "brancheorganisatie": [Beneficiary.SECTORAL],
}
SECTORS = {
    "automotive sector": [Ecosystem.MOBILITY],
    "toerisme": [Ecosystem.TOURISM],
    "bouw": [Ecosystem.CONSTRUCTION],
    "textiel": [Ecosystem.TEXTILE],
    "hernieuwbare energie": [Ecosystem.ENERGY_RENEWABLES],
    "agrofood": [Ecosystem.AGRI_FOOD],
    "zorg": [Ecosystem.HEALTH],
    "elektronica": [Ecosystem.ELECTRONICS],
    "detailhandel": [Ecosystem.RETAIL],
    "sociale economie": [Ecosystem.PROXIMITY],
}


class NlRvoSpider(ListAndPage):
    name = "nl_rvo"
    allowed_domains = [HOST]
    facts = SourceFacts(
        source="nl_rvo",
        title="Rijksdienst voor Ondernemend Nederland, regelingen",
        homepage="https://www.rvo.nl/subsidies-financiering",
        countries=[Country.NL],
        level=[Level.NATIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.DOCUMENTED,
        licence="CC0 1.0",
        attribution="Rijksdienst voor Ondernemend Nederland (RVO)",
        text_use=TextUse.FULL,
    )
    min_entries = 6

    def first(self) -> Iterator[Request]:
        yield self.ask_list(0)

    def ask_list(self, page: int, after_full: bool = True) -> Request:
        url = f"https://{HOST}/api/v1/opendata/subsidies?page={page}"
        return self.ask(url, self.parse, cb_kwargs={"page": page, "after_full": after_full})

    async def parse(self, response: Response, page: int, after_full: bool) -> AsyncIterator[Any]:
        """A page of the data; an empty one is the end, after a full page only when it is empty twice."""
        rows, mended = self.json_of(response)
        if not isinstance(rows, list):
            raise SourceError("the data have another shape: no list")
        if not rows:
            if page == 0 or (after_full and "empty_tries" not in response.meta):
                yield await self.again(response, "a page of the data came empty")
            return
        if missing := [name for name in ("id", "title", "url") if any(not row.get(name) for row in rows)]:
            raise SourceError(f"a scheme of the data has another shape: no {', '.join(missing)}")
        if all(str(row["id"]) in self.listed for row in rows):
            raise SourceError(f"page {page} of the data repeats schemes of earlier pages")
        for row in rows:
            url = web_address(urljoin(f"https://{HOST}/", row["url"])) or ""
            made = Draft(str(row["id"]), {"url": url}, payload=row, suspect=mended)
            if urlsplit(url).hostname != HOST:
                self.refuse(made, f"its page is not on {HOST}: {url[:100]!r}")
                continue
            for request in self.ask_call(url, made, json.dumps(row, sort_keys=True), self.parse_call):
                yield request
        yield self.ask_list(page + 1, after_full=len(rows) >= PER_PAGE)

    def parse_call(self, response: Response, made: Draft) -> Iterator[Draft]:
        """The page of a scheme: its text up to who commissioned it."""
        html, mended = self.text_of(response)
        made.suspect = made.suspect or mended
        page = Selector(html)
        text, said, commissioner = from_html((page.css("main") or page.css("body")).get("")).partition("In opdracht van")
        if not STATUS.search(text):
            raise SourceError(f"the page of a scheme has another shape: no words for its status ({response.url})")
        try:
            made.fields |= read(made.payload, text)
        except DateError as error:
            self.refuse(made, str(error))
            return
        if said:
            made.fields["conditions"].append({"heading": "In opdracht van", "text": plain(commissioner.strip(": \n").split("\n")[0])[:300]})
        yield made


def read(row: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The fields of a scheme from the data and the text of its page. Raises DateError."""
    status, period, intro = STATUS.search(text), PERIOD.search(text), from_html(str(row.get("intro") or ""))
    opens, closes = (parse_day(day, "%d-%m-%Y").isoformat() if day else None for day in (period.groups() if period else (None, None)))
    subjects = ", ".join(plain(str(subject)) for subject in row.get("subjects") or [])
    targets = [plain(str(target)) for target in row.get("targets") or []]
    fields: dict[str, Any] = {
        "kind": "call",
        "title": row["title"],
        "lang": "nl",
        "summary": lead(intro) or None,
        "description": intro or None,
        "eligibility": ", ".join(targets) or None,
        "opening_date": opens,
        "deadlines": [{"date": closes, "zone": "Europe/Amsterdam", "kind": "fixed", "text": period[0] if period else None}] if closes else [],
        "deadline_kind": "fixed" if closes else "not-stated",
        "source_status": status[0] if status else None,
        "authority": {"name": "Rijksdienst voor Ondernemend Nederland (RVO)", "url": f"https://{HOST}/", "url_basis": "crawled"},
        "conditions": [{"heading": "Onderwerpen", "text": subjects}] if subjects else [],
    }
    put(fields, "level", [Level.NATIONAL], "Rijksdienst voor Ondernemend Nederland", "schemes run by a national agency")
    put(fields, "country", [Country.NL], "Rijksdienst voor Ondernemend Nederland", "schemes run by a national agency")
    put_labels(fields, "type", map(str, row.get("subsidies") or []), TYPES, "kind of support of the source")
    put_labels(fields, "beneficiary", targets, TARGETS, "target group of the source")
    sectors = [plain(str(sector)).removeprefix("de ") for sector in row.get("sectors") or []]
    put_labels(fields, "ecosystem", sectors, SECTORS, "sector of the source")
    return fields
