"""Every source replayed from its recorded pages; and every source has such a folder, every folder a source."""

from __future__ import annotations

import json

import pytest

from crawler import fixture_server, registry
from search import facets, records
from tests.replaying import replay

FOLDERS = fixture_server.folders()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_source_replayed_gives_what_is_expected(folder, tmp_path):
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    got, missed, unasked = replay(folder, tmp_path)
    assert missed == [], "asked, but not recorded"
    assert unasked == [], "recorded, but never asked for"
    for mine, theirs in zip(got["entries"], expected["entries"], strict=True):
        assert mine == theirs, mine["id"]
    assert got["warnings"] == expected["warnings"]


def test_every_source_has_a_fixture_and_every_fixture_a_source():
    assert {folder.name for folder in FOLDERS} == set(registry.spiders())


def all_expected():
    return [records.load(row) for folder in FOLDERS for row in json.loads((folder / "expected.json").read_text(encoding="utf-8"))["entries"]]


def test_the_samples_are_worth_looking_at():
    entries = all_expected()
    calls = [e for e in entries if e.kind == "call"]
    assert len(calls) >= 60
    assert len({c for e in entries if e.kind == "fund" for c in e.countries}) == 27
    assert {e for call in calls for e in call.ecosystems} >= {"digital", "construction", "health", "tourism", "textile", "cross-sectoral"}


def test_evidence_points_at_the_words_it_quotes():
    entries = all_expected()
    quoted = 0
    for entry in entries:
        assert facets.check(entry) == []
        for quotes in entry.evidence.values():
            for quote in quotes:
                if quote.field:
                    assert getattr(entry, quote.field)[quote.start : quote.end] == quote.quote, entry.id
                    quoted += 1
    assert quoted > 100


def test_every_label_of_a_call_has_its_evidence():
    for call in (e for e in all_expected() if e.kind == "call"):
        for facet in facets.FACETS:
            if facet.name in ("ecosystem", "area", "beneficiary", "type"):
                values = set(facet.values(call)) - {"both"}
                assert values == {q.value for q in call.evidence.get(facet.name, [])}, (call.id, facet.name)
