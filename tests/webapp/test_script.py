"""The script of the search page in a real browser: filters in place, the count announced, the back button, suggestions."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

import webapp
from tests.webapp.conftest import DESK, PHONE, visit

SCRIPT = Path(webapp.__file__).parent / "static" / "search.js"


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def mark(page: Page) -> None:
    """Leave a sign that a page loaded anew would not have."""
    page.evaluate("window.stayed = true")


def test_the_script_is_small():
    assert len(SCRIPT.read_bytes()) <= 12_000


def test_a_filter_changes_the_results_in_place_and_the_count_is_announced(browser, address):
    with visit(browser, address, DESK) as page:
        page.goto("/?per_page=4")
        mark(page)
        box = page.get_by_role("checkbox", name="Upskilling")
        box.check()
        heading(page, "11 results")
        expect(page.get_by_role("status").first).to_have_text("11 results")
        expect(box).to_be_focused()
        assert page.title().startswith("11 results")
        assert page.url.endswith("/?area=upskilling&per_page=4")
        page.get_by_role("checkbox", name="Italy").check()
        expect(page.locator(".chips")).to_contain_text("Country: Italy")
        page.locator(".chips").get_by_role("link", name="Area").click()
        expect(page.locator(".chips")).not_to_contain_text("Upskilling")
        expect(page.locator("#results")).to_be_focused()
        assert page.evaluate("window.stayed")


def test_back_and_forward_show_what_was_there(browser, address):
    with visit(browser, address, DESK) as page:
        page.goto("/?per_page=4")
        mark(page)
        page.get_by_role("checkbox", name="Upskilling").check()
        heading(page, "11 results")
        page.get_by_role("link", name="Next page").click()
        expect(page.locator(".pager")).to_contain_text("Results 5 to 8 of 11")
        page.go_back()
        expect(page.locator(".pager")).to_contain_text("Results 1 to 4 of 11")
        page.go_back()
        heading(page, "12 calls, funds and loans")
        expect(page.get_by_role("checkbox", name="Upskilling")).not_to_be_checked()
        page.go_forward()
        heading(page, "11 results")
        expect(page.get_by_role("checkbox", name="Upskilling")).to_be_checked()
        assert page.evaluate("window.stayed")


def test_words_are_searched_for_in_place_and_a_result_opens_as_a_page(browser, address):
    with visit(browser, address, DESK) as page:
        page.goto("/")
        mark(page)
        page.get_by_label("What is the money for?").fill("construction")
        page.get_by_label("What is the money for?").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("for “construction”")
        assert page.evaluate("window.stayed")
        page.locator(".stop .name a").first.click()
        heading(page, "Skills for the construction of tomorrow")
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_contain_text("for “construction”")


def test_a_facet_folded_open_stays_open(browser, address):
    with visit(browser, address, DESK) as page:
        page.goto("/?q=skills")
        page.locator("summary", has_text="Kind of entry").click()
        page.get_by_role("group", name="Kind of entry").get_by_role("checkbox", name=re.compile("^Loan")).check()
        expect(page.locator(".chips")).to_contain_text("Kind of entry")
        expect(page.get_by_role("group", name="Kind of entry")).to_be_visible()
        page.locator("summary", has_text="Programme").click()
        page.get_by_role("checkbox", name="Upskilling").check()
        expect(page.locator(".chips")).to_contain_text("Upskilling")
        expect(page.get_by_role("group", name="Programme")).to_be_visible()


def test_on_a_phone_the_filters_stay_open_until_the_results_are_asked_for(browser, address):
    with visit(browser, address, PHONE) as page:
        page.goto("/")
        page.get_by_role("link", name="Filter").click()
        page.get_by_role("checkbox", name="Upskilling").check()
        expect(page.get_by_role("status").first).to_have_text("11 results")
        expect(page.locator("#filters")).to_be_visible()
        page.get_by_role("button", name="Show results").click()
        expect(page.locator("#filters")).to_be_hidden()
        heading(page, "11 results")


def test_places_are_suggested_while_typing(browser, address):
    with visit(browser, address, DESK) as page:
        page.goto("/")
        page.get_by_label("Where?").press_sequentially("lomb")
        expect(page.locator("#where-suggestions option").first).to_have_attribute("value", re.compile("Lombard"))
        assert not page.locator("#q-suggestions option").count()


def test_an_answer_that_is_no_page_of_ours_is_left_to_the_browser(browser, address):
    with visit(browser, address, DESK) as page:
        page.goto("/?q=skills")
        mark(page)
        page.route("**/*", lambda route: route.fulfill(body="<p>out of order</p>") if route.request.resource_type == "fetch" else route.continue_())
        page.get_by_role("link", name="newest").click()
        expect(page.locator(".tools [aria-current]")).to_have_text("newest")
        assert not page.evaluate("window.stayed")
