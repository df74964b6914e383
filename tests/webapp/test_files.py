"""A search as CSV, Excel, calendar and Atom: exactly the results of the API, whatever they hold."""

from __future__ import annotations

import io
import random
import re
from datetime import date, timedelta
from urllib.parse import urlencode

import feedparser
import openpyxl
import pytest
from flask.testing import FlaskClient

from search import generations, records
from search.facets import FACETS
from search.store import Harvest, Store
from tests.search import corpus
from tests.webapp import samples
from tests.webapp.conftest import Page, settings
from tests.webapp.received import FORMS, api, events, feed, ids_of_feed, rows_csv, rows_xlsx
from webapp import create_app, feeds, spreadsheets


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
