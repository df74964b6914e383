"""The store: what a run brings, what absence means, what survives."""

from __future__ import annotations

import gc
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from search import records, relabelling, single, tables
from search.corrections import Correction
from search.sources import FormatSeen, Health, SourceFacts
from search.store import Harvest, Refused, Store, StoreError, changed_fields
from tests.search import meanwhile

MARCH = datetime.fromisoformat("2026-03-21T00:00:00+01:00")
AUGUST = datetime.fromisoformat("2026-08-22T00:00:00+02:00")
OCTOBER = datetime.fromisoformat("2026-10-22T00:00:00+02:00")


def call(number: int, deadline: str | None = "2026-12-01", **more) -> records.Call:
    data = {"kind": "call", "id": f"s:{number}", "source": "s", "native_id": str(number), "title": f"Call {number}", "lang": "en",
            "url": f"https://example.org/{number}", "level": "eu", "deadlines": [{"date": deadline}] if deadline else []}  # fmt: skip
    return records.load(data | more)


@pytest.fixture
def store(store_url):
    store = Store(store_url)
    yield store
    store.close()


def run(store, now, *entries, **more):
    return store.finish_run(store.start_run("s", now), Harvest(list(entries), **more), now, {}, {})


def stored(store):
    return {item.entry.native_id: item for item in store.all_entries()}


def history(store):
    return store.histories(["s:1"], "9999")["s:1"]


def test_a_first_run_brings_new_entries(store):
    counts = run(store, MARCH, call(1), call(2))
    assert (counts["new"], counts["found"]) == (2, 2)
    assert stored(store)["1"].first_seen == "2026-03-20T23:00:00Z"


def test_a_change_is_kept_as_old_and_new(store):
    run(store, MARCH, call(1))
    counts = run(store, AUGUST, call(1, "2027-01-15"))
    assert counts["changed"] == 1
    item = stored(store)["1"]
    assert (item.first_seen[:10], item.last_changed[:10]) == ("2026-03-20", "2026-08-21")
    change = history(store)[0]
    assert change["event"] == "changed"
    old, new = change["changes"]["deadlines"]
    assert (old[0]["date"], new[0]["date"]) == ("2026-12-01", "2027-01-15")


def test_only_evidence_changing_is_no_change_for_readers(store):
    quote = {"value": "eu", "origin": "mapped", "rule": "a"}
    run(store, MARCH, call(1))
    counts = run(store, AUGUST, call(1, evidence={"level": [quote]}))
    assert counts["changed"] == 0
    assert stored(store)["1"].last_changed[:10] == "2026-03-20"
    assert stored(store)["1"].entry.evidence, "the new evidence is kept all the same"


def test_absence_means_closed_or_no_longer_listed_or_nothing(store):
    run(store, MARCH, call(1, "2026-06-01"), call(2, "2026-12-01"), call(3, None), call(4))
    counts = run(store, AUGUST, call(4), held={"s:3"})
    assert (counts["closed"], counts["gone"]) == (1, 1)
    marks = {number: item.no_longer_listed_since for number, item in stored(store).items()}
    assert marks == {"1": None, "2": "2026-08-21T22:00:00Z", "3": None, "4": None}


def test_a_closed_call_is_counted_once_also_after_a_quarantine(store):
    run(store, MARCH, call(1, "2026-06-01"), call(2))
    run(store, datetime.fromisoformat("2026-05-01T00:00:00+02:00"), call(2), held={"s:1"})
    assert run(store, AUGUST, call(2))["closed"] == 1
    assert run(store, OCTOBER, call(2))["closed"] == 0
    assert [h["event"] for h in history(store)] == ["closed", "new"]
    assert stored(store)["1"].last_seen[:7] == "2026-04", "held means listed"


def test_the_mark_keeps_its_first_day_and_goes_when_listed_again(store):
    run(store, MARCH, call(1), call(2))
    run(store, AUGUST, call(2))
    assert run(store, OCTOBER, call(2))["gone"] == 0
    assert stored(store)["1"].no_longer_listed_since == "2026-08-21T22:00:00Z"
    assert run(store, OCTOBER, call(1), call(2))["back"] == 1
    assert stored(store)["1"].no_longer_listed_since is None
    assert [h["event"] for h in history(store)] == ["back", "gone", "new"]


def test_absence_is_not_judged_after_an_incomplete_run(store):
    run(store, MARCH, call(1), call(2))
    assert run(store, AUGUST, call(2), complete=False)["gone"] == 0
    assert stored(store)["1"].no_longer_listed_since is None


def test_a_failed_run_touches_no_entry_and_says_why(store):
    facts = SourceFacts(source="s", title="S", homepage="https://example.org", countries=[], level=["eu"], kinds=["call"],
                        format_seen=FormatSeen.RECORDED, licence="x", attribution="x", text_use="full")  # fmt: skip
    store.register([facts])
    run(store, MARCH, call(1))
    number = store.start_run("s", AUGUST)
    store.fail_run(number, "HTTP 500", AUGUST, {"asked again": 2}, [Refused("9", "broken", b"x" * 10)])
    assert stored(store)["1"].last_seen[:10] == "2026-03-20"
    (state,) = store.source_states(AUGUST)
    assert (state.health, state.reason, state.warnings, state.calls) == (Health.FAILING, "HTTP 500", {"asked again": 2}, 1)
    assert state.last_good == "2026-03-20T23:00:00Z"
    with store.engine.connect() as connection:
        (refused,) = connection.execute(sa.select(tables.quarantine).where(tables.quarantine.c.run_id == number)).mappings()
    assert (refused["native_id"], refused["reason"], zlib.decompress(refused["payload"])) == ("9", "broken", b"x" * 10)


