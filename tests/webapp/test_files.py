"""A search as CSV, Excel, calendar and Atom: read by strict parsers, exactly the results of the API, in step with what happens."""

from __future__ import annotations

import csv
import io
import random
import re
from datetime import date, datetime, timedelta
from itertools import zip_longest
from urllib.parse import urlencode

import feedparser
import openpyxl
import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from search import generations, records
from search.facets import FACETS
from search.store import Harvest, Store
from tests.search import corpus
from tests.webapp import samples
from tests.webapp.conftest import Page, settings
from webapp import create_app, feeds, spreadsheets

FORMS = ("csv", "xlsx", "atom", "ics")


def rows_csv(client: FlaskClient, query: str) -> list[dict[str, str]]:
    response = client.get("/search.csv?" + query)
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"), newline=""), strict=True))


def rows_xlsx(client: FlaskClient, query: str) -> list[dict[str, object]]:
    with client.get("/search.xlsx?" + query) as response:
        sheet = openpyxl.load_workbook(io.BytesIO(response.get_data()), read_only=True).worksheets[0]
    heads, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip_longest(heads, line)) for line in lines]


def feed(client: FlaskClient, query: str) -> feedparser.FeedParserDict:
    response = client.get("/search.atom?" + query)
    assert response.status_code == 200
    assert response.mimetype == "application/atom+xml"
    parsed = feedparser.parse(response.get_data())
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def events(client: FlaskClient, query: str) -> dict[str, list]:
    """Entry id -> its events, in order."""
    response = client.get("/search.ics?" + query)
    assert response.mimetype == "text/calendar"
    calendar = Calendar.from_ical(response.get_data())
    assert not calendar.errors
    found: dict[str, list] = {}
    for event in calendar.walk("VEVENT"):
        assert not event.errors
        found.setdefault(str(event["UID"]).rsplit("/", 1)[0], []).append(event)
    return found


def api(client: FlaskClient, query: str) -> list[dict]:
    """Every result of the API, page after page."""
    found, page = [], 1
    while True:
        answer = client.get(f"/api/v1/calls?{query}&per_page=200&page={page}").get_json()
        found += answer["results"]
        if len(found) >= answer["total"]:
            return found
        page += 1


