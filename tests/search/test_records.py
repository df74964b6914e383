"""The records refuse what cannot be published."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from search import facets, records

BASE = {"kind": "call", "id": "s:1", "source": "s", "native_id": "1", "title": "x", "lang": "en", "url": "https://example.org", "level": "eu"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "javascript:alert(1)"},
        {"also_at": ["data:text/html,x"]},
        {"authority": {"name": "x", "url": "ftp://example.org"}},
        {"apply_url": "//example.org"},
        {"id": "s:1/2"},
        {"id": "no-source"},
        {"title": ""},
        {"title": "x" * 1001},
        {"lang": "english"},
        {"level": "galactic"},
        {"budget": {"total": -1}},
        {"deadlines": [{"date": "2026-12-01", "time": "25:00"}]},
        {"colour": "blue"},
    ],
)
def test_what_is_refused(wrong):
    with pytest.raises(ValidationError):
        records.load(BASE | wrong)


def test_a_record_survives_writing_and_reading():
    entry = records.load(BASE | {"deadlines": [{"date": "2026-12-01", "time": "17:00"}], "budget": {"total": 5}, "countries": ["PT", "IT", "IT"]})
    assert records.load(records.dump(entry)) == entry
    assert entry.countries == ["IT", "PT"]
    assert records.load(records.dump(entry)).digest() == entry.digest()


def test_evidence_for_a_value_that_is_not_there_is_a_problem():
    quote = {"value": "digital", "origin": "mapped", "rule": "x"}
    entry = records.load(BASE | {"evidence": {"ecosystem": [quote]}})
    assert facets.check(entry) == ["ecosystem: evidence for 'digital', which the entry does not carry"]
    assert facets.check(records.load(BASE | {"ecosystems": ["digital"], "evidence": {"ecosystem": [quote]}})) == []
