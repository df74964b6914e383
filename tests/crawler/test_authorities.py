"""The directory: what is said of one programme is what a crawled page or dataset said of it."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup

from crawler import authorities
from search.vocabulary import Fund
from tests.replaying import FIXTURES

FOLDER = FIXTURES / "ec_authorities"
DATASET = "https://data.example.org/plan.json"


def words_of(text: str) -> str:
    return " ".join(text.split())


def test_each_sentence_about_a_programme_stands_on_its_page():
    recorded = json.loads((FOLDER / "fixture.json").read_text(encoding="utf-8"))
    pages = {page["url"]: FOLDER / page["file"] for page in recorded["pages"]}
    entries = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["entries"]
    speaking = [entry for entry in entries if entry["programme_says"]]
    assert speaking
    for entry in speaking:
        shown = words_of(BeautifulSoup(pages[entry["programme_says_url"]].read_bytes(), "lxml").get_text(" "))
        for section in entry["programme_says"]:
            for line in (section["heading"], *section["text"].splitlines()):
                assert words_of(line.lstrip("•- ")) in shown, entry["id"]


def row(**more: str) -> dict[str, str]:
    return {"ms": "AT", "cci": "2021AT05FFPR001", "fund": "ESF", "total": "1000", "financial_allocation_category": "Transition"} | more


def test_planned_amounts_are_those_of_the_rows():
    rows = [row(), row(financial_allocation_category="More developed", total="2500.5"), row(fund="JTF", total="70")]
    planned, doubtful = authorities.read_planned(rows, DATASET)
    own = planned["2021AT05FFPR001", Fund.ESF_PLUS]
    assert [(p["amount"], p["category"]) for p in own] == [(1000.0, "Transition"), (2500.5, "More developed")]
    assert own[0]["url"] == f"{DATASET}?cci=2021AT05FFPR001"
    assert doubtful == 0


@pytest.mark.parametrize("odd", [row(total="7"), row(total="n/a"), row(total="-3")], ids=["a category twice", "words", "below zero"])
def test_doubtful_amounts_are_not_stated(odd):
    planned, doubtful = authorities.read_planned([row(), odd | {"fund": "ESF"}], DATASET)
    assert (planned, doubtful) == ({}, 1)


def test_rows_without_amounts_say_nothing():
    nothing = row()
    del nothing["total"]
    assert authorities.read_planned([nothing], DATASET) == ({}, 0)
