"""A full disk, a folder that cannot be written, a clock that was set back: said in a line, nothing lost, and the next run completes.

The full disk is a small file system in memory, mounted for the trial: that needs root on Linux.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crawler import fixture_server
from search import generations
from tests.conftest import Command, environment
from tests.prove.figures import Figure

SOURCE = "eu_ftp"
SIZE = 64 * 1024 * 1024
LEFT = 6 * 1024 * 1024  # bytes; a crawl, a publish and a backup need some five million


@contextmanager
def mounted(folder: Path) -> Iterator[bool]:
    """A small disk at a folder; whether it could be mounted."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder)], capture_output=True, check=False)
    try:
        yield not done.returncode
    finally:
        if not done.returncode:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def state(data: Path) -> tuple[int, int, str]:
    """Entries of the store, entries of the generation that opens, what is wrong with the database."""
    with closing(sqlite3.connect(data / "funding.db")) as database, database:
        count, sound = database.execute("select count(*) from entries").fetchone()[0], database.execute("pragma integrity_check").fetchone()[0]
    opened = generations.open_current(data / "index")
    held = len(opened.columns)
    opened.close()
    return count, held, "" if sound == "ok" else sound


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The end of what a command said, "" where it was no sentence but a trace."""
    return "" if "Traceback" in done.stderr or not done.stderr.strip() else done.stderr.strip().splitlines()[-1]


def full(number: int, folder: Path, url: str, rng: random.Random) -> Iterator[Figure]:
    """Commands on a disk with little left."""
    disk = folder / "disk"
    with mounted(disk) as able:
        if not able:
            yield Figure("a full disk", "not tried: no small file system can be mounted here (it needs root)", holds=False)
            return
        funding = Command(disk / "data", environment(FUNDING_DELAY="0", FUNDING_NOW="2026-11-20T12:00:00+00:00"))
        first = funding.run("crawl", SOURCE, "--replay", url)
        if first.returncode:
            raise RuntimeError(first.stderr)
        before, commands, codes, wrong = state(funding.data), _commands(funding, url), Counter[str](), []
        for turn in range(number):
            name, arguments = list(commands.items())[turn % len(commands)]
            funding.environment["FUNDING_NOW"] = f"2026-12-{turn % 28 + 1:02d}T12:00:00+00:00"
            filled = disk / "filled"
            _fill(filled, rng.randrange(0, LEFT))
            done = funding.run(*arguments)
            codes[f"{name} {'completed' if not done.returncode else 'refused'}"] += 1
            if done.returncode and not said(done):
                wrong.append(f"{name}: {done.stderr.strip()[-200:]}")
            if (now := state(funding.data)) != before:
                wrong.append(f"{name}: {now} instead of {before}")
            filled.unlink()
            again = funding.run(*arguments)
            wrong += [f"{name} afterwards: {again.stderr.strip()[-200:]}"] if again.returncode else []
        checked = funding.run("check")
        wrong += [checked.stdout[-200:]] if checked.returncode else []
        outcome = ", ".join(f"{what} {times}" for what, times in sorted(codes.items()))
        yield Figure(f"a full disk, {number} times (0 to 6 MB left)", "; ".join([outcome, *wrong[:5]]), not wrong)
        yield from read_only(disk, funding, url, before)


def _commands(funding: Command, url: str) -> dict[str, list[str]]:
    return {"crawl": ["crawl", SOURCE, "--replay", url], "publish": ["publish"], "backup": ["backup", str(funding.data / "backup.zip")]}


def _fill(path: Path, left: int) -> None:
    """Write until so many bytes are left."""
    free = subprocess.run(["df", "--output=avail", "-B1", str(path.parent)], capture_output=True, text=True, check=True).stdout.split()[-1]
    with path.open("wb") as out:
        out.write(b"\0" * max(0, int(free) - left))


def read_only(disk: Path, funding: Command, url: str, before: tuple[int, int, str]) -> Iterator[Figure]:
    """The same disk seen through a place where it cannot be written."""
    place = disk.with_name("read-only")
    place.mkdir()
    subprocess.run(["mount", "--bind", str(disk), str(place)], check=True)
    outcomes, wrong = [], []
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
        reader = Command(place / "data", funding.environment)
        for name, arguments in {**_commands(reader, url), "schedule": ["schedule", SOURCE, "--once", "--replay", url]}.items():
            done = reader.run(*arguments)
            outcomes.append(f"{name}: {said(done).replace(str(place), '…')[:110]}")
            wrong += [f"{name}: code {done.returncode}, {done.stderr.strip()[-200:]}"] if done.returncode not in (1, 3) or not said(done) else []
        found = reader.run("search", "--json", "--status", "", "--skills", "")
        total = json.loads(found.stdout)["total"] if not found.returncode else 0
        outcomes.append(f"search answers with {total}")
        wrong += [f"search: {found.stderr.strip()[-200:]}"] if total != before[1] else []
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
    again = funding.run("crawl", SOURCE, "--replay", url)
    wrong += [f"afterwards: {again.stderr.strip()[-200:]}"] if again.returncode or state(funding.data) != before else []
    yield Figure("a data folder that can only be read", "; ".join([*outcomes, *wrong]), not wrong)


def set_back(folder: Path, url: str) -> Iterator[Figure]:
    """The clock goes back by seven weeks between two crawls, and forward again."""
    funding = Command(folder / "clock", environment(FUNDING_DELAY="0"))
    wrong, first = [], None
    for day in ("2026-11-20", "2026-10-01", "2026-11-21"):
        funding.environment["FUNDING_NOW"] = f"{day}T12:00:00+00:00"
        for arguments in (
            ["crawl", SOURCE, "--replay", url],
            ["schedule", SOURCE, "--once", "--replay", url],
            ["check"],
            ["changes", "--json"],
            ["health"],
        ):
            done = funding.run(*arguments)
            if done.returncode and arguments[0] != "health":
                wrong.append(f"{day} {arguments[0]}: {(done.stderr or done.stdout).strip()[-200:]}")
        with closing(sqlite3.connect(funding.data / "funding.db")) as database, database:
            gone = database.execute("select count(*) from entries where no_longer_listed_since is not null").fetchone()[0]
            events = dict(database.execute("select event, count(*) from versions group by event").fetchall())
        first = first or (state(funding.data), events)
        wrong += [f"{day}: {gone} are gone, {state(funding.data)}, {events}"] if gone or (state(funding.data), events) != first else []
    generation = generations.current_name(funding.data / "index")
    yield Figure(
        "the clock set back by seven weeks between crawls, schedules and publishes",
        "; ".join(wrong) or f"nothing lost, gone or new; {generation} in use",
        not wrong,
    )


def figures() -> Iterator[Figure]:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder, fixture_server.serving_apart([fixture_server.FIXTURES / SOURCE]) as url:
        yield from full(18, Path(folder), url, random.Random(3))
        yield from set_back(Path(folder), url)
