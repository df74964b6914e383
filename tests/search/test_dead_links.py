"""Dead links as the checks find them, day by day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from search import dead_links
from search.store import Store
from tests.search.test_changes import NOVEMBER

SHOWN = {"https://a.example/": ["s:1"], "https://b.example/": ["s:1", "t:2"], "https://c.example/": ["t:2"]}


@pytest.fixture
def connection(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'funding.db'}")
    with store.engine.connect() as opened:
        yield opened
    store.close()


def test_what_is_gone_stays_until_it_is_there_again_or_no_longer_shown(connection):
    dead_links.note(connection, dict.fromkeys(SHOWN, "HTTP 404"), [], SHOWN, NOVEMBER)
    later = NOVEMBER + timedelta(days=1)
    dead_links.note(connection, {"https://a.example/": "HTTP 410"}, ["https://b.example/"], SHOWN, later)
    one, other = dead_links.held(connection)
    assert (one.url, one.reason, one.since, one.checked) == ("https://a.example/", "HTTP 410", "2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z")
    assert (other.url, other.checked) == ("https://c.example/", "2026-11-21T23:00:00Z"), "not asked, or it could not be told"
    dead_links.note(connection, {}, [], {"https://a.example/": ["s:9"]}, later)
    assert [link.url for link in dead_links.held(connection)] == ["https://a.example/"]


def test_an_address_of_any_length_is_kept(connection):
    url = "https://a.example/" + "x" * 5000
    dead_links.note(connection, {url: "HTTP 404"}, [], {url: ["s:1", "t:2"]}, NOVEMBER)
    (link,) = dead_links.held(connection)
    assert (link.url, link.sources) == (url, {"s", "t"})
