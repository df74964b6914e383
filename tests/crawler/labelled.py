"""Made-up calls to label, and what holds for every labelled entry."""

from __future__ import annotations

from typing import Any

from search import facets
from search.records import Call, Fund, Product
from search.vocabulary import Origin, Skills


def call(title: str = "A call", lang: str = "en", **fields: Any) -> Call:
    own = {"id": "test:1", "source": "test", "native_id": "1", "url": "https://example.org/1", "level": "national"}
    return Call(title=title, lang=lang, **{**own, **fields})


def check(entry: Call | Fund | Product) -> None:
    """Legal values, and every inferred quote stands where its evidence says."""
    assert facets.check(entry) == []
    inferred = [quote for quotes in entry.evidence.values() for quote in quotes if quote.origin is Origin.INFERRED]
    for quote in inferred:
        text = getattr(entry, quote.field or "")
        assert text[quote.start : quote.end] == quote.quote != ""
        assert quote.rule
    for name in ("ecosystem", "area", "beneficiary", "type"):
        values = facets.BY_NAME[name].values
        assert values is not None
        assert {q.value for q in entry.evidence.get(name, ())} == {*values(entry)} - {"both"}
    assert bool(entry.evidence.get("skills")) == (entry.skills is not Skills.NONE)
