"""A search as a feed and a calendar, in step with what happens to its results."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from icalendar import Calendar

from search import generations, records
from search.store import Harvest, Store
from tests.webapp import samples
from tests.webapp.conftest import Page, settings
from tests.webapp.received import FORMS, api, events, feed, rows_csv, rows_xlsx
from webapp import create_app


def test_feed_and_calendar_say_that_the_store_is_gone(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'funding.db'}")
    samples.fill(store, [samples.BUILD])
    generations.publish(store, tmp_path / "index", samples.NOW)
    store.close()
    (tmp_path / "funding.db").unlink()
    client = create_app(settings(tmp_path)).test_client()
    codes = []
    for form in FORMS:
        with client.get(f"/search.{form}") as response:
            codes.append(response.status_code)
    assert codes == [200, 200, 503, 503]


def test_an_event_reminds_and_blocks_no_time(client):
    first, second = events(client, "q=construction")["eu_sample:49669831TOPICSen"]
    assert first["DTSTART"].dt == datetime.fromisoformat("2026-12-03T17:00+01:00")
    assert str(second["UID"]) == "eu_sample:49669831TOPICSen/2@skills-funding-finder"
    assert (first["SEQUENCE"], first["STATUS"], first["TRANSP"]) == (0, "CONFIRMED", "TRANSPARENT")
    assert [alarm["TRIGGER"].dt for alarm in first.walk("VALARM")] == [timedelta(days=-14), timedelta(days=-3)]
    assert "CC BY 4.0, © Sample portal of the Union" in first["DESCRIPTION"]
    day = events(client, "q=qualificar")["pt_facts:centro"][0]
    assert day["DTSTART"].dt == date(2026, 12, 15)
    assert day.walk("VALARM")[0]["TRIGGER"].dt == timedelta(days=-14, hours=9)


def test_a_moved_a_dropped_and_a_withdrawn_deadline_are_the_same_everywhere(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'funding.db'}")
    store.register(samples.SOURCES)

    def publish(day: int, rows: list[dict]) -> None:
        now = samples.NOW + timedelta(days=day)
        entries = [records.load(row) for row in rows]
        store.finish_run(store.start_run("eu_sample", now), Harvest(list(entries)), now, {}, {})
        generations.publish(store, tmp_path / "index", now)

    moving = samples.call("eu_sample", "moving", "A call that moves", deadline_kind="fixed",
                          deadlines=[{"date": "2027-01-15"}, {"date": "2027-05-05"}], objectives="Old words.")  # fmt: skip
    leaving = samples.call("eu_sample", "leaving", "A call that leaves", deadlines=[{"date": "2027-02-01"}], deadline_kind="fixed")
    client = create_app(settings(tmp_path)).test_client()
    publish(-9, [moving, leaving])
    uids = {str(event["UID"]) for group in events(client, "").values() for event in group}
    publish(-1, [{**moving, "deadlines": [{"date": "2027-03-31", "time": "12:00"}], "objectives": "New words."}])

    found = {record["id"]: record for record in api(client, "")}
    assert [d["date"] for d in found["eu_sample:moving"]["deadlines"]] == ["2027-03-31"]
    assert found["eu_sample:leaving"]["no_longer_listed_since"] == "2026-11-20T23:00:00Z"
    for rows in (rows_csv(client, ""), rows_xlsx(client, "")):
        by_id = {row["id"]: row for row in rows}
        assert by_id["eu_sample:moving"]["deadlines"] == "2027-03-31 12:00 Europe/Brussels"
        assert by_id["eu_sample:leaving"]["no_longer_listed_since"] == "2026-11-20T23:00:00Z"

    calendar = events(client, "")
    assert {str(event["UID"]) for group in calendar.values() for event in group} == uids
    moved, dropped = calendar["eu_sample:moving"]
    assert moved["DTSTART"].dt == datetime.fromisoformat("2027-03-31T12:00+02:00")
    assert (moved["STATUS"], moved["SEQUENCE"]) == ("CONFIRMED", 1)
    assert (dropped["STATUS"], dropped["SEQUENCE"], dropped["DTSTART"].dt) == ("CANCELLED", 1, date(2027, 5, 5))
    left = calendar["eu_sample:leaving"][0]
    assert (left["STATUS"], left["SEQUENCE"], left["DTSTART"].dt) == ("CANCELLED", 1, date(2027, 2, 1))
    assert not left.walk("VALARM")

    told = {entry.title: entry for entry in feed(client, "").entries}
    assert told["A call that moves"].content[0].value.splitlines() == [
        "21 Nov 2026: changed (deadline: 15 Jan 2027, 5 May 2027 → 31 Mar 2027, 12:00; objectives: Old words. → New words.)",
        "13 Nov 2026: new",
    ]
    assert "21 Nov 2026: no longer listed" in told["A call that leaves"].content[0].value
    assert told["A call that leaves"].updated == "2026-11-20T23:00:00Z"

    page = client.get("/?q=call").get_data(as_text=True)
    assert "Wed 31 Mar 2027, 12:00 Brussels time" in page
    assert "no longer listed since 21 Nov 2026" in page
    store.close()


def test_what_is_crawled_but_not_published_is_not_told(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'funding.db'}")
    samples.fill(store, [samples.BUILD])
    generations.publish(store, tmp_path / "index", samples.NOW)
    later = samples.NOW + timedelta(days=1)
    changed = records.load({**samples.BUILD, "deadlines": [{"date": "2027-09-09"}]})
    store.finish_run(store.start_run("eu_sample", later), Harvest([changed]), later, {}, {})
    client = create_app(settings(tmp_path)).test_client()
    assert [event["SEQUENCE"] for event in events(client, "")["eu_sample:49669831TOPICSen"]] == [0, 0]
    assert "changed" not in feed(client, "").entries[0].content[0].value
    store.close()


def test_a_feed_names_its_search_and_its_licences(client, page: Page):
    parsed = feed(client, "q=skills&country=IT")
    assert parsed.feed.title == page("/?q=skills&country=IT").h1.get_text()
    assert parsed.feed.subtitle == samples.NOTE
    assert {link.rel: link.href for link in parsed.feed.links} == {
        "self": "http://localhost/search.atom?q=skills&country=IT",
        "alternate": "http://localhost/?q=skills&country=IT",
    }
    assert all(entry.rights and entry.id.startswith("urn:uuid:") for entry in parsed.entries)
    assert len({entry.id for entry in parsed.entries}) == len(parsed.entries)


def test_the_deadlines_of_one_call_go_into_a_calendar(client, page):
    link = page("/calls/eu_sample:49669831TOPICSen").find("a", string="Put the deadline in my calendar")
    answer = client.get(link["href"])
    assert answer.mimetype == "text/calendar"
    whole = {str(event["uid"]): event.to_ical() for event in Calendar.from_ical(client.get("/search.ics?q=construction").get_data()).walk("VEVENT")}
    own = {str(event["uid"]): event.to_ical() for event in Calendar.from_ical(answer.get_data()).walk("VEVENT")}
    assert len(own) == 2
    assert own.items() <= whole.items()
    assert not page("/calls/it_sample:moda").find("a", string="Put the deadline in my calendar")
    assert client.get("/calls/nothing.ics").status_code == 404
