"""The worked example of the design: hits and every count, through search()."""

from __future__ import annotations

import pytest

from search import generations
from search.query import search
from search.reading import parse
from search.store import Store
from tests.search.example import NOW, address, example, fill

pytestmark = pytest.mark.shared


def test_every_search_of_the_example(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    fill(store)
    generations.publish(store, tmp_path / "index", NOW)
    generation = generations.open_current(tmp_path / "index")
    for answer in example()["answers"]:
        results = search(generation, parse(address(answer["query"])), NOW)
        assert not results.params.warnings
        assert sorted(hit.stored.entry.native_id for hit in results.hits) == sorted(answer["hits"]), answer["query"]
        for facet, counts in answer["facets"].items():
            assert {c.value: c.count for c in results.facets[facet] if c.count} == counts, (answer["query"], facet)
