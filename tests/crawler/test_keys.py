"""A source that needs an account's key: left out without it, and its pass renewed once when it is refused."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cli.crawling import unreadable
from crawler import fixture_server, registry

SOURCE, VARIABLE, KEY = "fr_aides_territoires", "AIDES_TERRITOIRES_TOKEN", "a-key-of-an-account"
FOLDER = fixture_server.FIXTURES / SOURCE


def test_without_its_key_a_source_is_left_out_and_says_why(monkeypatch, funding):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert VARIABLE in unreadable()[SOURCE]
    row = next(row for row in funding.json("sources", "--json") if row["source"] == SOURCE)
    assert (row["crawlable"], row["health"]) == (False, "never")
    assert VARIABLE in row["why_not"]
    assert VARIABLE in row["reason"]
    asked = funding.run("crawl", SOURCE, "--replay", "http://127.0.0.1:1")
    assert asked.returncode == 3
    assert f"{SOURCE}: FAILED: it answers only with the key of an account" in asked.stderr


def test_with_its_key_a_source_is_crawled(monkeypatch):
    monkeypatch.setenv(VARIABLE, KEY)
    assert SOURCE not in unreadable()
    assert registry.spiders()[SOURCE].facts_here().crawlable


class Portal(ThreadingHTTPServer):
    """Gives a pass for the key, and refuses the passes numbered in `refused`. moved: it sends who asks for one to another host.

    given: how many passes it gave; asked: the paths that were asked for, with the key or without.
    """

    def __init__(self, refused: tuple[int, ...] = (), moved: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.refused, self.moved, self.given, self.asked = refused, moved, 0, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def answer(self, path: str, headers) -> tuple[int, bytes]:
        self.asked.append((path, headers["X-AUTH-TOKEN"] is not None))
        if path.endswith("/api/connexion/") and self.moved:
            return 307, b""
        if path.endswith("/api/connexion/"):
            if headers["X-AUTH-TOKEN"] != KEY:
                return 401, b'{"message": "User not found"}'
            self.given += 1
            return 200, json.dumps({"token": f"pass-{self.given}"}).encode()
        if headers["Authorization"] != f"Bearer pass-{self.given}" or self.given in self.refused:
            return 401, b'{"code": 401, "message": "Expired JWT Token"}'
        return 200, (FOLDER / "pages" / f"aids_{path[-1]}.json").read_bytes()


class Answers(BaseHTTPRequestHandler):
    server: Portal

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        status, body = (404, b"") if self.path.endswith("robots.txt") else self.server.answer(self.path, self.headers)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status == 307:
            self.send_header("Location", "https://elsewhere.example.org/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 the name the server looks for


@pytest.mark.parametrize(
    ("refused", "key", "good", "said"),
    [
        ((1,), KEY, True, "1 x the pass was refused: asked for another"),
        ((1, 2), KEY, False, "HTTP 401"),
        ((), "another-key", False, f"the key in {VARIABLE} is not accepted"),
    ],
)
def test_a_refused_pass_is_renewed_once_and_nothing_secret_is_kept(funding, refused, key, good, said):
    portal = Portal(refused)
    done = funding.run(
        "crawl", SOURCE, "--replay", f"http://127.0.0.1:{portal.server_address[1]}", FUNDING_TODAY="2026-11-20", AIDES_TERRITOIRES_TOKEN=key
    )
    portal.shutdown()
    portal.server_close()
    assert (done.returncode == 0) is good, done.stderr
    assert said in done.stderr
    kept = [path for path in funding.data.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if any(secret in path.read_bytes() for secret in (key.encode(), b"Bearer", b"pass-1"))]
    assert key not in done.stderr


def test_a_key_goes_to_no_other_host(funding):
    portal = Portal(moved=True)
    done = funding.run(
        "crawl", SOURCE, "--replay", f"http://127.0.0.1:{portal.server_address[1]}", FUNDING_TODAY="2026-11-20", AIDES_TERRITOIRES_TOKEN=KEY
    )
    portal.shutdown()
    portal.server_close()
    assert done.returncode == 3
    assert "HTTP 307" in done.stderr
    assert [path for path, _ in portal.asked if "elsewhere" in path] == []
