"""Restore equals backup, record for record, on many calls, printed: `python -m tests.bench_backup [SIZE]` (make bench-backup).

A store of generated calls with a second crawl in which one in ten changed, and some records in quarantine, is saved, restored into
an empty place, and every row of every table read from both databases and compared, without the program's own comparison.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import zip_longest
from pathlib import Path

import sqlalchemy as sa

from search import backup, tables
from search.store import Harvest, Refused, Store
from tests.search import corpus

SIZE, CHANGED, REFUSED = 50_000, 10, 100
AT_ONCE = 500


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long something took."""
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:.1f} s", flush=True)


def fill(url: str, size: int) -> None:
    """Two crawls of a source."""
    store = Store(url)
    later = corpus.NOW + timedelta(days=30)
    refused = [Refused(f"refused {n}", "a date that cannot be true", b"{}" * n) for n in range(REFUSED)]
    store.finish_run(store.start_run("made", corpus.NOW), Harvest(corpus.entries(size)), corpus.NOW, {}, {}, refused)
    store.finish_run(store.start_run("made", later), Harvest(corpus.entries(size, changed=size // CHANGED)), later, {}, {})
    store.close()


def compare(one: str, other: str) -> bool:
    """Print per table how many rows of both databases are equal; whether all are."""
    engines = [sa.create_engine(url) for url in (one, other)]
    whole = True
    with engines[0].connect() as before, engines[1].connect() as after:
        for table in tables.metadata.sorted_tables:
            query = sa.select(table).order_by(*table.primary_key).execution_options(yield_per=AT_ONCE)
            same = total = 0
            for row, copy in zip_longest(before.execute(query), after.execute(query)):
                total += 1
                same += row == copy
            whole &= same == total
            if total:
                print(f"{table.name}: {same:,} of {total:,} equal".replace(",", " "), flush=True)
    for engine in engines:
        engine.dispose()
    return whole


def main() -> int:
    """Fill, save, restore, compare; the exit code: 1 when any row differs."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with tempfile.TemporaryDirectory() as folder:
        here, there = Path(folder) / "here", Path(folder) / "there"
        urls = [f"sqlite:///{place / 'funding.db'}" for place in (here, there)]
        with timed(f"{size} generated calls crawled twice"):
            fill(urls[0], size)
        file = Path(folder) / "all.zip"
        with timed("backup"):
            backup.back_up(urls[0], here, file, corpus.NOW)
        print(f"{file.stat().st_size / 1e6:.1f} MB")
        with timed("restore, every record compared with its checksum"):
            backup.restore(file, urls[1], there)
        with timed("every row read from both databases"):
            whole = compare(*urls)
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
