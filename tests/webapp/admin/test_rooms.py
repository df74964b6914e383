"""What editors see and do in the rooms of sources and of what is published: one source drifts, is looked at, accepted, published."""

from __future__ import annotations

import pytest

from search import audit, crawls, dead_links
from search.locks import FOLDER, held, locked
from search.store import Store
from tests.conftest import wait
from tests.webapp import samples
from tests.webapp.admin.staff import KEPT, LOST, NAME, SOURCE, SPOILT, portal_and_store, send, text
from tests.webapp.conftest import checked

ROOM = f"/admin/sources/{SOURCE}"


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    with portal_and_store(tmp_path_factory.mktemp("scene")) as (portal, data):
        yield portal, data


@pytest.fixture(scope="module")
def portal(scene):
    return scene[0]


@pytest.fixture(scope="module")
def data(scene):
    return scene[1]


def told(store: Store) -> list[tuple]:
    return [(line.who, line.what, line.about, line.before, line.after, line.why) for line in audit.lines(store)]


def crawl_ends(data, store, crawled: int) -> crawls.Crawl:
    wait(lambda: len(crawls.of_source(store, SOURCE)) > crawled and not held(data / FOLDER / f"begun-crawl-{SOURCE}.lock"))
    return crawls.of_source(store, SOURCE)[0]


def test_the_overview_says_how_it_is(client):
    said = text(client, "/admin/")
    assert "generation-000001" in said
    assert f"{SOURCE} " in said
    assert "9 found" in said


def test_every_source_has_its_picture_in_words_too(client):
    soup = checked(client.get("/admin/sources/").get_data(as_text=True))
    (row,) = [row for row in soup.select("tbody tr") if SOURCE in row.th.get_text()]
    assert "fresh" in row.get_text()
    assert row.svg is not None
    pictures = [svg["aria-label"] for svg in row.select("svg[role=img]")]
    assert pictures == [f"Crawls of {SOURCE}: 22 Nov 2026: 9 found, 9 new, 0 changed, 0 gone"]
    assert "never" in next(row for row in soup.select("tbody tr") if "dk_tilskudspuljer" in row.th.get_text()).get_text()


def test_a_source_drifts_and_the_change_is_accepted(portal, client, data, store):
    assert "Accept the change?" not in text(client, ROOM)
    portal.drift()
    assert send(client, f"{ROOM}/crawl").headers["Location"] == ROOM
    failed = crawl_ends(data, store, 1)
    assert (failed.state, failed.differs) == ("failed", True)
    said = text(client, ROOM)
    assert "6 entries, 9 in the last good run: a shrink of more than 25% is refused" in said
    assert "FAILED" in said, "what the command printed"
    assert "Accept the change?" in said
    said = text(client, f"/admin/crawls/{failed.number}")
    assert "1 record in quarantine" in said
    assert f"{SPOILT}: the date 2207-02-26 cannot be true" in said
    assert "Digioskuste ümberõpe töötajatele" in said, "its payload"
    assert "Crawled (200) <GET https://www.rtk.ee/robots.txt>" in said, "its log"
    assert "Crawled (200)" in client.get(f"/admin/crawls/{failed.number}/log").get_data(as_text=True)
    assert "6 found" in text(client, "/admin/sources/") or "failed, 6 found" in client.get("/admin/sources/").get_data(as_text=True)

    assert send(client, f"{ROOM}/crawl", accept="1").status_code == 400, "not without a reason"
    send(client, f"{ROOM}/crawl", accept="1", why="the old rounds were archived")
    good = crawl_ends(data, store, 2)
    assert (good.state, good.counts["found"], good.counts["gone"], good.counts["closed"]) == ("good", 6, 1, 2)
    assert told(store)[0] == (NAME, "accepted a change", SOURCE, "9 entries", "6 entries", "the old rounds were archived")
    assert told(store)[1][1:3] == ("began a crawl", SOURCE)
    said = text(client, ROOM)
    assert "accepted by a maintainer: 6 entries" in said
    assert "Accept the change?" not in said

    said = text(client, "/admin/published/")
    assert send(client, "/admin/published/publish").status_code == 303
    wait(lambda: not held(data / FOLDER / "begun-publish.lock"))
    said = text(client, "/admin/published/")
    assert "Index and store hold the same records" in said
    assert "generation-000002" in said
    assert "No longer listed by the source" in client.get(f"/calls/{SOURCE}:{LOST}").get_data(as_text=True)

    kept = client.get("/admin/published/rollback/generation-000001")
    assert "Switch to generation-000001?" in kept.get_data(as_text=True)
    assert "generation-000002 22 Nov 2026, 00:00 9 in use" in text(client, "/admin/published/")
    send(client, "/admin/published/rollback", generation="generation-000001", why="too early")
    assert told(store)[0] == (NAME, "rolled back", "generation-000001", "generation-000002", "generation-000001", "too early")
    said = text(client, "/admin/published/")
    assert "generation-000001 22 Nov 2026, 00:00 9 in use" in said
    assert "taken back" in said
    assert "No longer listed by the source" not in client.get(f"/calls/{SOURCE}:{LOST}").get_data(as_text=True)
    assert client.get(f"/calls/{SOURCE}:{KEPT}").status_code == 200


