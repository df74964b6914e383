"""What every spider shares: the facts of its source, requests that fail loudly, and the account of a run.

A spider states its facts as class attributes and yields `Draft`s. What it must have, it asks for with `ask`; what it
could do without, with `ask(…, optional=True)`. Anything that breaks the run is a `SourceError` with the reason.
"""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any, ClassVar, TypeVar

import scrapy
from scrapy import Request, signals
from scrapy.exceptions import (
    CannotResolveHostError,
    CloseSpider,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.logformatter import LogFormatter
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

from crawler.normalise import decode
from crawler.persons import record_without_persons
from search.records import Entry
from search.sources import SourceFacts
from search.store import Refused

T = TypeVar("T")
EMPTY_TRIES = 3
SLOW_ANSWER = 3.0  # seconds; a host that answers slower than this is not asked for what we can do without


class SourceError(CloseSpider):
    """The source cannot be read as we know it; the message says what is different."""


def needed(found: T | None, where: str, what: str) -> T:
    """What must be there in an answer. Raises SourceError with what is missing where it is nothing."""
    if not found:
        raise SourceError(f"{where} has another shape: no {what}")
    return found


def need_keys(row: Any, names: Iterable[str], where: str) -> None:
    """Raises SourceError for a record without one of these keys."""
    if missing := [name for name in names if not isinstance(row, Mapping) or name not in row]:
        raise SourceError(f"{where} has another shape: no {', '.join(sorted(missing))}")


@dataclass(repr=False)
class Draft:
    """What a spider read of one entry, before it is normalised and checked.

    native_id: the source's own key; fields: those of the record (search.records), markup already made plain text where
    it was HTML; payload: what the source sent, kept only if the entry is refused; suspect: the page came in another
    character set than it said, so letters may be lost; entry: set by the pipelines.
    """

    native_id: str
    fields: dict[str, Any]
    payload: Any = None
    suspect: bool = False
    entry: Entry | None = None

    def __repr__(self) -> str:
        return f"Draft({self.native_id!r})"  # Scrapy logs items: what a source sent stays out of the log


@dataclass
class Account:
    """What a run has to tell: entries, refused records, warnings with their number, why it failed."""

    entries: dict[str, Entry] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    warnings: Counter[str] = field(default_factory=Counter)
    failure: str | None = None
    complete: bool = True
    mended: bool = False  # a page came in another character set than it said; others may have lost every letter of theirs


class Source(scrapy.Spider):
    """Base of all spiders."""

    facts: ClassVar[SourceFacts]
    min_entries: ClassVar[int]  # fewer means that the source changed
    min_dated: ClassVar[float] = 0.0  # the least share of entries with a deadline
    list_url: ClassVar[str]  # where the one list begins
    needs_token: ClassVar[str | None] = None  # the environment variable with the access key without which the source answers nothing

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.account = Account()
        self.alone_until: dict[str, float] = {}
        self._latencies: list[float] = []

    async def start(self) -> AsyncIterator[Any]:
        for request in self.first():
            yield request

    def first(self) -> Iterator[Request]:
        """The first requests: for the one list, unless a source says otherwise."""
        yield self.ask(self.list_url, self.parse)

    @classmethod
    def facts_here(cls) -> SourceFacts:
        """The facts as they hold here: not crawlable, with the reason, where the source needs a key and none is set."""
        if cls.needs_token and not os.environ.get(cls.needs_token):
            why_not = f"it answers only with the key of an account, and {cls.needs_token} is not set"
            return cls.facts.model_copy(update={"crawlable": False, "why_not": why_not})
        return cls.facts

    def token(self) -> str:
        """The access key from the environment."""
        return os.environ[self.needs_token or ""]

    # -- the account ---------------------------------------------------------------------------------------------------

    def warn(self, what: str, times: int = 1) -> None:
        """Count something survived."""
        self.account.warnings[what] += times

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Source:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.item_failed, signals.item_error)
        return spider

    def closed(self, reason: str) -> None:
        """Scrapy tells why the crawl ended; anything but "finished" is a failure."""
        if reason != "finished" and self.account.failure is None:
            self.account.failure = reason

    def item_failed(self, item: Any, failure: Failure) -> None:  # noqa: ARG002 Scrapy passes by name
        """An error of ours in a pipeline: the run cannot be trusted."""
        self.account.failure = f"error of the crawler: {type(failure.value).__name__}: {str(failure.value)[:200]}"

    def refuse(self, draft: Draft, reason: str) -> None:
        """Quarantine a record. The entry counts as listed, so that its last good state stays."""
        self.account.held.add(draft.fields.get("id") or f"{self.name}:{draft.native_id}")
        payload = record_without_persons(draft.payload if draft.payload is not None else draft.fields)
        self.account.refused.append(Refused(draft.native_id, reason, payload.encode()))
        self.warn("records quarantined")

    def drafted(self, native_id: str, payload: Any, fields_of: Callable[[Any], dict[str, Any]], suspect: bool = False) -> Iterator[Draft]:
        """The draft of a record with the fields that are read from its payload; refused where a value cannot be read."""
        yield from self.filled(Draft(native_id, {}, payload=payload, suspect=suspect), lambda: fields_of(payload))

    def filled(self, made: Draft, fields_of: Callable[[], dict[str, Any]]) -> Iterator[Draft]:
        """A draft with further fields; refused where a value cannot be read (ValueError) or is missing (KeyError)."""
        try:
            made.fields |= fields_of()
        except (ValueError, KeyError) as error:
            self.refuse(made, f"no {error}" if isinstance(error, KeyError) else str(error))
        else:
            yield made

    def leave_alone(self, host: str, until: float) -> None:
        """Send nothing to a host until an instant of the monotonic clock."""
        self.alone_until[host] = max(until, self.alone_until.get(host, 0.0))

    # -- requests ------------------------------------------------------------------------------------------------------

    def ask(self, url: str, callback: Callable[..., Any], optional: bool = False, keep: bool = False, **kwargs: Any) -> Request:
        """A request. optional: its failure is only a warning; keep: reuse an unchanged page of an earlier run (conditional request)."""
        meta = kwargs.pop("meta", {}) | {"optional": optional, "dont_cache": not keep}
        return Request(url, callback=callback, errback=self.failed, meta=meta, dont_filter=True, **kwargs)

    def failed(self, failure: Failure) -> None:
        """A request that did not bring a page."""
        request: Request = failure.request  # type: ignore[attr-defined]
        reason = reason_of(failure)
        if request.meta.get("optional"):
            self.warn(f"left out: {reason}")
        else:
            raise SourceError(f"{reason} ({request.url.split('?')[0]})")

    async def again(self, response: Response, why: str) -> Request:
        """The same request once more after a pause, for an answer that came empty. Raises SourceError when tried enough."""
        tries = response.meta.get("empty_tries", 0) + 1
        if tries > EMPTY_TRIES:
            raise SourceError(f"{why}, asked {tries} times ({response.url.split('?')[0]})")
        self.warn(f"asked again: {why}")
        from twisted.internet import reactor

        await maybe_deferred_to_future(deferLater(reactor, own_pause(self.crawler, tries - 1), lambda: None))
        assert response.request is not None
        kept: dict[str, Any] = {name: response.request.meta[name] for name in ("optional", "dont_cache") if name in response.request.meta}
        return response.request.replace(meta={**kept, "empty_tries": tries}, dont_filter=True)

    def note_latency(self, response: Response) -> None:
        """Remember how long an answer took."""
        latency = float(response.meta.get("download_latency", 0.0))
        self._latencies.append(latency)
        if latency > SLOW_ANSWER:
            self.warn(f"answers that took longer than {SLOW_ANSWER:.0f} s")

    @property
    def host_is_slow(self) -> bool:
        """Whether answers take so long that only the necessary ones should be asked for."""
        return len(self._latencies) >= 3 and median(self._latencies[-10:]) > SLOW_ANSWER

    # -- answers -------------------------------------------------------------------------------------------------------

    def text_of(self, response: Response) -> tuple[str, bool]:
        """The text of a page that says it is UTF-8, and whether it was in truth Windows-1252 (counted)."""
        text, mended = decode(response.body)
        if mended:
            self.account.mended = True
            self.warn("pages in another character set than they said")
        return text, mended

    def json_of(self, response: Response) -> tuple[Any, bool]:
        """The JSON of an answer, and whether its character set had to be mended. Raises SourceError."""
        text, mended = self.text_of(response)
        if text.lstrip()[:1] == "<":
            raise SourceError(f"a web page instead of JSON ({response.url.split('?')[0]})")
        try:
            return json.loads(text), mended
        except ValueError as error:
            raise SourceError(f"JSON that ends early or is broken: {str(error)[:80]} ({response.url.split('?')[0]})") from error


