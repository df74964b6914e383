"""Calls that two portals list: published once, looked at side by side, kept apart or joined by an editor."""

from __future__ import annotations

import pytest

from search import audit, generations, once, pairs
from tests.webapp import samples
from tests.webapp.admin.staff import NAME, crawled, own_copy, send, text
from tests.webapp.conftest import checked

LINK = "https://both.example.org/call/1"
ONE, OTHER = "eu_sample:TWIN", "it_sample:gemello"  # joined by their address
FAR = "it_sample:lontano"  # nothing joins it with ONE


@pytest.fixture(scope="module")
def data(folder, tmp_path_factory):
    twin = {"deadlines": [{"date": "2026-12-24", "kind": "fixed"}], "countries": ["IT"]}
    return crawled(
        own_copy(folder, tmp_path_factory.mktemp("duplicates") / "data"),
        samples.call("eu_sample", "TWIN", "Training for shipyards", **twin, url=LINK),
        samples.call("it_sample", "gemello", "Formazione per i cantieri", **twin, url=LINK, lang="it"),
        samples.call("it_sample", "lontano", "Cantieri, formazione", lang="it", deadlines=[{"date": "2027-01-31", "kind": "fixed"}]),
    )


def together(store) -> list[set[str]]:
    """The groups of ids that a publishing makes one of."""
    return [{item.entry.id, *(copy.id for copy in item.copies)} for item in pairs.merge(store, list(store.all_entries())) if item.copies]


def test_what_was_joined_is_seen_side_by_side(client):
    said = text(client, "/admin/duplicates/")
    assert ONE in said
    assert OTHER in said
    assert "the same address" in said
    said = text(client, f"/admin/pair?one={ONE}&other={OTHER}")
    assert "They are published as one call" in said
    assert "url the same" in said
    assert "Training for shipyards Formazione per i cantieri" in said


def test_an_editor_keeps_two_apart(client, store, data):
    assert {ONE, OTHER} in together(store)
    refused = send(client, "/admin/pair/decide", one=ONE, other=OTHER, decision="apart")
    assert refused.status_code == 400, "not without a reason"
    page = checked(refused.get_data(as_text=True))
    assert page.h1.get_text() == "That was not done"
    assert not page.select("form[role=search]")
    assert send(client, "/admin/pair/decide", one=ONE, other=OTHER, decision="maybe", why="x").status_code == 400
    send(client, "/admin/pair/decide", one=OTHER, other=ONE, decision="apart", why="two lots of one programme")
    assert {ONE, OTHER} not in together(store)
    line = audit.lines(store)[0]
    assert (line.who, line.about, line.before, line.after, line.why) == (
        *(NAME, f"{ONE} and {OTHER}", "as the rules say"),
        *("two calls", "two lots of one programme"),
    )
    generations.publish(store, data / "index", samples.NOW)
    assert client.get(f"/calls/{OTHER}").status_code == 200
    assert "They are published as two calls. editor decided" in text(client, f"/admin/pair?one={ONE}&other={OTHER}")
    send(client, "/admin/pair/forget", one=ONE, other=OTHER)
    assert {ONE, OTHER} in together(store)
    assert send(client, "/admin/pair/forget", one=ONE, other=OTHER).status_code == 404


def test_an_editor_joins_two_that_no_rule_does(client, store, data):
    send(client, "/admin/pair/decide", one=FAR, other="eu_sample:FUTURE", decision="same", why="the same money, said twice")
    assert {FAR, "eu_sample:FUTURE"} in together(store)
    generations.publish(store, data / "index", samples.NOW)
    shown, hidden = (client.get(f"/calls/{entry_id}") for entry_id in ("eu_sample:FUTURE", FAR))
    assert sorted(answer.status_code for answer in (shown, hidden)) == [200, 302]
    assert once.DECIDED in text(client, "/admin/duplicates/")
    assert "the same money, said twice" in text(client, "/admin/duplicates/")


def test_keeping_apart_wins_over_joining(store):
    held = list(store.all_entries())
    both = frozenset({frozenset({ONE, FAR})})
    assert not any({ONE, FAR} <= {i.entry.id, *(c.id for c in i.copies)} for i in once.merge(held, both, both))


@pytest.mark.parametrize(("one", "other", "status"), [(ONE, ONE, 400), (ONE, "x", 404), (ONE, "fund_list:pl-jtf", 400)])
def test_only_two_calls_are_compared(client, one, other, status):
    assert client.get("/admin/pair", query_string={"one": one, "other": other}).status_code == status
    assert send(client, "/admin/pair/decide", one=one, other=other, decision="same", why="x").status_code == status