def test_a_run_that_never_ended_is_marked_when_the_next_begins(store):
    store.start_run("s", MARCH)
    store.start_run("s", AUGUST)
    with store.engine.connect() as connection:
        states = connection.execute(sa.select(tables.runs.c.state).order_by(tables.runs.c.id)).scalars().all()
    assert states == ["interrupted", "running"]


def test_other_sources_are_left_alone(store):
    run(store, MARCH, call(1))
    other = store.start_run("t", AUGUST)
    store.finish_run(other, Harvest([]), AUGUST, {}, {})
    assert stored(store)["1"].no_longer_listed_since is None


def test_crawls_of_different_sources_may_end_at_once(store):
    def crawl(name: str) -> None:
        for now in (MARCH, AUGUST, OCTOBER):
            entry = call(1, id=f"{name}:1", source=name)
            store.finish_run(store.start_run(name, now), Harvest([entry]), now, {}, {})

    names = [f"source_{n}" for n in range(6)]
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(crawl, names))
    held = {item.entry.source: item for item in store.all_entries()}
    assert held.keys() == set(names)
    assert {item.first_seen[:7] + item.last_seen[:7] for item in held.values()} == {"2026-032026-10"}


def test_the_migrations_make_the_tables_of_the_code(store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_a_damaged_database_is_named(tmp_path):
    path = tmp_path / "funding.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store(f"sqlite:///{path}")


def test_a_damaged_schema_is_named_also_where_it_cannot_be_read(tmp_path):
    path = tmp_path / "funding.db"
    Store(f"sqlite:///{path}").close()
    path.write_bytes(path.read_bytes().replace(b"CREATE INDEX", b"CRE\xc1TE INDEX"))
    with pytest.raises(StoreError, match="malformed database schema"):
        Store(f"sqlite:///{path}")


def test_a_store_that_nobody_holds_any_more_leaves_no_connection_open(store_url):
    store = Store(store_url)
    store.source_facts()
    pool = store.engine.pool
    assert pool.checkedin() == 1
    del store
    gc.collect()
    assert pool.checkedin() == 0


def test_changed_fields_names_old_and_new():
    assert changed_fields({"a": 1, "b": 2, "evidence": 3}, {"a": 1, "b": 3, "c": 4, "evidence": 5}) == {"b": [2, 3], "c": [None, 4]}


def damage(store, old="Call 1", new="Coll 1"):
    """A bit of a record decays, without anybody writing to it."""
    text = sa.cast(tables.entries.c.record, sa.Text)
    with store.engine.begin() as connection:
        for row in connection.execute(sa.select(tables.entries.c.id, text.label("text"))).all():
            query = sa.text("update entries set record = :record where id = :id")
            connection.execute(query, {"record": row.text.replace(old, new), "id": row.id})


@pytest.mark.parametrize("new", ["Coll 1", 'Coll" 1'])
def test_a_damaged_record_is_refused_and_written_anew_by_the_next_crawl(store, new):
    if store.engine.dialect.name == "postgresql" and '"' in new:
        new = "Coll  1"  # PostgreSQL stores nothing there that is no JSON
    run(store, MARCH, call(1), call(2))
    damage(store, new=new)
    with pytest.raises(StoreError, match=r"the record of s:1 in the store is damaged: run `funding crawl s`"):
        stored(store)
    assert store.listed("s").keys() == {"s:2"}, "nothing is compared with it"
    counts = run(store, AUGUST, call(1), call(2))
    assert (counts["new"], counts["changed"]) == (0, 0)
    assert stored(store)["1"].entry.title == "Call 1"
    assert [event["event"] for event in history(store)] == ["new"], "the source changed nothing"


def test_a_damaged_record_that_is_no_longer_listed_is_judged_when_it_can_be_read(store):
    run(store, MARCH, call(1), call(2))
    damage(store)
    assert run(store, AUGUST, call(2))["gone"] == 0


def test_a_record_under_another_key_is_damaged(store):
    run(store, MARCH, call(1))
    damage(store, old='"s:1"', new='"s:3"')
    with pytest.raises(StoreError, match="s:1"):
        stored(store)


@pytest.mark.parametrize("name", ["first_seen", "last_seen", "last_changed", "no_longer_listed_since"])
@pytest.mark.parametrize("date", ["2026-03-20T23>00:00Z", "2026-03-20T23:08:00Z", ""])
def test_a_damaged_date_beside_a_record_is_refused(store, name, date):
    run(store, MARCH, call(1), call(2, "2027-12-01"))
    run(store, AUGUST, call(1))
    assert stored(store)["2"].no_longer_listed_since
    with store.engine.begin() as connection:
        connection.execute(sa.update(tables.entries).where(tables.entries.c.id == "s:2").values({name: date}))
    with pytest.raises(StoreError, match="the dates of s:2 in the store are damaged: restore a backup"):
        stored(store)
    with pytest.raises(StoreError, match="the dates of s:2"):
        single.find(store, "s:2")
    assert single.find(store, "s:1")


READINGS = [("FROM runs", lambda store: list(store.all_with_digests())), ("FROM entries", lambda store: list(store.all_with_digests())),
            ("FROM corrections", Store.digests)]  # fmt: skip


@pytest.mark.parametrize(("question", "read"), READINGS)
def test_a_crawl_that_ends_while_the_store_is_read_is_no_damage(store, store_url, question, read):
    run(store, MARCH, call(1), call(2))
    relabelling.correct(store, Correction("s:1", "level", ("regional",), "the call says so", "2026-04-01T00:00:00Z"))
    before, crawling = read(store), Store(store_url)
    with meanwhile.before(question, lambda: run(crawling, AUGUST, call(1, "2027-01-15"), call(2, "2027-01-15"))):
        assert read(store) == before
    crawling.close()
    assert read(store) != before
