"""funding report: printed, as JSON, and sent where the settings say."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from search.store import Store
from tests.conftest import Command
from tests.search.test_report import at, facts
from tests.serving import running


@pytest.fixture
def failed(funding: Command):
    """A data folder whose only source was read in October and failed in November."""
    funding.data.mkdir()
    store = Store(f"sqlite:///{funding.data}/funding.db")
    store.register([facts("s")])
    from search.store import Harvest
    from tests.search.test_changes import call

    store.finish_run(store.start_run("s", at("2026-10-22T04:00:00+02:00")), Harvest([call("a")]), at("2026-10-22T04:01:00+02:00"), {}, {})
    store.fail_run(store.start_run("s", at("2026-11-22T04:00:00+01:00")), "the list answered 503", at("2026-11-22T04:01:00+01:00"), {})
    store.close()
    return funding


@pytest.fixture
def receiver():
    """A server that keeps what is posted to it."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with running(HTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield f"{address.replace('http', 'json')}/", received


def test_report_is_printed_and_sent(failed, receiver):
    address, received = receiver
    done = failed.run("report", "--month", "2026-11", "--send", FUNDING_NOTIFY=address)
    assert done.returncode == 0, done.stderr
    assert "- s: failed after 1 attempts: the list answered 503" in done.stdout
    assert [note["title"] for note in received] == ["Skills Funding Finder, 2026-11: 1 sources need a look"]
    assert received[0]["message"].splitlines() == done.stdout.strip().splitlines()
    assert received[0]["type"] == "warning"


def test_the_newest_month_with_a_good_crawl_is_the_default(failed):
    assert failed.json("report", "--json")["month"] == "2026-10"


def test_what_cannot_be_sent_is_said(failed):
    assert "FUNDING_NOTIFY is not set" in failed.run("report", "--send").stderr
    done = failed.run("report", "--send", FUNDING_NOTIFY="json://user:secret@127.0.0.1:9/")
    assert done.returncode == 1
    assert "could not be sent" in done.stderr
    assert "secret" not in done.stdout + done.stderr
    assert failed.run("report", "--month", "2026-13").returncode == 2