def ids_of_feed(parsed: feedparser.FeedParserDict) -> list[str]:
    return [entry.link.rsplit("/", 1)[1] for entry in parsed.entries]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A visitor of 40 generated entries, more than a page holds."""
    folder = tmp_path_factory.mktemp("many")
    with corpus.published(folder, corpus.entries(40)):
        pass
    return create_app(settings(folder)).test_client()


def generated_search(number: int) -> str:
    """The address of a search; the same for the same number."""
    rng, pairs = random.Random(number), []
    for facet in rng.sample([f for f in FACETS if f.vocabulary], rng.randint(0, 3)):
        pairs += [(facet.name, value) for value in rng.sample(list(facet.legal() or ()), rng.randint(0, 2))] or [(facet.name, "")]
    if rng.random() < 0.3:
        pairs.append(("q", " ".join(rng.sample(corpus.vocabulary("en")[0][:30], rng.randint(1, 2)))))
    if rng.random() < 0.2:
        pairs.append(("deadline_from", (date(2026, 11, 1) + timedelta(days=rng.randint(0, 200))).isoformat()))
    pairs += [(name, rng.choice("01")) for name in ("eu_wide", "cross", "dated", "include_silent") if rng.random() < 0.2]
    return urlencode(pairs)


def test_every_file_holds_exactly_what_the_api_finds(many):
    sizes = set()
    for number in range(200):
        query = generated_search(number)
        found = api(many, query)
        ids = [record["id"] for record in found]
        assert [row["id"] for row in rows_csv(many, query)] == ids, query
        dated = {record["id"] for record in found if record["deadlines"]}
        if number % 10 == 0:
            assert sorted(ids_of_feed(feed(many, query))) == sorted(ids), query
            assert set(events(many, query)) == dated, query
            assert [row["id"] for row in rows_xlsx(many, query)] == ids, query
        else:  # the parsers take longer than the files
            assert sorted(re.findall(r'"http://localhost/calls/(.+?)"', many.get(f"/search.atom?{query}").text)) == sorted(ids), query
            assert set(re.findall(r"^UID:(.+)/1@", many.get(f"/search.ics?{query}").text, re.M)) == dated, query
        sizes.add(len(ids))
    assert max(sizes) > 20
    assert 0 in sizes


def test_a_file_knows_no_pages(many):
    assert len(rows_csv(many, "status=&skills=&per_page=5&page=3")) == 40


def test_rows_say_what_the_record_says(client):
    row = next(row for row in rows_csv(client, "q=construction") if row["id"] == samples.BUILD["id"])
    assert row["deadlines"] == "2026-12-03 17:00 Europe/Brussels; 2027-09-02 17:00 Europe/Brussels"
    assert (row["budget_total"], row["budget_scope"], row["per_project_max"]) == ("3000000.0", "shared-pot", "200000.0")
    assert (row["licence"], row["attribution"]) == ("CC BY 4.0", "© Sample portal of the Union")
    assert row["page"] == "http://localhost/calls/eu_sample:49669831TOPICSen"
    assert next(iter(rows_xlsx(client, "q=construction")))["budget_total"] == 3_000_000


@pytest.mark.parametrize("form", FORMS)
def test_the_licence_holds_in_every_file(client, form):
    with client.get(f"/search.{form}?source=pt_facts&status=&skills=") as response:
        content = response.get_data()
    if form == "xlsx":
        content = str(rows_xlsx(client, "source=pt_facts&status=&skills=")).encode()
    assert "Centro" in content.decode()
    assert "licença não deixa" not in content.decode()


def test_no_file_runs_a_formula(tmp_path):
    evil = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =HYPERLINK(0)", "fine = text", "a\n=1", "b; =1", "c;@x"]
    store = Store(f"sqlite:///{tmp_path / 'funding.db'}")
    samples.fill(store, [samples.call("eu_sample", f"n{n}", "x", summary=text, authority={"name": text}) for n, text in enumerate(evil)])
    generations.publish(store, tmp_path / "index", samples.NOW)
    client = create_app(settings(tmp_path)).test_client()
    as_read = {row["id"]: row["authority"] for row in rows_csv(client, "")}
    assert as_read["eu_sample:n0"] == "'=1+1"
    assert as_read["eu_sample:n6"] == "fine = text"
    assert not [text for text in as_read.values() if text.lstrip()[0] in "=+-@"]
    lines = client.get("/search.csv").get_data(as_text=True).splitlines()
    assert len(lines) == 1 + len(evil), "every line is a row, whatever parts its cells"
    assert not [cell for line in lines for cell in line.split(";") if cell.lstrip(' "')[:1] in tuple("=+-@")]
    with client.get("/search.xlsx") as response:
        sheet = openpyxl.load_workbook(io.BytesIO(response.get_data())).worksheets[0]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n", "inlineStr"}
    assert {text.strip() for text in evil} <= {str(row["authority"]) for row in rows_xlsx(client, "")}


def test_characters_that_xml_forbids_break_no_file():
    record = dict.fromkeys(spreadsheets.COLUMNS) | {"title": "a\x00b\x1fc\ufffed"}
    with spreadsheets.as_xlsx([record]) as file:
        assert openpyxl.load_workbook(file).worksheets[0]["D2"].value == "a b c d"
    head = feeds.Head("a\x08b", "http://localhost/a", "http://localhost/", "2026-11-22T00:00:00Z", "")
    parsed = feedparser.parse(b"".join(feeds.as_atom(head, [])))
    assert not parsed.bozo
    assert parsed.feed.title == "a b"


def test_no_value_of_a_source_breaks_the_feed(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    odd = records.load(samples.BUILD | {"programme": "A\x0bB", "url": "https://example.org/a\x02b"})
    store.finish_run(store.start_run("eu_sample", samples.NOW), Harvest([odd]), samples.NOW, {}, {})
    generations.publish(store, tmp_path / "index", samples.NOW)
    store.close()
    parsed = feedparser.parse(create_app(settings(tmp_path)).test_client().get("/search.atom?skills=&status=").get_data())
    assert not parsed.bozo
    assert "A B" in [tag.term for tag in parsed.entries[0].tags]


def test_the_page_links_to_its_files(page: Page):
    soup = page("/?q=skills&country=IT&per_page=5&page=2")
    links = [a["href"] for a in soup.select("#keep a")]
    assert links[:4] == [f"/search.{form}?q=skills&country=IT" for form in ("atom", "ics", "csv", "xlsx")]
    assert soup.find("link", rel="alternate")["href"] == links[0]
    assert soup.find("link", rel="alternate")["type"] == "application/atom+xml"


def test_a_file_of_no_such_form_is_not_found(client):
    assert client.get("/search.docx").status_code == 404


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


def test_a_stream_keeps_its_generation_to_its_end(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'funding.db'}")
    samples.fill(store)
    generations.publish(store, tmp_path / "index", samples.NOW)
    client = create_app(settings(tmp_path)).test_client()
    response = client.get("/search.csv", buffered=False)
    lines = response.response
    first = next(iter(lines))
    generations.publish(store, tmp_path / "index", samples.NOW, keep=1)
    assert client.get("/api/v1/calls").get_json()["generation"] == "generation-000002"
    rest = b"".join(lines)
    assert first.startswith(b"\xef\xbb\xbfid,")
    assert rest.count(b"eu_sample") > 3
    response.close()
    store.close()


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
