"""Timings, printed, never tested: `python -m tests.bench` (make bench).

On the sample records: from an empty data folder to the first answered page, and the search page served by gunicorn on
loopback, median and worst of 200 requests after 20 to warm up.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.conftest import free_port

PAGES = ("/", "/?q=vocational+training", "/?q=skills&country=IT&ecosystem=digital", "/?where=Lombardia", "/api/v1/calls?q=skills", "/sources")
ROUNDS, WARM_UP = 200, 20


def answer(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as page:
        content: bytes = page.read()
        return content


def main() -> None:
    """Start the demo on a free port, time it, stop it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        started = time.perf_counter()
        command = [sys.executable, "-m", "cli.main", "--data", data, "demo", "--port", str(port)]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True, cwd=Path(__file__).parents[1])
        try:
            while True:
                try:
                    answer(f"http://127.0.0.1:{port}/")
                    break
                except OSError:
                    time.sleep(0.05)
            print(f"crawl, publish and first page: {time.perf_counter() - started:.1f} s")
            for page in PAGES:
                times = []
                for number in range(WARM_UP + ROUNDS):
                    begun = time.perf_counter()
                    answer(f"http://127.0.0.1:{port}{page}")
                    if number >= WARM_UP:
                        times.append((time.perf_counter() - begun) * 1000)
                print(f"{page}: median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms")
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(10)


if __name__ == "__main__":
    main()