def test_a_crawl_runs_once_at_a_time(client, data):
    with locked(data / FOLDER, f"begun-crawl-{SOURCE}"):
        assert send(client, f"{ROOM}/crawl").status_code == 409
        assert "A crawl is running" in text(client, ROOM)
    with locked(data / FOLDER, "begun-publish"):
        assert send(client, "/admin/published/publish").status_code == 409
        assert send(client, "/admin/published/rollback", generation="generation-000001").status_code == 409
        assert "Publishing is under way" in text(client, "/admin/published/")


def test_why_a_crawl_could_not_begin_is_shown(client, data, store, monkeypatch):
    monkeypatch.delenv("FUNDING_REPLAY")
    before = len(crawls.of_source(store, SOURCE))
    assert "FUNDING_CONTACT is not set: a crawl of a live portal will refuse to start" in text(client, ROOM)
    send(client, f"{ROOM}/crawl")
    wait(lambda: not held(data / FOLDER / f"begun-crawl-{SOURCE}.lock"))
    assert "funding: FUNDING_CONTACT is not set" in text(client, ROOM)
    assert len(crawls.of_source(store, SOURCE)) == before


def test_a_crawl_of_the_schedule_is_seen_too_and_a_dead_one_is_none(client, data, store):
    number = store.start_run(SOURCE, samples.NOW)
    assert "A crawl is running" not in text(client, ROOM)
    with locked(data / FOLDER, SOURCE):
        assert "A crawl is running" in text(client, ROOM)
    store.fail_run(number, "a test", samples.NOW, {})


def test_a_source_is_paused_with_a_reason_that_visitors_see(client, store):
    assert send(client, f"{ROOM}/pause").status_code == 400
    send(client, f"{ROOM}/pause", why="the portal moves")
    send(client, f"{ROOM}/pause", why="twice")
    assert told(store)[0] == (NAME, "paused", SOURCE, "crawled", "paused", "the portal moves")
    assert "Paused since 22 Nov 2026, 00:00: the portal moves" in text(client, ROOM)
    assert "Paused since 22 Nov 2026: the portal moves" in client.get("/sources").get_data(as_text=True)
    note = checked(client.get("/de/sources").get_data(as_text=True), "de").find(string=lambda words: words and "the portal moves" in words)
    assert note.find_parent(lang=True)["lang"] == "de", "what is translated is not said to be English"
    assert NAME not in client.get("/api/v1/sources").get_data(as_text=True)
    send(client, f"{ROOM}/resume")
    assert told(store)[0][1:5] == ("let go on", SOURCE, "paused", "crawled")
    assert "Paused" not in client.get("/sources").get_data(as_text=True)
    assert "the portal moves" in text(client, f"/admin/log?about={SOURCE}")


def test_links_that_lead_nowhere_stand_on_the_page_of_their_source(client, store):
    assert "None that the checks" in text(client, ROOM)
    url, entry = "https://www.rtk.ee/gone", f"{SOURCE}:{KEPT}"
    with store.engine.begin() as connection:
        dead_links.note(connection, {url: "HTTP 404"}, [], {url: [entry]}, samples.NOW)
    assert f"{url} HTTP 404 22 Nov 2026, 00:00 22 Nov 2026, 00:00 {entry}" in text(client, ROOM)
    assert "1 link leads nowhere" in text(client, "/admin/sources/")


@pytest.mark.parametrize(
    "address", ["/admin/sources/atlantis", "/admin/crawls/999", "/admin/crawls/999/log", "/admin/published/rollback/x", "/admin/nothing"]
)
def test_what_is_not_there_is_said(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/admin/sources/atlantis/crawl", "/admin/sources/x%2F..%2Fy/pause", "/admin/published/rollback"])
def test_nothing_is_begun_for_what_is_not_there(client, address, store):
    before = told(store)
    assert send(client, address, why="x", generation="generation-9").status_code == 404
    assert told(store) == before
