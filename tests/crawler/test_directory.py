"""The directory is complete: every programme, plan and Interreg programme that is known is an entry; and its page of counts is current."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from crawler.seeds import counts, table
from crawler.seeds.reading import MEMBER_STATES
from tests.conftest import SHARED
from tests.replaying import FIXTURES

NATIONAL = SHARED / "data" / "national"


@pytest.fixture(scope="module")
def entries():
    rows = json.loads((FIXTURES / "ec_authorities" / "expected.json").read_text(encoding="utf-8"))["entries"]
    found: dict[str, list] = {}
    for row in rows:
        found.setdefault(row["native_id"], []).append(row)
    return found


def known(name: str):
    return list(csv.DictReader((NATIONAL / name).read_text(encoding="utf-8").splitlines()))


@pytest.mark.shared
@pytest.mark.parametrize("country", MEMBER_STATES)
def test_every_known_programme_and_plan_of_a_country_is_there(country, entries):
    theirs = [row for row in known("programmes_2021_2027.csv") if row["country_iso2"] == country]
    mine = {(row.cci, row.title_en): row.key for row in table.programmes() if row.country == country}
    assert len(theirs) == len(mine)
    for row in theirs:
        found = entries[mine[row["cci"], row["title_en"]]]
        assert all(country in entry["countries"] for entry in found)
        funds = {entry["fund"] for entry in found}
        stated = any("open-data" in entry["known_from"] for entry in found)  # then the open data say which funds
        assert funds == set(row["funds"].split()) or stated, row["title_en"]
    plans = [entry for found in entries.values() for entry in found if entry["fund"] == "RRF" and entry["countries"] == [country]]
    assert len(plans) == 1


@pytest.mark.shared
def test_every_known_interreg_programme_is_there(entries):
    codes = {row["cci"] for row in known("interreg_2021_2027.csv")}
    assert len(codes) == len(table.interreg())
    for code in codes:
        assert [entry["programme"] for entry in entries[code]] == ["Interreg"]


def test_every_entry_says_who_where_and_what(entries):
    for entry in (entry for found in entries.values() for entry in found):
        assert entry["authority"], entry["id"]
        assert entry["area_en"], entry["id"]
        assert entry["area_original"], entry["id"]
        assert entry["programme_title"], entry["id"]
        assert entry["countries"], entry["id"]
        assert entry["regions"] or entry["level"] != "regional" or entry["programme"] == "Interreg" or "seed" not in entry["known_from"], entry["id"]
        if entry["programme_title_original"]:
            assert entry["programme_title_original_basis"], entry["id"]


def test_the_page_of_counts_is_what_the_seed_holds():
    page = Path(__file__).parents[2] / "docs" / "directory.md"
    assert page.read_text(encoding="utf-8") == counts.markdown(), "run: python -m crawler.seeds.counts > docs/directory.md"
