"""What every engine owes: the same hits, counts and order, the same generations. One suite, unchanged on each.

The one difference that is allowed: two entries whose scores differ by less than a hundred-thousandth may change places, as a
cluster holds what a word counts in 262 144ths and adds up in another order.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path

import pytest

from cli.judged import to_entry
from search import engines, records, suggest
from search.engines.opensearch import words
from search.opening import GenerationError
from search.reading import parse
from search.settings import Settings
from search.store import Harvest, Store
from tests.search import brute, corpus
from tests.search.conftest import ENGINES, new_engine
from tests.search.example import NOW as THEN
from tests.search.example import address, example, fill
from tests.search.test_changes import call
from tests.search.test_query import FIXTURES, NOW, generated

GOLD = Path(__file__).parents[3] / "shared" / "gold"
SEARCHES = {"embedded": 100, "opensearch": 2000}
ROUNDING = 1e-5  # of a score
EVERYTHING = "status=&skills="


def pairs_of(text):
    return [tuple(pair.split("=", 1)) for pair in text.split("&") if pair]


def ask(generation, pairs, now=NOW):
    return generation.search(parse(pairs, generation.columns.values), now)


def ids(results):
    return [hit.stored.entry.id for hit in results.hits]


def published(engine, folder, entries, now=NOW):
    store = Store(f"sqlite:///{folder}/funding.db")
    for source in sorted({entry.source for entry in entries}):
        store.finish_run(store.start_run(source, now), Harvest([e for e in entries if e.source == source]), now, {}, {})
    engine.publish(store, now)
    return store, engine.open_current()


def samples():
    return [records.load(row) for path in sorted(FIXTURES.glob("*/expected.json")) for row in json.loads(path.read_text("utf-8"))["entries"]]


@pytest.fixture(scope="module", params=ENGINES)
def both(request, tmp_path_factory):
    """The engine's generation of the sample records, the embedded one's of the same, the records, and the engine's name."""
    folder = tmp_path_factory.mktemp(request.param)
    store, generation = published(new_engine(request.param, folder, request), folder, samples())
    reference = engines.EmbeddedEngine(folder / "index")
    if request.param == "embedded":
        reference.publish(store, NOW)
    yield generation, reference.open_current(), list(store.all_entries()), request.param
    generation.close()
    store.close()


def same_order(found, wanted):
    """Whether two lists of hits are in the same order, last bits of scores aside."""
    for one, other in zip_longest(found, wanted):
        if one is None or other is None or (one.tier, one.stored.entry.kind, one.status) != (other.tier, other.stored.entry.kind, other.status):
            return False
        if one.score is None or other.score is None:
            if one.stored.entry.id != other.stored.entry.id:
                return False
        elif abs(one.score - other.score) > ROUNDING * max(1.0, other.score):
            return False
    return True


