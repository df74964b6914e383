"""The manners that Scrapy lacks: a robots.txt that cannot be read forbids, Crawl-delay and Retry-After are honoured,
a bot wall is recognised instead of read. Whom we ask at all: `crawler.hosts`.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.httpcache import RFC2616Policy
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.httpobj import urlparse_cached
from twisted.python.failure import Failure

from crawler.source import own_pause, reason_of

LONGEST_WAIT = 300.0  # seconds; who asks us to wait longer is left alone until the next run
ROBOTS_READ = 512 * 1024  # bytes of robots.txt, as much as RFC 9309 asks for at least
USER_AGENT_NAME = "SkillsFundingFinder"
_WALLS = (
    b"_cf_chl_opt",
    b"challenge-error-text",
    b"cf-browser-verification",
    b"Enable JavaScript and cookies to continue",
    b"Incapsula incident ID",
    b"Pardon Our Interruption",
)
_WALL_TITLE = re.compile(rb"<title>[^<]*(just a moment|attention required|captcha|access denied|are you a robot)", re.I)


class RobotsUnreadableError(IgnoreRequest):
    """robots.txt could not be read, so nothing may be fetched."""


class BotWallError(IgnoreRequest):
    """The portal answered with a challenge for browsers instead of the page."""


class WaitTooLongError(IgnoreRequest):
    """The portal asks to wait longer than a run can."""


class PoliteRobots(RobotsTxtMiddleware):
    """Obeys robots.txt; one that answers 5xx or 429, or not at all, forbids everything. Sets the host's Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.unreadable: dict[str, str] = {}

    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        await super().process_request(request)
        netloc = urlparse_cached(request).netloc
        if netloc in self.unreadable and not request.meta.get("dont_obey_robotstxt"):
            raise RobotsUnreadableError(f"robots.txt of {netloc} could not be read ({self.unreadable[netloc]}): nothing may be fetched")

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            raise RobotsUnreadableError(f"HTTP {response.status}")
        if response.status != 200:
            response = response.replace(body=b"")  # no robots.txt: everything is allowed
        if len(response.body) > ROBOTS_READ:  # reading 27 MB of rules takes half a minute; a rule cut in two is left out
            response = response.replace(body=response.body[:ROBOTS_READ].rpartition(b"\n")[0])
        await super()._parse_robots(response, netloc, request)
        parser = self._parsers[netloc]
        delay = parser.crawl_delay(USER_AGENT_NAME) if isinstance(parser, ProtegoRobotParser) else None
        if delay and not self.crawler.settings.getbool("WITHOUT_PAUSES"):
            self._slow_down(urlparse_cached(request).hostname or netloc, float(delay))

    def _slow_down(self, host: str, delay: float) -> None:
        engine = self.crawler.engine
        assert engine is not None
        delay = max(delay, self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
        engine.downloader.per_slot_settings[host] = {"delay": delay, "concurrency": 1}  # for slots made anew
        if host in engine.downloader.slots:
            engine.downloader.slots[host].delay = delay

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self.unreadable[netloc] = reason_of(Failure(exc))
        super()._robots_error(exc, netloc)


def wait_asked(response: Response, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date), None without a readable one."""
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())


class PoliteRetry(RetryMiddleware):
    """Asks again after the pause the portal wants, else after a growing one. The whole host is left alone meanwhile."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if response.status in self.retry_http_codes and not request.meta.get("dont_retry"):
            wait = wait_asked(response, datetime.now(UTC))
            if wait is not None and wait > LONGEST_WAIT:
                raise WaitTooLongError(f"HTTP {response.status}, and it asks to wait {wait:.0f} s")
            self._pause(request, wait)
        return super().process_response(request, response)

    def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        if isinstance(exception, self.exceptions_to_retry):
            self._pause(request, None)
        return super().process_exception(request, exception)

    def _pause(self, request: Request, wait: float | None) -> None:
        """wait: seconds that the portal asks for, None where it does not say."""
        seconds = own_pause(self.crawler, request.meta.get("retry_times", 0)) if wait is None else wait
        host = urlparse_cached(request).hostname or ""
        self.crawler.spider.leave_alone(host, time.monotonic() + seconds)  # type: ignore[union-attr]

    def _retry(self, request: Request, reason: Any) -> Request | None:
        again = super()._retry(request, reason)
        if again is not None and not request.url.endswith("/robots.txt"):
            words = reason if isinstance(reason, str) else reason_of(Failure(reason))
            self.crawler.spider.warn(f"asked again after {words}")  # type: ignore[union-attr]
        return again


class BotWall:
    """Recognises a challenge page that answers 200."""

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002 Scrapy passes by name
        head = response.body[:30_000]
        if head.lstrip()[:1] == b"<" and (any(mark in head for mark in _WALLS) or _WALL_TITLE.search(head)):
            raise BotWallError("a challenge for browsers instead of the page: the portal refuses programs")
        return response


class OnlyUnchanged(RFC2616Policy):
    """The HTTP cache answers only where the portal says "not modified": never from age, never in place of an error."""

    def is_cached_response_fresh(self, cachedresponse: Response, request: Request) -> bool:
        self._set_conditional_validators(request, cachedresponse)
        return False

    def is_cached_response_valid(self, cachedresponse: Response, response: Response, request: Request) -> bool:  # noqa: ARG002
        return bool(response.status == 304)
