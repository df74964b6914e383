"""funding links: what is gone is named; what forbids or fails is not taken for gone."""

from __future__ import annotations

import os
import signal
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from crawler import link_check
from search import dead_links, generations
from search.locks import locked
from search.store import Harvest, Store
from tests.conftest import Command
from tests.search.test_changes import OCTOBER, call
from tests.serving import running

ANSWERS = {"/there": 200, "/gone": 404, "/no-head": 200, "/broken": 403}
ENDED: list[int] = []  # a process that is told to end when it asks for its first address


@pytest.fixture
def portal(monkeypatch):
    """A portal under --replay: robots.txt forbids /private, /no-head answers only GET."""
    asked = []
    for path, status in ANSWERS.items():
        monkeypatch.setitem(ANSWERS, path, status)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.removeprefix("/https/example.org")
            asked.append(f"{self.command} {path}")
            if ENDED and path != "/robots.txt":
                os.kill(ENDED.pop(), signal.SIGTERM)
            body = b"User-agent: *\nDisallow: /private\n" if path == "/robots.txt" else b"x"
            status = 200 if path == "/robots.txt" else ANSWERS.get(path, 404)
            self.send_response(405 if path == "/no-head" and self.command == "HEAD" else status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 the name that the base calls

        def log_message(self, *_):
            pass

    with running(HTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield address, asked


def test_what_is_gone_is_named(portal, funding: Command):
    address, asked = portal
    store = Store(f"sqlite:///{funding.data}/funding.db")
    entries = [
        call(name, url=f"https://example.org/{name}", apply_url="https://example.org/gone") for name in ("there", "no-head", "private", "broken")
    ]
    store.finish_run(store.start_run("s", OCTOBER), Harvest(entries), OCTOBER, {}, {})
    generations.publish(store, funding.data / "index", OCTOBER)
    store.close()
    done = funding.run("links", "--replay", address)
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "HTTP 404: https://example.org/gone"
    assert set(lines[1].strip().split(", ")) == {"s:there", "s:no-head", "s:private", "s:broken"}
    assert lines[2] == "5 of 5 addresses asked: 1 lead nowhere"
    assert set(lines[3:]) == {"  1 x cannot be told: HTTP 403", "  1 x cannot be told: robots.txt forbids it"}
    assert asked[0] == "GET /robots.txt"
    assert not any("private" in line for line in asked)
    assert "GET /no-head" in asked
    assert "GET /there" not in asked, "its body is not asked for"

    store = Store(f"sqlite:///{funding.data}/funding.db")
    with store.engine.connect() as connection:
        (link,) = dead_links.held(connection)
    assert (link.url, link.reason, link.since) == ("https://example.org/gone", "HTTP 404", "2026-03-20T23:00:00Z")
    assert link.sources == {"s"}
    ANSWERS["/gone"], ANSWERS["/there"] = 200, 410
    assert funding.run("links", "--replay", address, FUNDING_TODAY="2026-03-22").returncode == 1
    with store.engine.connect() as connection:
        assert [link.url for link in dead_links.held(connection)] == ["https://example.org/there"], "what is back is taken out"
    store.close()


def test_what_was_not_asked_before_an_early_end_keeps_its_mark(portal, funding: Command, monkeypatch):
    address, asked = portal
    names = [f"n{number}" for number in range(12)]
    entries = [call(name, url=f"https://example.org/{name}") for name in names]
    store = Store(f"sqlite:///{funding.data}/funding.db")
    store.finish_run(store.start_run("s", OCTOBER), Harvest(entries), OCTOBER, {}, {})
    generations.publish(store, funding.data / "index", OCTOBER)
    shown = {f"https://example.org/{name}": [f"s:{name}"] for name in names}
    with store.engine.begin() as connection:
        dead_links.note(connection, dict.fromkeys(shown, "HTTP 404"), [], shown, OCTOBER)
    for name in names:
        monkeypatch.setitem(ANSWERS, f"/{name}", 200)
    process = funding.start("links", "--replay", address)
    ENDED.append(process.pid)
    out, err = process.communicate(timeout=120)
    with store.engine.connect() as connection:
        marked = {link.url.removeprefix("https://example.org") for link in dead_links.held(connection)}
    store.close()
    there = {line.split()[1] for line in asked} - {"/robots.txt"}
    assert 0 < len(there) < len(names), err
    assert marked >= {f"/{name}" for name in names} - there
    assert "the check of links ended early (shutdown)" in err
    assert f"{len(marked)} x cannot be told: {link_check.NEVER_ASKED}" in out


def test_few_of_a_host_and_others_each_day():
    known = [f"https://{host}.example/{n}" for host in "ab" for n in range(100)]
    days = [set(link_check.chosen(known, 10, date(2026, 11, day))) for day in (1, 2)]
    assert all(len([a for a in day if a.startswith(f"https://{host}.")]) == 10 for day in days for host in "ab")
    assert days[0] != days[1]


@pytest.mark.parametrize("host", ["www.rvo.nl", "english.rvo.nl"])
def test_a_host_that_is_crawled_is_left_alone_and_so_is_one_it_may_lead_to(portal, funding: Command, host):
    address, asked = portal
    store = Store(f"sqlite:///{funding.data}/funding.db")
    store.finish_run(store.start_run("s", OCTOBER), Harvest([call("there", url=f"https://{host}/there")]), OCTOBER, {}, {})
    generations.publish(store, funding.data / "index", OCTOBER)
    store.close()
    with locked(funding.data / "locks", "nl_rvo"):
        done = funding.run("links", "--replay", address)
    assert done.returncode == 0, done.stderr
    assert "1 x cannot be told: its host is being crawled" in done.stdout
    assert not any("rvo.nl" in line for line in asked)


def test_without_a_network_nothing_is_gone():
    unresolved = {"https://a.example/": link_check.UNRESOLVED, "https://b.example/": link_check.UNRESOLVED}
    assert link_check.judged(unresolved, answered=2) == ({}, {link_check.UNRESOLVED: 2})
    assert link_check.judged(unresolved, answered=3) == (unresolved, {})
