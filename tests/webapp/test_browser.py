"""The pages in a real browser: with and without scripts, on a phone and on a desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.webapp.conftest import DESK, PHONE, visit

PAGES = (
    "/",
    "/?q=skills&where=Lombardia&status=",
    "/?q=zzz&country=MT&eu_wide=0",
    "/?country=XX&page=-1",
    "/calls/eu_sample:49669831TOPICSen",
    "/calls/eu_sample:SCRIPT",
    "/funds/fund_list:2021IT05SFPR010",
    "/products/eu_sample:guarantee",
    "/sources",
    "/about",
)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_filter_page_open_a_call_and_go_back(browser, address, width, scripts):
    with visit(browser, address, width, scripts) as page:
        page.goto("/?per_page=4")
        page.get_by_label("What is the money for?").fill("")
        if width == PHONE:
            assert not page.locator("#filters").is_visible()
            page.get_by_role("link", name="Filter").click()
        page.get_by_role("checkbox", name="Upskilling").check()
        page.get_by_role("button", name="Show results").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("11 results")
        expect(page.locator("#filters")).to_be_visible(visible=width == DESK)
        page.get_by_role("link", name="Next page").click()
        page.locator(".pager").get_by_text("Results 5 to 8 of 11").wait_for()
        title = page.locator(".stop .name a").first.inner_text()
        page.locator(".stop .name a").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        page.get_by_role("link", name="Back to your results").click()
        page.locator(".pager").get_by_text("Results 5 to 8 of 11").wait_for()
        page.go_back()
        page.go_back()
        expect(page.locator(".stop .name a").first).to_have_text(title)
        page.locator(".chips").get_by_role("link", name="Upskilling").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("12 calls, funds and loans")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_search_by_words_and_place(browser, address, width, scripts):
    with visit(browser, address, width, scripts) as page:
        page.goto("/")
        page.get_by_label("What is the money for?").fill("formazione")
        page.get_by_label("Where?").fill("Lombardia")
        page.get_by_label("Where?").press("Enter")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(re.compile(r"\d+ results for “formazione” in Lombardy"))
        assert int(heading.inner_text().split()[0]) == page.locator(".stop").count() > 2
        page.locator(".tags a").first.click()
        assert page.url.endswith("#why")
        assert page.get_by_role("heading", name="Why these labels").is_visible()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is there."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the Tab key does not come to {wanted}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_whole_task_by_keyboard_alone(browser, address, scripts):
    with visit(browser, address, DESK, scripts) as page:
        page.goto("/")
        tab_to(page, page.get_by_label("What is the money for?"))
        page.keyboard.type("skills")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("for “skills”")
        tab_to(page, page.get_by_role("checkbox", name="Upskilling"))
        page.keyboard.press("Space")
        if not scripts:
            tab_to(page, page.get_by_role("button", name="Show results"))
            page.keyboard.press("Enter")
        expect(page.locator(".chips")).to_contain_text("Upskilling")
        first = page.locator(".stop .name a").first
        title = first.inner_text()
        tab_to(page, first)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        tab_to(page, page.get_by_role("link", name="Back to your results"))
        page.keyboard.press("Enter")
        expect(page.locator(".chips")).to_contain_text("Upskilling")
        for name, beginning in (("Atom feed", b"<?xml"), ("CSV", b"\xef\xbb\xbfid,page")):
            tab_to(page, page.get_by_role("link", name=name))
            with page.expect_download() as download:
                page.keyboard.press("Enter")
            assert download.value.path().read_bytes().startswith(beginning)


def test_nothing_ticked_means_no_filter(browser, address):
    with visit(browser, address, DESK, scripts=False) as page:
        page.goto("/")
        page.locator("summary", has_text="Status").click()
        for name in ("Open ", "Opening soon", "Open all year", "Status unknown"):
            page.get_by_role("group", name="Status").get_by_role("checkbox", name=name).first.uncheck()
        page.get_by_role("button", name="Show results").click()
        assert page.locator(".chips").get_by_text("Status: all").is_visible()
        assert page.locator(".stop").get_by_text("Closed call").is_visible()


@pytest.mark.parametrize("width", [320, PHONE, DESK])
def test_no_page_scrolls_sideways(browser, address, width):
    with visit(browser, address, width) as page:
        for path in PAGES:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("language", ["de", "fi", "el", "bg", "mt"])
def test_long_words_scroll_nothing_sideways_on_a_phone(browser, address, language):
    with visit(browser, address, PHONE) as page:
        for path in ("/", "/?q=skills&where=Lombardia&status=", "/changes", "/sources", "/calls/eu_sample:49669831TOPICSen"):
            page.goto(f"/{language}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, path


def test_the_first_tab_leads_past_the_head(browser, address):
    with visit(browser, address, DESK) as page:
        page.goto("/?q=skills")
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Skip to content"
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Skip to results"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "results"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_system_decides_on_light_or_dark(browser, address, scheme):
    with visit(browser, address, DESK) as page:
        page.emulate_media(color_scheme=scheme)
        page.goto("/about")
        red = int(page.evaluate("getComputedStyle(document.body).backgroundColor").split("(")[1].split(",")[0])
        assert (red < 100) == (scheme == "dark")


def test_every_control_has_a_name(browser, address):
    with visit(browser, address, DESK) as page:
        page.goto("/?region=ITC4&where=Italy")
        nameless = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, button, a:not([tabindex=\"-1\"]), summary')]"
            ".filter(e => !(e.labels && e.labels.length ? e.labels[0] : e).textContent.trim()).map(e => e.outerHTML)"
        )
        assert nameless == []


SHIFTS = """window.shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries().map(entry => entry.value))).observe({type: "layout-shift", buffered: true})"""


def shifted(page: Page, path: str) -> float:
    """The cumulative layout shift while a page loads and is scrolled through."""
    page.goto(path)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return float(page.evaluate("shifts.reduce((sum, value) => sum + value, 0)"))


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_moves_while_a_page_loads(browser, address, width):
    with visit(browser, address, width) as page:
        page.add_init_script(SHIFTS)
        for path in (*PAGES, "/changes"):
            assert shifted(page, path) == 0, path


def test_what_moves_would_be_seen(browser, address):
    with visit(browser, address, DESK) as page:
        page.add_init_script(SHIFTS)
        page.goto("/about")
        page.evaluate("""new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
            document.querySelector("main").style.paddingTop = "300px"; requestAnimationFrame(() => requestAnimationFrame(done)) })))""")
        page.wait_for_function("shifts.length > 0")
