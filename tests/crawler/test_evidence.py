"""Inferred labels quote words that stand where the evidence says, over all samples, whatever stands before them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from crawler import fixture_server
from crawler.classify import classify
from crawler.classify_text import WEIGHTS
from crawler.normalise import from_html
from search import records
from search.records import Entry, Quote
from search.vocabulary import Origin
from webapp import evidence

LEAST = 0.95
BEFORE = (
    from_html("<p>👩‍🔧 Fran&ccedil;ais &amp; &euro;&nbsp;5 &#128512; İstanbul ﬁne e&#769;t&eacute;</p>") + "\n"
)  # signs of two code units, of none, that grow when folded


@pytest.fixture(scope="module")
def samples() -> list[Entry]:
    found = []
    for folder in fixture_server.folders():
        found += [records.load(entry) for entry in json.loads((folder / "expected.json").read_text(encoding="utf-8"))["entries"]]
    return found


def inferred(entries: list[Entry]) -> Iterator[tuple[Entry, Quote]]:
    for entry in entries:
        yield from ((entry, quote) for quotes in entry.evidence.values() for quote in quotes if quote.origin is Origin.INFERRED)


def stands(entry: Entry, quote: Quote) -> bool:
    text = getattr(entry, quote.field or "", None)
    return bool(text and quote.quote and text[quote.start : quote.end] == quote.quote)


def with_more_before(entry: Entry) -> Entry:
    """The entry with other signs before each of its texts."""
    texts: dict[str, Any] = {name: (BEFORE + text)[: 1000 if name == "title" else None] for name in WEIGHTS if (text := getattr(entry, name, None))}
    return entry.model_copy(update=texts)


def test_quotes_stand_at_their_offsets(samples: list[Entry]) -> None:
    quoted = [stands(entry, quote) for entry, quote in inferred(samples)]
    assert len(quoted) > 1000
    assert sum(quoted) >= LEAST * len(quoted)


def test_quotes_stand_at_their_offsets_behind_entities_and_emoji(samples: list[Entry]) -> None:
    moved = [classify(with_more_before(entry)) for entry in samples if entry.kind == "call"]  # type: ignore[attr-defined]
    quoted = [stands(entry, quote) for entry, quote in inferred(moved)]
    assert len(quoted) > 300
    assert sum(quoted) >= LEAST * len(quoted)


def test_the_page_marks_every_quote(samples: list[Entry]) -> None:
    marked = []
    for entry in samples:
        places = evidence.places(entry)
        rows = evidence.rows(entry, places)
        marked += [row.anchor is not None for row in rows if row.origin is Origin.INFERRED and row.field != evidence.FIELD_WORDS["call_title"]]
    assert len(marked) > 1000
    assert all(marked)
