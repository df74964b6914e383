"""Belgium, Wallonia, 1890.be: the Walloon Region's directory of aid to companies ("solutions"), in French.

A JSON list in pages that says when it ends, and one JSON answer per solution: a tree of blocks, of which the texts are read
(intro, wysiwyg, text). It states no dates and no amounts as fields; what it costs or pays stands in the texts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import from_html, lead, plain
from crawler.platforms.facts import REGIONAL, calls_of
from crawler.platforms.list_and_page import ListAndPage
from crawler.platforms.mapped import put
from crawler.source import Draft, SourceError
from search.sources import FormatSeen
from search.vocabulary import Country, Kind

TEXTS = ("intro", "wysiwyg", "text")
DEEPEST = 20  # levels of blocks within blocks; the portal's texts stand within a few
WALLONIA = "BE3"


class Be1890Spider(ListAndPage):
    name = "be_1890"
    allowed_domains = ["api.1890.be"]
    facts = calls_of(
        Country.BE,
        source="be_1890",
        title="1890.be, aid to companies in Wallonia",
        homepage="https://www.1890.be/",
        attribution="1890.be, Région wallonne",
        format_seen=FormatSeen.DOCUMENTED,
        level=(REGIONAL,),
    )
    min_entries = 4

    list_url = "https://api.1890.be/api/v1/solution?page={}"
    solution_url = "https://api.1890.be/api/v1/solution/{}"
    page_url = "https://www.1890.be/solution/{}/"

    def first(self) -> Iterator[Request]:
        yield self.ask_page(1)

    def ask_page(self, page: int) -> Request:
        return self.ask(self.list_url.format(page), self.parse, cb_kwargs={"page": page})

    async def parse(self, response: Response, page: int) -> AsyncIterator[Any]:
        payload, suspect = self.json_of(response)
        try:
            rows, pages, current, last = payload["content"], payload["pages"], payload["current_page"], payload["is_last_page"]
        except (KeyError, TypeError) as error:
            raise SourceError(f"the list of solutions has another shape: no {error}") from error
        if current != page:
            raise SourceError(f"page {page} of the list was asked for, {current} came")
        if not rows:
            yield await self.again(response, f"page {page} of {pages} came empty")
            return
        for row in rows:
            for request in self.listed_solution(row, suspect):
                yield request
        if not last:
            yield self.ask_page(page + 1)
        elif page < pages:
            raise SourceError(f"the list ends on page {page} of {pages}")

    def listed_solution(self, row: dict[str, Any], suspect: bool) -> Iterator[Request]:
        """The request for a solution's own answer; its key is the last part of its address."""
        try:
            title, address = row["title"], row["link"]["url"]
        except (KeyError, TypeError) as error:
            raise SourceError(f"a solution has another shape: no {error}") from error
        key = address.strip("/").rsplit("/", 1)[-1]
        fields = {"kind": Kind.CALL, "title": plain(title), "lang": "fr", "url": self.page_url.format(quote(key))}
        put(fields, "country", [Country.BE], "1890.be", "the directory of a Belgian region")
        put(fields, "level", [REGIONAL], "1890.be", "the directory of the Walloon Region")
        put(fields, "region", [WALLONIA], "1890.be", "the directory of the Walloon Region")
        made = Draft(key, fields, payload=row, suspect=suspect)
        yield from self.ask_call(self.solution_url.format(quote(key)), made, title, self.parse_solution)

    def parse_solution(self, response: Response, made: Draft) -> Iterator[Draft]:
        payload, mended = self.json_of(response)
        text = "\n\n".join(dict.fromkeys(from_html(markup) for markup in texts_in(payload) if markup.strip()))
        if not text:
            raise SourceError(f"a solution has another shape: none of {', '.join(TEXTS)} in it ({response.url})")
        made.fields |= {"description": text, "summary": lead(text)}
        made.suspect = made.suspect or mended
        yield made


def texts_in(block: Any, depth: int = 0) -> Iterator[str]:
    """The texts of a tree of blocks, in its order."""
    if depth > DEEPEST:
        return
    if isinstance(block, list):
        for inner in block:
            yield from texts_in(inner, depth + 1)
    elif isinstance(block, dict):
        for name, inner in block.items():
            if name in TEXTS and isinstance(inner, str):
                yield inner
            else:
                yield from texts_in(inner, depth + 1)
