"""Belgium, Wallonia, 1890.be: the Walloon Region's directory of aid to companies ("solutions"), in French.

A JSON list in pages that says when it ends, and one JSON answer per solution: a tree of blocks, of which the texts are read
(intro, wysiwyg, text). It states no dates and no amounts as fields; what it costs or pays stands in the texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from scrapy.http import Response

from crawler.normalise import from_html, plain
from crawler.platforms import DOCUMENTED, REGIONAL, ListAndPage, Page, Paged, call, calls_of, put, texts
from crawler.source import Draft, SourceError, need_keys, needed
from search.vocabulary import Country

API = "https://api.1890.be/api/v1/solution"
TEXTS = ("intro", "wysiwyg", "text")
DEEPEST = 20  # levels of blocks within blocks; the portal's texts stand within a few
WALLONIA = "BE3"


class Be1890Spider(Paged, ListAndPage):
    name = "be_1890"
    allowed_domains = ["api.1890.be"]
    facts = calls_of(
        Country.BE, name, "1890.be, aid to companies in Wallonia", "https://www.1890.be/", attribution="1890.be, Région wallonne",
        format_seen=DOCUMENTED, level=(REGIONAL,),
    )  # fmt: skip
    min_entries = 4
    list_url = f"{API}?page=1"

    def read_page(self, response: Response, number: int) -> Page:
        payload, suspect = self.json_of(response)
        need_keys(payload, ("content", "pages", "current_page", "is_last_page"), "the list of solutions")
        if payload["current_page"] != number:
            raise SourceError(f"page {number} of the list was asked for, {payload['current_page']} came")
        last = payload["is_last_page"]
        if last and payload["content"] and number < payload["pages"]:
            raise SourceError(f"the list ends on page {number} of {payload['pages']}")
        return Page(payload["content"], 0, None if last else f"{API}?page={number + 1}", suspect)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        """The request for a solution's own answer; its key is the last part of its address."""
        need_keys(row, ("title", "link"), "a solution")
        need_keys(row["link"], ["url"], "a solution's link")
        key = row["link"]["url"].strip("/").rsplit("/", 1)[-1]
        fields = call("fr", plain(row["title"]), f"https://www.1890.be/solution/{quote(key)}/")
        put(fields, "country", [Country.BE], "1890.be", "the directory of a Belgian region")
        put(fields, "level", [REGIONAL], "1890.be", "the directory of the Walloon Region")
        put(fields, "region", [WALLONIA], "1890.be", "the directory of the Walloon Region")
        made = Draft(key, fields, payload=row, suspect=suspect)
        yield from self.ask_call(f"{API}/{quote(key)}", made, row["title"], self.parse_solution)

    def parse_solution(self, response: Response, made: Draft) -> Iterator[Draft]:
        payload, mended = self.json_of(response)
        text = "\n\n".join(dict.fromkeys(from_html(markup) for markup in texts_in(payload) if markup.strip()))
        made.fields |= texts(needed(text, f"a solution ({response.url})", f"{', '.join(TEXTS)} in it"))
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
