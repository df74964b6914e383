"""A polite check of published links: one request per address without its body, with the manners of a crawl.

Every run checks a few addresses per host, others each day, so that in time all of them are looked at and no host is asked much.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import registry
from crawler.hosts import owner
from crawler.settings import scrapy_settings
from crawler.source import Source, reason_of
from search.locks import FOLDER, AlreadyRunningError, locked
from search.records import Call, Entry, Fund, Product
from search.settings import Settings

log = logging.getLogger("funding.links")
NAME = "links"
UNRESOLVED = "the host's name cannot be resolved to a public address"
NEVER_ASKED = "the check ended before it was asked"
GONE = ("HTTP 404", "HTTP 410", UNRESOLVED)
WITHOUT_HEAD = ("HTTP 405", "HTTP 501")


class Links(Source):
    """Asks for each address; `found` holds what is wrong: address -> reason; `there` those that are not."""

    name = NAME

    def __init__(self, addresses: Iterable[str] = (), **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.addresses = list(addresses)
        self.found: dict[str, str] = {}
        self.there: list[str] = []

    def first(self) -> Iterator[Request]:
        for address in self.addresses:
            yield self._request(address, address, "HEAD")

    def _request(self, url: str, address: str, method: str) -> Request:
        return self.ask(url, self.fine, method=method, meta={"address": address})

    def fine(self, response: Response) -> None:
        """It is there."""
        self.there.append(response.meta["address"])

    def failed(self, failure: Failure) -> Iterator[Request]:  # type: ignore[override]
        """It is not, or it does not like to be asked for without its body: then asked as people do."""
        request: Request = failure.request  # type: ignore[attr-defined]
        reason = reason_of(failure)
        if request.method == "HEAD" and reason in WITHOUT_HEAD:
            yield self._request(request.url, request.meta["address"], "GET")
        else:
            self.found[request.meta["address"]] = reason


def addresses(entry: Entry) -> list[str]:
    """The addresses that an entry's page shows as links."""
    found = [str(entry.url), *map(str, entry.also_at)]
    if isinstance(entry, Call):
        found += [str(entry.apply_url)] if entry.apply_url else []
        found += [str(link.url) for link in entry.documents]
    elif isinstance(entry, Fund | Product):
        found += [str(link.url) for link in entry.links]
    return list(dict.fromkeys(found))


def chosen(known: Iterable[str], per_host: int, today: date) -> list[str]:
    """At most so many of each host, others each day."""
    by_host: dict[str, list[str]] = defaultdict(list)
    for address in known:
        by_host[urlsplit(address).hostname or ""].append(address)

    def order(address: str) -> bytes:
        return hashlib.sha256(f"{today}{address}".encode()).digest()

    return [address for host in sorted(by_host) for address in sorted(by_host[host], key=order)[:per_host]]


@dataclass(frozen=True)
class Checked:
    """What asking for addresses brought. gone: address -> reason; fine: those that are there; unclear: reason -> how many cannot be told."""

    gone: dict[str, str]
    fine: list[str]
    unclear: Counter[str]


def check(config: Settings, asked: list[str], replay: str | None) -> Checked:
    """Ask for the addresses. Once per process."""
    process = CrawlerProcess({**scrapy_settings(config, NAME, replay), "ITEM_PIPELINES": {}, "HTTPCACHE_ENABLED": False})
    crawler = process.create_crawler(Links)
    with ExitStack() as held:
        busy = _crawled_now(config, {urlsplit(address).hostname or "" for address in asked}, held)
        left_out = {address: "its host is being crawled" for address in asked if urlsplit(address).hostname in busy}
        process.crawl(crawler, addresses=[address for address in asked if address not in left_out])
        process.start()
    spider = crawler.spider
    assert isinstance(spider, Links)
    if spider.account.failure:
        log.warning("the check of links ended early (%s): what was not asked stays as it was", spider.account.failure)
    gone, unclear = judged(spider.found, len(spider.found) + len(spider.there))
    never = len(spider.addresses) - len(spider.found) - len(spider.there)
    return Checked(gone, spider.there, unclear + Counter(left_out.values()) + Counter({NEVER_ASKED: never}))


def judged(found: dict[str, str], answered: int) -> tuple[dict[str, str], Counter[str]]:
    """Of what is wrong with addresses: what is gone, and how often it cannot be told. Where no name resolves, our own network is down."""
    offline = len(found) == answered and set(found.values()) == {UNRESOLVED}
    gone = {address: reason for address, reason in found.items() if reason in GONE and not offline}
    return gone, Counter(reason for address, reason in found.items() if address not in gone)


def _crawled_now(config: Settings, hosts: set[str], held: ExitStack) -> set[str]:
    """The hosts that a crawl asks right now, or may be led to; no crawl of the others begins before we are done: one request at a time."""
    busy: set[str] = set()
    for name, spider in registry.spiders().items():
        own = {owner(host) for host in getattr(spider, "allowed_domains", ())}
        if shared := {host for host in hosts if owner(host) in own}:
            try:
                held.enter_context(locked(config.data / FOLDER, name))
            except AlreadyRunningError:
                busy |= shared
    return busy
