"""Mixed traffic on the site as it is served, for MINUTES (60), while a crawl runs and publishes every minute; then far too much of it.

First the same traffic for a while with nothing published, to have something to compare with. Quick: a few seconds of each.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import quote_plus

from crawler import fixture_server
from search import generations, records
from search.store import Harvest, Store
from tests.bench_search import memory
from tests.bench_search.__main__ import percentile
from tests.conftest import environment, free_port
from tests.prove.figures import Figure
from tests.search import corpus
from tests.serving import served

ENTRIES, ENTRIES_QUICK, CHANGED = 3_000, 200, 50
CRAWLED = ("it_sicilia", "se_vinnova", "be_1890")
VISITORS, CROWD = 4, 80
PAUSE = (0.05, 0.4)  # seconds a visitor reads
EVERY = 60.0  # seconds from one crawl, and its publication, to the next
GROWTH = 1.1  # times the memory of the first half that the second may have, and some megabytes
SLACK = 20.0
FORMS = ("atom", "ics", "csv", "xlsx")
WORKERS = 2


@dataclass
class Seen:
    """What visitors saw: per request its status (0: no answer) and seconds; and the workers' memory in MB, by the time it was read."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    told_when: bool = True

    def p99(self) -> float:
        return percentile(self.seconds, 0.99)


