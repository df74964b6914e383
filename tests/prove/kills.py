"""kill -9 at random moments of crawl, store write, publish, switch, backup and schedule, and what must hold after each.

A trial is a copy of this process in a process group of its own, which does one kind of work over and over and says through a pipe
what it has acknowledged; the whole group is killed. Killing a process takes nothing from the disk's cache: a power cut is not tried.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from cli import schedule
from crawler import fixture_server
from crawler.run import PROCESSES, crawl_apart, warm
from search import backup, clock, generations, history, opening, reading
from search.settings import Settings, load
from search.store import Harvest, Store
from tests.prove.figures import ROOT

SOURCE = "eu_ftp"
Tell = Callable[[str], None]
Work = Callable[["Bench", Tell], None]


@dataclass
class Bench:
    """One data folder that is worked on. url: the recorded portals; turn: counts up with every trial; entries: how many there are."""

    data: Path
    url: str
    turn: int = 0
    entries: int = 0

    @property
    def config(self) -> Settings:
        return load(self.data)

    def now(self) -> str:
        """The instant of a turn: every turn is a day later than the one before."""
        return (datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=self.turn)).isoformat()


# -- the work: done over and over until it is killed, or once ---------------------------------------------------------------


def crawl(bench: Bench, tell: Tell) -> None:
    """A crawl taken over, then published."""
    outcome = crawl_apart(bench.config, SOURCE, bench.url)
    if not outcome.good:
        raise RuntimeError(outcome.reason)
    tell(f"crawled {clock.now():%Y-%m-%d}")
    publish(bench, tell)


def write(bench: Bench, tell: Tell) -> None:
    """Every entry of the source written with a new summary, in one transaction."""
    store, number = Store(bench.config.database_url), time.time_ns()
    entries = [stored.entry.model_copy(update={"summary": f"written {number}"}) for stored in store.all_entries()]
    store.finish_run(store.start_run(SOURCE, clock.now()), Harvest(entries), clock.now(), {}, {})
    tell(f"written {number}")
    store.close()


def publish(bench: Bench, tell: Tell) -> None:
    """A generation of what the store holds."""
    store = Store(bench.config.database_url)
    tell("published " + generations.publish(store, bench.config.index_folder, clock.now()))
    store.close()


def switch(bench: Bench, tell: Tell) -> None:
    """Back to the oldest generation and forth, one after the other, to the newest."""
    for name in turns(bench):
        history.roll_back(bench.config.index_folder, name)
        tell(f"switched {name}")


def turns(bench: Bench) -> list[str]:
    """The generations in the order in which they are switched to; after the last comes the first."""
    return [row.name for row in reversed(history.listed(bench.config.index_folder)) if row.published]


def save(bench: Bench, tell: Tell) -> None:
    """A backup over the one before."""
    made = backup.back_up(bench.config.database_url, bench.config.data, bench.data / "backup.zip", clock.now())
    tell(f"saved {made.records['entries']}")


def scheduled(bench: Bench, tell: Tell) -> None:
    """What the scheduler does when a month's crawl is due."""
    if schedule.run(bench.config, [SOURCE], bench.url, once=True):
        raise RuntimeError("the scheduler gave the source up")
    tell(f"scheduled {clock.now():%Y-%m-%d}")


WORK: dict[str, Work] = {
    "crawl": crawl, "store write": write, "publish": publish, "switch": switch, "backup": save, "schedule": scheduled,
}  # fmt: skip
ONCE = ("crawl", "schedule")  # long enough that one turn is killed, not one of many
LONGEST = 120.0  # seconds that work may take until it acknowledges something
MOMENT = 0.3  # seconds in which the kill follows what was acknowledged, one time in three
FULL = {"crawl": 45, "store write": 70, "publish": 55, "switch": 60, "backup": 55, "schedule": 20}
QUICK = {"crawl": 2, "store write": 3, "publish": 3, "switch": 3, "backup": 2}


# -- a copy of this process that works ---------------------------------------------------------------------------------------


@contextmanager
def working(bench: Bench, work: Work, over_and_over: bool) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process that does the work, leader of a group of its own, and the pipe where it acknowledges, a line each."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_work, args=(bench, work, over_and_over, theirs))
    process.start()
    theirs.close()
    try:
        ours.recv()  # before it has its group there is none to kill
        yield process, ours
    finally:
        ours.close()  # whoever still works ends with what it acknowledges next
        process.join()


