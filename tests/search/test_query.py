"""search() against the slow way, over the bundled sample records; order, tiers, words, what an empty answer says."""

from __future__ import annotations

import json
import random
from datetime import datetime
from pathlib import Path

import pytest

from search import generations, records, timing
from search.analysis import words
from search.facets import FACETS
from search.query import Tier, search
from search.reading import parse
from search.store import Harvest, Store
from tests.search import brute, corpus, identifiers
from tests.search.test_changes import OCTOBER, call

FIXTURES = Path(__file__).parents[2] / "fixtures"
NOW = datetime.fromisoformat("2026-11-20T00:00:00+01:00")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The generation of the sample records, and the records."""
    folder = tmp_path_factory.mktemp("samples")
    store = Store(f"sqlite:///{folder}/funding.db")
    for path in sorted(FIXTURES.glob("*/expected.json")):
        entries = [records.load(row) for row in json.loads(path.read_text(encoding="utf-8"))["entries"]]
        store.finish_run(store.start_run(path.parent.name, NOW), Harvest(entries), NOW, {}, {})
    generations.publish(store, folder / "index", NOW)
    generation = generations.open_current(folder / "index")
    yield generation, list(store.all_entries())
    generation.close()
    store.close()


WORDS = (
    "skills",
    "training",
    "digital",
    "vocational training",
    '"vocational training"',
    '"long-term unemployed"',
    "upskill*",
    "SMEs -digital",
    "Lombardia",
    "construction energy",
    "the",
    "ERASMUS-EDU",
    "HORIZON",
    "green skills for tourism",
    "εκπαίδευση",
    "-programme",
    "zzz",
    "zzz skills",
    "ESF+",
)


def generated(generation, count):
    """Random searches over every parameter, the same each time."""
    rng = random.Random(20261120)
    codes = ["ITC4", "IT", "PT17", "DE1", "ES30", "EL", "FRK2", "PL"]
    for _ in range(count):
        pairs = []
        for facet in rng.sample(FACETS, rng.randint(0, 4)):
            legal = facet.legal() or tuple(generation.columns.values[facet.name])
            pairs += [(facet.name, v) for v in rng.sample(legal, rng.randint(1, min(3, len(legal))))] if rng.random() < 0.85 else [(facet.name, "")]
        if rng.random() < 0.5:
            pairs.append(("q", rng.choice(WORDS)))
        for name, choices in (("region", codes), ("deadline_from", ["2026-12-01"]), ("deadline_to", ["2027-03-01", "2026-11-25"]),
                              ("opening_from", ["2026-06-01"]), ("opening_to", ["2026-11-30", "2026-05-01"]),
                              ("budget_min", ["1000000"]), ("budget_max", ["9000000"]), ("dated", ["1"]), ("eu_wide", ["0"]),
                              ("cross", ["0"]), ("include_silent", ["1"])):  # fmt: skip
            if rng.random() < 0.12:
                pairs.append((name, rng.choice(choices)))
        yield pairs


def test_five_thousand_searches_equal_the_slow_way(published):
    generation, stored = published
    slow, ids, found_any = brute.Slow(stored, NOW), generation.columns.ids, 0
    for pairs in generated(generation, 5000):
        params = parse(pairs, generation.columns.values)
        assert {w.parameter for w in params.warnings} <= {"deadline_to", "opening_to"}, "only a window without days is warned of"
        results = search(generation, params, NOW)
        hits, counts = slow.answer(params)
        assert {ids[row] for row in results.rows} == hits, pairs
        assert {name: {c.value: c.count for c in found if c.count} for name, found in results.facets.items()} == counts, pairs
        assert sum(results.tiers.values()) == results.total == len(hits)
        found_any += bool(hits)
    assert found_any > 3000, "most of the generated searches should find something"


def answer(generation, text):
    pairs = [tuple(pair.split("=", 1)) for pair in text.split("&") if pair]
    return search(generation, parse(pairs, generation.columns.values), NOW)


def test_calls_come_first_then_nearest_deadline_undated_last(published):
    results = answer(published[0], "per_page=200")
    kinds = [hit.stored.entry.kind for hit in results.hits]
    assert kinds == sorted(kinds, key=("call", "fund", "product").index)
    ends = [[end for end in timing.apply_until(hit.stored.entry) if end > NOW.timestamp()] for hit in results.hits]
    ahead = [min(instants) for instants in ends if instants]
    assert ahead == sorted(ahead)
    assert len(ahead) > 20


def test_the_largest_budget_comes_first_and_none_stated_last(published):
    hits = answer(published[0], "sort=budget&kind=call&status=&skills=&per_page=200&country=eu-wide").hits
    amounts = [hit.stored.entry.budget.total if hit.stored.entry.budget else None for hit in hits if hit.status != "closed"]
    stated = [amount for amount in amounts if amount is not None]
    assert len(stated) > 5
    assert amounts == [*sorted(stated, reverse=True), *[None] * (len(amounts) - len(stated))]


def test_amounts_in_other_currencies_are_no_euro(tmp_path):
    budgets = {"euro": {"total": 2e6}, "forint": {"total": 9e8, "currency": "HUF"}, "small": {"total": 100.0}, "none": None}
    calls = [call(name, budget=budget) for name, budget in budgets.items()]
    with corpus.published(tmp_path, calls) as generation:
        largest = search(generation, parse([("sort", "budget"), ("skills", "")]), OCTOBER).hits
        assert [hit.stored.entry.native_id for hit in largest] == ["euro", "small", "forint", "none"]
        for dated, names in (("0", {"euro", "forint", "none"}), ("1", {"euro"})):
            asked = parse([("budget_min", "1000000"), ("skills", ""), ("dated", dated)])
            assert {hit.stored.entry.native_id for hit in search(generation, asked, OCTOBER).hits} == names


def test_region_keeps_its_own_then_the_country_then_the_union(published):
    results = answer(published[0], "region=ITC4&per_page=200")
    tiers = [hit.tier for hit in results.hits]
    assert tiers == sorted(tiers, key=list(Tier).index)
    assert {Tier.DIRECT, Tier.WIDER_REGION, Tier.EU_WIDE} <= set(tiers)
    direct = [hit.stored.entry for hit in results.hits if hit.tier is Tier.DIRECT]
    assert direct
    assert all(any(code.startswith("ITC4") for code in entry.regions) for entry in direct)
    wider = [hit.stored.entry for hit in results.hits if hit.tier is Tier.WIDER_REGION]
    assert all("IT" in entry.countries and not entry.regions for entry in wider)


@pytest.mark.parametrize("name", ["Lombardy", "Lombardia", "lombardia", "ITC4", "itc4"])
def test_a_place_is_found_by_both_names_and_its_code(published, name):
    assert answer(published[0], f"where={name}").params.region == ("ITC4",)


def test_a_word_is_found_in_other_forms(published):
    generation, _ = published
    assert set(answer(generation, "q=skill&lang=en").rows) == set(answer(generation, "q=skills&lang=en").rows)


def test_c_plus_plus_is_a_word():
    assert [token.text for token in words("C++ and C#, Erasmus+")] == ["c++", "and", "c#", "erasmus+"]


def test_an_identifier_is_found_whole_and_in_parts(published):
    generation, stored = published
    call = next(s.entry for s in stored if s.entry.kind == "call" and (s.entry.identifier or "").startswith("ERASMUS-EDU"))
    for typed in (call.identifier, call.identifier.lower(), "ERASMUS-EDU", f'"{call.identifier}"'):
        rows = answer(generation, f"q={typed}&status=&skills=").rows
        assert call.id in {generation.columns.ids[row] for row in rows}, typed


def test_every_identifier_is_first_whole_cut_in_other_case_and_without_hyphens(published):
    generation, _ = published
    asked = identifiers.identifiers(generation)
    assert len(asked) > 100
    assert identifiers.not_first(generation, (text for identifier in asked for text in identifiers.typed(identifier))) == []


def test_no_entry_with_all_words_shows_those_with_some_and_says_so(published):
    results = answer(published[0], "q=skills zzzz")
    assert results.loosened
    assert results.total
    assert not answer(published[0], "q=zzzz").loosened


def test_an_empty_answer_says_what_each_filter_costs(published):
    results = answer(published[0], "q=zzzz&country=IT")
    assert results.total == 0
    assert results.without["q"] > 0
    assert list(results.without.values()) == sorted(results.without.values(), reverse=True)


def test_pages_hold_every_result_once(published):
    generation, _ = published
    whole = answer(generation, "per_page=200")
    paged = [hit.stored.entry.id for page in range(1, 5) for hit in answer(generation, f"per_page=50&page={page}").hits]
    assert paged == [hit.stored.entry.id for hit in whole.hits]
    assert answer(generation, "page=9999").hits == []