def test_generated_searches_have_the_hits_and_counts_of_the_slow_way_and_one_order(both):
    generation, reference, stored, name = both
    slow, orders = brute.Slow(stored, NOW), ("relevance", "deadline", "newest", "changed", "budget")
    for number, pairs in enumerate(generated(generation, SEARCHES[name])):
        asked = [*pairs, ("sort", orders[number % 5]), ("per_page", "30"), ("page", str(1 + number % 3 // 2))]
        results, wanted = ask(generation, asked), ask(reference, asked)
        hits, counts = slow.answer(results.params)
        assert {generation.columns.ids[row] for row in results.rows} == hits, pairs
        assert {facet: {c.value: c.count for c in found if c.count} for facet, found in results.facets.items()} == counts, pairs
        assert results.facets == wanted.facets
        assert (results.total, results.tiers, results.whole, results.without) == (len(hits), wanted.tiers, wanted.whole, wanted.without), pairs
        assert (results.read_as, results.corrections) == (wanted.read_as, wanted.corrections)
        assert same_order(results.hits, wanted.hits), (asked, ids(results), ids(wanted))
        assert results.of_any_status.rows.tolist() == wanted.of_any_status.rows.tolist()


@pytest.mark.shared
def test_every_search_of_the_worked_example(engine, tmp_path):
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    fill(store)
    engine.publish(store, THEN)
    generation = engine.open_current()
    for answer in example()["answers"]:
        results = ask(generation, address(answer["query"]), THEN)
        assert sorted(hit.stored.entry.native_id for hit in results.hits) == sorted(answer["hits"]), answer["query"]
        for facet, counts in answer["facets"].items():
            assert {c.value: c.count for c in results.facets[facet] if c.count} == counts, (answer["query"], facet)


@pytest.mark.shared
def test_the_development_queries_find_the_same_in_the_same_order(engine, tmp_path):
    documents = [json.loads(line) for line in (GOLD / "docs.jsonl").read_text("utf-8").splitlines()]
    _, generation = published(engine, tmp_path, list({e.id: e for e in map(to_entry, documents)}.values()))
    reference = engines.EmbeddedEngine(tmp_path / "index").open_current()
    for line in (GOLD / "queries_dev.jsonl").read_text("utf-8").splitlines():
        for more in ("per_page=100&status=&skills=&kind=", "", "country=IT&include_silent=1"):
            pairs = [("q", json.loads(line)["query"]), *pairs_of(more)]
            results, wanted = ask(generation, pairs), ask(reference, pairs)
            assert (results.total, results.facets, results.whole, results.tiers) == (wanted.total, wanted.facets, wanted.whole, wanted.tiers), pairs
            assert same_order(results.hits, wanted.hits), (pairs, ids(results), ids(wanted))


def test_files_hold_every_result_in_the_order_of_the_pages(both):
    generation, reference, *_ = both
    for text in (EVERYTHING, f"q=digital skills&{EVERYTHING}", "region=ITC4&include_silent=1"):
        params = parse(pairs_of(text))
        assert same_order(list(generation.each(params, NOW)), list(reference.each(params, NOW)))


def test_all_entries_are_read_in_the_order_of_the_rows(both):
    generation, reference, *_ = both
    assert list(generation.all()) == list(reference.all()) == [reference.stored(row) for row in range(len(reference.columns))]


def test_what_is_typed_is_completed_alike(both):
    generation, reference, *_ = both
    for typed in ("vocat", "digital sk", "lomb", "upsk", "formaz"):
        assert suggest.suggestions(typed, generation) == suggest.suggestions(typed, reference)
    assert suggest.suggestions("lomb", generation)


def test_some_rows_alone_can_be_searched_and_counted(both):
    generation, reference, *_ = both
    among = generation.columns.facets["level"].carrying(["regional"])
    params = parse(pairs_of("q=training&status="))
    found, wanted = generation.search(params, NOW, among), reference.search(params, NOW, among)
    assert found.total == wanted.total > 0
    assert found.facets == wanted.facets


def test_a_beginning_that_many_words_have_finds_all_of_them(both, monkeypatch):
    """In a cluster more words than are counted one by one count as much as all together: only the hits are the same."""
    generation, reference, *_ = both
    for most in (words.MOST_BEGINNINGS, 20):
        monkeypatch.setattr(words, "MOST_BEGINNINGS", most)
        for typed in (f"con* {'x' * most}", f"pro* -{'x' * most}"):  # words of its own for each limit, as what was asked is kept
            asked = [("q", typed), *pairs_of(EVERYTHING)]
            assert ask(generation, asked).rows.tolist() == ask(reference, asked).rows.tolist() != []


def test_generations_follow_each_other_are_asked_as_of_then_and_gone_back_to(engine, tmp_path):
    with pytest.raises(GenerationError):
        engine.open_current()
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    days = [datetime.fromisoformat(f"2026-{day}T12:00:00+02:00") for day in ("08-28", "09-15", "10-01")]
    for number, now in enumerate(days):
        store.finish_run(store.start_run("made", now), Harvest(corpus.entries(4 + number)), now, {}, {})
        engine.publish(store, now)
    held = engine.open_current()
    assert [(g.entries, g.in_use) for g in engine.listed()] == [(6, True), (5, False), (4, False)]
    assert engine.differences(store, held) == []
    earlier, then, problem = engine.open_for("2026-08", NOW)
    assert (len(earlier.columns), problem) == (4, "")
    assert then < days[1]
    assert ask(earlier, pairs_of(EVERYTHING), then).total == 4
    assert engine.roll_back() == (held.name, engine.listed()[1].name)
    assert len(engine.open_current().columns) == 5
    assert ask(held, pairs_of(EVERYTHING)).total == 6, "who has one open goes on with it"
    assert [g.withdrawn for g in engine.listed()] == [True, False, False]
    engine.publish(store, days[2] + timedelta(days=1))
    assert engine.listed()[0].name > held.name
    assert len(engine.open_current().columns) == 6


def test_only_the_last_generations_and_one_of_each_month_are_kept(engine, tmp_path):
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    for day in ("08-03", "08-28", "09-15"):
        now = datetime.fromisoformat(f"2026-{day}T12:00:00+02:00")
        store.finish_run(store.start_run("made", now), Harvest(corpus.entries(2)), now, {}, {})
        engine.publish(store, now, keep=1)
    assert [g.month for g in engine.listed()] == ["2026-09", "2026-08"]


def test_a_copy_is_found_under_the_entry_that_stands_for_it(engine, tmp_path):
    twin = {"title": "Skills for hydrogen technicians in the region", "url": "https://example.org/calls/1"}
    _, generation = published(engine, tmp_path, [call("one", source="s", **twin), call("two", source="t", **twin)])
    (copy, entry_id), *_ = generation.copies.items()
    results = ask(generation, pairs_of(EVERYTHING))
    assert ids(results) == [entry_id]
    assert [c.id for c in results.hits[0].stored.copies] == [copy]
    assert {c.value: c.count for c in results.facets["source"]} == {"s": 1, "t": 1}


def test_a_check_names_what_is_in_the_manifest_alone_and_a_record_that_is_another(engine, tmp_path):
    store, generation = published(engine, tmp_path, [call("one"), call("two")])
    assert engine.differences(store, generation) == []
    generation.digests["s:gone"] = generation.digests["s:one"]
    generation.digests["s:two"] = generation.digests["s:one"]
    assert engine.differences(store, generation) == [
        "s:gone is in the index but not in the store",
        "s:two differs between store and index",
        "s:two: the index holds another record than its manifest says",
        "the columns and the manifest hold different entries",
    ]


def test_nothing_found_is_no_error(engine, tmp_path):
    _, generation = published(engine, tmp_path, [call("one")])
    results = ask(generation, pairs_of("q=zzzz&page=9"))
    assert (results.total, results.hits, len(results.rows)) == (0, [], 0)
    assert ask(generation, pairs_of(f"{EVERYTHING}&page=9")).hits == []


def test_the_settings_choose_the_engine(tmp_path):
    plain = Settings(tmp_path, 0, False, None, "", 3)
    assert type(engines.of(plain)).__name__ == "EmbeddedEngine"
    cluster = Settings(tmp_path, 0, False, None, "", 3, search_url="opensearch+http://127.0.0.1:9200/finder")
    assert type(engines.of(cluster)).__name__ == "OpenSearchEngine"
