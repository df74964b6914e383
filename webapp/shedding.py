"""Overload: a request that would wait too long is told so at once, with 503 and Retry-After, instead of making all the others wait.

Requests go through two lanes, so that long files never stand in the way of pages. In each lane a few are worked on at the same
time, a few wait their turn, and whoever comes then is sent away. Whether the site is alive is answered always.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("funding.web")
PAGES = (2, 12, 4.0)  # in one worker: at the same time, waiting, for at most so many seconds
FILES = (3, 3, 10.0)
PLACES = PAGES[0] + PAGES[1] + FILES[0] + FILES[1]
AGAIN = 5  # seconds after which to ask again
ALWAYS = re.compile("/(healthz|static/)")
FILE = re.compile("(/[a-z]{2})?/search[.]")  # behind the language, where the address has one
API = re.compile("(/[a-z]{2})?/(api/|search[.])")
BODY = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Too many at once</title>'
    f"<h1>Too many visitors at once</h1><p>Nothing is broken, and your search is in the address: try it again in {AGAIN} seconds.</p></html>"
).encode()
JSON = b'{"error":{"status":503,"message":"too many requests at once; ask again after the time in Retry-After"}}\n'


class Lane:
    """So many at the same time, so many waiting, and for how many seconds at most."""

    def __init__(self, at_once: int, waiting: int, patience: float) -> None:
        self.at_once, self.waiting, self.patience = at_once, waiting, patience
        self._busy = self._queued = 0
        self._free = threading.Condition()

    def enter(self) -> bool:
        """Take a place, after waiting for it where that is worth it; False when there is none."""
        until = time.monotonic() + self.patience
        with self._free:
            if self._busy < self.at_once:
                self._busy += 1
                return True
            if self._queued >= self.waiting:
                return False
            self._queued += 1
            try:
                while self._busy >= self.at_once:
                    if not self._free.wait(until - time.monotonic()) and time.monotonic() >= until:
                        return False
                self._busy += 1
                return True
            finally:
                self._queued -= 1

    def leave(self) -> None:
        """Give the place back."""
        with self._free:
            self._busy -= 1
            self._free.notify()


class _Answer:
    """An answer that gives its lane's place back, once, when it is closed: when it is through, or given up."""

    def __init__(self, parts: Iterable[bytes], leave: Callable[[], None] = lambda: None) -> None:
        self.parts, self._leave = parts, leave

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)

    def close(self) -> None:
        try:
            getattr(self.parts, "close", lambda: None)()
        finally:
            leave, self._leave = self._leave, lambda: None
            leave()


class Shedding:
    """A WSGI application with bounded lanes in front of it. The server's threads must be more than all lanes hold."""

    def __init__(self, inner: WSGIApplication, pages: Lane | None = None, files: Lane | None = None) -> None:
        self.inner, self.pages, self.files = inner, pages or Lane(*PAGES), files or Lane(*FILES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if ALWAYS.match(path):
            return self.inner(environ, start_response)
        if FILE.match(path):
            return self._file(path, environ, start_response)
        if not self.pages.enter():
            return _shed("pages", path, start_response)
        try:
            with closing(_Answer(self.inner(environ, start_response))) as answer:
                return [b"".join(answer)]  # whoever reads slowly keeps no place
        finally:
            self.pages.leave()

    def _file(self, path: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self.files.enter():
            return _shed("files", path, start_response)
        try:
            return _Answer(self.inner(environ, start_response), self.files.leave)
        except BaseException:
            self.files.leave()
            raise


def _shed(lane: str, path: str, start_response: StartResponse) -> list[bytes]:
    log.warning("too many at once: no place for %r among the %s", path, lane, extra={"data": {"lane": lane, "path": path, "status": 503}})
    kind, body = ("application/json", JSON) if API.match(path) else ("text/html; charset=utf-8", BODY)
    heads = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Retry-After", str(AGAIN)), ("Cache-Control", "no-store"),
             ("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "default-src 'none'")]  # fmt: skip
    start_response("503 Service Unavailable", heads)
    return [body]
