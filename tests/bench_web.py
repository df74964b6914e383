"""The search page under load, printed, never tested: `python -m tests.bench_web SIZE` (make bench-web).

One gunicorn worker serves the corpus of tests/bench_search on loopback; this process asks it mixed searches over kept-alive
connections, as browsers do (gzip). Beside it, in the same run, the same pages from the same template without any search: what
they show was made before. Figures: milliseconds a page with one visitor, pages a second with several.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request

from search import generations
from tests.bench_search import asked, memory
from tests.bench_search.__main__ import percentile, published
from tests.search import corpus
from tests.serving import served

ALONE = "/without-search"
ROUNDS, VISITORS = 3, 4
FURTHER = ("", "page=2", "sort=newest", "where=Lombardia", "country=IT&area=upskilling", "status=", "level=regional&country=FR&country=ES",
           "ecosystem=digital&beneficiary=sme&include_silent=1", "budget_min=100000&budget_max=2000000",
           "deadline_to=2027-03-31&dated=1")  # fmt: skip


def application() -> Flask:
    """The application with one more address: the page of a search from what it showed the first time it was asked for."""
    from webapp import create_app, views

    app, made = create_app(), dict[str, dict[str, Any]]()
    fill = views.render_template

    def noting(template: str, **shown: Any) -> str:
        made[request.query_string.decode()] = shown
        return fill(template, **shown)

    @app.get(ALONE)
    def without_search() -> str:
        question = request.query_string.decode()
        if question not in made:
            views.render_template = noting  # type: ignore[attr-defined]
            views.search()
            views.render_template = fill  # type: ignore[attr-defined]
        return fill("search.html", **made[question])

    return app


def questions(folder: Path, count: int) -> list[str]:
    """`count` searches as the part of an address after the question mark: words, filters, places, orders, pages; none twice."""
    generation = generations.open_current(folder / "ours")
    found = [urlencode(search.params.pairs()) for search in asked.searches(generation, count)]
    generation.close()
    mixed = list(dict.fromkeys([*FURTHER, *found]))[:count]
    random.Random(1).shuffle(mixed)
    return mixed


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, int]]:
    """One worker over the bench's folder; the port, and the process that started the worker."""
    from tests.conftest import environment, free_port  # here: it clears the settings, and the worker that reads this file has some

    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        Path(data, "index").symlink_to((folder / "ours").resolve())
        own = environment(FUNDING_DATA=data, DATABASE_URL=f"sqlite:///{(folder / 'funding.db').resolve()}", FUNDING_NOW=corpus.NOW.isoformat())
        command = [sys.executable, "-m", "gunicorn", "--config", "python:webapp.server", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
        with served([*command, "tests.bench_web:application()"], port, own) as server:
            yield port, server


class Visitor:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> Visitor:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def get(self, path: str) -> tuple[float, int]:
        """Milliseconds to the last byte, and the bytes of the body as sent. Raises OSError for any status but 200."""
        started = time.perf_counter()
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        if " 200 " not in head[0]:
            raise OSError(f"{path}: {head[0]}")
        fields = {name.casefold(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
        body = await self.reader.readexactly(int(fields["content-length"]))
        return (time.perf_counter() - started) * 1000, len(body)


async def one_by_one(port: int, paths: list[str]) -> tuple[list[float], list[int]]:
    """Milliseconds and bytes of each page, one visitor after the other."""
    async with Visitor(port) as visitor:
        answers = [await visitor.get(path) for path in paths]
    times, sizes = zip(*answers, strict=True)
    return list(times), list(sizes)


async def together(port: int, paths: list[str]) -> float:
    """Pages a second when VISITORS ask at the same time."""

    async def some(number: int) -> None:
        async with Visitor(port) as visitor:
            for path in paths[number::VISITORS]:
                await visitor.get(path)

    started = time.perf_counter()
    await asyncio.gather(*map(some, range(VISITORS)))
    return len(paths) / (time.perf_counter() - started)


def processor(server: int) -> float:
    """Seconds of processor time that the worker of a server has used."""
    (worker,) = memory.children(server)
    fields = Path(f"/proc/{worker}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def told(name: str, server: int, port: int, paths: list[str]) -> float:
    """Ask one by one and print what it took; the processor's milliseconds a page."""
    before = processor(server)
    times, sizes = asyncio.run(one_by_one(port, paths))
    worked = (processor(server) - before) * 1000 / len(paths)
    slow = f"p95 {percentile(times, 0.95):.1f}, p99 {percentile(times, 0.99):.1f}, slowest {max(times):.1f} ms"
    print(
        f"{name}: median {statistics.median(times):.1f}, {slow}; {worked:.1f} ms of processor and {statistics.mean(sizes) / 1000:.1f} kB a page",
        flush=True,
    )
    return worked


def main() -> None:
    """Read the arguments and run."""
    reader = argparse.ArgumentParser(prog="tests.bench_web", description=__doc__)
    reader.add_argument("size", type=int, help="entries of the corpus, e.g. 10000 or 100000")
    reader.add_argument("--folder", type=Path, default=Path("var/bench"), help="where corpus and index of `make bench-search` are, or are made")
    reader.add_argument("--searches", type=int, default=400)
    given = reader.parse_args()
    folder = given.folder / str(given.size)
    folder.mkdir(parents=True, exist_ok=True)
    published(folder, given.size)
    asked_for = questions(folder, given.searches)
    pages, alone = ([f"{path}?{question}" for question in asked_for] for path in ("/", ALONE))
    with serving(folder) as (port, server):
        asyncio.run(one_by_one(port, pages[:1]))  # the first search of a worker opens the index
        print(f"{given.size} entries, {len(pages)} different searches, one worker, pages of 20 results, gzip")
        told("each asked for the first time", server, port, pages)
        work = told("again", server, port, pages)
        asyncio.run(one_by_one(port, alone))  # has what they show made
        alone_work = told("same template and size without search", server, port, alone)
        rates = [(asyncio.run(together(port, pages)), asyncio.run(together(port, alone))) for _ in range(ROUNDS)]
    search, template = (statistics.median(column) for column in zip(*rates, strict=True))
    print(f"{VISITORS} visitors at once: {search:.1f} pages a second, {template:.1f} without search: {search / template:.0%} of it")
    print(f"by the processor's time: {alone_work / work:.0%}")


if __name__ == "__main__":
    main()