def _work(bench: Bench, work: Work, over_and_over: bool, told: Connection) -> None:
    os.setsid()
    silence = os.open(said_in(bench), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.environ.update({"FUNDING_DELAY": "0", "FUNDING_SCHEDULE": "0 3 * * *", "FUNDING_NOW": bench.now(), "PYTHONPATH": str(ROOT)})
    told.send("begun")
    while True:
        work(bench, told.send)
        if not over_and_over:
            return


def said_in(bench: Bench) -> Path:
    """The file with what the processes print."""
    return bench.data.with_name("said.txt")


def acknowledged(pipe: Connection) -> list[str]:
    """Every line that was said before the process ended."""
    said = []
    with suppress(EOFError):
        while True:
            said.append(str(pipe.recv()))
    return said


def killed(bench: Bench, name: str, after: float, late: bool) -> list[str]:
    """Start the work, kill it with everything it started after so many seconds, late: a moment after it acknowledged something;
    what it had acknowledged."""
    with working(bench, WORK[name], name not in ONCE) as (process, pipe):
        if late and pipe.poll(LONGEST):
            after %= MOMENT
        time.sleep(after)
        assert process.pid
        with suppress(ProcessLookupError):  # it was at its end
            os.killpg(process.pid, signal.SIGKILL)
        return acknowledged(pipe)


def whole(bench: Bench, name: str) -> float:
    """Do the work once to its end; its seconds. Raises RuntimeError when it does not come to it."""
    started = time.monotonic()
    with working(bench, WORK[name], False) as (process, pipe):
        said = acknowledged(pipe)
        process.join()
    if process.exitcode or not said:
        raise RuntimeError(f"{name} did not complete: {said_in(bench).read_text(encoding='utf-8')[-600:]}")
    return time.monotonic() - started


# -- what must hold ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """What is found right after a kill. faults: of the database; written: the numbers in the entries' summaries; seen: the days the
    entries were last seen; good: the days of good runs; generation, named: the one that opens, and the one that should."""

    faults: list[str]
    written: list[int]
    seen: list[str]
    good: set[str]
    generation: str
    named: str
    answers: int

    @classmethod
    def of(cls, bench: Bench) -> State:
        with closing(sqlite3.connect(bench.data / "funding.db")) as database, database:
            faults = [row[0] for row in database.execute("pragma integrity_check") if row[0] != "ok"]
            records = database.execute("select json_extract(record, '$.summary'), last_seen from entries").fetchall()
            good = {row[0][:10] for row in database.execute("select started from runs where state = 'good'")}
        index = bench.data / "index"
        opened = generations.open_current(index)
        everything = reading.parse([("status", ""), ("skills", "")], opened.columns.values)
        answers = opened.search(everything, clock.now()).total
        opened.close()
        numbers = [int(text.split()[-1]) if (text or "").startswith("written ") else 0 for text, _ in records]
        return cls(faults, numbers, [seen[:10] for _, seen in records], good, opened.name, generations.current_name(index), answers)


def lost(bench: Bench, said: list[str]) -> list[str]:
    """What is not as it was acknowledged, or not whole, right after a kill."""
    state = State.of(bench)
    wrong = [f"database: {fault}" for fault in state.faults]
    if (len(state.seen), len(set(state.seen)), len(set(state.written))) != (bench.entries, 1, 1):
        wrong.append(f"{len(state.seen)} entries of {len(set(state.seen))} runs instead of {bench.entries} of one")
    if state.generation != state.named:
        wrong.append(f"{state.generation} had to answer for {state.named}")
    if state.answers != bench.entries:
        wrong.append(f"{state.generation} answers with {state.answers} of {bench.entries} entries")
    return wrong + [f"acknowledged and not there: {line}" for line in said[-1:] if not holds(bench, state, *line.split())]


def holds(bench: Bench, state: State, what: str, which: str) -> bool:
    """Whether what was acknowledged is there."""
    if what == "written":
        return min(state.written) >= int(which)
    if what == "crawled":
        return min(state.seen) >= which
    if what == "published":
        return state.generation >= which
    if what == "switched":
        names = turns(bench)
        return state.named in (which, names[(names.index(which) + 1) % len(names)])
    return restored(bench) == int(which) if what == "saved" else which in state.good


def restored(bench: Bench) -> int:
    """How many entries the backup restores, each compared with its checksum."""
    with tempfile.TemporaryDirectory() as folder:
        made = backup.restore(bench.data / "backup.zip", f"sqlite:///{folder}/funding.db", Path(folder) / "data")
    return made.records["entries"]


def unequal(bench: Bench) -> list[str]:
    """In what index and store differ after the next run, and what a killed one left behind."""
    index = bench.data / "index"
    store, opened = Store(bench.config.database_url, migrate=False), opening.open_generation(index, generations.current_name(index))
    wrong = generations.differences(store, opened)[:3] + [f"left behind: {path.name}" for path in index.glob("building-*")]
    opened.close()
    store.close()
    return wrong


# -- trials ----------------------------------------------------------------------------------------------------------------------


def trials(kills: dict[str, int], folder: Path, seed: int) -> Iterator[tuple[str, int, int, list[str]]]:
    """Per kind of work: (its name, kills, how many of them came before anything was acknowledged, what did not hold)."""
    rng = random.Random(seed)
    folder.mkdir()
    with fixture_server.serving_apart([fixture_server.FIXTURES / SOURCE]) as url:
        bench = Bench(folder / "data", url)
        warm()
        whole(bench, "crawl")
        with closing(sqlite3.connect(bench.data / "funding.db")) as database, database:
            bench.entries = database.execute("select count(*) from entries").fetchone()[0]
        for name, number in kills.items():
            bench.turn += 1
            seconds = whole(bench, name)
            early, wrong = 0, []
            for turn in range(number):
                bench.turn += 1
                said = killed(bench, name, rng.uniform(0.0, seconds * (1 if name in ONCE else 4)), late=turn % 3 == 2)
                early += not said
                wrong += lost(bench, said)
                bench.turn += 1
                try:
                    whole(bench, name)
                    wrong += unequal(bench) if name in ("crawl", "publish", "schedule") else []
                except (RuntimeError, generations.GenerationError) as error:
                    wrong.append(f"the next run: {error}")
            yield name, number, early, wrong
            if name != "publish":
                whole(bench, "publish")
    shutil.rmtree(folder, ignore_errors=True)
