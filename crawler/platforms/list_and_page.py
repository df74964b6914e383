"""Sources with a list of calls and a page for each: what is listed twice, pages that are gone or break off, files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.normalise import squeeze
from crawler.source import Draft, Source, SourceError

GONE = (404, 410)


class ListAndPage(Source):
    """A list, then one page per call. A listed call whose page is gone is refused, so that its last good state stays."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.listed: dict[str, str] = {}

    def is_new(self, made: Draft, said: str) -> bool:
        """Whether a call was not listed before; one listed before with other words is refused.

        said: what the list says of it, in one text.
        """
        if made.native_id not in self.listed:
            self.listed[made.native_id] = said
            return True
        if self.listed[made.native_id] == said:
            self.warn("records listed twice")
        else:
            self.refuse(made, f"a second, different record under the key {made.native_id}")
        return False

    def ask_call(self, url: str, made: Draft, said: str, callback: Any = None) -> Iterator[Request]:
        """The request for the page of a call that was not listed before; the callback gets the draft as `made`."""
        if self.is_new(made, said):
            yield self.ask(url, callback or self.parse_call, keep=True, cb_kwargs={"made": made})

    def parse_call(self, response: Response, made: Draft) -> Iterator[Draft]:
        """The page of a call: the draft with what it says."""
        page, mended = self.page_of(response)
        made.suspect = made.suspect or mended
        yield from self.filled(made, lambda: self.read_call(page, response, made))

    def read_call(self, page: Selector, response: Response, made: Draft) -> dict[str, Any]:
        """The fields that a call's page gives. Raises SourceError for another shape, ValueError for a value that cannot be read."""
        raise NotImplementedError

    def page_of(self, response: Response) -> tuple[Selector, bool]:
        """A whole web page, and whether its character set had to be mended. Raises SourceError for a page that breaks off."""
        html, mended = self.text_of(response)
        if "</html>" not in html[-2000:].lower():
            raise SourceError(f"a page breaks off before its end ({response.url})")
        return Selector(html), mended

    def failed(self, failure: Any) -> None:
        made = failure.request.cb_kwargs.get("made")
        if made is not None and isinstance(failure.value, HttpError) and failure.value.response.status in GONE:
            self.refuse(made, f"its page is gone: HTTP {failure.value.response.status}")
            return
        super().failed(failure)


def files(response: Response, links: Iterable[Any], unnamed: str) -> list[dict[str, str]]:
    """A record's documents from links of a page. unnamed: the label of a link without words, in the source's language."""
    return [{"url": response.urljoin(a.attrib["href"]), "label": squeeze(a.xpath("string()").get("")) or unnamed, "basis": "crawled"} for a in links]


def words(node: Any) -> str:
    """The text of an element, or of the first of several, on one line."""
    return squeeze(node.xpath("string()").get(""))