@dataclass(frozen=True)
class Site:
    """The served site: its data folder, port, process, and what to ask for."""

    data: Path
    port: int
    process: int
    environment: dict[str, str]
    entries: list[str]

    def ask(self, path: str) -> tuple[int, bool]:
        """The status, and whether an answer that says to come later says when. 0: no answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
                answer.read()
                return answer.status, True
        except urllib.error.HTTPError as error:
            return error.code, error.code != 503 or bool(error.headers["Retry-After"])
        except OSError:
            return 0, True

    def memory(self) -> float:
        """Megabytes that the workers have beside mapped files and the tables that they took over from their parent.

        Pages of those tables become a worker's own one by one as they are read: that is no growth, and not counted.
        """
        workers = memory.children(self.process)
        return sum(map(memory.anonymous, workers)) - len(workers) * memory.anonymous(self.process)


def wanted(rng: random.Random, entries: list[str]) -> str:
    """The address a visitor goes to next."""
    words = quote_plus(" ".join(rng.choices(corpus.vocabulary("en")[0][:300], k=rng.randint(1, 2))))
    filters = "&".join(
        rng.sample(["country=IT", "ecosystem=digital", "area=upskilling", "level=regional", "where=Lombardia", "status=", "page=2"], k=2)
    )
    kind = rng.random()
    if kind < 0.4:
        return f"/?q={words}&{filters}" if rng.random() < 0.7 else f"/?{filters}"
    if kind < 0.55:
        return f"/calls/{rng.choice(entries)}"
    if kind < 0.7:
        return f"/api/v1/calls?q={words}&per_page=50"
    if kind < 0.85:
        return f"/api/v1/suggest?q={words[:4]}"
    if kind < 0.95:
        return f"/search.{rng.choice(FORMS)}?q={words}&{filters}"
    return rng.choice(["/", "/changes", "/sources", "/de/", "/api/v1/changes", "/sitemap.xml", "/healthz/live"])


@contextmanager
def serving(data: Path, count: int) -> Iterator[Site]:
    """The site over `count` generated entries."""
    store = Store(f"sqlite:///{data / 'funding.db'}")
    store.finish_run(store.start_run("made", corpus.NOW), Harvest(corpus.entries(count)), corpus.NOW, {}, {})
    generations.publish(store, data / "index", corpus.NOW)
    store.close()
    port, keys = free_port(), fixture_server.environment([fixture_server.FIXTURES / name for name in CRAWLED])
    own = environment(FUNDING_DATA=str(data), FUNDING_DELAY="0", FUNDING_NOW=corpus.NOW.isoformat(), **keys)
    command = [sys.executable, "-m", "cli.main", "serve", "--port", str(port), "--workers", str(WORKERS)]
    with served(command, port, own, data / "log.txt") as server:
        yield Site(data, port, server, own, [entry.id for entry in corpus.entries(200)])


def visit(site: Site, seconds: float, visitors: int, pause: tuple[float, float], seed: int) -> Seen:
    """Have visitors ask for so long."""
    seen, until, lock = Seen(), time.monotonic() + seconds, threading.Lock()

    def one(number: int) -> None:
        rng = random.Random(seed * 1000 + number)
        while time.monotonic() < until:
            path, started = wanted(rng, site.entries), time.monotonic()
            status, told_when = site.ask(path)
            with lock:
                seen.statuses[status] += 1
                seen.seconds.append(time.monotonic() - started)
                seen.told_when &= told_when
                if status != 200:
                    seen.failed.append(f"{status} {path}")
            time.sleep(rng.uniform(*pause))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(visitors)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen.memory.append(site.memory())
        time.sleep(min(5, seconds / 20))
    return seen


def change(site: Site, turn: int) -> None:
    """Have a few of the generated entries say something else, as a crawl would that found it so."""
    rng, store = random.Random(turn), Store(f"sqlite:///{site.data / 'funding.db'}")
    changed = [records.load(corpus.record(rng.randrange(len(site.entries)), change=turn)) for _ in range(CHANGED)]
    found = Harvest(list({entry.id: entry for entry in changed}.values()), complete=False)
    store.finish_run(store.start_run("made", corpus.NOW), found, corpus.NOW, {}, {})
    store.close()


@contextmanager
def crawling(site: Site, every: float) -> Iterator[list[int]]:
    """Crawls recorded sources and publishes, again and again; the exit codes so far."""
    stop, codes = threading.Event(), list[int]()
    command = [sys.executable, "-m", "cli.main", "crawl", *CRAWLED, "--replay"]
    with fixture_server.serving_apart([fixture_server.FIXTURES / name for name in CRAWLED]) as replay:

        def crawl() -> None:
            while not stop.is_set():
                begun = time.monotonic()
                change(site, len(codes) + 1)
                codes.append(subprocess.run([*command, replay], env=site.environment, capture_output=True, check=False).returncode)
                stop.wait(max(0.0, every - (time.monotonic() - begun)))

        thread = threading.Thread(target=crawl)
        thread.start()
        try:
            yield codes
        finally:
            stop.set()
            thread.join()


def steady(memory: list[float]) -> tuple[float, float, bool]:
    """The memory in the second and the last quarter of a run, in MB, and whether it stayed."""
    quarter = max(1, len(memory) // 4)
    early, late = median(memory[quarter : 2 * quarter] or memory), median(memory[-quarter:])
    return early, late, late <= early * GROWTH + SLACK


def told(seen: Seen) -> str:
    """How many requests there were, and what became of those that failed."""
    return f"{len(seen.seconds):,} requests, {len(seen.failed)} failed" + ("".join(f"; {one:.120}" for one in seen.failed[:3]))


def figures(quick: bool) -> Iterator[Figure]:
    """The proofs, one after the other."""
    minutes = 0.15 if quick else float(os.environ.get("MINUTES", "60"))
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), ENTRIES_QUICK if quick else ENTRIES) as site:
        visit(site, 3 if quick else 30, VISITORS, PAUSE, 0)  # what a worker reads once
        before = visit(site, minutes * 15, VISITORS, PAUSE, 1)
        yield Figure(f"{minutes / 4:g} minutes of mixed traffic by {VISITORS} visitors, nothing published", told(before), not before.failed)
        with crawling(site, 4 if quick else EVERY) as codes:
            seen = visit(site, minutes * 60, VISITORS, PAUSE, 2)
        ran = f"{len(codes)} crawls, each published" + ("" if not any(codes) else f", exit codes {sorted(set(codes))}")
        yield Figure(
            f"{minutes:g} minutes of it with a crawl and a publication every minute", f"{told(seen)}; {ran}", not seen.failed and not any(codes)
        )
        yield Figure("99 of 100 requests took at most", f"{seen.p99() * 1000:.0f} ms, without publishing {before.p99() * 1000:.0f} ms")
        early, late, flat = steady(seen.memory)
        yield Figure(f"memory of the {WORKERS} workers, in the second and the last quarter", f"{early:.0f} MB, {late:.0f} MB", flat or quick)
        yield overloaded(site, 4 if quick else 30)


def overloaded(site: Site, seconds: float) -> Figure:
    """Far too many at once: who is not answered is told when to come again, the site stays alive and is well again at once."""
    alive: list[int] = []
    watch = threading.Thread(target=lambda: alive.extend(site.ask("/healthz/live")[0] for _ in range(5)))
    watch.start()
    seen = visit(site, seconds, CROWD, (0, 0), 3)
    watch.join()
    after = visit(site, 2, 1, PAUSE, 4)
    counts = ", ".join(f"{status}: {count:,}" for status, count in sorted(seen.statuses.items()))
    holds = set(seen.statuses) == {200, 503} and seen.told_when and set(alive) == {200} and not after.failed
    what = f"{CROWD} visitors without a pause, {seconds:g} seconds"
    return Figure(what, f"statuses {counts}; every 503 with Retry-After; 99 of 100 took at most {seen.p99():.1f} s; well again at once", holds)
