"""What is said of the sources: those that are links only, and what a source states or leaves to be inferred."""

from __future__ import annotations

from datetime import date

import pytest

from cli import sources_page
from crawler import registry
from tests.conftest import Command

UNREAD = {"AT", "BE", "SE", "LV", "LU", "MT", "CY", "HU"}


def test_each_country_without_a_readable_portal_has_a_link_and_a_reason():
    links = registry.link_only()
    assert {country for facts in links.values() for country in facts.countries} >= UNREAD
    assert not links.keys() & registry.spiders().keys()
    for facts in links.values():
        assert facts.homepage.startswith("https://"), facts.source
        assert not facts.crawlable
        assert facts.why_not, facts.source
        assert facts.needed, facts.source
        assert date.fromisoformat(facts.checked or ""), facts.source


def test_sources_show_what_is_not_crawled(funding: Command):
    rows = {row["source"]: row for row in funding.json("sources", "--json")}
    assert (rows["at_ffg"]["crawlable"], rows["at_ffg"]["health"]) == (False, "never")
    assert "403" in rows["at_ffg"]["reason"]
    assert "at_ffg  not crawlable: it answers programs with HTTP 403" in funding.run("sources").stdout


def test_a_portal_that_is_a_link_only_is_not_crawled(funding: Command):
    done = funding.run("crawl", "at_ffg", "--replay", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "at_ffg is not crawled" in done.stderr
    assert "https://www.ffg.at/foerderungen" in done.stderr


@pytest.mark.parametrize(
    ("origins", "expected"),
    [(["stated"], (["type"], [])), (["inferred"], ([], ["type"])), (["mapped", "inferred"], (["type"], ["type"]))],
)
def test_what_is_stated_and_what_inferred(origins, expected):
    assert sources_page.known([{"evidence": {"type": [{"origin": origin} for origin in origins]}}]) == expected


def test_dates_and_money_count_as_stated():
    entry = {"evidence": {}, "deadlines": [{"date": "2027-01-01"}], "budget": None, "opening_date": None, "regions": ["ITC4"]}
    assert sources_page.known([entry]) == (["deadline", "region"], [])
