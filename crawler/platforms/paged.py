"""Sources with a list in one or several pages: the walk through it, and that nothing of it is lost."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.source import Source, SourceError


@dataclass
class Page:
    """One page of a list.

    total: how many records the list has, 0 where it does not say, None where only an empty page tells its end; following: the
    address of the next page; suspect: as in Draft.
    """

    rows: list[Any]
    total: int | None
    following: str | None = None
    suspect: bool = False


class Paged(Source):
    """Reads pages until none follows, or an empty one tells the end. Any other empty page is asked for again."""

    page_size: ClassVar[int] = 0  # of a list that an empty page ends: after a full page an empty one is believed the second time

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pages_seen: set[bytes] = set()

    def first(self) -> Iterator[Request]:
        yield self.ask_page(self.list_url, 1, 0)

    def ask_page(self, url: str, number: int, read: int, **kwargs: Any) -> Request:
        """The request for the page with this number, from 1. read: how many records the pages before had."""
        return self.ask(url, self.parse, cb_kwargs={"number": number, "read": read}, **kwargs)

    async def parse(self, response: Response, number: int, read: int) -> AsyncIterator[Any]:
        page = self.read_page(response, number)
        if not page.rows:
            if page.total is not None or number == 1 or (read == (number - 1) * self.page_size and not response.meta.get("empty_tries")):
                yield await self.again(response, f"page {number} of the list came empty, after {read} records")
            return
        self.note_page(page.rows, number)
        for row in page.rows:
            for found in self.take(row, page.suspect):
                yield found
        read += len(page.rows)
        if page.following:
            yield self.ask_page(page.following, number + 1, read)
        elif page.total is not None and read < page.total:
            raise SourceError(f"the list ends after {read} of {page.total} records")

    def note_page(self, rows: list[Any], number: int) -> None:
        """Raises SourceError for a page that came before: the portal ignores which one is asked for, and its totals would add up."""
        parts = [part for row in rows for part in (row if isinstance(row, tuple) else (row,))]
        text = "\n".join(str(part.get() if isinstance(part, Selector) else part) for part in parts)
        seen = hashlib.sha256(text.encode("utf-8", "replace")).digest()
        if seen in self.pages_seen:
            raise SourceError(f"page {number} of the list is the same as an earlier one")
        self.pages_seen.add(seen)

    def read_page(self, response: Response, number: int) -> Page:
        """What an answer holds. Raises SourceError for another shape."""
        raise NotImplementedError

    def take(self, row: Any, suspect: bool) -> Iterator[Any]:
        """The draft of a record, or the request for the page that completes it."""
        raise NotImplementedError
