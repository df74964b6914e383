"""Places as people ask for them: cities, short names and names in other languages lead to the unit meant."""

from __future__ import annotations

import pytest

from search import places, regions, suggest


def test_every_row_is_a_unit_and_no_name_stands_twice():
    assert len(places.names()) > 100
    assert set(places.names().values()) <= set(regions.units())


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Mazowieckie", "PL9"),
        ("Mazovia", "PL9"),
        ("Warsaw", "PL911"),
        ("lisbon", "PT17"),
        ("KØBENHAVN", "DK011"),
        ("Kobenhavn", "DK011"),
        ("The Hague", "NL361"),
        ("Frankfurt", "DE712"),  # of two towns the larger
        ("Odense", "DK031"),  # not Ourense, one letter away
        ("Lyon", "FRK26"),
        ("Αθήνα", "EL30"),
        ("NRW", "DEA"),
        ("Lombardia", "ITC4"),
    ],
)
def test_a_place_is_found_by_the_name_people_use(typed, code):
    assert places.resolve(typed) == code


def test_a_city_in_a_text_is_mostly_an_address():
    assert not regions.named_in("Our office in Lyon is open from nine to five.")


def test_ordinary_words_written_small_are_no_places():
    assert not list(places.named_in("a nice split of cork"))
    assert [code for _, _, code in places.named_in("Kurse in Nice und Den Haag")] == ["FRL03", "NL361"]


def test_cities_are_suggested_while_typing():
    assert "Lisboa" in [name for _, name, _ in suggest._places()]


def test_small_words_of_some_language_are_no_places():
    assert not list(places.named_in("tilskud til lille virksomhed"))
    assert [code for _, _, code in places.named_in("formation à Lille")] == ["FRE11"]
