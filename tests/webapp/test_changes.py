"""The page of the changes and the same for programs."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from search import generations, records
from search.changes import Event
from search.store import Harvest, Store
from tests.webapp import samples
from tests.webapp.conftest import Page, checked, settings
from tests.webapp.test_pictures import bars
from tests.webapp.test_search_page import form_pairs
from webapp import changes, create_app, state

MONTH = "since=2026-11-01&until=2026-11-30"


def rows(client, address=""):
    answer = client.get(f"/api/v1/changes?{MONTH}&{address}").get_json()
    assert answer["total"] >= len(answer["results"])
    return answer


def test_a_withdrawn_call_is_named_by_page_and_program(client, page):
    answer = rows(client, "event=gone&skills=")
    assert [(row["id"], row["event"]) for row in answer["results"]] == [("it_sample:ritirato", "gone")]
    soup = page(f"/changes?{MONTH}&event=gone&skills=")
    assert answer["results"][0]["title"] in soup.find(id="results").get_text()
    assert "No longer listed:" in soup.find(id="results").get_text()
    assert soup.find("a", href="/calls/it_sample:ritirato")
    assert answer["results"][0]["licence"]
    assert answer["note"]


def test_the_newest_month_is_shown_and_first_readings_are_one_line_each(page):
    soup = page("/changes")
    assert "1 Nov 2026 to 30 Nov 2026" in soup.h1.get_text()
    assert "read for the first time" in soup.get_text()
    assert soup.find("a", string="Changes")["aria-current"] == "page"


@pytest.mark.parametrize("address", ["country=IT", "country=DE", "q=formazione", "level=regional&country=IT", "ecosystem=textile"])
def test_filters_are_those_of_the_search(client, address):
    everything = {(row["id"], row["event"]) for row in rows(client, "skills=&per_page=200")["results"]}
    found = {(row["id"], row["event"]) for row in rows(client, f"skills=&per_page=200&{address}")["results"]}
    among = {row["id"] for row in client.get(f"/api/v1/calls?skills=&status=&per_page=200&{address}").get_json()["results"]}
    assert found == {(entry_id, event) for entry_id, event in everything if entry_id in among}


def test_counts_are_of_entries_that_changed(client, page):
    soup = page(f"/changes?{MONTH}&skills=")
    answer = rows(client, "skills=&per_page=200")
    ticks = {tick["value"]: int(tick.find_parent("label").find(class_="n").contents[0]) for tick in soup.find_all("input", attrs={"name": "event"})}
    assert ticks == answer["tally"] == {str(event): sum(row["event"] == event for row in answer["results"]) for event in Event}
    calls = next(tick for tick in soup.find_all("input", attrs={"name": "kind"}) if tick["value"] == "call")
    ids = {row["id"] for row in answer["results"]}
    assert int(calls.find_parent("label").find(class_="n").contents[0]) == len(ids)


def test_what_cannot_be_used_is_named(client, page):
    soup = page("/changes?since=yesterday&event=exploded&until=2020-01-01&colour=blue")
    text = soup.find(class_="note").get_text()
    assert all(name in text for name in ("yesterday", "exploded", "colour", "lies before since"))
    assert rows(client, "event=new&event=nothing")["warnings"][0]["parameter"] == "event"


def test_pages_part_the_list(client):
    whole = rows(client, "skills=&minor=1&per_page=200")["results"]
    assert whole
    parts = [rows(client, f"skills=&minor=1&per_page=1&page={n}")["results"] for n in range(1, len(whole) + 1)]
    assert [row for part in parts for row in part] == whole


def test_each_event_is_counted_whichever_are_chosen(client):
    year = "since=2026-01-01&skills="
    whole = client.get(f"/api/v1/changes?{year}").get_json()["tally"]
    assert sum(whole.values())
    assert all(client.get(f"/api/v1/changes?{year}&event={event}").get_json()["tally"] == whole for event in Event)


@pytest.mark.parametrize("size", [1, 20, 50])
def test_the_next_page_is_as_long_as_this_one(app, size):
    with app.test_request_context(f"/changes?{MONTH}&skills=&per_page={size}"):
        asked = changes.read(state.generation(), [])
        address = changes._address(asked, page=2)
    with app.test_request_context(address):
        again = changes.read(state.generation(), [])
    assert (again.params.per_page, again.params.page, again.params.values("status")) == (size, 2, ())


@pytest.mark.parametrize("days", ["since=0001-01-01", "until=9999-12-31", "since=0001-01-01&until=9999-12-31"])
def test_days_at_the_ends_of_time_are_answered(client, days):
    assert client.get(f"/changes?{days}").status_code == 200
    assert client.get(f"/api/v1/changes?{days}").get_json()["total"]


def test_another_time_that_cannot_be_answered_is_said(client):
    assert rows(client, "as_of=nonsense")["warnings"][0]["parameter"] == "as_of"


FILTERED = [
    f"{MONTH}&skills=&status=open&country=IT&eu_wide=0&ecosystem=textile&cross=0&event=gone&minor=1",
    f"{MONTH}&deadline_from=2026-12-01&deadline_to=2027-12-31&opening_from=2026-01-01&budget_min=1000&budget_max=5000000&dated=1",
    f"{MONTH}&q=formazione&where=Lombardia&region=PT16&changed_since=2026-11-01&include_silent=1",
    f"{MONTH}&source=it_sample&lang=it&expand=0&as_of=2026-11&per_page=5",
]


@pytest.mark.parametrize("query", FILTERED)
def test_the_form_sends_back_every_filter(app, page: Page, query):
    def read(address: str):
        with app.test_request_context(address):
            return changes.read(state.generation(), [])

    sent, asked = read("/changes?" + urlencode(form_pairs(page("/changes?" + query)))), read("/changes?" + query)
    assert sent.params.understood() == asked.params.understood()
    assert (sent.start, sent.until, sent.events, sent.minor) == (asked.start, asked.until, asked.events, asked.minor)


@pytest.mark.parametrize("query", FILTERED)
def test_a_chip_drops_its_own_filter_only(page: Page, query):
    soup = page("/changes?" + query)
    chips = soup.select(".chips a:not(.all)")
    assert len(chips) > 2
    before = {*parse_qsl(query, keep_blank_values=True)}
    for chip in chips:
        address = urlsplit(chip["href"])
        assert address.path == "/changes"
        assert {*parse_qsl(address.query, keep_blank_values=True)} < before | {("since", "2026-11-01")}, chip.get_text()
    assert not page(soup.select_one(".chips .all")["href"]).select(".chips")


def test_the_same_boxes_as_beside_the_search(page: Page):
    legends = [[legend.get_text() for legend in page(path).select("#filters .facet legend")] for path in ("/", "/changes")]
    assert legends[1] == ["What happened", *legends[0]]


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """A visitor of a collection read in April, June and November."""
    folder = tmp_path_factory.mktemp("year")
    store = Store(f"sqlite:///{folder / 'funding.db'}")
    store.register(samples.SOURCES)
    for days, left_out in ((220, {"FUTURE", "machines"}), (150, {"FUTURE"}), (2, {"machines", "ritirato"})):
        at = samples.NOW - timedelta(days=days)
        for source in ("eu_sample", "it_sample", "pt_facts"):
            own = [records.load(row) for row in samples.CALLS if row["source"] == source and row["native_id"] not in left_out]
            store.finish_run(store.start_run(source, at), Harvest(own), at, {}, {})
    generations.publish(store, folder / "index", samples.NOW)
    store.close()
    return create_app(settings(folder)).test_client()


@pytest.mark.parametrize("query", ["skills=", "", "country=MT&skills=", "q=training", "level=eu&event=gone&since=2026-11-22&until=2026-11-22"])
def test_a_pressed_month_lists_just_the_changes_it_counts(year, query):
    drawn = bars(checked(year.get(f"/changes?{query}").get_data(as_text=True)))
    assert drawn
    for name, (count, href) in drawn.items():
        assert checked(year.get(href).get_data(as_text=True)).select_one("#results h2").get_text().split()[0] == str(count), name


def test_the_months_tell_what_came_and_what_went(year):
    drawn = {name: count for name, (count, _) in bars(checked(year.get("/changes?skills=").get_data(as_text=True))).items()}
    assert drawn == {
        "May 2026, new or open now": 1,
        "Jun 2026, new or open now": 1,
        "Nov 2026, new or open now": 1,
        "Nov 2026, closed or no longer listed": 3,
    }


def test_a_new_month_moves_the_year_though_no_date_passes(year, monkeypatch):
    shown = []
    for now in ("2027-10-15T12:00:00+00:00", "2027-11-15T12:00:00+00:00"):
        monkeypatch.setenv("FUNDING_NOW", now)
        shown.append(bars(checked(year.get("/changes?skills=&since=2026-11-01&until=2026-11-30").get_data(as_text=True))))
    assert "Nov 2026, new or open now" in shown[0]
    assert "Nov 2026, new or open now" not in shown[1]


def test_the_filters_of_a_phone_can_be_reached(page: Page):
    soup = page("/changes?country=IT")
    assert soup.select_one(".bar a[href='#filters']").get_text() == "Filter (1 on)"
