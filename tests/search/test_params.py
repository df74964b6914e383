"""Reading a search from an address: defaults, absent and empty, and a named warning for everything that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import regions
from search.params import MOST_VALUES, PARAMETERS
from search.reading import parse


def test_absent_is_the_default_and_empty_is_no_filter():
    assert parse([]).values("status") == ("open", "forthcoming", "continuous", "unknown")
    assert parse([("status", "")]).values("status") == ()
    assert parse([("status", ""), ("status", "closed")]).values("status") == ("closed",)
    assert parse([]).values("skills") == ("core", "part")
    assert parse([]).values("country") == ()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("country", "XX", "no such value"),
        ("status", "bogus", "no such value"),
        ("page", "-1", "not between 1"),
        ("page", "two", "not a whole number"),
        ("per_page", "100000", "not between 1 and 200"),
        ("deadline_to", "2026-13-45", "not a date"),
        ("deadline_from", "tomorrow", "not a date"),
        ("budget_min", "-5", "not an amount"),
        ("budget_max", "1e309", "not an amount"),
        ("eu_wide", "yes", "neither 0 nor 1"),
        ("sort", "random", "no such order"),
        ("region", "Atlantis", "no NUTS region"),
        ("where", "Atlantis", "no country or region"),
        ("q", "x" * 10_000, "longer than"),
        ("q", '"', "no word in it"),
        ("q", "???", "no word in it"),
        ("q", "-of", "no word in it"),
        ("where", "Limburg", "it is also"),
        ("colour", "blue", "no such parameter"),
    ],
)
def test_what_is_wrong_is_named(name, value, says):
    params = parse([(name, value)])
    (warning,) = params.warnings
    assert warning.parameter == name
    assert says in warning.message
    assert len(warning.value) <= 101


def test_a_window_without_room_is_named():
    (warning,) = parse([("budget_min", "5"), ("budget_max", "1")]).warnings
    assert warning.parameter == "budget_max"
    assert not parse([("where", "Luxembourg")]).warnings, "a country is a country"


def test_a_bad_value_leaves_the_good_ones():
    params = parse([("country", "IT"), ("country", "XX"), ("country", "el")])
    assert params.values("country") == ("IT", "GR")
    assert parse([("status", "bogus")]).values("status") == parse([]).values("status")


def test_the_last_value_of_a_switch_wins():
    assert parse([("eu_wide", "0"), ("eu_wide", "1")]).eu_wide
    assert not parse([("eu_wide", "0")]).eu_wide


def test_the_address_of_a_search_means_the_same_search():
    asked = [
        ("q", "vocational training"),
        ("country", "IT"),
        ("country", "FR"),
        ("status", ""),
        ("cross", "0"),
        ("deadline_to", "2026-12-31"),
        ("page", "3"),
    ]
    params = parse(asked)
    assert parse(params.pairs()) == params
    assert params.choosing("country", ["ES"]).page == 1
    assert ("country", "ES") in params.choosing("country", ["ES"]).pairs()


def test_control_characters_become_spaces():
    assert parse([("q", "a\x00b\x1b[31m\u2028c\ud800")]).q == "a b [31m c?"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(PARAMETERS)) | st.text(max_size=8), st.text(max_size=60)), max_size=12))
def test_nothing_typed_raises(pairs):
    params = parse(pairs)
    assert 1 <= params.per_page <= 200
    assert parse(params.pairs()).pairs() == params.pairs()


@pytest.mark.parametrize("name", ["region", "programme"])
def test_of_very_many_values_the_first_are_read(name):
    codes = list(regions.units())[:300]
    params = parse([(name, code) for code in codes], {"programme": codes})
    assert len(params.region or params.values(name)) == MOST_VALUES
    assert [w.parameter for w in params.warnings] == [name]
