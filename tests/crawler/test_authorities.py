"""The directory: what is said of one programme is what a crawled page or dataset said of it."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup

from crawler import cohesion_data
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
    planned, doubtful = cohesion_data.read_planned(rows, DATASET)
    own = planned["2021AT05FFPR001", Fund.ESF_PLUS]
    assert [(p["amount"], p["category"]) for p in own] == [(1000.0, "Transition"), (2500.5, "More developed")]
    assert own[0]["url"] == f"{DATASET}?cci=2021AT05FFPR001"
    assert doubtful == 0


@pytest.mark.parametrize("odd", [row(total="7"), row(total="n/a"), row(total="-3")], ids=["a category twice", "words", "below zero"])
def test_doubtful_amounts_are_not_stated(odd):
    planned, doubtful = cohesion_data.read_planned([row(), odd | {"fund": "ESF"}], DATASET)
    assert (planned, doubtful) == ({}, 1)


def test_rows_without_amounts_say_nothing():
    nothing = row()
    del nothing["total"]
    assert cohesion_data.read_planned([nothing], DATASET) == ({}, 0)


ADULTS, WORKERS = (
    "Support for adult education (excluding infrastructure)",
    "Support for adaptation of workers, enterprises and entrepreneurs to change",
)


def field_row(**more: str) -> dict[str, str]:
    return {"cci": "2021AT05FFPR001", "fund": "ESF+", "category_code": "151", "category_name": ADULTS, "total_amount": "1000.5"} | more


def test_amounts_by_field_are_summed_over_priorities_and_only_those_about_skills_kept():
    rows = [
        field_row(),
        field_row(total_amount="500"),
        field_row(category_code="146", category_name=WORKERS, total_amount="9000"),
        field_row(category_name="Support for social economy and social enterprises"),
        field_row(fund="EMFAF"),
    ]
    planned, doubtful = cohesion_data.read_fields(rows, DATASET)
    assert doubtful == 0
    assert list(planned) == [("2021AT05FFPR001", Fund.ESF_PLUS)]
    own = planned["2021AT05FFPR001", Fund.ESF_PLUS]
    assert [(f["code"], f["name"], f["amount"]) for f in own] == [("146", WORKERS, 9000.0), ("151", ADULTS, 1500.5)]
    assert own[0]["url"] == f"{DATASET}?cci=2021AT05FFPR001"


def test_a_programme_with_an_unreadable_amount_states_no_field():
    assert cohesion_data.read_fields([field_row(), field_row(total_amount="n/a")], DATASET) == ({}, 1)


def test_planned_fields_stand_in_the_recorded_dataset():
    rows = json.loads((FOLDER / "pages" / "hgyj-gyin.json").read_text(encoding="utf-8"))
    entries = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["entries"]
    speaking = [entry for entry in entries if entry["planned_fields"]]
    assert speaking
    for entry in speaking:
        for field in entry["planned_fields"]:
            own = [r for r in rows if (r["cci"], r["fund"], r["category_code"]) == (entry["cci"], entry["fund"], field["code"])]
            assert {r["category_name"] for r in own} == {field["name"]}
            assert sum(float(r["total_amount"]) for r in own) == field["amount"]
