"""The download handler: every request leaves through here.

Under replay it sends `https://HOST/PATH` to `REPLAY/https/HOST/PATH`, below everything else, so that slots, delays,
robots.txt, redirects and the HTTP cache all see the real host. It also keeps a host waiting while it is to be left alone.
"""

from __future__ import annotations

import time

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.task import deferLater


class Handler(HTTP11DownloadHandler):
    """HTTP and HTTPS, live or replayed."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.replay: str | None = crawler.settings.get("REPLAY")

    async def download_request(self, request: Request) -> Response:
        await self._wait(urlparse_cached(request).hostname or "")
        if not self.replay:
            return await super().download_request(request)
        moved = request.replace(url=f"{self.replay.rstrip('/')}/{request.url.replace('://', '/', 1)}")
        moved.meta.update(request.meta)
        started = time.monotonic()
        response = await super().download_request(moved)
        request.meta["download_latency"] = moved.meta.get("download_latency", time.monotonic() - started)
        return response.replace(url=request.url)

    async def _wait(self, host: str) -> None:
        from twisted.internet import reactor

        until: dict[str, float] = getattr(self._crawler.spider, "alone_until", {})
        while (left := until.get(host, 0.0) - time.monotonic()) > 0:
            await maybe_deferred_to_future(deferLater(reactor, left, lambda: None))
