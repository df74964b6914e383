"""kill -9 in the middle of crawl and publish: the last good generation answers, nothing acknowledged is lost, the next run completes."""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from crawler import fixture_server
from search import generations
from search.generations import GenerationError
from tests.conftest import Command

KILLS = 14
SOURCES = ("eu_ftp", "ec_authorities")


@pytest.fixture(scope="module")
def samples():
    with fixture_server.serving(fixture_server.folders()) as server:
        yield server.url


def last_seen(funding: Command) -> dict[str, set[str]]:
    """Per source, the days its entries were last seen: one transaction, so always exactly one."""
    with closing(sqlite3.connect(funding.data / "funding.db")) as database, database:
        rows = database.execute("select source, last_seen from entries").fetchall()
    found: dict[str, set[str]] = {}
    for source, day in rows:
        found.setdefault(source, set()).add(day)
    return found


def answers(funding: Command) -> int:
    done = funding.run("search", "--json", "--status", "", "--skills", "")
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout)["total"])


def test_kills_at_random_moments(samples, funding: Command):
    rng = random.Random(9)
    funding.environment["FUNDING_TODAY"] = "2026-11-20"
    assert funding.run("crawl", *SOURCES, "--replay", samples).returncode == 0
    total = answers(funding)
    whole = time.monotonic()
    assert funding.run("crawl", *SOURCES, "--replay", samples).returncode == 0
    whole = time.monotonic() - whole
    for number in range(KILLS):
        funding.environment["FUNDING_TODAY"] = f"2026-12-{number + 1:02d}"
        process = funding.start("crawl", *SOURCES, "--replay", samples)
        time.sleep(rng.uniform(0.1, whole))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=10)
        assert answers(funding) == total, "the last good generation answers"
        assert all(len(days) == 1 for days in last_seen(funding).values()), "a crawl is taken over whole or not at all"
    funding.environment["FUNDING_TODAY"] = "2026-12-30"
    done = funding.run("crawl", *SOURCES, "--replay", samples)
    assert done.returncode == 0, done.stderr
    assert funding.run("check").returncode == 0
    assert answers(funding) == total
    assert not list((funding.data / "index").glob("building-*")), "what a killed publish left is gone"


def test_what_was_acknowledged_is_there_after_a_kill_during_publish(samples, funding: Command):
    funding.environment["FUNDING_TODAY"] = "2026-11-20"
    process = funding.start("crawl", "eu_ftp", "--replay", samples)
    assert process.stderr is not None
    for line in process.stderr:
        if "85 entries" in line:  # the command has said that the source is stored
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    assert len(funding.export()) == 85
    assert funding.run("publish").returncode == 0
    assert answers(funding) == 85


def test_two_crawls_of_one_source_do_not_meet(samples, funding: Command):
    locks = funding.data / "locks"
    locks.mkdir(parents=True)
    with (locks / "ec_authorities.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = funding.run("crawl", "ec_authorities", "--replay", samples)
    assert done.returncode == 3
    assert "another process is at work on ec_authorities" in done.stderr
    assert funding.run("crawl", "ec_authorities", "--replay", samples).returncode == 0, "the lock goes with its holder"


def cut(path: Path) -> None:
    """Leave the first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


PARTS = ("columns/country.bits.npy", "columns/names.json", "manifest.json", "postings/body.strengths.npy", "records/records.bin", "whoosh/*.seg")


def test_a_damaged_generation_gives_way_to_the_one_before(samples, funding: Command):
    funding.environment["FUNDING_TODAY"] = "2026-11-20"
    assert funding.run("crawl", "eu_ftp", "--replay", samples).returncode == 0
    assert funding.run("publish").returncode == 0
    index = funding.data / "index"
    newest = index / generations.current_name(index)
    for part in PARTS:
        path = next(newest.glob(part))
        whole, written = path.read_bytes(), path.stat()
        for damage in (cut, flip):
            damage(path)
            opened = generations.open_current(index)
            assert opened.name == "generation-000001", (part, damage)
            opened.close()
        path.write_bytes(whole)
        opened = generations.open_current(index)
        assert opened.name == newest.name, "a file with another date but the same content is not damaged"
        opened.close()
        os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))
    flip(next(newest.glob(PARTS[0])))
    assert answers(funding) == 85
    assert funding.json("search", "--json")["generation"] == "generation-000001"
    for path in (index / "generation-000001" / "columns").iterdir():
        path.unlink()
    with pytest.raises(GenerationError, match="funding publish"):
        generations.open_current(index)
    assert funding.run("search", "--json").returncode == 3
    assert funding.run("publish").returncode == 0
    assert answers(funding) == 85


def test_decay_that_leaves_no_trace_is_found_by_the_check(samples, funding: Command):
    funding.environment["FUNDING_TODAY"] = "2026-11-20"
    assert funding.run("crawl", "eu_ftp", "--replay", samples).returncode == 0
    index = funding.data / "index"
    path = index / "generation-000001" / "postings" / "body.strengths.npy"
    written = path.stat()
    flip(path)
    os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))
    done = funding.run("check")
    assert done.returncode == 1
    assert "postings/body.strengths.npy is damaged" in done.stdout


def test_readers_never_see_half_a_switch(samples, funding: Command):
    funding.environment["FUNDING_TODAY"] = "2026-11-20"
    assert funding.run("crawl", "eu_ftp", "--replay", samples).returncode == 0
    publishing = subprocess.Popen(
        ["sh", "-c", f"for n in 1 2 3 4 5; do {sys.executable} -m cli.main --data {funding.data} publish; done"],
        env=funding.environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    seen = set()
    while publishing.poll() is None:
        generation = generations.open_current(funding.data / "index")
        assert len(generation.columns) == generation.searcher.doc_count() == 85
        seen.add(generation.name)
        generation.close()
    assert len(seen) >= 3
    assert len(list((funding.data / "index").glob("generation-*"))) == 3, "older generations are removed"


def test_a_folder_that_cannot_be_written_is_said_in_a_line(samples, funding: Command):
    funding.data.mkdir()
    (funding.data / "locks").write_text("a file where a folder should be", encoding="utf-8")
    done = funding.run("crawl", "ec_authorities", "--replay", samples)
    assert done.returncode == 3
    assert "ec_authorities: FAILED: [Errno" in done.stderr
    assert "Traceback" not in done.stderr
