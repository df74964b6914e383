"""EU Funding & Tenders Portal: open and forthcoming calls (topics, cascade funding, external action), in English.

Labels -> how many there are -> pages of hits by identifier -> details of skills topics without a description.
Where the search has moved, the portal's settings say where to. The search wants multipart parts of JSON; anything else it
answers with everything it has.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.classify import classify
from crawler.sedia.drafts import SKILLS_PROGRAMMES, add_details, draft
from crawler.sedia.hits import TOPIC, FormatError, Hit, merge, read_hit
from crawler.source import Draft, Source, SourceError
from search import clock, records
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Country, Kind, Level, Skills, TextUse

TYPES = ["1", "2", "8"]
STATUSES = ["31094501", "31094502"]  # forthcoming, open
BOUNDARY = "----skills-funding-finder"  # fixed, so that equal requests are equal
QUERY = {"bool": {"must": [{"terms": {"type": TYPES}}, {"terms": {"status": STATUSES}}]}}
MOST_MISSING = 0.01


class EuFtpSpider(Source):
    name = "eu_ftp"
    allowed_domains = ["ec.europa.eu", "api.tech.ec.europa.eu"]
    facts = SourceFacts(
        source="eu_ftp",
        title="EU Funding & Tenders Portal",
        homepage="https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/home",
        countries=[Country.EU_WIDE],
        level=[Level.EU],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.RECORDED,
        licence="CC BY 4.0",
        attribution="European Commission, EU Funding & Tenders Portal",
        text_use=TextUse.FULL,
    )
    min_entries = 50
    min_dated = 0.5

    config_url = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/assets/openid-login-config.json"
    details_url = "https://ec.europa.eu/info/funding-tenders/opportunities/data/topicDetails/{}.json"
    search_url = "https://api.tech.ec.europa.eu/search-api/prod/rest/search?apiKey=SEDIA"
    facet_url = "https://api.tech.ec.europa.eu/search-api/prod/rest/facet?apiKey=SEDIA"
    page_size = 100  # the most the portal gives

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.labels: dict[str, str] = {}
        self.hits: dict[tuple[str, str], Hit] = {}
        self.suspect: set[str] = set()
        self.total = 0
        self.passes = 1
        self.asked_settings = False

    def first(self) -> Iterator[Request]:
        yield self.ask_labels()

    def failed(self, failure: Any) -> Any:
        """A search that is gone may have moved: the portal's own settings know. Without a topic's details the run goes on."""
        meta = failure.request.meta
        gone = isinstance(failure.value, HttpError) and failure.value.response.status in (404, 410)
        if gone and failure.request.url.startswith(self.facet_url) and not self.asked_settings:
            self.asked_settings = True
            self.warn("the search is gone from its known address: asked the portal's settings")
            return self.ask(self.config_url, self.parse_config)
        super().failed(failure)
        return self.emit(meta["draft"])

    # -- the requests --------------------------------------------------------------------------------------------------

    def post(self, url: str, parts: dict[str, Any], callback: Any, **kwargs: Any) -> Request:
        """A multipart request; every part must say that it is JSON."""
        lines = []
        for name, value in parts.items():
            lines += [f"--{BOUNDARY}", f'Content-Disposition: form-data; name="{name}"; filename="blob"', "Content-Type: application/json"]
            lines += ["", json.dumps(value, separators=(",", ":"))]
        body = "\r\n".join([*lines, f"--{BOUNDARY}--", ""])
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Accept": "application/json"}
        return self.ask(f"{url}&text=***", callback, method="POST", body=body, headers=headers, **kwargs)

    def ask_labels(self) -> Request:
        return self.post(self.facet_url, {"query": QUERY, "languages": ["en"]}, self.parse_labels)

    def ask_page(self, number: int, size: int | None = None) -> Request:
        parts = {"query": QUERY, "languages": ["en"], "sort": {"field": "identifier", "order": "ASC"}}
        request = self.post(self.search_url, parts, self.parse_page, cb_kwargs={"number": number, "size": size or self.page_size})
        return request.replace(url=f"{request.url}&pageSize={size or self.page_size}&pageNumber={number}")

    # -- the answers ---------------------------------------------------------------------------------------------------

    def parse_config(self, response: Response) -> Request:
        """The portal's own settings name its search; it must stay on the portal's hosts."""
        try:
            modules = self.json_of(response)[0]["modules"]["sedia"]
            key = modules["corporateSearchApiKey"]
            self.search_url, self.facet_url = modules["corporateSearchUrl"] + key, modules["facetUrl"] + key
        except (KeyError, TypeError) as error:
            raise SourceError(f"the portal's settings have another shape: no {error}") from error
        for url in (self.search_url, self.facet_url):
            parts = urlsplit(url)
            if parts.scheme != "https" or parts.hostname not in self.allowed_domains or not parts.query:
                raise SourceError(f"the portal's settings name a foreign address: {url[:100]}")
        return self.ask_labels()

    async def parse_labels(self, response: Response) -> Request:
        """The portal's names for programme codes."""
        self.note_latency(response)
        payload, _ = self.answer(response)
        facets = payload.get("facets")
        if not facets:
            return await self.again(response, "the portal's labels came empty")
        values = [value for facet in facets if facet.get("rawName") == "frameworkProgramme" for value in facet.get("values", [])]
        if not values:
            raise SourceError("the portal's labels have another shape: no rawName frameworkProgramme")
        self.labels = {str(v["rawValue"]): " ".join(str(v["value"]).split()) for v in values}
        return self.ask_page(1, size=1)

    def answer(self, response: Response) -> tuple[dict[str, Any], bool]:
        """A search or facet answer. Raises SourceError for the portal's own error envelope."""
        payload, mended = self.json_of(response)
        if not isinstance(payload, dict) or payload.get("type") == "throwable":
            raise SourceError(f"the portal answered with an error: {str(payload)[:120]}")
        return payload, mended

    async def parse_page(self, response: Response, number: int, size: int) -> AsyncIterator[Any]:
        """A page of hits; then the next one, or the end of the pass."""
        self.note_latency(response)
        payload, mended = self.answer(response)
        if not isinstance(payload.get("results"), list):
            raise SourceError("the search answer has another shape: no results")
        if payload.get("pageNumber") != number:
            raise SourceError(f"page {number} was asked, page {payload.get('pageNumber')} came")
        total, given = int(payload.get("totalResults") or 0), min(int(payload.get("pageSize") or size), size)
        expected = min(given, max(0, (self.total or total) - (number - 1) * given))
        if not payload["results"] and (expected or number == 1):
            yield await self.again(response, f"page {number} came empty")
            return
        if size == 1 and number == 1 and not self.total:  # the first question only asks how many there are
            self.total = total
            yield self.ask_page(1)
            return
        if total != self.total:
            self.warn("the number of calls changed between two pages")
            self.total = max(total, self.total)
        for raw in payload["results"]:
            self.take(raw, mended)
        if payload["results"] and number * given < self.total:
            yield self.ask_page(number + 1, given)
        else:
            for request_or_draft in self.end_of_pass():
                yield request_or_draft

    def take(self, raw: dict[str, Any], suspect: bool) -> None:
        """Keep a hit. One outside the filter means that the portal ignored our question."""
        try:
            hit = read_hit(raw)
        except FormatError as error:
            self.refuse(Draft("", {}, payload=raw), str(error))
            return
        if hit.type not in TYPES or hit.first("status") not in STATUSES or hit.first("language") != "en":
            raise SourceError(f"the portal ignored our filter: {hit.reference} is of type {hit.type!r}, language {hit.first('language')!r}")
        if suspect:
            self.suspect.add(hit.reference)
        key = (hit.datasource, hit.reference)
        known = self.hits.get(key)
        if known is not None and known.first("identifier") != hit.first("identifier"):
            self.refuse(Draft(hit.reference, {}, payload=raw), f"a second, different record under the key {hit.reference}")
            return
        self.hits[key] = hit

    def end_of_pass(self) -> Iterator[Any]:
        """All pages are read: again if some hits are missing, else the drafts."""
        missing = self.total - len(self.hits)
        if missing > 0 and self.passes == 1:
            self.passes = 2
            self.warn("a second pass was needed: hits were missing")
            yield self.ask_page(1)
            return
        if missing > self.total * MOST_MISSING:
            raise SourceError(f"{missing} of {self.total} calls are missing after two passes")
        if missing > 0:
            self.warn("calls missing after two passes: absent ones were not judged", missing)
            self.account.complete = False
        if not any("deadlineDate" in hit.fields for hit in self.hits.values()):
            raise SourceError("the hits have another shape: none carries deadlineDate")
        copies: dict[str, list[Hit]] = defaultdict(list)
        for (_, reference), hit in sorted(self.hits.items()):
            copies[reference].append(hit)
        for reference in sorted(copies):
            yield from self.drafts(merge(copies[reference]))

    def drafts(self, hit: Hit) -> Iterator[Any]:
        """The draft of a call, or the request for its details where it is about skills and has no description."""
        try:
            made, mended = draft(hit, self.labels, clock.today())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.refuse(Draft(hit.reference, {}, payload=hit.raw), f"{type(error).__name__}: {error}")
            return
        for what in mended:
            self.warn(what)
        made.suspect = hit.reference in self.suspect
        if hit.type == TOPIC and not made.fields.get("summary") and self.about_skills(made):
            if not self.host_is_slow:
                url = self.details_url.format(hit.first("identifier").lower())
                yield self.ask(url, self.parse_details, optional=True, keep=True, meta={"draft": made})
                return
            self.warn("details left out: the portal is slow")
        yield made

    def about_skills(self, made: Draft) -> bool:
        """Whether the title, or the programme, makes it likely that the call is about skills."""
        if made.fields.get("identifier", "").startswith(SKILLS_PROGRAMMES):
            return True
        own = {"id": "eu_ftp:x", "source": self.name, "native_id": "x"}
        try:
            return classify(records.load(own | made.fields)).skills is not Skills.NONE
        except ValueError:
            return False  # the pipelines will say what is wrong

    def parse_details(self, response: Response) -> Iterator[Draft]:
        made: Draft = response.meta["draft"]
        payload, mended = self.json_of(response)
        made.suspect |= mended
        try:
            add_details(made.fields, payload)
        except FormatError as error:
            raise SourceError(f"the details have another shape: {error}") from error
        yield made

    def emit(self, made: Draft) -> Iterator[Draft]:
        yield made
