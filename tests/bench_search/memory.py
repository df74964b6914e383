"""What a worker of the server holds for itself: gunicorn as it is started, two workers, and every search as a page."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from tests.bench_search.asked import Search
from tests.search import corpus
from tests.serving import served

WORKERS = 2


def private(process: int | str = "self") -> float:
    """Megabytes that only this process holds: no page of a mapped file or of a parent that another process has too."""
    return _rolled_up(process, "Private_Dirty:", "Private_Clean:")


def anonymous(process: int | str = "self") -> float:
    """Megabytes of a process that belong to no file, those included that it took over from its parent."""
    return _rolled_up(process, "Anonymous:")


def _rolled_up(process: int | str, *kinds: str) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(kinds)) / 1024


class Peak:
    """While it is entered: the most megabytes that this process or one of those it starts holds, mapped files included; an upper bound, as
    they share pages. Of processes it starts the peak is asked ten times a second: what they take in their last tenth is missed."""

    def __enter__(self) -> Peak:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak of this process begins anew
        self.megabytes = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.megabytes = max(self.megabytes, _peak("self"))

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self.megabytes = max([self.megabytes, *map(_peak, children(os.getpid()))])


def _peak(process: int | str) -> float:
    """Megabytes that a process has held at most; 0 where it has ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
    return 0.0


def of_workers(folder: Path, searches: Sequence[Search]) -> list[float]:
    """Megabytes of each worker after all have answered the searches, on average each as many as there are."""
    with tempfile.TemporaryDirectory() as data, _served(folder, Path(data)) as (address, server):
        for _ in range(WORKERS):
            for search in searches:
                with urllib.request.urlopen(f"{address}/?{urlencode(search.params.pairs())}", timeout=30) as page:
                    page.read()
        return [private(worker) for worker in children(server)]


@contextmanager
def _served(folder: Path, data: Path) -> Iterator[tuple[str, int]]:
    """The server over a folder of the bench: its address and process."""
    (data / "index").symlink_to((folder / "ours").resolve())
    (data / "funding.db").symlink_to((folder / "funding.db").resolve())
    from tests.conftest import free_port  # here: it clears the settings of whoever reads this file (tests.bench_web)

    port = free_port()
    command = [sys.executable, "-m", "cli.main", "--data", str(data), "serve", "--port", str(port), "--workers", str(WORKERS)]
    with served(command, port, os.environ | {"FUNDING_NOW": corpus.NOW.isoformat()}) as server:
        yield f"http://127.0.0.1:{port}", server


def children(process: int) -> list[int]:
    """The processes that a process has started, such as the workers of a server."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()]
