"""Only the process that publishes is ended, not those that work for it: they must end with it, and the next publish must complete."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from search import analysing, locks
from search.generations import GenerationError
from tests.bench_search.memory import children
from tests.prove import kills
from tests.search import corpus

ENTRIES = analysing.FEW + 100  # so many are analysed by several processes
MOMENT = 1.0  # seconds in which the end follows the beginning of their work
SOON = 10.0  # seconds in which the lock must be free
ENDS = (signal.SIGKILL, signal.SIGTERM)


def trials(times: int, folder: Path, seed: int) -> tuple[int, list[str]]:
    """(how many publishes were ended while others worked for them, what did not hold)."""
    rng, bench, amidst = random.Random(seed), kills.Bench(folder, ""), 0
    folder.mkdir()
    corpus.filled(folder, corpus.entries(ENTRIES)).close()
    for turn in range(times):
        bench.turn += 1
        shutil.rmtree(bench.config.index_folder, ignore_errors=True)  # so that every entry is analysed
        with kills.working(bench, kills.publish, False) as (process, _):
            amidst += begun(process)
            time.sleep(rng.uniform(0, MOMENT))
            assert process.pid
            os.kill(process.pid, ENDS[turn % len(ENDS)])
        if not freed(bench.config.index_folder / "publish.lock"):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return amidst, ["what worked for it is still there and holds the lock"]
        try:
            kills.whole(bench, "publish")
            if wrong := kills.unequal(bench):
                return amidst, wrong
        except (RuntimeError, GenerationError) as error:
            return amidst, [f"the next publish: {error}"]
    return amidst, []


def begun(process: BaseProcess) -> bool:
    """Wait until others work for a process; whether they do before it ends."""
    while process.is_alive():
        if children(process.pid or 0):
            return True
        time.sleep(0.01)
    return False


def freed(lock: Path) -> bool:
    """Whether nobody holds a lock any more, soon."""
    until = time.monotonic() + SOON
    while locks.held(lock) and time.monotonic() < until:
        time.sleep(0.05)
    return not locks.held(lock)
