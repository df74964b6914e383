"""Labels corrected by hand: kept beside the records, over crawls and new labelling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from crawler.classify import classify
from search import corrections, facets, relabelling
from search.corrections import Correction
from search.records import Call, Quote
from search.store import Harvest, Store
from search.vocabulary import Origin
from tests.search import meanwhile

MARCH = datetime.fromisoformat("2026-03-21T00:00:00+01:00")
AUGUST = datetime.fromisoformat("2026-08-22T00:00:00+02:00")


def unlabelled(title: str = "Upskilling for tourism", **fields: Any) -> Call:
    own = {"id": "s:1", "source": "s", "native_id": "1", "url": "https://example.org/1", "level": "national", "lang": "en"}
    return Call(title=title, **{**own, **fields})


def call(title: str = "Upskilling for tourism", **fields: Any) -> Call:
    return classify(unlabelled(title, **fields))


def made(facet: str, *values: str, why: str = "read on its page") -> Correction:
    return Correction("s:1", facet, values, why, "2026-03-21T10:00:00Z")


@pytest.fixture
def store(store_url):
    store = Store(store_url)
    yield store
    store.close()


def run(store: Store, now: datetime, *entries: Call) -> dict[str, float]:
    return store.finish_run(store.start_run("s", now), Harvest(list(entries)), now, {}, {})


def only(store: Store) -> Call:
    (item,) = store.all_entries()
    return item.entry  # type: ignore[return-value]


def test_a_correction_wins_and_says_why() -> None:
    entry = corrections.over(call(), [made("ecosystem", "health", "retail"), made("type", "loan"), made("region", "ITC4")])
    assert (entry.ecosystems, entry.funding_type, entry.regions) == (["health", "retail"], "loan", ["ITC4"])
    assert entry.evidence["ecosystem"] == [
        Quote(value=value, origin=Origin.CORRECTED, rule="read on its page") for value in ("health", "retail")
    ]  # fmt: skip
    assert entry.evidence["area"] == call().evidence["area"]
    assert facets.check(entry) == []


def test_a_correction_to_not_stated_leaves_no_value_and_a_trace() -> None:
    entry = corrections.over(call(), [made("ecosystem"), made("type")])
    assert (entry.ecosystems, entry.funding_type) == ([], None)
    assert [(q.value, q.origin) for q in entry.evidence["ecosystem"]] == [("not-stated", "corrected")]


@pytest.mark.parametrize(
    ("facet", "values", "expected"),
    [
        ("ecosystem", ["tourism", "health", "health"], ("health", "tourism")),
        ("beneficiary", ["not-stated"], ()),
        ("region", ["ITC4", "PT17"], ("ITC4", "PT17")),
        ("level", ["regional"], ("regional",)),
    ],
)
def test_values_are_checked(facet: str, values: list[str], expected: tuple[str, ...]) -> None:
    assert corrections.checked(facet, values) == expected


@pytest.mark.parametrize(
    ("facet", "values", "message"),
    [
        ("colour", ["red"], "no facet"),
        ("ecosystem", ["tourisme"], "tourisme: no value of ecosystem"),
        ("region", ["Lombardy"], "Lombardy: no value of region"),
        ("type", ["grant", "loan"], "one value"),
        ("skills", ["not-stated"], "must have a value"),
    ],
)
def test_what_cannot_be_a_correction_is_named(facet: str, values: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        corrections.checked(facet, values)


def test_a_correction_survives_crawls_and_new_labelling_until_it_is_undone(store: Store) -> None:
    run(store, MARCH, call())
    before = store.digests()
    assert relabelling.correct(store, made("ecosystem", "health"))
    assert only(store).ecosystems == ["health"]
    assert store.digests() != before
    assert [digest for _, digest in store.all_with_digests()] == list(store.digests().values())

    assert run(store, AUGUST, call())["changed"] == 0
    assert run(store, AUGUST, call("Upskilling for textile workers"))["changed"] == 1
    assert relabelling.relabel(store, classify) == (1, 0)
    assert only(store).ecosystems == ["health"]

    relabelling.correct(store, made("ecosystem", "retail"))
    assert relabelling.corrected(store) == {"s:1": [made("ecosystem", "retail")]}
    assert relabelling.undo(store, "s:1", "ecosystem")
    assert only(store).ecosystems == ["textile"]
    assert not relabelling.undo(store, "s:1", "ecosystem")
    assert not relabelling.correct(store, Correction("s:2", "ecosystem", ("health",), "no such entry", "2026-03-21T10:00:00Z"))


def test_new_labelling_writes_what_differs_and_is_no_change_of_the_source(store: Store) -> None:
    run(store, MARCH, unlabelled())
    (known,) = store.all_entries()
    assert relabelling.relabel(store, classify) == (1, 1)
    (item,) = store.all_entries()
    assert (item.entry, item.last_changed, len(store.histories(["s:1"], "9999")["s:1"])) == (call(), known.last_changed, 1)
    assert store.digests() == {"s:1": call().digest()}


def test_what_a_crawl_brings_during_new_labelling_stays(store: Store, store_url: str) -> None:
    run(store, MARCH, unlabelled())
    crawling = Store(store_url)
    with meanwhile.before("UPDATE entries", lambda: run(crawling, AUGUST, call("Upskilling for textile workers"))):
        assert relabelling.relabel(store, classify) == (1, 0)
    crawling.close()
    assert only(store) == call("Upskilling for textile workers")


def test_a_store_from_before_corrections_can_be_read(store: Store) -> None:
    run(store, MARCH, call())
    with store.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE corrections"))
    assert only(store) == call()


def test_a_corrected_entry_is_a_row_of_judged_labels() -> None:
    correction = made("ecosystem", "health")
    entry = corrections.over(call(), [correction])
    labels = {"ecosystems": entry.ecosystems, "intervention": entry.areas, "beneficiaries": [], "nuts": [], "skills": "core",
              "funding_type": "grant", "level": "national"}  # fmt: skip
    assert corrections.gold(entry, [correction], labels) == {
        "id": "s:1", "source": "s", "lang": "en", "ecosystems": ["health"], "intervention": ["upskilling"], "beneficiaries": [], "nuts": [],
        "skills": ["core"], "funding_type": ["grant"], "level": ["national"],
        "evidence": {"ecosystems": "read on its page", "intervention": "", "beneficiaries": ""}, "corrected": {"ecosystem": "read on its page"},
    }  # fmt: skip
