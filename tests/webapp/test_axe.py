"""Accessibility in a real browser: axe-core finds nothing on any type of page, at the width of a phone and of a desk."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.webapp.conftest import DESK, PHONE, visit

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = {
    "start": "/",
    "results": "/?q=skills&where=Lombardia&status=",
    "warnings": "/?country=XX&page=-1",
    "empty": "/?q=constraction&country=MT&eu_wide=0&beneficiary=sme",
    "call": "/calls/eu_sample:49669831TOPICSen",
    "foreign call": "/calls/it_sample:moda",
    "fund": "/funds/fund_list:2021IT05SFPR010",
    "product": "/products/eu_sample:guarantee",
    "changes": "/changes",
    "sources": "/sources",
    "about": "/about",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "error": "/nothing",
}


def violations(page) -> list[str]:
    """What axe has to say, a line per rule with the first of its places."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {v['help']}: {[node['html'][:200] for node in v['nodes'][:3]]}" for v in found]


ALIKE = ("warnings", "about", "accessibility", "privacy", "foreign call")  # on a desk they have nothing that the others lack
VISITS = [(PHONE, name) for name in PAGES] + [(DESK, name) for name in PAGES if name not in ALIKE]


@pytest.mark.parametrize(("width", "name"), VISITS)
def test_axe_finds_nothing(browser, address, width, name):
    with visit(browser, address, width, missing=name == "error") as page:
        page.goto(PAGES[name])
        assert violations(page) == []


def test_axe_finds_nothing_with_everything_unfolded_in_the_dark(browser, address):
    with visit(browser, address, DESK) as page:
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": DESK, "height": 8000})  # so that nothing lies below the button that sticks to the bottom
        page.goto("/?q=skills&region=ITC4")
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert violations(page) == []


def test_axe_finds_nothing_on_the_filters_of_a_phone_after_a_change_in_place(browser, address):
    with visit(browser, address, PHONE) as page:
        page.goto("/#filters")
        page.get_by_role("checkbox", name="Upskilling").check()
        expect(page.get_by_role("status").first).to_have_text("11 results")
        assert violations(page) == []
