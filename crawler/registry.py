"""The known sources: every spider in crawler/spiders, found by Scrapy's own loader."""

from __future__ import annotations

from scrapy.settings import Settings as ScrapySettings
from scrapy.spiderloader import SpiderLoader

from crawler.source import Source
from search.sources import SourceFacts


def spiders() -> dict[str, type[Source]]:
    """Name -> spider, by name."""
    loader = SpiderLoader.from_settings(ScrapySettings({"SPIDER_MODULES": ["crawler.spiders"]}))
    return {name: loader.load(name) for name in sorted(loader.list())}  # type: ignore[misc]


def facts() -> list[SourceFacts]:
    """The facts of every known source."""
    return [spider.facts for spider in spiders().values()]
