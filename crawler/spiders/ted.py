"""TED, the Union's register of public procurement: tenders for training services in the 27 Member States.

One question to the Search API v3, answered in parts: each brings the token of the next, the last brings none or no notices.
Lists of a notice repeat per lot. A notice counts while a date to hand in lies ahead; qualification systems state none and are
left out. Contact persons are not asked for.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.source import Draft, Source, SourceError, need_keys
from crawler.tenders import FIELDS, ISO3, TRAINING, fields_of
from search import clock
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Country, Kind, Level, TextUse


class TedSpider(Source):
    name = "ted"
    allowed_domains = ["api.ted.europa.eu"]
    facts = SourceFacts(
        source=name, title="TED, Tenders Electronic Daily: training services", homepage="https://ted.europa.eu", kinds=[Kind.CALL],
        countries=[str(c) for c in Country if c is not Country.EU_WIDE], level=[Level.EU, Level.NATIONAL, Level.REGIONAL],
        format_seen=FormatSeen.RECORDED, licence="Commission Decision 2011/833/EU on re-use: source cited", text_use=TextUse.EXTRACT,
        attribution="Publications Office of the European Union, TED",
    )  # fmt: skip
    min_entries = 6
    min_dated = 1.0

    url = "https://api.ted.europa.eu/v3/notices/search"
    query = (
        f"classification-cpv IN ({' '.join(TRAINING)}) AND buyer-country IN ({' '.join(sorted(ISO3))}) AND form-type=competition "
        "SORT BY publication-date ASC"
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.notices: dict[str, dict[str, Any]] = {}
        self.received = 0
        self.total: int | None = None

    def first(self) -> Iterator[Request]:
        yield self.ask_part(None)

    def ask_part(self, token: str | None) -> Request:
        asked = {"query": self.query, "fields": FIELDS, "limit": 100, "scope": "ACTIVE", "paginationMode": "ITERATION", "onlyLatestVersions": True}
        body = json.dumps(asked | ({"iterationNextToken": token} if token else {}))
        return self.ask(self.url, self.parse, method="POST", body=body, headers={"Content-Type": "application/json", "Accept": "application/json"})

    def failed(self, failure: Any) -> None:
        """The API says in the body what it did not like: a wrong question, or a token that has expired."""
        if isinstance(failure.value, HttpError) and failure.value.response.status == 400:
            error = self.json_of(failure.value.response)[0]
            raise SourceError(f"the search refused the question: {str(error.get('message'))[:200]}")
        super().failed(failure)

    async def parse(self, response: Response) -> AsyncIterator[Any]:
        payload, suspect = self.json_of(response)
        keys = ("notices", "totalNoticeCount", "iterationNextToken", "timedOut")
        need_keys(payload, keys, "the answer")
        notices, total, token, timed_out = (payload[key] for key in keys)
        if timed_out:
            raise SourceError("the search ran out of time: its answer is not whole")
        if self.total not in (None, total):
            raise SourceError(f"the number of notices changed from {self.total} to {total} between two parts")
        if not notices and self.received < max(total, 1):
            yield await self.again(response, f"an answer came empty after {self.received} of {total} notices")
            return
        self.total = total
        for notice in notices:
            self.take(notice)
        self.received += len(notices)
        if notices and token:
            yield self.ask_part(token)
            return
        if len(self.notices) != total:
            raise SourceError(f"the list ended with {len(self.notices)} different notices of {total}")
        for number, notice in self.notices.items():
            for made in self.drafts(number, notice):
                made.suspect = suspect or self.account.mended
                yield made

    def take(self, notice: dict[str, Any]) -> None:
        """Keep a notice. One outside the question means that the portal ignored it; two of one number, that its keys are broken."""
        need_keys(notice, ("publication-number", "notice-title", "classification-cpv", "buyer-country", "publication-date"), "a notice")
        number = notice["publication-number"]
        if notice.get("form-type") != "competition" or not TRAINING.keys() & set(notice["classification-cpv"]):
            raise SourceError(f"the portal ignored our filter: {number} is of form {notice.get('form-type')!r}")
        if self.notices.setdefault(number, notice) == notice:
            return
        raise SourceError(f"two different notices under the number {number}")

    def drafts(self, number: str, notice: Mapping[str, Any]) -> Iterator[Draft]:
        """The notice, where a date to hand in lies ahead."""
        try:
            fields = fields_of(notice)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.refuse(Draft(number, {}, payload=notice), f"{type(error).__name__}: {error}")
            return
        if not fields["deadlines"]:
            self.warn("notices without a date to hand in: left out")
        elif max(d["date"] for d in fields["deadlines"]) >= clock.today().isoformat():
            yield Draft(number, fields, payload=notice)
