"""Entries behind the scenes: found, corrected and given back, with a crawl in between; versions side by side."""

from __future__ import annotations

import pytest

from search import audit, generations, records, single
from search.store import Harvest
from tests.webapp import samples
from tests.webapp.admin.staff import NAME, seen, send, text

ENTRY = "it_sample:moda"
ROOM = f"/admin/entry?id={ENTRY}"


def crawl_again(store, **changed) -> None:
    """The source is crawled once more, and says something else."""
    record = dict(single.find(store, ENTRY).record) | changed
    store.finish_run(store.start_run("it_sample", samples.NOW), Harvest([records.load(record)], complete=False), samples.NOW, {}, {})


@pytest.mark.parametrize("given", [ENTRY, f"https://example.org/calls/{ENTRY}", f"/it/calls/{ENTRY}", "/calls/it_sample%3Amoda"])
def test_an_entry_is_found_by_id_or_address(client, given):
    answer = client.get("/admin/entries/", query_string={"find": given})
    assert answer.headers["Location"] == "/admin/entry?id=it_sample:moda"


def test_what_is_not_there_is_said(client):
    assert "There is no entry “nothing” in the store" in text(client, "/admin/entries/?find=nothing")
    assert client.get("/admin/entry").status_code == 404
    assert client.get("/admin/entry?id=x").status_code == 404
    for address in ("/admin/corrections/add", "/admin/corrections/withdraw"):
        assert send(client, address, entry="x", facet="area", why="x").status_code == 404
    assert send(client, "/admin/corrections/withdraw", entry=ENTRY, facet="level").status_code == 404


def test_labels_stand_beside_the_words_behind_them(client, store):
    entry = single.find(store, ENTRY).entry
    said = text(client, ROOM)
    for quotes in entry.evidence.values():
        for quote in quotes:
            assert quote.rule in said
            assert (quote.quote or "") in said


def test_a_label_is_corrected_survives_a_crawl_and_is_given_back(client, store, data):
    before = single.find(store, ENTRY).entry.areas
    send(client, "/admin/corrections/add", entry=ENTRY, facet="area", values=["reskilling"], why="the text speaks of new trades")
    line = audit.lines(store)[0]
    assert (line.who, line.what, line.about, line.after, line.why) == (NAME, "corrected area", ENTRY, "reskilling", "the text speaks of new trades")
    assert line.before == (", ".join(before) or "not-stated")
    assert [o["value"] for o in seen(client, ROOM).select("#facet-area input[name=values][checked]")] == ["reskilling"]
    assert ENTRY in text(client, "/admin/entries/")
    assert f"{ENTRY}" in text(client, "/admin/published/"), "the store is ahead"

    crawl_again(store, summary="Another summary of the same call.")
    generations.publish(store, data / "index", samples.NOW)
    public = client.get(f"/calls/{ENTRY}").get_data(as_text=True)
    assert "Another summary" in public
    assert "the text speaks of new trades" in public

    send(client, "/admin/corrections/withdraw", entry=ENTRY, facet="area")
    assert single.find(store, ENTRY).shown.areas == before
    assert audit.lines(store)[0].what == "withdrew the correction of area"
    assert "the text speaks of new trades" not in text(client, "/admin/entries/")


@pytest.mark.parametrize(
    ("facet", "fields", "told"),
    [
        ("area", {"values": ["cooking"]}, "no value of area"),
        ("status", {"values": ["open"]}, "no facet that can be corrected"),
        ("type", {"values": ["grant", "loan"]}, "one value"),
        ("level", {}, "must have a value"),
        ("region", {"codes": "ITC4 XX99"}, "XX99"),
        ("area", {"values": ["reskilling"], "why": " "}, "why"),
    ],
)
def test_a_wrong_correction_is_refused_with_the_reason(client, store, facet, fields, told):
    answer = send(client, "/admin/corrections/add", **{"entry": ENTRY, "facet": facet, "why": "a test", **fields})
    assert (answer.status_code, told in answer.get_data(as_text=True)) == (400, True)
    assert not single.find(store, ENTRY).made


def test_regions_and_single_values_are_set_too(client, store):
    send(client, "/admin/corrections/add", entry=ENTRY, facet="region", codes="ITC4 ITH5", why="both are named")
    send(client, "/admin/corrections/add", entry=ENTRY, facet="type", values=["not-stated"], why="it does not say")
    shown = single.find(store, ENTRY).shown
    assert (shown.regions, shown.funding_type) == (["ITC4", "ITH5"], None)
    assert seen(client, ROOM).select_one("#codes-region")["value"] == "ITC4 ITH5"
    for facet in ("region", "type"):
        send(client, "/admin/corrections/withdraw", entry=ENTRY, facet=facet)


def test_versions_stand_side_by_side(client, store):
    first = single.find(store, ENTRY).record["title"]
    crawl_again(store, title="Un titolo nuovo")
    crawl_again(store, title="Un titolo ancora più nuovo", summary=None)
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in seen(client, ROOM).select("#versions tbody tr")]
    assert ["title", "Un titolo nuovo", "Un titolo ancora più nuovo"] in rows
    assert rows[0][2] == "not stated"
    count = len(seen(client, ROOM).select("#newer option"))
    rows = [
        [cell.get_text() for cell in row.find_all(["th", "td"])] for row in seen(client, f"{ROOM}&older={count - 1}").select("#versions tbody tr")
    ]
    assert ["title", first, "Un titolo ancora più nuovo"] in rows
    assert "These two versions say the same" in text(client, f"{ROOM}&older=0&newer=0")
    assert client.get(f"{ROOM}&older=-5&newer=999").status_code == 200