def own_pause(crawler: Any, tries: int) -> float:
    """Seconds before asking again, growing with the times it was tried; none under replay where FUNDING_DELAY=0 is set."""
    return 0.0 if crawler.settings.getbool("WITHOUT_PAUSES") else 2.0**tries


def reason_of(failure: Failure) -> str:
    """Why a request failed, in words; also that a portal led to an address without TLS, which is asked over it all the same."""
    request: Request | None = getattr(failure, "request", None)
    reason = _words(failure.value)
    return f"{reason}; {TLS_ALONE}" if request and request.meta.get(LED_TO_HTTP) and reason != TLS_ALONE else reason


def _words(error: Any) -> str:
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    if isinstance(error, IgnoreRequest):
        text = str(error)
        return next((words for mark, words in _SCRAPY_WORDS.items() if mark in text), text) or type(error).__name__
    return next((words for kind, words in _BROKEN.items() if isinstance(error, kind)), f"{type(error).__name__}: {str(error)[:200]}")


LED_TO_HTTP = "led_to_http"  # in the meta of a request whose address was one without TLS
TLS_ALONE = "it is asked over HTTPS alone, and the portal leads back to HTTP"
_SCRAPY_WORDS = {
    "max redirections reached": "redirects without end",
    "Forbidden by robots.txt": "robots.txt forbids it",
    "DOWNLOAD_MAXSIZE": "an answer larger than we read (32 MB)",
}
_BROKEN: dict[type[Exception], str] = {
    DownloadTimeoutError: "no answer in time",
    ResponseDataLossError: "an answer that broke off before its end",
    DownloadCancelledError: "an answer larger than we read (32 MB)",
    CannotResolveHostError: "the host's name cannot be resolved to a public address",
    DownloadConnectionRefusedError: "the connection was refused",
    DownloadFailedError: "the connection broke off",
}


class FailLoud:
    """Spider middleware: an error in a callback ends the run with its reason instead of losing a page silently."""

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> FailLoud:
        return cls(crawler)

    def process_spider_exception(self, response: Response, exception: Exception) -> None:
        if isinstance(exception, (CloseSpider, HttpError)):
            return  # on its way to the engine, or to the errback
        self.crawler.spider.logger.error("error in a callback", exc_info=exception)
        raise SourceError(f"{type(exception).__name__}: {str(exception)[:200]} ({response.url.split('?')[0]})") from exception


class QuietFormatter(LogFormatter):
    """A refused record is in the quarantine with its reason; the log does not repeat it for every one."""

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any = None) -> Any:
        return super().dropped(item, exception, response, spider) | {"level": logging.DEBUG}
