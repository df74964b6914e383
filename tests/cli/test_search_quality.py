"""The scores of searches on judged documents: what they say, and that none falls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import label_quality, search_quality
from cli.quality import read
from cli.search_sweep import changed
from search import inverted, ranking

ROOT = Path(__file__).parents[2]
GOLD = ROOT.parent / "shared" / "gold"


@pytest.fixture(scope="module")
def found():
    documents, queries = list(read(GOLD / "docs.jsonl")), list(read(GOLD / "queries_dev.jsonl"))
    return search_quality.scores(documents, queries, GOLD / "score.py")


@pytest.mark.shared
def test_no_score_of_the_search_has_fallen(found):
    accepted = json.loads((ROOT / "tests" / search_quality.BASELINE).read_text("utf-8"))
    assert label_quality.falls(search_quality.numbers(found), accepted) == []


@pytest.mark.shared
def test_the_search_is_better_than_without_expansion_and_than_plain_whoosh(found):
    ours, unexpanded, plain = (found[name] for name in (search_quality.OURS, search_quality.UNEXPANDED, search_quality.PLAIN))
    assert ours["all"]["ndcg@10"] > unexpanded["all"]["ndcg@10"] > plain["all"]["ndcg@10"]
    assert ours["cross"]["ndcg@10"] > unexpanded["cross"]["ndcg@10"] + 0.1
    assert ours["en"]["ndcg@10"] >= plain["en"]["ndcg@10"]
    assert ours["all"]["none_in_10"] == 0


def test_the_page_names_every_kind_and_what_is_missed():
    kind = {"queries": 2.0, "ndcg@10": 0.5, "recall@20": 0.95, "none_in_10": 1.0}
    page = search_quality.section({name: {"all": kind, "en": kind} for name in (search_quality.OURS, search_quality.PLAIN)})
    assert "| en | 2 | 0.500 | 0.950 | 1 |" in page
    assert "- all, ndcg@10: 0.500, aim 0.78: missed" in page
    assert "- en, recall@20: 0.950, aim 0.90: reached" in page


def test_a_number_is_tried_at_another_value_and_put_back():
    before = ranking.BOOSTS["title"], ranking.K1
    with changed("BOOSTS.title", 9), changed("K1", 2.0):
        assert (ranking.BOOSTS["title"], ranking.K1, inverted.K1) == (9, 2.0, 2.0)
    assert (ranking.BOOSTS["title"], ranking.K1) == before
