"""Managing authorities of the 27 Member States: the Commission's country and programme pages, over a seed.

27 country pages -> funds per programme (Cohesion Open Data) -> programme pages. One host, so one page after
the other; the drafts are made when everything is read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler import authorities, cohesion_data
from crawler.authorities import EmptyPageError, Known, PageError
from crawler.normalise import cut, had_markup
from crawler.seeds import table
from crawler.source import Source, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import LABELS, Country, Kind, Level, TextUse

COUNTRIES = {LABELS[c].lower(): str(c) for c in Country if c is not Country.EU_WIDE}  # the page's name: its English name in lower case
LONGEST_PAGE = 1_000_000  # bytes of a programme's page; a real one has some thousands
ROWS = 5000  # per answer of the open data


class EcAuthoritiesSpider(Source):
    name = "ec_authorities"
    allowed_domains = ["ec.europa.eu", "cohesiondata.ec.europa.eu"]
    facts = SourceFacts(
        source="ec_authorities",
        title="Managing authorities (European Commission)",
        homepage="https://ec.europa.eu/regional_policy/in-your-country/managing-authorities_en",
        countries=[str(c) for c in Country if c is not Country.EU_WIDE],
        level=[Level.NATIONAL, Level.REGIONAL],
        kinds=[Kind.FUND],
        format_seen=FormatSeen.DOCUMENTED,
        licence="CC BY 4.0",
        attribution="European Commission, DG Regional and Urban Policy; Cohesion Open Data",
        text_use=TextUse.FULL,
    )
    min_entries = 300

    country_url = "https://ec.europa.eu/regional_policy/in-your-country/managing-authorities/{}_en"
    dataset_url = "https://cohesiondata.ec.europa.eu/resource/9qee-iv7c.json"
    funds_url = dataset_url + "?$select=ms,cci,cci_title,fund,financial_allocation_category,total&$order=cci&$limit={}&$offset={}"
    fields_dataset = "https://cohesiondata.ec.europa.eu/resource/hgyj-gyin.json"
    fields_url = (
        fields_dataset + "?$select=cci,fund,category_code,category_name,total_amount&$where=dimension_type='Intervention Field'"
        "&$order=:id&$limit={}&$offset={}"
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known = Known()
        self.waiting: list[Request] = []
        self.rows: list[dict[str, str]] = []
        self.field_rows: list[dict[str, Any]] = []

    def first(self) -> Iterator[Request]:
        for slug, code in sorted(COUNTRIES.items()):
            self.waiting.append(self.ask(self.country_url.format(slug), self.parse_country, cb_kwargs={"country": code}))
        self.waiting += [self.ask_funds(0), self.ask_fields(0)]
        yield from self.onward()

    def failed(self, failure: Any) -> Any:
        """A page we can do without was left out: on with the next."""
        super().failed(failure)
        return self.onward()

    def onward(self) -> Iterator[Any]:
        """The next page, or the drafts when there is none left."""
        while self.waiting:
            request = self.waiting.pop(0)
            if request.meta["optional"] and request.callback == self.parse_programme and self.host_is_slow:
                self.warn("programme pages left out: the portal is slow")
                continue
            yield request
            return
        for draft in authorities.drafts(self.known, [*table.programmes(), *table.interreg()]):
            if "fund" not in draft.fields:
                self.refuse(draft, "which funds the programme belongs to is not stated")
            else:
                yield draft

    def ask_funds(self, offset: int) -> Request:
        return self.ask(self.funds_url.format(ROWS, offset), self.parse_funds, optional=True, cb_kwargs={"offset": offset})

    def ask_fields(self, offset: int) -> Request:
        # A dataset that is no longer there is no fault of the run: then the programmes state nothing by field.
        gone = {"handle_httpstatus_list": [404]}
        return self.ask(self.fields_url.format(ROWS, offset), self.parse_fields, optional=True, meta=gone, cb_kwargs={"offset": offset})

    def read(self, response: Response, reader: Any, *arguments: Any) -> Any:
        """Read a page that must have the known form."""
        try:
            return reader(*arguments)
        except EmptyPageError:
            raise
        except PageError as error:
            raise SourceError(f"{error} ({urlsplit(response.url).path})") from error

    async def parse_country(self, response: Response, country: str) -> AsyncIterator[Any]:
        self.note_latency(response)
        html, suspect = self.text_of(response)
        try:
            blocks = self.read(response, authorities.read_country, html, response.url, country, suspect)
        except EmptyPageError as error:
            yield await self.again(response, str(error))
            return
        for block in blocks:
            if had_markup(block.title):
                self.warn("titles with markup in them, cleaned")
            if block.mended:
                self.warn("CCIs claimed twice, taken from the programme's link")
            first_time = block.cci not in self.known.blocks
            self.known.listed_in.setdefault(block.cci, set()).add(country)
            if first_time:
                self.known.blocks[block.cci] = block
                if block.url:
                    page = self.ask(block.url, self.parse_programme, optional=True, keep=True, cb_kwargs={"cci": block.cci})
                    self.waiting.append(page)
        for request in self.onward():
            yield request

    async def parse_funds(self, response: Response, offset: int) -> AsyncIterator[Any]:
        rows, _ = self.json_of(response)
        if not isinstance(rows, list):
            raise SourceError("the open data have another shape: no list of rows")
        if not rows and offset == 0:
            yield await self.again(response, "the open data came empty")
            return
        if any("cci" not in row for row in rows):
            raise SourceError("the open data have another shape: rows without cci")
        self.rows += rows
        if len(rows) == ROWS:
            self.waiting.insert(0, self.ask_funds(offset + ROWS))
        else:
            funds, titles, odd = cohesion_data.read_funds(self.rows)
            if odd:  # where some rows are wrong, others may be missing: a fund would silently vanish
                self.warn("programmes the open data contradict themselves about: the seed's funds were used", odd)
            else:
                self.known.funds, self.known.titles = funds, titles
                self.known.planned, doubtful = cohesion_data.read_planned(self.rows, self.dataset_url)
                if doubtful:
                    self.warn("planned amounts the open data state twice or unreadably: left out", doubtful)
        for request in self.onward():
            yield request

    def parse_fields(self, response: Response, offset: int) -> Iterator[Any]:
        rows = self.json_of(response)[0] if response.status == 200 else []
        if not isinstance(rows, list) or any("cci" not in row for row in rows):
            self.warn("the open data on fields of intervention have another shape: left out")
            rows, self.field_rows = [], []
        self.field_rows += rows
        if len(rows) == ROWS:
            self.waiting.insert(0, self.ask_fields(offset + ROWS))
        else:
            self.known.fields, doubtful = cohesion_data.read_fields(self.field_rows, self.fields_dataset)
            if doubtful:
                self.warn("planned amounts by field the open data state unreadably: left out", doubtful)
        yield from self.onward()

    def parse_programme(self, response: Response, cci: str) -> Iterator[Any]:
        self.note_latency(response)
        if len(response.body) > LONGEST_PAGE:
            self.warn(f"programme pages longer than {LONGEST_PAGE} bytes: left out")
            yield from self.onward()
            return
        html, suspect = self.text_of(response)
        if suspect:
            self.known.suspect.add(cci)
        sections = self.read(response, authorities.read_programme, html, cci)
        for section in sections:
            section["text"] = cut(section["text"])[0]
        self.known.says[cci] = sections
        yield from self.onward()
