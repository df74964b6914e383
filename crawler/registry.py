"""The known sources: every spider in crawler/spiders, found by Scrapy's own loader; and the portals that are links only."""

from __future__ import annotations

from scrapy.settings import Settings as ScrapySettings
from scrapy.spiderloader import SpiderLoader

from crawler import curated
from crawler.source import Source
from search.sources import SourceFacts
from search.vocabulary import Basis, Kind, Level, TextUse


def spiders() -> dict[str, type[Source]]:
    """Name -> spider, by name."""
    loader = SpiderLoader.from_settings(ScrapySettings({"SPIDER_MODULES": ["crawler.spiders"]}))
    return {name: loader.load(name) for name in sorted(loader.list())}  # type: ignore[misc]


def link_only() -> dict[str, SourceFacts]:
    """Portals that are not crawled, by name: each with the reason, and what would make it possible."""
    return {row["source"]: _link_only(row) for row in curated.rows("link_only")}


def _link_only(row: dict[str, str]) -> SourceFacts:
    return SourceFacts(
        source=row["source"],
        title=row["title"],
        homepage=row["homepage"],
        homepage_basis=Basis(row["homepage_basis"]),
        countries=[row["country"]],
        level=[Level(row["level"])],
        kinds=[Kind.CALL],
        format_seen=None,
        licence="not stated",
        attribution=row["title"],
        text_use=TextUse.FACTS,
        crawlable=False,
        why_not=row["why_not"],
        needed=row["needed"],
        checked=row["checked"],
    )


def facts() -> list[SourceFacts]:
    """The facts of every known source as they hold here: those with a spider, then those that are links only."""
    return [spider.facts_here() for spider in spiders().values()] + list(link_only().values())


def hindrance(name: str) -> str | None:
    """Why a source can be asked nothing here, None when it can: a link only, an account's key that is missing, no such source."""
    if facts := link_only().get(name):
        return f"{name} is not crawled: {facts.why_not} ({facts.homepage})"
    spider = spiders().get(name)
    if spider is None:
        return f"there is no source {name}"
    here = spider.facts_here()
    return None if here.crawlable else f"{name} cannot be crawled here: {here.why_not}"
