"""Loans offered as calls are of type loan by the source's own code or label; what a licence forbids to derive is in no export."""

from __future__ import annotations

import json
import re

import pytest
from parsel import Selector

from crawler import fixture_server
from crawler.normalise import squeeze
from search.vocabulary import FundingType, Origin

GERMAN = fixture_server.FIXTURES / "de_foerderdatenbank"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("cz_dotaceeu", "vyzvyfeedfinanc"),
        ("de_foerderdatenbank", "Darlehen"),
        ("it_incentivi", "Finanziamento agevolato"),
        ("fr_aides_territoires", "Prêt"),
        ("eu_ftp", "Just Transition Mechanism, type 1"),
    ],
)
def test_a_loan_is_told_from_the_sources_own_words(source, words):
    entries = json.loads((fixture_server.FIXTURES / source / "expected.json").read_text(encoding="utf-8"))["entries"]
    quotes = [quote for entry in entries if entry["funding_type"] == FundingType.LOAN for quote in entry["evidence"]["type"]]
    assert words in {quote["quote"] for quote in quotes if quote["origin"] == Origin.MAPPED}


def sentences(html: str) -> list[str]:
    """The sentences of a programme's texts on its page."""
    texts = " ".join(" ".join(body.xpath(".//text()").getall()) for body in Selector(html).css(".rich--text"))
    return [sentence for sentence in re.split(r"(?<=[.!?:])\s+", squeeze(texts)) if len(sentence.split()) >= 4]


def test_no_sentence_of_a_german_description_is_exported(funding):
    with fixture_server.serving([GERMAN]) as server:
        done = funding.run("crawl", GERMAN.name, "--replay", server.url, FUNDING_TODAY="2026-11-20")
    assert done.returncode == 0, done.stderr
    exported = funding.run("export", "-", FUNDING_TODAY="2026-11-20").stdout
    rows = [json.loads(line) for line in exported.splitlines()]
    forbidden = [sentence for page in GERMAN.glob("pages/*.html") for sentence in sentences(page.read_text(encoding="utf-8"))]
    assert len(forbidden) >= 6
    assert len(rows) >= 6
    said = squeeze(json.dumps(rows, ensure_ascii=False))
    assert [sentence for sentence in forbidden if sentence in said or " ".join(sentence.split()[:6]) in said] == []
    assert all(row["deadline_kind"] == "not-stated" and row["licence"].startswith("CC BY-ND") for row in rows)
    assert all(row["status"] == ("closed" if row["details"]["source_status"] else "unknown") for row in rows), "closed only where the portal says so"
    assert not any(row["summary"] or row.get("details", row).get("description") for row in rows)
