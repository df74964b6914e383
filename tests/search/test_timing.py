"""Status from dates, hours and zones."""

from __future__ import annotations

from datetime import datetime

import pytest

from search import gist, records, timing
from webapp import words

BASE = {"kind": "call", "id": "s:1", "source": "s", "native_id": "1", "title": "x", "lang": "en", "url": "https://example.org", "level": "eu"}


def call(**fields):
    return records.load(BASE | fields)


def at(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("fields", "now", "expected"),
    [
        ({"deadlines": [{"date": "2026-12-03"}]}, "2026-12-03T23:59:00+01:00", "open"),
        ({"deadlines": [{"date": "2026-12-03"}]}, "2026-12-04T00:00:00+01:00", "closed"),
        ({"deadlines": [{"date": "2026-12-03", "zone": "Europe/Helsinki"}]}, "2026-12-03T23:30:00+01:00", "closed"),
        ({"deadlines": [{"date": "2026-12-03", "zone": "Atlantic/Azores"}]}, "2026-12-04T00:30:00+01:00", "open"),
        ({"deadlines": [{"date": "2026-12-03", "time": "17:00"}]}, "2026-12-03T16:59:59+01:00", "open"),
        ({"deadlines": [{"date": "2026-12-03", "time": "17:00"}]}, "2026-12-03T17:00:00+01:00", "closed"),
        ({"deadlines": [{"date": "2026-10-25"}]}, "2026-10-25T23:59:00+01:00", "open"),  # the day with 25 hours
        ({"deadlines": [{"date": "2026-03-01"}, {"date": "2026-09-01"}], "deadline_kind": "cut-offs"}, "2026-05-01T00:00:00+02:00", "open"),
        ({"deadlines": [{"date": "2026-12-03"}], "opening_date": "2026-11-23"}, "2026-11-22T23:59:00+01:00", "forthcoming"),
        ({"deadlines": [{"date": "2026-12-03"}], "opening_date": "2026-11-23"}, "2026-11-23T00:00:00+01:00", "open"),
        ({"source_status": "forthcoming"}, "2026-11-23T00:00:00+01:00", "forthcoming"),
        ({"source_status": "open", "deadlines": [{"date": "2026-10-15"}]}, "2026-11-23T00:00:00+01:00", "closed"),
        ({"source_status": "zrušená", "deadlines": [{"date": "2027-02-26"}]}, "2026-11-23T00:00:00+01:00", "closed"),  # cancelled
        ({"source_status": "Suletud", "deadline_kind": "until-exhausted"}, "2026-11-23T00:00:00+01:00", "closed"),  # the money is gone
        ({"source_status": "Avatud", "deadline_kind": "until-exhausted"}, "2026-11-23T00:00:00+01:00", "continuous"),
        ({"opening_date": "2026-10-01"}, "2026-11-23T00:00:00+01:00", "unknown"),
        ({"deadline_kind": "rolling"}, "2026-11-23T00:00:00+01:00", "continuous"),
        ({"deadline_kind": "until-exhausted", "opening_date": "2027-01-01"}, "2026-11-23T00:00:00+01:00", "forthcoming"),
    ],
)
def test_status(fields, now, expected):
    assert timing.status(call(**fields), at(now)) == expected


def test_a_fund_is_unknown_until_its_regulation_ends_it():
    fund = records.load(
        BASE | {"kind": "fund", "level": "national", "fund": "RRF", "area_en": "x", "area_original": "x", "programme_title": "x",
                "known_from": ["seed"], "ends_on": "2026-08-31", "deadline_kind": "programme-end"}
    )  # fmt: skip
    assert timing.status(fund, at("2026-08-31T20:00:00+02:00")) == "unknown"
    assert timing.status(fund, at("2026-09-01T00:00:00+02:00")) == "closed"


def test_the_next_deadline_is_the_first_ahead_else_the_last():
    entry = call(deadlines=[{"date": "2026-09-01"}, {"date": "2026-03-01"}])
    assert timing.next_deadline(entry, at("2026-02-01T00:00:00+01:00")).date.month == 3
    assert timing.next_deadline(entry, at("2026-04-01T00:00:00+02:00")).date.month == 9
    assert timing.next_deadline(entry, at("2027-01-01T00:00:00+01:00")).date.month == 9


def test_a_second_stage_is_only_for_those_of_the_first():
    entry = call(deadlines=[{"date": "2026-04-14", "kind": "stage-1"}, {"date": "2026-09-21", "kind": "stage-2"}])
    assert not timing.invited_only(entry, at("2026-04-14T12:00:00+02:00"))
    assert timing.invited_only(entry, at("2026-04-15T00:00:00+02:00"))
    assert not timing.invited_only(entry, at("2026-09-22T00:00:00+02:00"))
    said = gist.deadline_words(entry, timing.status(entry, at("2026-05-01T00:00:00+02:00")), at("2026-05-01T00:00:00+02:00"))
    assert said == "first stage closed 14 Apr 2026; second stage, for those invited, closes 21 Sept 2026"


def test_opening_after_the_last_deadline_is_refused():
    with pytest.raises(ValueError, match="after its last deadline"):
        call(opening_date="2026-12-04", deadlines=[{"date": "2026-12-03"}])


@pytest.mark.parametrize(
    "dates",
    [
        {"deadline_kind": "until-exhausted"},
        {"deadline_kind": "rolling"},
        {"deadlines": [{"date": "2027-02-26"}]},
        {"deadlines": [{"date": "2026-04-14", "kind": "stage-1"}, {"date": "2027-09-21", "kind": "stage-2"}]},
    ],
)
def test_a_cancelled_call_is_closed_in_words_too_whatever_its_dates(dates):
    now = at("2026-11-25T00:00:00+01:00")
    entry = call(source_status="zrušená", **dates)
    assert gist.deadline_words(entry, timing.status(entry, now), now) == "closed"
    assert words.when(entry, timing.status(entry, now), now).before == "closed"
