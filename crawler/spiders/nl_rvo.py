"""Netherlands, RVO open data (rvo.nl): the schemes of the Netherlands Enterprise Agency, in Dutch.

JSON pages of 50, numbered from 0, until one comes empty -> the page of each scheme, for what the data lack: the status in
words, and the period as "van d-m-jjjj tot en met d-m-jjjj".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from parsel import Selector
from scrapy.http import Response

from crawler.normalise import from_html, lead, parse_day, plain, web_address
from crawler.platforms import DOCUMENTED, NATIONAL, ListAndPage, Page, Paged, budget_in, call, calls_of, conditions, put, put_labels, table, window
from crawler.source import Draft, SourceError, needed
from search.vocabulary import Beneficiary, Country, Ecosystem, FundingType, TextUse

AGENCY = "Rijksdienst voor Ondernemend Nederland"
HOST = "www.rvo.nl"
LIST = f"https://{HOST}/api/v1/opendata/subsidies?page={{}}"
STATUS = re.compile(r"Open voor aanvragen|Binnenkort open|Gesloten voor aanvragen|Tijdelijk gesloten")
PERIOD = re.compile(r"\bvan (\d{1,2}-\d{1,2}-\d{4})(?: tot en met (\d{1,2}-\d{1,2}-\d{4}))?")
TYPES = table(FundingType, GRANT="subsidie", LOAN="lening; krediet; garantie; borgstelling")
TARGETS = table(
    Beneficiary, SME="mkb", LARGE_COMPANY="grootbedrijf", PROVIDER="kennisinstelling; onderwijsinstelling", OTHER="non-profit organisatie",
    PUBLIC_AUTHORITY="overheid; gemeente; provincie", SECTORAL="brancheorganisatie",
)  # fmt: skip
SECTORS = table(
    Ecosystem, MOBILITY="automotive sector", TOURISM="toerisme", CONSTRUCTION="bouw", TEXTILE="textiel", ENERGY_RENEWABLES="hernieuwbare energie",
    AGRI_FOOD="agrofood", HEALTH="zorg", ELECTRONICS="elektronica", RETAIL="detailhandel", PROXIMITY="sociale economie",
)  # fmt: skip


class NlRvoSpider(Paged, ListAndPage):
    name = "nl_rvo"
    allowed_domains = [HOST]
    facts = calls_of(
        Country.NL, name, f"{AGENCY}, regelingen", "https://www.rvo.nl/subsidies-financiering", attribution=f"{AGENCY} (RVO)",
        format_seen=DOCUMENTED, level=(NATIONAL,), licence="CC0 1.0", text_use=TextUse.FULL,
    )  # fmt: skip
    min_entries = 6

    list_url = LIST.format(0)
    page_size = 50

    def read_page(self, response: Response, number: int) -> Page:
        rows, mended = self.json_of(response)
        if not isinstance(rows, list):
            raise SourceError("the data have another shape: no list")
        for name in ("id", "title", "url"):
            needed(all(row.get(name) for row in rows), "a scheme of the data", name)
        if rows and all(str(row["id"]) in self.listed for row in rows):
            raise SourceError(f"page {number} of the data repeats schemes of earlier pages")
        return Page(rows, None, LIST.format(number), mended)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        url = web_address(urljoin(f"https://{HOST}/", row["url"])) or ""
        made = Draft(str(row["id"]), {"url": url}, payload=row, suspect=suspect)
        if urlsplit(url).hostname == HOST:
            yield from self.ask_call(url, made, json.dumps(row, sort_keys=True))
        else:
            self.refuse(made, f"its page is not on {HOST}: {url[:100]!r}")

    def read_call(self, page: Selector, response: Response, made: Draft) -> dict[str, Any]:
        """The text of a scheme's page up to who commissioned it, and its row in the data. Raises DateError."""
        row = made.payload
        text, said, commissioner = from_html((page.css("main") or page.css("body")).get("")).partition("In opdracht van")
        status = needed(STATUS.search(text), f"the page of a scheme ({response.url})", "words for its status")
        period, intro = PERIOD.search(text), from_html(str(row.get("intro") or ""))
        opens, closes = (parse_day(day, "%d-%m-%Y").isoformat() if day else None for day in (period.groups() if period else (None, None)))
        subjects, targets = ([plain(str(label)) for label in row.get(name) or []] for name in ("subjects", "targets"))
        by = plain(commissioner.strip(": \n").split("\n")[0])[:300] if said else None
        fields = call(
            "nl", row["title"], made.fields["url"], summary=lead(intro) or None, description=intro or None, eligibility=", ".join(targets) or None,
            **window("Europe/Amsterdam", opens, {"date": closes, "text": period[0]} if closes and period else None), source_status=status[0],
            budget=budget_in(text, "[Hh]et budget is"),
            authority={"name": f"{AGENCY} (RVO)", "url": f"https://{HOST}/", "url_basis": "crawled"},
            conditions=conditions({"Onderwerpen": ", ".join(subjects), "In opdracht van": by}),
        )  # fmt: skip
        label(fields, row, targets)
        return fields


def label(fields: dict[str, Any], row: Mapping[str, Any], targets: list[str]) -> None:
    """What the data's kinds of support, target groups and sectors decide."""
    put(fields, "level", [NATIONAL], AGENCY, "schemes run by a national agency")
    put(fields, "country", [Country.NL], AGENCY, "schemes run by a national agency")
    put_labels(fields, "type", map(str, row.get("subsidies") or []), TYPES, "kind of support of the source")
    put_labels(fields, "beneficiary", targets, TARGETS, "target group of the source")
    sectors = [plain(str(sector)).removeprefix("de ") for sector in row.get("sectors") or []]
    put_labels(fields, "ecosystem", sectors, SECTORS, "sector of the source")
