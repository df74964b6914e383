"""The download handler: every request leaves through here.

Under replay it sends `https://HOST/PATH` to `REPLAY/https/HOST/PATH`, below everything else, so that slots, delays,
robots.txt, redirects and the HTTP cache all see the real host. It also keeps the pauses, where they are kept for certain.
"""

from __future__ import annotations

import time
from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.task import deferLater

from crawler.certificates import Checked


class UntrustedError(IgnoreRequest):
    """The certificate with which a portal shows who it is does not hold: it may be somebody else. Not tried again."""


class Handler(HTTP11DownloadHandler):
    """HTTP and HTTPS, live or replayed."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.replay: str | None = crawler.settings.get("REPLAY")
        self._answered: dict[str, float] = {}
        self._checked = Checked(self._contextFactory)
        self._contextFactory = cast(Any, self._checked)

    async def download_request(self, request: Request) -> Response:
        host = urlparse_cached(request).hostname or ""
        await self._wait(host)
        try:
            return await self._fetch(request)
        finally:
            self._answered[host] = time.monotonic()

    async def _fetch(self, request: Request) -> Response:
        if not self.replay:
            return await self._sent(request)
        moved = request.replace(url=f"{self.replay.rstrip('/')}/{request.url.replace('://', '/', 1)}")
        started = time.monotonic()
        response = await self._sent(moved)
        request.meta["download_latency"] = time.monotonic() - started
        return response.replace(url=request.url)

    async def _sent(self, request: Request) -> Response:
        """Raises UntrustedError where a certificate was why it failed."""
        host = urlparse_cached(request).hostname or ""
        self._checked.verdicts.pop(host, None)
        try:
            return await super().download_request(request)
        except DownloadFailedError as error:
            if wrong := self._checked.verdicts.get(host):
                raise UntrustedError(f"the certificate of its connection {wrong}") from error
            raise

    async def _wait(self, host: str) -> None:
        """Until the host need not be left alone, and its pause has passed since it last answered.

        Scrapy counts the pause from when it hands a request over; a busy loop sends it later, and the next one on time.
        """
        from twisted.internet import reactor

        alone_until: dict[str, float] = getattr(self._crawler.spider, "alone_until", {})
        while True:
            until = max(alone_until.get(host, 0.0), self._answered.get(host, -self._pause(host)) + self._pause(host))
            left = until - time.monotonic()
            if left <= 0:
                return
            await maybe_deferred_to_future(deferLater(reactor, left, lambda: None))

    def _pause(self, host: str) -> float:
        """The host's pause in seconds: ours, or its Crawl-delay."""
        engine = self._crawler.engine
        slot = engine.downloader.slots.get(host) if engine is not None else None
        return slot.delay if slot is not None else self._crawler.settings.getfloat("DOWNLOAD_DELAY")
