"""Every fault of the portals' simulator on every source it shows: each crawl fails and says why, or survives and takes over nothing wrong.

The crawls are those of `funding crawl`, each from a store that holds the source's last good state.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.run import PROCESSES, Outcome, crawl_apart, warm
from search.settings import load
from tests.conftest import Simulator
from tests.crawler.portals import KEYS, NOVEMBER, REGIONS, SOURCES
from tests.crawler.test_faults import FAILS

LATER = "2026-11-23"
ALL = ["eu_ftp", "ec_authorities", *SOURCES, *REGIONS]
LONGEST = 300.0  # seconds a crawl may take under a fault
PATIENT = 900.0  # where the portal is only slow: its pages are all read, some hundred of them, one after the other
FEW = 2  # entries more or fewer, where a portal gives a row the key of another that it does not list
WAITS = {"slow", "timeout", "http429-html", "http429-html:{}:1"}  # what takes waiting, no work: many at a time
ONCE = ("http429-html:{}:1", "empty-results:{}:1")
SURVIVED = ("slow", "duplicate-ids", "xss-payloads", "huge-text", "wrong-charset", "deadline-typo")
MARKS = ("<script", "onerror=", "<svg", "<iframe", "onclick=", "javascript:")


@dataclass(frozen=True)
class Result:
    """How one source came through one fault. wrong: what must not have happened, empty when all is well."""

    fault: str
    source: str
    outcome: Outcome
    seconds: float
    wrong: tuple[str, ...]


@contextmanager
def pinned(day: str) -> Iterator[None]:
    """This process and its copies see that day, no pauses, and the keys that the simulator takes."""
    settings = {"FUNDING_TODAY": day, "FUNDING_DELAY": "0", **KEYS}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def rows(data: Path) -> dict[str, dict[str, Any]]:
    """Every stored entry: its record, since when it is no longer listed."""
    with closing(sqlite3.connect(data / "funding.db")) as database, database:
        found = database.execute("select id, record, no_longer_listed_since, first_seen, last_changed from entries").fetchall()
    return {entry_id: {"record": json.loads(record), "gone": gone, "dates": dates} for entry_id, record, gone, *dates in found}


def crawled(data: Path, source: str, url: str) -> tuple[Outcome, float]:
    """One crawl of one source into a data folder, and its seconds."""
    started = time.monotonic()
    outcome = crawl_apart(load(data), source, url)
    return outcome, time.monotonic() - started


def judged(fault: str, source: str, before: dict[str, Any], after: dict[str, Any], outcome: Outcome, seconds: float) -> Result:
    """What is wrong with the state after a crawl under a fault, beside the state before."""
    name = fault.split(":")[0]
    wrong = [f"took {seconds:.0f} s"] if seconds > (PATIENT if name == "slow" and source in [*SOURCES, *REGIONS] else LONGEST) else []
    if not outcome.good:
        if not outcome.reason or "error of the crawler" in outcome.reason or "see the log" in outcome.reason:
            wrong.append(f"no reason that tells what happened: {outcome.reason}")
        if after != before:
            wrong.append("it failed, and what was stored is not as it was")
        if name in FAILS and ":" not in fault and FAILS[name] not in str(outcome.reason):
            wrong.append(f"the reason does not say {FAILS[name]!r}: {outcome.reason}") if source in ("eu_ftp", "ec_authorities") else None
        return Result(fault, source, outcome, seconds, tuple(wrong))
    if len(after.keys() ^ before.keys()) > FEW:
        wrong.append(f"{len(after.keys() ^ before.keys())} entries more or fewer")
    wrong += [f"{entry_id} is marked gone" for entry_id, row in after.items() if row["gone"] and not before.get(entry_id, row)["gone"]][:3]
    for entry_id in after.keys() & before.keys():
        wrong += odd(name, entry_id, before[entry_id]["record"], after[entry_id]["record"])
    return Result(fault, source, outcome, seconds, tuple(wrong[:5]))


def odd(fault: str, entry_id: str, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What is wrong with a record that was taken over under a fault."""
    text = json.dumps(new, ensure_ascii=False)
    if fault == "xss-payloads":
        return [f"{entry_id} carries {mark}" for mark in MARKS if mark in text.casefold()]
    if "[SYN]" in text and "[SYN]" not in json.dumps(old):
        return []  # for data faults the simulator shows a page of its own making instead of one that was recorded
    if "\ufffd" in text:
        return [f"{entry_id} has lost letters"]
    # A notice of TED has a page in every language: ours is in that of its title.
    old, new = ({**row, "url": re.sub(r"/[a-z]{2}/notice/", "/xx/notice/", row["url"])} for row in (old, new))
    names = ("title", "deadlines", "budget", "opening_date", "countries", "regions", "url", "source_status")
    return [f"{entry_id}: {name} was {old.get(name)!r}, is {new.get(name)!r}"[:200] for name in names if old.get(name) != new.get(name)]


def run_one(fault: str, source: str, good: Path, work: Path, url: str) -> Result:
    """One source under a fault that is already set."""
    data = work / f"{source}-{fault.replace(':', '-')}"
    shutil.copytree(good / source, data)
    before = rows(data)
    outcome, seconds = crawled(data, source, url)
    result = judged(fault, source, before, rows(data), outcome, seconds)
    shutil.rmtree(data)
    return result


def first_crawls(sim: Simulator, good: Path, sources: Sequence[str]) -> None:
    """The last good state of every source in November, which the simulator shows, each in a folder of its own.

    Raises RuntimeError where one fails without a fault.
    """
    sim.faults()
    with pinned(NOVEMBER):
        warm()
        with ProcessPoolExecutor(2, mp_context=PROCESSES) as pool:
            for source, (outcome, _) in zip(sources, pool.map(crawled, [good / s for s in sources], sources, [sim.url] * len(sources)), strict=True):
                if not outcome.good:
                    raise RuntimeError(f"{source} without a fault: {outcome.reason}")


def matrix(sim: Simulator, folder: Path, sources: Sequence[str], faults: Sequence[str]) -> Iterator[Result]:
    """Every one of the faults on every one of the sources."""
    good, work = folder / "good", folder / "work"
    first_crawls(sim, good, sources)
    for fault in faults:
        sim.faults(*([fault.format(source) for source in sources] if "{}" in fault else [fault]))
        name = fault.replace(":{}", "")
        with pinned(LATER), ProcessPoolExecutor(12 if fault in WAITS else 2, mp_context=PROCESSES) as pool:
            jobs = [pool.submit(run_one, name, source, good, work, sim.url) for source in sources]
            yield from (job.result() for job in jobs)
    sim.faults()
