"""Scrapy's settings: an honest user agent, robots.txt obeyed, one request at a time per host, sizes and times bounded."""

from __future__ import annotations

from typing import Any

from search import __version__
from search.settings import Settings

MEGABYTE = 1024 * 1024


class ContactMissingError(ValueError):
    """A live crawl without FUNDING_CONTACT: the portals could not reach us."""


def user_agent(contact: str | None, replay: str | None) -> str:
    """Our name, our version, and whom to write to. Raises ContactMissingError for a live crawl without a contact."""
    if not contact and not replay:
        raise ContactMissingError("FUNDING_CONTACT is not set: a live crawl must say whom a portal can write to (a mail address or a page)")
    return f"Mozilla/5.0 (compatible; SkillsFundingFinder/{__version__}; +{contact or 'replay'})"


def scrapy_settings(settings: Settings, source: str, replay: str | None) -> dict[str, Any]:
    """The settings for one crawl of one source."""
    handler = "crawler.download.Handler"
    return {
        "SPIDER_MODULES": ["crawler.spiders"],
        "USER_AGENT": user_agent(settings.contact, replay),
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": "SkillsFundingFinder",
        "REPLAY": replay,
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler, "file": None, "ftp": None, "s3": None, "data": None},
        "DOWNLOAD_VERIFY_CERTIFICATES": True,  # crawler.certificates says what is wrong with one
        "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingThreadedResolver" if replay else "crawler.hosts.PublicOnlyResolver",
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.hosts.PublicOnly": 50,
            "crawler.hosts.OwnHosts": 60,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # it refuses the robots.txt of a sister site
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawler.manners.PoliteRobots": 100,
            "crawler.manners.BotWall": 540,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            "crawler.manners.PoliteRetry": 550,
        },
        "SPIDER_MIDDLEWARES": {"crawler.source.FailLoud": 10},
        "ITEM_PIPELINES": {f"crawler.pipelines.{name}": n for n, name in enumerate(("Normalise", "Build", "Classify", "Validate", "Collect"))},
        "CONCURRENT_REQUESTS": 4,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": settings.delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "WITHOUT_PAUSES": bool(replay) and settings.delay_is_set and settings.delay == 0,
        "DOWNLOAD_TIMEOUT": 45,
        "DOWNLOAD_MAXSIZE": 32 * MEGABYTE,
        "DOWNLOAD_WARNSIZE": 0,
        "REDIRECT_MAX_TIMES": 5,
        "RETRY_TIMES": 2,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "HTTPCACHE_ENABLED": True,
        "HTTPCACHE_POLICY": "crawler.manners.OnlyUnchanged",
        "HTTPCACHE_DIR": str(settings.data / "httpcache" / source),
        "HTTPCACHE_GZIP": True,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,  # a port of this machine on which Scrapy runs whatever code it is sent
        "CLOSESPIDER_TIMEOUT": 4 * 3600,
        "LOG_INSTALL_ROOT_HANDLER": False,  # search.logs writes the lines, in the form of the settings
        "LOG_FORMATTER": "crawler.source.QuietFormatter",
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
        "DEFAULT_REQUEST_HEADERS": {"Accept": "text/html,application/json;q=0.9,*/*;q=0.5", "Accept-Language": "en"},
    }
