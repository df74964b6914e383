"""Sources kept by hand: complete, honest about what was seen, and due for review after a year."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta

import pytest

from cli.reviewing import review_rows
from crawler import curated
from search.vocabulary import Basis, Country, Kind
from tests.conftest import Command
from tests.replaying import FIXTURES

TABLES = ("loan_products", "erasmus_na", "erasmus_actions", "link_only")


def entries(source: str):
    return json.loads((FIXTURES / source / "expected.json").read_text(encoding="utf-8"))["entries"]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_says_when_it_was_looked_at_and_how_it_is_known(name):
    rows = curated.rows(name)
    assert len({next(iter(row.values())) for row in rows}) == len(rows)
    for row in rows:
        date.fromisoformat(row["checked"])
        for column in row.keys() & {"basis", "url_basis", "homepage_basis"}:
            assert row[column] in {Basis.SEEN, Basis.RECALLED}, row
        if row.get("url_basis") == Basis.SEEN:
            assert row["source"]


def test_each_action_is_there_for_each_country():
    calls = entries("erasmus_na")
    states = {str(country) for country in Country if country is not Country.EU_WIDE}
    for action in ("KA120", "KA121", "KA122", "KA220"):
        mine = [call for call in calls if call["title"].startswith(f"Erasmus+ {action}-")]
        for sector in ("VET", "ADU"):
            assert {c for call in mine if f"{action}-{sector}" in call["title"] for c in call["countries"]} == states


def test_what_was_only_remembered_says_so():
    for call in entries("erasmus_na"):
        remembered = call["notices"][0].startswith("Date and conditions: Not checked")
        assert remembered == call["deadlines"][0]["text"].endswith("(recalled, not checked)")
        assert call["authority"]["url_basis"] in {Basis.SEEN, Basis.RECALLED}
    products = entries("loan_products")
    assert {product["kind"] for product in products} == {Kind.PRODUCT}
    for product in products:
        assert product["basis_text"].startswith("Not checked" if product["basis"] == Basis.RECALLED else "Seen")
        assert all(link["basis_text"] for link in product["links"] if link["basis"] == Basis.SEEN)


def test_a_row_is_due_after_a_year(tmp_path, monkeypatch, capsys):
    path = tmp_path / "loans.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerows([["key", "url", "checked"], ["old", "https://example.org/old", "2025-01-01"], ["new", "", "2026-01-01"]])
    (tmp_path / "codes.csv").write_text("code,label\n1,one\n", encoding="utf-8")
    monkeypatch.setattr(curated, "FOLDER", tmp_path)
    curated.rows.cache_clear()
    try:
        exactly = date(2025, 1, 1) + timedelta(days=curated.REVIEW_AFTER)
        assert curated.due(exactly) == []
        assert [(row.table, row.key, row.address) for row in curated.due(exactly + timedelta(days=1))] == [
            ("loans", "old", "https://example.org/old")
        ]
        assert review_rows(exactly, as_json=False) == 0
        assert review_rows(exactly + timedelta(days=1), as_json=False) == 1
    finally:
        curated.rows.cache_clear()
    assert "2025-01-01  loans: old  https://example.org/old" in capsys.readouterr().out


def test_review_goes_by_the_pinned_clock(funding: Command):
    assert funding.run("review", FUNDING_TODAY="2026-12-01").returncode == 0
    done = funding.run("review", "--json", FUNDING_TODAY="2028-01-01")
    assert done.returncode == 1
    assert {row["table"] for row in json.loads(done.stdout)} == set(TABLES)


def test_a_crawl_says_what_nobody_has_looked_at(funding: Command):
    done = funding.run("crawl", "loan_products", "--replay", "http://127.0.0.1:9", FUNDING_TODAY="2028-01-01")
    assert done.returncode == 0, done.stderr
    assert f"{len(curated.rows('loan_products'))} x rows that nobody has looked at for a year" in done.stderr
    page = funding.json("sources", "--json", FUNDING_TODAY="2028-01-01")
    assert next(row for row in page if row["source"] == "loan_products")["health"] == "ok"
