"""TED against the simulator's own account of its notices, and what must not be taken for a whole answer."""

from __future__ import annotations

import pytest

from crawler.tenders import TRAINING, fields_of
from tests.conftest import Command, Simulator

OCTOBER, NOVEMBER = "2026-10-22", "2026-11-22"


def wanted(simulator: Simulator):
    """Tenders for training with a date to hand in; qualification systems state none."""
    rows = simulator.get("expected/ted")
    return {row["publication-number"]: row for row in rows if row["deadline"] and TRAINING.keys() & set(row["cpv"])}


def crawl(simulator: Simulator, funding: Command, day: str):
    return funding.run("crawl", "ted", "--replay", simulator.url, FUNDING_TODAY=day)


def listed(funding: Command, day: str):
    funding.environment["FUNDING_TODAY"] = day
    return {row["native_id"]: row for row in funding.export()}


@pytest.mark.shared
def test_two_months_of_tenders(simulator: Simulator, funding: Command):
    simulator.at(OCTOBER)
    before = wanted(simulator)
    assert crawl(simulator, funding, OCTOBER).returncode == 0
    assert listed(funding, OCTOBER).keys() == before.keys()
    simulator.at(NOVEMBER)
    after = wanted(simulator)
    assert before.keys() - after.keys()
    assert crawl(simulator, funding, NOVEMBER).returncode == 0
    rows = listed(funding, NOVEMBER)
    assert rows.keys() == before.keys() | after.keys()
    for number, row in rows.items():
        truth = after.get(number) or before[number]
        assert row["title"] == truth["title"]
        assert row["deadlines"][-1]["date"] == truth["deadline"]
        assert row["opening_date"] == truth["published"]
        assert (row["funding_type"], row["skills"]) in (("procurement", "core"), ("procurement", "part"))
        gone = row["status"] == "closed" or row["no_longer_listed_since"] is not None
        assert gone == (number not in after), "closed, or replaced by a change notice"
    assert {c for row in rows.values() for c in row["countries"]} >= {"GR", "FR"}
    assert {row["level"] for row in rows.values()} == {"national", "regional"}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("fault", "reason"),
    {
        "empty-results": "empty after 0",
        "schema-drift": "another shape: no notice-title",
        "half-run": "HTTP 500",
        "duplicate-ids": "two different notices",
        "truncated-json": "ends early",
    }.items(),
)
def test_an_answer_that_is_not_whole_fails(simulator: Simulator, funding: Command, fault, reason):
    simulator.at(NOVEMBER)
    assert crawl(simulator, funding, NOVEMBER).returncode == 0
    before = listed(funding, NOVEMBER)
    simulator.faults(f"{fault}:ted")
    done = crawl(simulator, funding, NOVEMBER)
    simulator.faults()
    assert (done.returncode, reason in done.stderr) == (3, True), done.stderr
    assert listed(funding, NOVEMBER) == before


NOTICE = {
    "publication-number": "1-2026",
    "publication-date": "2026-11-02+01:00",
    "notice-title": {"eng": "Greece – Staff training services – Κατάρτιση", "ell": "Ελλάδα – Υπηρεσίες κατάρτισης προσωπικού – Κατάρτιση"},
    "title-proc": {"ell": "Κατάρτιση"},
    "buyer-country": ["GRC", "GRC"],
    "classification-cpv": ["80511000", "80511000"],
    "links": {"html": {"ENG": "https://ted.europa.eu/en/notice/-/detail/1-2026"}, "pdf": {"ENG": "https://ted.europa.eu/en/notice/1-2026/pdf"}},
    "deadline-receipt-tender-date-lot": ["2026-12-10+02:00", "2026-12-10+02:00", "2026-12-17+02:00"],
}


def test_a_notice_of_several_lots():
    fields = fields_of(NOTICE)
    assert [(d["date"], d.get("time"), d["zone"]) for d in fields["deadlines"]] == [
        ("2026-12-10", None, "Europe/Athens"),
        ("2026-12-17", None, "Europe/Athens"),
    ]
    assert (fields["title"], fields["lang"], fields["countries"]) == ("Κατάρτιση", "el", ["GR"])
    assert fields["title_en"] == "Greece – Staff training services – Κατάρτιση"
    assert (fields["budget"], fields["conditions"]) == (None, [])


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"buyer-legal-type": ["body-pl-ra"]}, {"level": "regional"}),
        ({"buyer-legal-type": ["eu-ins-bod-ag"]}, {"level": "eu"}),
        ({"estimated-value-proc": "250000", "estimated-value-cur-proc": "EUR"}, {"budget": {"total": 250000.0, "currency": "EUR", "scope": "call"}}),
        ({"estimated-value-proc": 250000}, {"budget": None}),
        ({"eu-fund-lot": ["eu-funds"]}, {"conditions": [{"heading": "EU funds", "text": "Financed with EU funds"}]}),
        ({"eu-fund-lot": ["no-eu-funds"]}, {"conditions": []}),
        ({"eu-funds-name": ["ESF_PLUS", "ESF_PLUS"]}, {"programme": "ESF+"}),
        ({"place-of-performance": ["EL303", "GRC", "EL303"]}, {"regions": ["EL303"]}),
        ({"title-proc": {"ell": "Κατάρτιση", "eng": "Training"}}, {"title": "Training", "lang": "en", "title_en": None}),
        ({"classification-cpv": ["79634000"]}, {"skills": "part"}),
        ({"main-classification-proc": "45000000"}, {"skills": "part"}),
    ],
)
def test_what_a_notice_says(more, expected):
    fields = fields_of(NOTICE | more)
    assert {name: fields[name] for name in expected} == expected


def test_an_hour_is_shown_on_the_buyers_clock_and_an_impossible_year_is_read_elsewhere():
    hours = {"deadline-receipt-tender-time-lot": ["10:00:00Z", "10:00:00Z", "10:00:00Z"]}
    assert [d["time"] for d in fields_of(NOTICE | hours)["deadlines"]] == ["12:00", "12:00"]
    typo = {"deadline-receipt-tender-date-lot": ["2126-12-10+02:00"], "deadline-date-lot": ["2026-12-10+02:00"]}
    assert [d["date"] for d in fields_of(NOTICE | typo)["deadlines"]] == ["2026-12-10"]
