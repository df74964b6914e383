"""The national portals and TED, crawled once for all tests: the simulator's October, then its November, into one store."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator

import pytest

from tests.conftest import Command, Simulator, simulating
from tests.crawler.portals import NOVEMBER, OCTOBER, REGIONS, SOURCES, Months, settings


@pytest.fixture(scope="session")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """The simulator of the national portals and TED, as they were in November."""
    with simulating(tmp_path_factory.mktemp("portals") / "log.txt", NOVEMBER) as running:
        yield running


@pytest.fixture(scope="session")
def months(portals: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Months:
    """The two crawls; processes that run tests side by side share them."""
    folder = tmp_path_factory.getbasetemp()
    if folder.name.startswith("popen-"):  # a worker's own folder in that of the session
        folder = folder.parent
    data, said = folder / "months", folder / "months.json"
    with (folder / "months.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            outcomes = []
            for day in (OCTOBER, NOVEMBER):
                portals.at(day)
                done = Command(data, settings(day)).run("crawl", *SOURCES, *REGIONS, "--replay", portals.url, "--json")
                assert done.returncode == 0, done.stdout + done.stderr
                outcomes.append({outcome["source"]: outcome for outcome in json.loads(done.stdout)["sources"]})
            said.write_text(json.dumps(outcomes), encoding="utf-8")
    october, november = json.loads(said.read_text(encoding="utf-8"))
    return Months(data, october, november)
