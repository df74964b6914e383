"""Judged documents as calls: labels mapped where a spider maps them, read by their names elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from cli.judged import in_nuts_2021, to_entry
from search.records import Call


def entry(source: str, country: str, title: str = "Bando", text: str = "", **meta: Any) -> Call:
    return to_entry({"id": f"{source}:1", "source": source, "country": country, "title": title, "text": text, "meta": meta})


def test_a_spiders_own_tables_are_used() -> None:
    call = entry("it_incentivi", "IT", zm_field_dimensions_value=["Grande Impresa"], zm_field_support_form_value=["Garanzia"],
                 zm_field_regions_value=["Marche"])  # fmt: skip
    assert (call.beneficiaries, call.funding_type, call.regions, call.level) == (["large-company"], "loan", ["ITI3"], "regional")
    assert {q.origin for facet in ("beneficiary", "type", "region", "level") for q in call.evidence[facet]} == {"mapped"}


@pytest.mark.parametrize(
    ("source", "country", "meta", "regions", "level"),
    [
        ("hu_anybody", "HU", {"regions": ["Nyugat-Dunántúl", "Dél-Alföld"]}, ["HU22", "HU33"], "regional"),
        ("it_anybody", "IT", {"region": "fvg"}, ["ITH4"], "regional"),  # the first letters of its name
        ("it_puglia", "IT", {}, ["ITF4"], "regional"),  # named for a region
        ("fr_drome", "FR", {}, ["FRK23"], "regional"),
        ("hu_anybody", "HU", {"regions": ["országos"]}, [], "national"),  # no region: limits nothing
        ("pt_portugal 2030", "PT", {"programa": "MADEIRA 2030"}, ["PT30"], "regional"),
        ("pt_portugal 2030", "PT", {"programa": "PESSOAS 2030"}, [], "national"),
        ("eu_ftp", "EU", {"identifier": "HORIZON-X"}, [], "eu"),
    ],
)
def test_places_and_levels(source: str, country: str, meta: dict[str, Any], regions: list[str], level: str) -> None:
    call = entry(source, country, **meta)
    assert (call.regions, call.level) == (regions, level)


def test_labels_of_an_unknown_source_are_text() -> None:
    call = entry("sk_anybody", "SK", "Výzva", who_benefic="stredné školy", topics=["cestovný ruch"])
    assert (call.description, call.eligibility, call.ecosystems) == ("cestovný ruch", "stredné školy", ["tourism"])


def test_the_declared_language_goes_first() -> None:
    document = {"id": "a:1", "source": "a", "country": "FI", "title": "Stöd till utbildning av anställda i små företag i hela landet"}
    assert (to_entry(document).lang, to_entry(document | {"lang": "fi"}).lang) == ("sv", "fi")


def test_regions_are_told_in_nuts_2021() -> None:
    assert in_nuts_2021(["PT1C", "PT1D3", "ES707", "ITC4"]) == ["ES70", "ITC4", "PT18"]
