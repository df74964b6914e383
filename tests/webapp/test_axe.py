"""Accessibility in a real browser: axe-core finds nothing on any type of page, on a phone and on a desk, in languages unlike each other.

`make axe-all` (the marker `axe_all`) asks every page in every language, dark too.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from search.vocabulary import LANGUAGES
from tests.webapp.conftest import DESK, PHONE, visit

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": RULES, "resultTypes": ["violations"]}
PAGES = {
    "start": "/",
    "results": "/?q=skills&where=Lombardia&status=",
    "warnings": "/?country=XX&page=-1",
    "empty": "/?q=constraction&country=MT&eu_wide=0&beneficiary=sme",
    "call": "/calls/eu_sample:49669831TOPICSen",
    "foreign call": "/calls/it_sample:moda",
    "fund": "/funds/fund_list:2021IT05SFPR010",
    "product": "/products/eu_sample:guarantee",
    "changes": "/changes?country=IT&event=gone&skills=",
    "sources": "/sources",
    "about": "/about",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "error": "/nothing",
}
HEIGHTS = {PHONE: 800, DESK: 8000}  # on a desk so high that nothing lies below the button that sticks to the bottom
SEARCH = PAGES["results"]
OFTEN = ("en", "de", "el", "bg", "mt")  # asked in every run: a long one, two other alphabets, one that browsers know little


@pytest.fixture(scope="module")
def reader(browser: Browser, address: str) -> Iterator[Page]:
    """One page that goes from address to address."""
    context = browser.new_context(viewport={"width": DESK, "height": 800}, base_url=address)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    """What axe has to say, a line per rule with the first of its places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(document, options)", OPTIONS)["violations"]
    return [f"{v['id']}: {v['help']}: {[node['html'][:200] for node in v['nodes'][:3]]}" for v in found]


def seen(page: Page, path: str, schemes: tuple[str, ...] = ("light",)) -> dict[tuple[int, str], list[str]]:
    """What axe finds under an address at both widths; what it finds nothing on is left out."""
    page.goto(path)
    found = {}
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        for width in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            found[width, scheme] = violations(page)
    return {how: lines for how, lines in found.items() if lines}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", OFTEN)
def test_axe_finds_nothing(reader, language, name):
    assert seen(reader, f"/{language}{PAGES[name]}") == {}


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code not in OFTEN])
def test_axe_finds_nothing_on_the_search_page_in_any_language(reader, language):
    assert seen(reader, f"/{language}{SEARCH}") == {}


@pytest.mark.axe_all
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_anywhere(reader, language, name):
    assert seen(reader, f"/{language}{PAGES[name]}", ("light", "dark")) == {}


def test_axe_finds_nothing_with_everything_unfolded_in_the_dark(browser, address):
    with visit(browser, address, DESK) as page:
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": DESK, "height": HEIGHTS[DESK]})
        page.goto("/?q=skills&region=ITC4")
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert violations(page) == []


def test_axe_finds_nothing_on_the_filters_of_a_phone_after_a_change_in_place(browser, address):
    with visit(browser, address, PHONE) as page:
        page.goto("/#filters")
        page.get_by_role("checkbox", name="Upskilling").check()
        expect(page.get_by_role("status").first).to_have_text("11 results")
        assert violations(page) == []
