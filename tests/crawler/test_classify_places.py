"""Regions named in the words of a call."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.classify import classify
from crawler.classify_places import code_of, named_for
from crawler.language import language_of
from search.records import Call, Quote
from search.vocabulary import Origin
from tests.crawler import labelled


def call(title: str, country: str, lang: str, **fields: Any) -> Call:
    return labelled.call(title, lang, countries=[country], **fields)


@pytest.mark.parametrize(
    ("title", "country", "lang", "text", "regions"),
    [
        ("Bando innovazione – Regione Marche", "IT", "it", "", ["ITI3"]),
        ("Soutien aux radios d’Île-de-France", "FR", "fr", "", ["FR1"]),
        ("Weiterbildung in Bayern", "DE", "de", "", ["DE2"]),
        ("Formação na Madeira", "PT", "pt", "", ["PT3"]),
        ("Apoio ao centro da cidade", "PT", "pt", "", []),  # an everyday word
        ("Bando", "IT", "it", "Per imprese localizzate nelle regioni Basilicata, Calabria o Molise.", ["ITF2", "ITF5", "ITF6"]),
        ("Bando", "IT", "it", "Un progetto pilota ha avuto luogo in Toscana.", []),  # in passing
        ("Bando", "IT", "it", "Programma FESR Lazio. Imprese del Lazio.", ["ITI4"]),  # again and again, and no other
        ("Bando", "IT", "it", "Lazio e Toscana, Lazio e Umbria.", []),
        ("Bando in lombardia", "IT", "it", "", []),  # no capital: not known to be the name
        ("Training in Lombardia", "FR", "en", "", []),  # of another country
    ],
)
def test_regions_of_the_country(title: str, country: str, lang: str, text: str, regions: list[str]) -> None:
    entry = classify(call(title, country, lang, description=text or None))
    assert entry.regions == regions
    assert entry.level == ("regional" if regions else "national")
    for quote in entry.evidence.get("region", []):
        assert getattr(entry, quote.field or "")[quote.start : quote.end] == quote.quote
    assert classify(entry) == entry


def test_what_the_source_said_of_the_level_is_kept() -> None:
    said = {"level": [Quote(value="national", origin=Origin.MAPPED, quote="Ministero", rule="giver")]}
    entry = classify(call("Bando Toscana", "IT", "it", evidence=said))
    assert (entry.regions, entry.level) == ([], "national")


def test_names_codes_and_first_letters() -> None:
    assert [code_of(label, "IT") for label in ("Lombardia", "ITC4", "fvg", "Bavaria", "")] == ["ITC4", "ITC4", "ITH4", None, None]
    assert [named_for(slug, "FR") for slug in ("fr_idf", "fr_ademe", "fr")] == ["FR1", None, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Umschulung von Arbeitslosen in ländlichen Gebieten", "de"),
        ("Taħriġ tal-ħaddiema fis-settur tat-turiżmu u l-ospitalità", "mt"),
        ("Formazione", "xx"),  # too short to tell
    ],
)
def test_language(text: str, expected: str) -> None:
    assert language_of(text, "xx") == expected
