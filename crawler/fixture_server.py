"""Serves a fixture folder as the portals it was recorded from: `--replay` speaks to it, spiders never know.

`https://HOST/PATH?QUERY` is asked as `/https/HOST/PATH?QUERY`. `fixture.json` lists method, address, file, status, type
and headers of every page, address prefixes that are answered 404, and variables for the environment; anything else is 404
too and noted in `missed`.
"""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from crawler.run import PROCESSES
from search.processes import end_with_parent

FIXTURES = Path(__file__).parent.parent / "fixtures"


def environment(fixture_folders: list[Path]) -> dict[str, str]:
    """Variables that the folders' sources need: made-up keys, which nothing here checks."""
    recorded = [json.loads((folder / "fixture.json").read_text(encoding="utf-8")) for folder in fixture_folders]
    return {name: value for one in recorded for name, value in one.get("environment", {}).items()}


def folders() -> list[Path]:
    """Every fixture folder, by name."""
    return sorted(path.parent for path in FIXTURES.glob("*/fixture.json"))


class FixtureServer(ThreadingHTTPServer):
    """All pages of the folders, by (method, address). missed: what was asked and is not recorded; asked: the keys of what is."""

    daemon_threads = True

    def __init__(self, fixture_folders: list[Path]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[tuple[str, str], tuple[Path, dict[str, Any]]] = {}
        self.not_found: list[str] = []
        self.missed: list[str] = []
        self.asked: set[tuple[str, str]] = set()
        for folder in fixture_folders:
            recorded = json.loads((folder / "fixture.json").read_text(encoding="utf-8"))
            self.not_found += recorded.get("not_found", [])
            for page in recorded["pages"]:
                self.pages[page["method"], unquote(page["url"])] = (folder / page["file"], page)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Answers with what was recorded."""

    server: FixtureServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body go in two writes; waiting for an answer to the first costs 40 ms a page

    def log_message(self, *args: Any) -> None:
        """Nothing: the crawl tells what happened."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer("POST")

    def _answer(self, method: str) -> None:
        scheme, _, rest = self.path.lstrip("/").partition("/")
        address = unquote(f"{scheme}://{rest}")
        found = self.server.pages.get((method, address))
        if found is None:
            if not address.startswith(tuple(self.server.not_found)):
                self.server.missed.append(f"{method} {address}")
            self._send(404, "text/html; charset=utf-8", b"<html><title>Not found</title></html>", {})
            return
        self.server.asked.add((method, address))
        path, page = found
        self._send(page.get("status", 200), page.get("content_type", "text/html"), path.read_bytes(), page.get("headers", {}))

    def _send(self, status: int, content_type: str, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(fixture_folders: list[Path]) -> Iterator[FixtureServer]:
    """The server of these folders, in a thread, as long as the block runs."""
    server = FixtureServer(fixture_folders)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def serving_apart(fixture_folders: list[Path]) -> Iterator[str]:
    """The address of a server of these folders in a process of its own: crawls are copies of this process, which must have one thread."""
    told, tell = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_serve, args=(fixture_folders, tell), daemon=True)
    process.start()
    try:
        yield told.recv()
    finally:
        process.terminate()
        process.join()


def _serve(fixture_folders: list[Path], tell: Connection) -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us, who ends us
    server = FixtureServer(fixture_folders)
    tell.send(server.url)
    server.serve_forever()
