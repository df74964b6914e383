"""What a member must find at once on the page of an entry, on the bundled sample entries of every source: there, or said to be missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from search import generations, records
from search.records import Call, Entry, Fund
from search.store import Harvest, Store
from tests.webapp import samples
from tests.webapp.conftest import checked, settings
from webapp import create_app

FIXTURES = Path(__file__).parents[2] / "fixtures"
MISSING = ("not stated", "not shown")
# What every call says first, then in sections: how the page calls it -> the field of the record.
FIRST = {"Opening date": "opening_date", "Budget": "budget", "Types of action": "types_of_action", "Type of funding": "funding_type"}
SECTIONS = {
    "objectives": "objectives",
    "expected_outcomes": "expected_outcomes",
    "eligibility": "eligibility",
    "award_criteria": "award_criteria",
    "application_procedure": "application_procedure",
    "smallest_consortium": "smallest_consortium",
}


def chosen() -> list[Entry]:
    """Of every source and kind the entry that says most, and the one that says least."""
    found = []
    for path in sorted(FIXTURES.glob("*/expected.json")):
        rows = [records.load(row) for row in json.loads(path.read_text(encoding="utf-8"))["entries"]]
        for kind in dict.fromkeys(row.kind for row in rows):
            own = sorted((row for row in rows if row.kind == kind), key=lambda row: len(row.model_dump_json(exclude_none=True)))
            found += list({row.id: row for row in (own[0], own[-1])}.values())
    return found


ENTRIES = chosen()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A visitor of a collection of these entries; every source lets its texts be shown."""
    folder = tmp_path_factory.mktemp("essentials")
    store = Store(f"sqlite:///{folder / 'funding.db'}")
    for name in dict.fromkeys(entry.source for entry in ENTRIES):
        store.register([samples.source(name, name, ["eu-wide"], ["eu"])])
        own = [entry for entry in ENTRIES if entry.source == name]
        store.finish_run(store.start_run(name, samples.NOW), Harvest(own), samples.NOW, {}, {})
    generations.publish(store, folder / "index", samples.NOW)
    store.close()
    return create_app(settings(folder)).test_client()


def read(reader: FlaskClient, entry: Entry) -> BeautifulSoup:
    answer = reader.get(f"/{entry.kind}s/{entry.id}", follow_redirects=True)
    assert answer.status_code == 200
    return checked(answer.get_data(as_text=True))


def facts(soup: BeautifulSoup) -> dict[str, str]:
    return {dt.get_text(): " ".join(dt.find_next_sibling("dd").get_text(" ").split()) for dt in soup.select("dl.sheet dt")}


@pytest.mark.parametrize("entry", [e for e in ENTRIES if isinstance(e, Call)], ids=lambda e: e.id)
def test_a_call_says_everything_or_that_it_is_missing(reader, entry):
    soup = read(reader, entry)
    known = facts(soup)
    for name, field in FIRST.items():
        assert known[name], name
        assert ("not stated" in known[name]) is (not getattr(entry, field)) or name == "Budget", name
    assert entry.budget or known["Budget"] == "not stated"
    assert known["Deadline"]
    assert all(str(deadline.date.year) in known["Deadline"] for deadline in entry.deadlines)
    assert ("not stated" in known["Who may apply"]) is (not entry.beneficiaries)
    assert ("not stated" in known["Where"]) is not (entry.regions or entry.countries)
    for place, field in SECTIONS.items():
        words = soup.find(id=place).get_text(" ", strip=True)
        assert words.endswith("not stated") is (not getattr(entry, field)), place
    links = [a["href"] for a in soup.select(".actions a")]
    assert entry.url in links
    assert not entry.apply_url or entry.apply_url in links


@pytest.mark.parametrize("entry", [e for e in ENTRIES if isinstance(e, Fund)], ids=lambda e: e.id)
def test_a_fund_says_who_where_and_what(reader, entry):
    soup = read(reader, entry)
    known = facts(soup)
    assert known["Managing authority"] == "not stated" if not entry.authority else entry.authority.name in known["Managing authority"]
    assert not (entry.authority and entry.authority.url) or entry.authority.url in [a["href"] for a in soup.select("dl.sheet a")]
    assert entry.area_en in known["Area it covers"]
    assert entry.area_original in known["Area it covers"]
    assert entry.programme_title in known["Programme"]
    assert len(soup.select("#fund p")) > 2
    assert ("Not stated here" in soup.find(id="programme").get_text()) is (not entry.programme_says)
    assert (
        known["Where it publishes calls"] == "not stated" if not entry.links else entry.links[0].url in [a["href"] for a in soup.select("dl.sheet a")]
    )


def test_a_summary_that_begins_another_text_is_not_shown_twice(reader):
    twice = [e for e in ENTRIES if isinstance(e, Call) and e.summary and e.objectives and e.objectives.startswith(e.summary.removesuffix("…"))]
    assert twice
    assert any(not read(reader, entry).find(id="summary") for entry in twice)
