"""One call once: what is joined, what is not, and that nothing is lost by it."""

from __future__ import annotations

from datetime import datetime

import pytest

from search import generations, once, query, reading, records
from search.sources import FormatSeen, SourceFacts
from search.store import Harvest, Store, Stored

NOW = datetime.fromisoformat("2026-11-22T00:00:00+01:00")
TITLE = "Corsi di formazione per i lavoratori del settore tessile"


def stored(source: str, key: str, **more) -> Stored:
    data = {"kind": "call", "id": f"{source}:{key}", "source": source, "native_id": key, "title": f"Avviso {source} {key}", "lang": "it",
            "url": f"https://{source}.example.org/bandi/{key}", "level": "regional", "countries": ["IT"], "skills": "core"}  # fmt: skip
    gone = more.pop("gone", None)
    return Stored(records.load(data | more), "2026-10-22T00:00:00Z", "2026-11-22T00:00:00Z", "2026-10-22T00:00:00Z", gone)


def merged(*items: Stored, kept_apart=frozenset()) -> dict[str, list[str]]:
    return {item.entry.id: [copy.id for copy in item.copies] for item in once.merge(items, kept_apart)}


DAY = {"deadlines": [{"date": "2026-12-15"}]}
LINKED = {"also_at": ["http://www.b.example.org/bandi/1/?utm_source=news"]}


def test_an_address_joins_whatever_does_not_change_the_page():
    found = once.merge([stored("a", "1", summary="More is known here.", **LINKED), stored("b", "1")], frozenset())
    assert [(c.id, c.source, c.url, c.rule) for c in found[0].copies] == [("b:1", "b", "https://b.example.org/bandi/1", "the same address")]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LINKED | DAY, {"deadlines": [{"date": "2027-06-15"}]}),
        (LINKED | {"countries": ["IT"]}, {"countries": ["PT"]}),
        (LINKED | {"funding_type": "grant"}, {"funding_type": "loan"}),
        (LINKED | {"regions": ["ITI4"]}, {"regions": ["ITH5"]}),
        (LINKED | {"budget": {"total": 200_000}}, {"budget": {"total": 500_000}}),
        ({"also_at": ["https://b.example.org/"]}, {"url": "https://b.example.org/"}),
        ({"title": TITLE}, {"title": TITLE}),
        ({"title": "Avviso formazione 2026"} | DAY, {"title": "Avviso formazione 2026"} | DAY),
        ({"identifier": "12345678"}, {"identifier": "12345678"}),
    ],
    ids=[
        "another deadline",
        "another country",
        "another type",
        "another region",
        "another budget",
        "a home page",
        "no deadline",
        "a short title",
        "a running number",
    ],
)
def test_what_contradicts_or_says_too_little_stays_apart(one, other):
    assert merged(stored("a", "1", **one), stored("b", "1", **other)) == {"a:1": [], "b:1": []}


def test_the_same_title_and_last_deadline_join():
    assert merged(stored("a", "1", title=TITLE, **DAY), stored("b", "9", title=TITLE.upper(), summary="Fuller.", **DAY)) == {"b:9": ["a:1"]}


def test_an_identifier_joins_however_it_is_written():
    assert merged(stored("a", "1", identifier="FSE-2026-0014"), stored("b", "2", identifier="fse 2026/0014", **DAY)) == {"b:2": ["a:1"]}


def test_a_key_that_two_calls_of_one_source_share_joins_nothing():
    lots = [stored("a", str(n), title=TITLE, **DAY) for n in (1, 2)]
    assert merged(*lots, stored("b", "9", title=TITLE, **DAY)) == {"a:1": [], "a:2": [], "b:9": []}


def test_a_group_never_holds_two_calls_of_one_source():
    bridge = stored("b", "1", also_at=["https://a.example.org/bandi/1"], title=TITLE, **DAY)
    found = merged(stored("a", "1"), stored("a", "2", title=TITLE, **DAY), bridge)
    assert found == {"b:1": ["a:1"], "a:2": []}


def test_a_call_of_no_region_does_not_join_two_of_different_regions():
    regional = [stored(name, "1", title=TITLE, regions=[code], **DAY) for name, code in (("a", "ITI4"), ("c", "ITH5"))]
    found = merged(*regional, stored("b", "1", title=TITLE, **DAY))
    assert found == {"a:1": ["b:1"], "c:1": []}


def test_three_portals_make_one_entry():
    found = merged(*(stored(name, "1", title=TITLE, **DAY) for name in "abc"))
    assert found == {"c:1": ["a:1", "b:1"]}


def test_a_record_still_listed_stands_for_one_that_is_not():
    fuller = stored("a", "1", title=TITLE, summary="Fuller.", gone="2026-11-22T00:00:00Z", **DAY)
    assert merged(fuller, stored("b", "1", title=TITLE, **DAY)) == {"b:1": ["a:1"]}


def test_a_maintainers_line_keeps_two_apart():
    pair = [stored("a", "1", title=TITLE, **DAY), stored("b", "1", title=TITLE, **DAY)]
    line = frozenset({frozenset(("b:1", "a:1"))})
    assert merged(*pair, kept_apart=line) == {"a:1": [], "b:1": []}
    assert merged(*pair, stored("c", "1", title=TITLE, **DAY), kept_apart=line) == {"c:1": ["a:1"], "b:1": []}


def test_a_joined_call_is_found_under_both_sources(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    for item in (stored("a", "1", title=TITLE, **DAY), stored("b", "9", title=TITLE, summary="Fuller.", **DAY)):
        name = item.entry.source
        store.register([SourceFacts(source=name, title=name, homepage=f"https://{name}.example.org/", countries=["IT"], level=["regional"],
                                    kinds=["call"], format_seen=FormatSeen.RECORDED, licence="x", attribution="x", text_use="full")])  # fmt: skip
        store.finish_run(store.start_run(name, NOW), Harvest([item.entry]), NOW, {}, {})
    generations.publish(store, tmp_path / "index", NOW)
    generation = generations.open_current(tmp_path / "index")
    for name in "ab":
        answer = query.search(generation, reading.parse([("source", name)]), NOW)
        assert [hit.stored.entry.id for hit in answer.hits] == ["b:9"]
    assert generations.differences(store, generation) == []


def test_a_record_corrected_by_hand_stands_for_both():
    quote = {"value": "sme", "origin": "corrected", "quote": None, "field": None, "start": None, "end": None, "rule": "It says so."}
    corrected = {"beneficiaries": ["sme"], "evidence": {"beneficiary": [quote]}}
    fuller = {"summary": "More is known here.", "programme": "A programme", "opening_date": "2026-10-01"}
    assert merged(stored("a", "1", **fuller, **LINKED), stored("b", "1")) == {"a:1": ["b:1"]}
    assert merged(stored("a", "1", **fuller, **LINKED), stored("b", "1", **corrected)) == {"b:1": ["a:1"]}
    assert merged(stored("a", "1", **fuller, **LINKED), stored("b", "1", gone="2026-11-01T00:00:00Z", **corrected)) == {"a:1": ["b:1"]}
