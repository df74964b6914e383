"""One crawl of one source, in a process of its own: Scrapy's reactor runs once per process, and a crash stays there."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, SpawnContext
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings as ScrapySettings
from scrapy.utils.misc import load_object

from crawler import guards, registry
from crawler.settings import scrapy_settings
from crawler.source import Account, Source
from search import clock, concepts, crawls, logs, regions
from search.clock import BRUSSELS
from search.locks import FOLDER, AlreadyRunningError, locked
from search.processes import end_with_parent
from search.settings import Settings
from search.store import Harvest, Store, StoreError

# A copy of this process has everything imported; elsewhere than on Linux, system libraries do not survive being copied.
COPIED = sys.platform == "linux"
PROCESSES = ForkContext() if COPIED else SpawnContext()
log = logging.getLogger("funding.crawl")
LONGEST = 6 * 3600  # seconds for one source
_PARTS = ("DOWNLOADER_MIDDLEWARES_BASE", "SPIDER_MIDDLEWARES_BASE", "EXTENSIONS_BASE")


@dataclass
class Outcome:
    """How a crawl went. counts: as stored with the run; warnings: what was survived -> how often; differs: whether it failed
    only by being too different from the last good run."""

    source: str
    good: bool
    reason: str | None = None
    counts: dict[str, float] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    differs: bool = False


def crawl_apart(config: Settings, source: str, replay: str | None, accept: bool = False) -> Outcome:
    """`crawl` in a process of its own; one that crashes or never ends is a failed run."""
    if COPIED:
        warm()
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_crawl_and_tell, args=(theirs, config, source, replay, accept), name=f"crawl of {source}")
    process.start()
    theirs.close()
    try:
        if ours.poll(LONGEST):
            outcome: Outcome = ours.recv()
            process.join()
            return outcome
        reason = f"the crawl did not end within {LONGEST // 3600} hours"
        process.kill()
        process.join()
    except EOFError:
        process.join()
        reason = f"the crawl's process ended early (code {process.exitcode})"
    try:
        with locked(config.data / FOLDER, source):
            Store(config.database_url).interrupt(source, clock.now())
    except AlreadyRunningError:
        log.info("another process is at work on %s: its run is left alone", source)
    return Outcome(source, False, reason)


@cache
def warm() -> None:
    """Read once what every crawl needs: spiders, Scrapy's parts, the tables of concepts and places. It starts no thread and no reactor."""
    registry.spiders()
    known = ScrapySettings()
    own = ("crawler.download.Handler", "crawler.manners.PoliteRobots", "crawler.pipelines.Classify")
    for part in [*own, *(part for group in _PARTS for part in known.getdict(group))]:
        load_object(part)
    concepts.table()
    regions.units()


def _crawl_and_tell(told: Connection, *asked: Any) -> None:
    end_with_parent()
    try:
        outcome = crawl(*asked)
    except AlreadyRunningError as error:
        outcome = Outcome(error.source, False, str(error))
    except (OSError, StoreError) as error:  # a full disk, a folder that cannot be written: no fault of the source's
        outcome = Outcome(asked[1], False, str(error))
    told.send(outcome)


def crawl(config: Settings, source: str, replay: str | None, accept: bool = False) -> Outcome:
    """Crawl one source and take it over into the store if its guards pass. Once per process.

    accept: take it over although it differs from the last good run. A source that cannot be crawled here leaves no trace.
    """
    spider_class = registry.spiders()[source]
    if why_not := spider_class.facts_here().why_not:
        return Outcome(source, False, why_not)
    with locked(config.data / FOLDER, source):
        store = Store(config.database_url)
        store.register(registry.facts())
        run_id = store.start_run(source, clock.now())
        with logs.written_down(logs.of_crawl(config.data, run_id)):
            log.info("crawl %s of %s%s", run_id, source, ", to be taken over although it may differ" if accept else "")
            started = time.monotonic()
            account, requests = _fetch(config, spider_class, replay)
            seconds = {"seconds": round(time.monotonic() - started, 1), "requests": requests}
            outcome = _judge(store, run_id, spider_class, account, seconds, accept)
            log.info(
                "%s %s",
                "good:" if outcome.good else f"failed: {outcome.reason};",
                outcome.counts,
                extra={"data": {"source": source, "crawl": run_id}},
            )
        crawls.forget_payloads(store, clock.now())
        if not outcome.good or account.warnings:
            # A page kept from a run that saw anything odd might be the odd one.
            shutil.rmtree(config.data / "httpcache" / source, ignore_errors=True)
        store.close()
    return outcome


def _fetch(config: Settings, spider_class: type[Source], replay: str | None) -> tuple[Account, int]:
    """Run the spider to its end; its account, and how many requests it sent."""
    process = CrawlerProcess(scrapy_settings(config, spider_class.name, replay))
    crawler = process.create_crawler(spider_class)
    process.crawl(crawler)
    process.start()
    spider = crawler.spider
    if not isinstance(spider, Source):
        return Account(failure="the spider could not be started: see the log"), 0
    stats = crawler.stats.get_stats() if crawler.stats else {}
    if stats.get("finish_reason") is None:
        spider.account.failure = spider.account.failure or "the crawl ended without an end: see the log"
    return spider.account, int(stats.get("downloader/request_count", 0))


def _judge(store: Store, run_id: int, spider_class: type[Source], account: Account, extra: dict[str, float], accept: bool) -> Outcome:
    """Guards, then the store."""
    name, entries = spider_class.name, [account.entries[key] for key in sorted(account.entries)]
    found, refused = len(account.entries.keys() | account.held), [item.reason for item in account.refused]
    extra = extra | {"spoilt": refused.count(guards.LETTERS_LOST)}
    failure = account.failure or "; ".join(guards.problems(entries, refused, found, spider_class.min_entries, spider_class.min_dated))
    different = []
    if not failure and (last := store.last_good(name)):
        before = guards.Before(last[1], store.listed(name), last[0].astimezone(BRUSSELS).date())
        different = guards.differences(entries, refused, found, before, clock.today())
    if accept:
        account.warnings.update(f"accepted by a maintainer: {difference}" for difference in different)
    elif different:
        failure = "; ".join(different)
    if failure:
        counts = extra | {"found": found, "quarantined": len(refused), "differs": len(different)}
        store.fail_run(run_id, failure, clock.now(), account.warnings, account.refused, counts)
        return Outcome(name, False, failure, extra, dict(account.warnings), differs=bool(different))
    harvest = Harvest(entries, account.held - account.entries.keys(), account.complete)
    counts = store.finish_run(
        run_id, harvest, clock.now(), account.warnings, extra | guards.shares(entries) | guards.labelled(entries), account.refused
    )
    return Outcome(name, True, None, counts, dict(account.warnings))
