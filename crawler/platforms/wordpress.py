"""Portals on WordPress: posts of one type from its REST interface, 100 a page, with the totals in headers.

And the Italian regions that have such a portal: the post is the call; its classes may name applicants and form, its text
may hold dates and money, or be empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import from_html, lead, squeeze
from crawler.platforms import italian
from crawler.platforms.mapped import Table, put, put_labels
from crawler.platforms.paged import Page, Paged
from crawler.source import Source, SourceError
from search.vocabulary import Country, Fund, Level

MOST_ECOSYSTEMS = 3  # a post that ticks more says nothing about a sector
RULES = {"type": "form of the support", "beneficiary": "applicants named by the source", "ecosystem": "themes of the call",
         "programme": "programme of the post"}  # fmt: skip
FUNDS = {"FSE": Fund.ESF_PLUS, "FESR": Fund.ERDF}
LIST = "{}/wp-json/wp/v2/{}per_page=100&page={{}}&orderby=id&order=asc&_fields=id,date,link,title,content,class_list"


def posts_of(source: Source, response: Response, number: int, keys: Sequence[str], url: str) -> Page:
    """A page of posts. keys: what every post must have; url: of the list, with a place for the page's number. Raises SourceError."""
    posts, mended = source.json_of(response)
    where = response.url.split("?")[0]
    total, pages = (int(response.headers.get(name) or b"-1") for name in ("X-WP-Total", "X-WP-TotalPages"))
    if not isinstance(posts, list) or total < 0 or pages < 0:
        raise SourceError(f"page {number} of the list has another shape: no posts with X-WP-Total and X-WP-TotalPages ({where})")
    for post in posts:
        if missing := [key for key in keys if key not in post or (key in ("id", "slug") and not post[key])]:
            raise SourceError(f"page {number} of the list has another shape: no {missing[0]} in a post ({str(post.get('link') or where)[:150]})")
    return Page(posts, total, url.format(number + 1) if number < pages else None, mended)


class RegionalPosts(Paged):
    """The calls of an Italian region's portal. posts_url: the list, with a place for the page's number."""

    posts_url: ClassVar[str]
    region: ClassVar[str]
    nuts: ClassVar[str]
    agency = "portal of a region"  # who publishes, for the evidence
    tables: ClassVar[dict[str, Table]] = {}  # facet -> class of a post -> values
    no_call: ClassVar[frozenset[str]] = frozenset()  # classes of posts that are no call

    def first(self) -> Iterator[Request]:
        yield self.ask_page(self.posts_url.format(1), 1, 0)

    def read_page(self, response: Response, number: int) -> Page:
        return posts_of(self, response, number, ("id", "title", "content"), self.posts_url)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        if not self.no_call & set(row.get("class_list") or []):
            yield from self.drafted(str(row["id"]), row, self.fields_of, suspect)

    def fields_of(self, post: dict[str, Any]) -> dict[str, Any]:
        """The fields of a post. Raises DateError or KeyError."""
        html = post["content"]["rendered"]
        text, line = from_html(html), squeeze(from_html(html))
        opens, ends = italian.window(line)
        fields: dict[str, Any] = {
            "kind": "call",
            "title": post["title"]["rendered"],
            "lang": "it",
            "url": post["link"],
            "description": text or None,
            "summary": lead(text) or None,
            "opening_date": opens,
            "deadlines": ends,
            "deadline_kind": italian.kind_of(line, ends),
            "budget": italian.budget(html, line),
            "authority": {"name": self.region},
        }
        self.label(fields, post.get("class_list") or [], f"{post['title']['rendered']} {line}")
        return fields

    @classmethod
    def label(cls, fields: dict[str, Any], classes: list[str], words: str) -> None:
        """What the portal, the post's classes and the funds it names decide."""
        put(fields, "level", [Level.REGIONAL], cls.region, cls.agency)
        put(fields, "country", [Country.IT], cls.region, f"{cls.agency} of Italy")
        put(fields, "region", [cls.nuts], cls.region, cls.agency)
        for facet, table in cls.tables.items():
            values = {value for name in classes for value in table.get(name, [])}
            if facet != "ecosystem" or len(values) <= MOST_ECOSYSTEMS:
                put_labels(fields, facet, classes, table, RULES[facet])
        named = set(re.findall(r"\b(FSE|FESR)\b", words))
        if len(named) == 1:
            put(fields, "programme", [FUNDS[next(iter(named))]], next(iter(named)), "the one fund that the text names")
