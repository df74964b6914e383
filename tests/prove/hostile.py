"""A recorded portal that means harm: its answers are changed on the way, and what arrives at the crawler is written down."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from crawler import fixture_server
from crawler.run import PROCESSES, Outcome, crawl, warm
from search import settings
from tests.serving import running


@dataclass(frozen=True)
class Answer:
    """What a portal answers."""

    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def but(self, **changes: Any) -> Answer:
        """The same with other parts."""
        return replace(self, **changes)


# (address, how often it was asked before, the recorded answer) -> the answer.
Harm = Callable[[str, int, Answer], Answer]


class HostileServer(fixture_server.FixtureServer):
    """Serves fixtures, and harm. asked_at: (seconds, address) of every request in their order."""

    def __init__(self, folders: list[Path], harm: Harm) -> None:
        super().__init__(folders)
        self.harm, self.times, self.asked_at = harm, Counter[str](), list[tuple[float, str]]()
        self.RequestHandlerClass = _Handler


class _Handler(fixture_server.Handler):
    server: HostileServer

    def _send(self, status: int, content_type: str, body: bytes, headers: dict[str, str]) -> None:
        scheme, _, rest = self.path.lstrip("/").partition("/")
        address = unquote(f"{scheme}://{rest}")
        self.server.asked_at.append((time.monotonic(), address))
        answer = self.server.harm(address, self.server.times[address], Answer(status, content_type, body, headers))
        self.server.times[address] += 1
        super()._send(answer.status, answer.content_type, answer.body, answer.headers)


@contextmanager
def _serving(folders: list[Path], harm: Harm) -> Iterator[HostileServer]:
    server = HostileServer(folders, harm)
    with running(server):
        yield server


@dataclass(frozen=True)
class Crawled:
    """How a crawl of a hostile portal went. asked: (seconds, address) of its requests; memory: the most it held, in megabytes."""

    outcome: Outcome
    asked: list[tuple[float, str]]
    seconds: float
    memory: float
    log: str


def crawled(source: str, harm: Harm, data: Path, day: str = "2026-11-20") -> Crawled:
    """Crawl a source's recorded portal under a harm, in a process of its own with the portal."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    warm()
    process = PROCESSES.Process(target=_crawl, args=(source, harm, data, day, theirs))
    process.start()
    theirs.close()
    try:
        found: Crawled = ours.recv()
    except EOFError:
        found = Crawled(Outcome(source, False, "the process ended early"), [], 0.0, 0.0, "")
    process.join()
    return replace(found, log=data.with_suffix(".log").read_text(encoding="utf-8", errors="replace"))


def _crawl(source: str, harm: Harm, data: Path, day: str, told: Connection) -> None:
    said = os.open(data.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    folder = fixture_server.FIXTURES / source
    os.environ |= {"FUNDING_DELAY": "0", "FUNDING_TODAY": day, **fixture_server.environment([folder])}
    with _serving([folder], harm) as server:
        started = time.monotonic()
        outcome = crawl(settings.load(data), source, server.url)
        seconds = time.monotonic() - started
        told.send(Crawled(outcome, server.asked_at, seconds, _most_memory(), ""))


def _most_memory() -> float:
    """The most memory this process held, in megabytes."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def recorded(source: str) -> list[dict[str, Any]]:
    """The pages of a source's fixture."""
    pages: list[dict[str, Any]] = json.loads((fixture_server.FIXTURES / source / "fixture.json").read_text(encoding="utf-8"))["pages"]
    return pages
