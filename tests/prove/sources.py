"""Part "sources": every fault of the simulator on every source, attacks by a portal, persons in all that a portal sends.

A quick run takes a sample of the matrix that is another one every day, and of each kind of attack every fourth.
python -m tests.prove.sources FAULT[,FAULT…] [SOURCE…]   prints some cells of the matrix, all sources where none is named.
"""

from __future__ import annotations

import logging
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from tests.conftest import simulating
from tests.prove import attacks, canaries, faults
from tests.prove.figures import Figure

FAULTS = [*faults.FAILS, *faults.SURVIVED, *faults.ONCE]
SMALL = ["dk_tilskudspuljer", "ee_rtk", "fi_eura", "fi_haeavustuksia", "it_calabria", "pl_dane", "si_evropskasredstva"]
# Not in a quick run: what takes many seconds of waiting.
LONG = {"slow", "timeout", "http429-html", "http429-html:{}:1", "huge-page"}


def figures(quick: bool) -> Iterator[Figure]:
    """The matrix, the attacks, the canaries."""
    logging.disable(logging.CRITICAL)  # what the crawls of this process say; their reasons are what is looked at
    yield from of_the_matrix(quick)
    yield from attacks.figures(quick)
    yield from canaries.figures(quick)


def sample(day: date) -> tuple[list[str], list[str]]:
    """Three of the sources that are quickly read, and four faults, of a day."""
    rng = random.Random(day.toordinal())
    names = [source for source in SMALL if source in faults.ALL]
    return rng.sample(names, 3), rng.sample([fault for fault in FAULTS if fault not in LONG], 4)


def of_the_matrix(quick: bool) -> Iterator[Figure]:
    """Per fault: how many sources failed with a reason, how many survived, and what is wrong."""
    yield from cells(*(sample(date.today()) if quick else (faults.ALL, FAULTS)))  # noqa: DTZ011 another sample every day of this machine


def cells(sources: Sequence[str], tried: Sequence[str]) -> Iterator[Figure]:
    """A part of the matrix."""
    with tempfile.TemporaryDirectory() as folder, simulating(Path(folder) / "log.txt", faults.NOVEMBER) as simulator:
        results: dict[str, list[faults.Result]] = {}
        for result in faults.matrix(simulator, Path(folder), sources, tried):
            results.setdefault(result.fault, []).append(result)
            if len(results[result.fault]) == len(sources):
                yield _figure(result.fault, results[result.fault])
        asked = [entry["host"] for entry in simulator.get("log") if entry["private_host"]]
        yield Figure("requests to private addresses during all of this", str(len(asked)), not asked)


def _figure(fault: str, results: list[faults.Result]) -> Figure:
    failed = sum(not result.outcome.good for result in results)
    wrong = [f"{result.source}: {', '.join(result.wrong)}" for result in results if result.wrong]
    must = fault in faults.FAILS
    if unlike := [result.source for result in results if result.outcome.good and must]:
        survived = f"survived by {', '.join(unlike)}" + (" (their lists are one page)" if fault == "half-run" else "")
    else:
        survived = f"survived by {len(results) - failed}"
    said = f"{failed} failed, said why and kept what they had; {survived}; slowest {max(result.seconds for result in results):.0f} s"
    holds = not wrong and (not must or fault == "half-run" or not unlike)
    return Figure(f"fault {fault} on {len(results)} sources", "; ".join([said, *wrong]), holds)


if __name__ == "__main__":
    for figure in cells(sys.argv[2:] or faults.ALL, sys.argv[1].split(",")):
        print(figure.row(), flush=True)
