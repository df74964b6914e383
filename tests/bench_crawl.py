"""The sources whose months the simulator knows, without pauses, printed, never tested: `python -m tests.bench_crawl` (make bench-crawl).

One crawl into an empty store and a second one a day later, publishing included, held to one processor; the simulator runs beside it.
Needs the shared material beside the project.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.conftest import Simulator, simulating
from tests.crawler.portals import NATIONAL, settings

DAY, NEXT_DAY = "2026-11-22", "2026-11-23"
SOURCES = ["eu_ftp", "ec_authorities", "ted", *NATIONAL]


def crawl(portals: Simulator, data: Path, day: str) -> tuple[list[dict[str, Any]], float, Any]:
    """Each source: their outcomes, seconds, and what the processes used."""
    command = [sys.executable, "-m", "cli.main", "--data", str(data), "crawl", *SOURCES, "--replay", portals.url, "--json"]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, env=settings(day), preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"a source failed: {said.decode()}")
    return json.loads(said)["sources"], time.perf_counter() - began, used


def not_modified(log: list[dict[str, Any]]) -> str:
    """The share of conditional requests, and of answers 304."""
    pages = [entry for entry in log if not entry["robots"]]
    conditional = sum(bool(entry["if_modified_since"] or entry["if_none_match"]) for entry in pages)
    unchanged = sum(entry["status"] == 304 for entry in pages)
    return f"{len(pages)} pages asked, {conditional} conditionally, {unchanged} not modified ({unchanged / len(pages):.0%})"


def main() -> None:
    """Crawl twice and print."""
    with tempfile.TemporaryDirectory() as folder, simulating(Path(folder) / "log.txt", DAY) as portals:
        for name, day in (("first crawl", DAY), ("second crawl", NEXT_DAY)):
            last = max((entry["seq"] for entry in portals.get("log")), default=0)
            outcomes, seconds, used = crawl(portals, Path(folder) / "data", day)
            found = sum(outcome["counts"]["found"] for outcome in outcomes)
            busy = used.ru_utime + used.ru_stime
            print(f"{name}: {len(outcomes)} sources, {found} entries in {seconds:.0f} s ({found / seconds:.0f} a second), {busy:.0f} s of one core "
                  f"({found / busy:.0f} a second), at most {used.ru_maxrss / 1024:.0f} MB")  # fmt: skip
            print("  " + not_modified([entry for entry in portals.get("log") if entry["seq"] > last]))
        print(f"{'source':22} entries requests seconds (second crawl)")
        for outcome in outcomes:
            counts = outcome["counts"]
            print(f"{outcome['source']:22} {counts['found']:7} {counts['requests']:8} {counts['seconds']:7}")


if __name__ == "__main__":
    main()
