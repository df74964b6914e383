"""Runs of one source that are watched instead of stored: what every answer was, for `funding record` and `funding probe`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request
from scrapy.crawler import CrawlerProcess
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.settings import scrapy_settings
from crawler.source import Draft, Source
from search.locks import FOLDER, locked
from search.settings import Settings

ROBOTS = "robots"


@dataclass
class Answer:
    """One answer as the spider got it: redirects followed, unpacked. kind: the callback it was for, or "robots"."""

    method: str
    url: str
    kind: str
    status: int
    content_type: str
    body: bytes


@dataclass
class Watched:
    """What a watched run brought. drafts and followers: what the answers led to; refused: pages beyond the limit of their kind."""

    answers: list[Answer] = field(default_factory=list)
    drafts: int = 0
    followers: int = 0
    asked_again: bool = False
    refused: int = 0
    failure: str | None = None
    warnings: dict[str, int] = field(default_factory=dict)


class EnoughError(IgnoreRequest):
    """The run has as many pages of this kind as it wants."""


class Watcher:
    """Downloader middleware: notes every answer the spider is given; lets through `WATCH_PAGES` pages of each kind."""

    def __init__(self, crawler: Any) -> None:
        self.watched: Watched = crawler.settings["WATCHED"]
        self.limit: int = crawler.settings["WATCH_PAGES"]
        self.asked: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> Watcher:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        kind = kind_of(request)
        if kind != ROBOTS and "retry_times" not in request.meta and "redirect_times" not in request.meta:
            self.asked[kind] = self.asked.get(kind, 0) + 1
            if self.asked[kind] > self.limit:
                self.watched.refused += 1
                request.meta["optional"] = True  # pages of other kinds are still wanted: the run goes on
                raise EnoughError("enough pages of this kind")

    def process_response(self, request: Request, response: Response) -> Response:
        first = request.meta.get("redirect_urls", [request.url])[0]
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        self.watched.answers.append(Answer(request.method, first, kind_of(request), response.status, content_type, response.body))
        return response


class FirstOnly:
    """Spider middleware: the first request alone is sent; what its answer leads to is counted, not followed."""

    def __init__(self, crawler: Any) -> None:
        self.watched: Watched = crawler.settings["WATCHED"]

    @classmethod
    def from_crawler(cls, crawler: Any) -> FirstOnly:
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for item_or_request in start:
            yield item_or_request
            if isinstance(item_or_request, Request):
                return

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:  # noqa: ARG002 Scrapy passes by name
        async for item_or_request in result:
            if isinstance(item_or_request, Request):
                self.watched.followers += 1
                self.watched.asked_again |= "empty_tries" in item_or_request.meta
            else:
                yield item_or_request


class CountDrafts:
    """Item pipeline: counts drafts."""

    def __init__(self, crawler: Any) -> None:
        self.watched: Watched = crawler.settings["WATCHED"]

    @classmethod
    def from_crawler(cls, crawler: Any) -> CountDrafts:
        return cls(crawler)

    def process_item(self, item: Draft) -> Draft:
        self.watched.drafts += 1
        return item


def kind_of(request: Request) -> str:
    """What a request is for: the name of its callback."""
    return getattr(request.callback, "__name__", "") if request.callback and not request.meta.get("dont_obey_robotstxt") else ROBOTS


def watch(config: Settings, spider_class: type[Source], replay: str | None, pages: int | None) -> Watched:
    """Run a source without storing anything. pages: how many of each kind are asked for; None = the first request alone.

    Pages kept from an earlier recording are asked for conditionally. Once per process: Scrapy's reactor does not start again.
    Raises AlreadyRunningError while the source is crawled: its host gets one request at a time.
    """
    watched = Watched()
    settings = scrapy_settings(config, f"watch-{spider_class.name}", replay)
    settings["DOWNLOADER_MIDDLEWARES"] |= {"crawler.watching.Watcher": 530}
    settings |= {"WATCHED": watched, "WATCH_PAGES": pages or 1, "ITEM_PIPELINES": {"crawler.watching.CountDrafts": 1}}
    if pages is None:
        settings["SPIDER_MIDDLEWARES"] |= {"crawler.watching.FirstOnly": 20}
        settings["HTTPCACHE_ENABLED"] = False
    with locked(config.data / FOLDER, spider_class.name):
        process = CrawlerProcess(settings)
        crawler = process.create_crawler(spider_class)
        process.crawl(crawler)
        process.start()
    spider = crawler.spider
    watched.failure = spider.account.failure if isinstance(spider, Source) else "the spider could not be started: see the log"
    watched.warnings = dict(spider.account.warnings) if isinstance(spider, Source) else {}
    return watched
