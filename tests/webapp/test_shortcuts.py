"""What is one press away: each band of the results, and a place among the words as a place."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.webapp.conftest import DESK, Page, visit
from tests.webapp.test_pictures import total


@pytest.mark.parametrize("query", ["where=Lombardia&per_page=2", "ecosystem=textile&country=IT&include_silent=1&per_page=3", "where=Lombardia"])
def test_every_band_is_one_press_away_on_whichever_page_it_begins(page: Page, query):
    soup = page(f"/?{query}")
    jumps = soup.select(".jumps li")
    assert len(jumps) > 1
    assert sum(int(jump.span.get_text()) for jump in jumps) == total(soup)
    for jump in jumps:
        address, _, place = jump.a["href"].partition("#")
        heading = page(address).find(id=place)
        assert heading.get_text() == jump.a.get_text()
        assert heading.find_next("p").get_text().split()[0] == jump.span.get_text()


def test_one_band_needs_no_jumps(page: Page):
    assert not page("/").select(".jumps")
    assert not page("/?q=skills").select(".jumps")


@pytest.mark.parametrize(
    ("typed", "words", "place", "where"),
    [
        ("digital skills Lombardy", "digital skills", "Lombardy", "Lombardy"),
        ("Weiterbildung Bayern", "Weiterbildung", "Bavaria", "Bayern"),
        ("formation Bretagne", "formation", "Brittany", "Bretagne"),
        ("kursy Mazowieckie", "kursy", "Masovian", "Mazowieckie"),
        ("courses Lyon", "courses", "Rhône", "Lyon"),
        ("apprenticeships in Tyrol", "apprenticeships", "Tyrol", "Tyrol"),
        ("Lombardia", "", "Lombardy", "Lombardia"),
        ("Poland training -loan", "training -loan", "Poland", "Poland"),
    ],
)
def test_a_place_among_the_words_is_offered_as_a_place(page: Page, typed, words, place, where):
    link = page(f"/?q={typed.replace(' ', '+')}&status=").select_one("#results .note a")
    assert place in link.get_text()
    asked = parse_qs(urlsplit(link["href"]).query, keep_blank_values=True)
    assert (asked.get("q", [""]), asked["where"], asked["status"]) == ([words], [where], [""])
    assert re.search(rf"is read as .*{place}", page(link["href"]).select_one(".read").get_text())


@pytest.mark.parametrize(
    "query", ["q=skills", "q=skills+Lombardia&where=Italy", "q=skills+Lombardia&region=PT16", "q=Austria+Italy", 'q="skills+Lombardia"']
)
def test_where_no_place_or_another_is_meant_nothing_is_offered(page: Page, query):
    assert "also a place" not in page(f"/?{query}").get_text()


def test_a_jump_in_place_comes_to_its_band(browser, address):
    with visit(browser, address, DESK) as page:
        page.goto("/?where=Lombardia&per_page=2")
        page.evaluate("window.stayed = true")
        page.locator(".jumps").get_by_role("link", name="EU-wide").click()
        expect(page.locator("#tier-eu-wide")).to_be_focused()
        assert page.evaluate("window.stayed")
