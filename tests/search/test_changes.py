"""Changes as data: what crawls saw and what time did, once each, with old and new."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from search import change_words, changes, generations, i18n, licence, records
from search.changes import Event
from search.store import Harvest, Store
from search.vocabulary import TextUse

OCTOBER = datetime.fromisoformat("2026-10-22T00:00:00+02:00")
NOVEMBER = datetime.fromisoformat("2026-11-22T00:00:00+01:00")
DECEMBER = datetime.fromisoformat("2026-12-22T00:00:00+01:00")


def call(number: str, deadline: str | None = "2027-03-01", **more) -> records.Call:
    data = {"kind": "call", "id": f"s:{number}", "source": "s", "native_id": number, "title": f"Call {number}", "lang": "en",
            "url": f"https://example.org/{number}", "level": "eu", "deadlines": [{"date": deadline}] if deadline else []}  # fmt: skip
    return records.load(data | more)


def run(store: Store, now: datetime, *entries, **more):
    store.finish_run(store.start_run("s", now), Harvest(list(entries), **more), now, {}, {})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("changes")


@pytest.fixture(scope="module")
def store(folder):
    """Three months of one source; a crawl that failed and one that was cut off lie in between."""
    store = Store(f"sqlite:///{folder}/funding.db")
    kept = [call("same"), call("opens", opening_date="2026-11-10"), call("closes", "2026-11-10"), call("taken-down", "2026-11-12")]
    kept.append(call("ends-today", "2026-11-21"))
    budget = {"budget": {"total": 100.0, "text": "100 euro"}}
    run(store, OCTOBER, *kept, call("longer"), call("richer", **budget), call("reworded", summary="a", **budget), call("gone"))
    store.fail_run(store.start_run("s", NOVEMBER), "only half of it came", NOVEMBER, {})
    store.start_run("s", NOVEMBER)  # killed
    richer, reworded = {"budget": {"total": 200.0}}, {"summary": "b", "budget": {"total": 100.0, "text": "EUR 100"}}
    kept = [entry for entry in kept if entry.native_id != "taken-down"]
    run(store, NOVEMBER, *kept, call("longer", "2027-04-01"), call("richer", **richer), call("reworded", **reworded), call("new"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def generation(store, folder):
    generations.publish(store, folder / "index", NOVEMBER)
    opened = generations.open_current(folder / "index")
    yield opened
    opened.close()


def happened(store, generation, since, until, now=NOVEMBER, **more):
    found = changes.between(store, generation, *changes.days(date.fromisoformat(since), date.fromisoformat(until)), now, **more)
    return [(c.entry_id.removeprefix("s:"), c.event) for c in found]


EXPECTED = {
    ("opens", Event.OPENED), ("closes", Event.CLOSED), ("taken-down", Event.CLOSED), ("ends-today", Event.CLOSED), ("longer", Event.CHANGED),
    ("richer", Event.CHANGED), ("gone", Event.GONE), ("new", Event.NEW),
}  # fmt: skip


def test_what_the_source_calls_over_still_closed_by_its_dates(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    run(store, OCTOBER, call("closes", "2026-11-10", source_status="Otvoren"))
    run(store, NOVEMBER, call("closes", "2026-11-10", source_status="Zatvoren"))
    generations.publish(store, tmp_path / "index", NOVEMBER)
    opened = generations.open_current(tmp_path / "index")
    assert set(happened(store, opened, "2026-10-22", "2026-11-22")) == {("closes", Event.CLOSED), ("closes", Event.CHANGED)}
    opened.close()
    store.close()


def test_everything_that_happened_is_told_once(store, generation):
    found = happened(store, generation, "2026-10-22", "2026-11-22")
    assert set(found) == EXPECTED
    assert len(found) == len(EXPECTED)


def test_the_first_reading_of_a_source_is_no_news(store, generation):
    assert happened(store, generation, "2026-10-01", "2026-10-31") == []
    assert changes.first_readings(store, OCTOBER, NOVEMBER) == {"s": 9}
    assert changes.first_readings(store, NOVEMBER, DECEMBER) == {}


def test_windows_of_days_share_nothing_and_lose_nothing(store, generation):
    parts = [
        happened(store, generation, *days) for days in [("2026-10-22", "2026-11-10"), ("2026-11-11", "2026-11-21"), ("2026-11-22", "2026-11-22")]
    ]
    assert set(parts[0]) == {("opens", Event.OPENED), ("closes", Event.CLOSED)}
    assert set(parts[1]) == {("taken-down", Event.CLOSED), ("ends-today", Event.CLOSED)}
    assert sorted(each for part in parts for each in part) == sorted(EXPECTED)


def test_what_is_still_to_come_is_not_told(store, generation):
    early = datetime.fromisoformat("2026-11-10T12:00:00+01:00")
    assert set(happened(store, generation, "2026-11-01", "2026-11-21", early)) == {("opens", Event.OPENED)}


def test_a_change_that_matters_to_nobody_who_applies_is_told_only_when_asked_for(store, generation):
    found = happened(store, generation, "2026-11-22", "2026-11-22", minor=True)
    assert set(found) - set(happened(store, generation, "2026-11-22", "2026-11-22")) == {("reworded", Event.CHANGED)}


def test_a_return_is_told_and_what_is_not_published_is_not(store, folder, generation):
    with_it = [call("gone"), call("same"), call("opens", opening_date="2026-11-10")]
    run(store, DECEMBER, *with_it, complete=False)
    assert happened(store, generation, "2026-12-01", "2026-12-31", DECEMBER) == []
    generations.publish(store, folder / "index", DECEMBER)
    fresh = generations.open_current(folder / "index")
    assert happened(store, fresh, "2026-12-01", "2026-12-31", DECEMBER) == [("gone", Event.BACK)]
    fresh.close()
    assert changes.months(store) == ["2026-12", "2026-11", "2026-10"]


def test_a_change_in_words(store, generation):
    found = changes.between(store, generation, NOVEMBER, DECEMBER, NOVEMBER)
    words = {c.entry_id: change_words.words(c, TextUse.FACTS) for c in found if c.event is Event.CHANGED}
    assert words == {
        "s:longer": ["deadline: 1 Mar 2027 → 1 Apr 2027"],
        "s:richer": ["budget: EUR 100 in all → EUR 200 in all"],
    }


def test_in_brief_a_change_has_no_texts_until_it_is_shown(store, generation):
    asked = (store, generation, *changes.days(date(2026, 11, 1), date(2026, 11, 30)), NOVEMBER, True)
    full, brief = changes.between(*asked), changes.between(*asked, brief=True)
    assert any(len(c.fields) for c in full if c.event is Event.CHANGED)
    assert [(c.entry_id, c.event, c.at) for c in brief] == [(c.entry_id, c.event, c.at) for c in full]
    assert not any(c.fields for c in brief if c.event is Event.CHANGED)
    assert changes.whole(store, brief) == full
    assert changes.whole(store, brief[2:4]) == full[2:4]


def test_a_licence_keeps_texts_back():
    fields = {"eligibility": ["old text", "new text"], "deadlines": [[], [{"date": "2027-01-01", "time": "17:00"}]]}
    change = changes.Change("s:1", Event.CHANGED, "2026-11-22T00:00:00Z", fields)
    assert change_words.words(change, TextUse.FULL) == ["deadline: not stated → 1 Jan 2027, 17:00", "eligibility: old text → new text"]
    assert change_words.words(change, TextUse.EXTRACT)[1] == "eligibility: changed"
    row = change_words.row(change, call("1"), None, NOVEMBER)
    assert [f for f in row["fields"] if f["field"] == "eligibility"] == [{"field": "eligibility", "told": True, "held_back": True}]
    assert not licence.shows("conditions", TextUse.EXTRACT)


def test_a_joined_call_is_known_since_the_first_portal_listed_it(tmp_path):
    """The fuller record, which stands for both, was first seen after the call had opened and closed."""
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    one = call("one", "2026-11-10", opening_date="2026-11-05", url="https://example.org/same")
    fuller = records.load(records.dump(one) | {"id": "t:two", "source": "t", "native_id": "two", "summary": "More of it."})
    for source, now, entry in (("s", OCTOBER, one), ("t", NOVEMBER, fuller)):
        store.finish_run(store.start_run(source, now), Harvest([entry], complete=False), now, {}, {})
    generations.publish(store, tmp_path / "index", NOVEMBER)
    generation = generations.open_current(tmp_path / "index")
    assert generation.copies == {"s:one": "t:two"}
    turned = [(c.entry_id, c.event) for c in changes.between(store, generation, *changes.days(date(2026, 11, 1), date(2026, 11, 30)), NOVEMBER)]
    assert sorted(turned) == [("t:two", Event.CLOSED), ("t:two", Event.OPENED)]
    generation.close()
    store.close()


def test_the_first_and_the_last_day_of_all_are_days():
    start, end = changes.days(date.min, date.max)
    assert start < OCTOBER < end
    assert changes.days(date.max, date.min)[1] < start.replace(year=1971)


def test_codes_of_a_field_are_told_in_words_in_the_language_spoken():
    fields = {
        "beneficiaries": (["sme"], ["sme", "social-partner"]),
        "regions": (["ITC4"], []),
        "level": ("national", "regional"),
        "lang": ("it", "de"),
    }
    change = changes.Change("s:1", changes.Event.CHANGED, "2026-11-25T00:00:00Z", fields)
    assert change_words.words(change, TextUse.FULL) == [
        "beneficiaries: Small and medium-sized companies → Small and medium-sized companies, Social partners",
        "regions: Lombardy (Lombardia) → not stated",
        "level: National → Regional",
        "language: Italian → German",
    ]
    with i18n.speaking("de"):
        assert "Ebene: National → Regional" in change_words.words(change, TextUse.FULL)
