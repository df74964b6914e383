"""A publish whose processes are ended from outside: none of them outlives it, and the next one completes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from search import generations, locks
from search.store import Harvest, Store
from tests.conftest import environment, wait
from tests.search import corpus

# The command, with more entries than it analyses alone; each of its processes writes its number down and then works for ever.
PUBLISH = """
import os, sys, time
from pathlib import Path
from cli.main import main
from search import analysing

def at_work(entry):
    (Path(sys.argv[2]) / f"worker-{os.getpid()}").touch()
    time.sleep(120)

analysing.FEW, analysing.CHUNK, analysing.searched_texts = 10, 5, at_work
os.sched_getaffinity = lambda _: {0, 1}
main()
"""


@pytest.fixture
def store(tmp_path):
    opened = Store(f"sqlite:///{tmp_path}/funding.db")
    opened.finish_run(opened.start_run("made", corpus.NOW), Harvest(corpus.entries(20)), corpus.NOW, {}, {})
    yield opened
    opened.close()


@pytest.fixture
def publishing(store, tmp_path):
    """The process of a publish that is analysing, and the numbers of those that work for it."""
    assert len(store.digests()) > 10
    command = [sys.executable, "-c", PUBLISH, "--data", str(tmp_path), "publish"]
    process = subprocess.Popen(command, env=environment(FUNDING_TODAY="2026-11-20"), stderr=subprocess.PIPE, text=True)
    wait(lambda: len(list(tmp_path.glob("worker-*"))) == 2)
    workers = [int(path.name.removeprefix("worker-")) for path in tmp_path.glob("worker-*")]
    yield process, workers
    process.kill()
    for left in filter(alive, workers):
        os.kill(left, signal.SIGKILL)
    process.communicate()


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_what_worked_for_a_publish_that_was_ended_ends_with_it(publishing, store, tmp_path, end):
    (process, workers), index = publishing, tmp_path / "index"
    assert locks.held(index / "publish.lock")
    process.send_signal(end)
    assert process.wait(60) == -end
    wait(lambda: not locks.held(index / "publish.lock"))
    assert not any(map(alive, workers))
    assert generations.publish(store, index, corpus.NOW) == "generation-000001"
    assert sorted(path.name for path in index.iterdir()) == ["CURRENT", "generation-000001", "publish.lock"]


def test_a_publish_that_lost_one_of_its_processes_says_so_and_leaves_nothing(publishing, tmp_path):
    process, workers = publishing
    os.kill(workers[0], signal.SIGKILL)  # as the system does when memory runs out
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert said.startswith("funding: a process of this publish was ended, by lack of memory perhaps")
    assert len(said.splitlines()) == 1
    assert [path.name for path in (tmp_path / "index").iterdir()] == ["publish.lock"]
