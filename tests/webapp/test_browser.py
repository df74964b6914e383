"""The pages in a real browser: with and without scripts, on a phone and on a desk."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

NAMES = ("chromium", "chromium-browser", "google-chrome")
NO_CHROMIUM = "no Chromium found: install Debian's package chromium (apt-get install chromium)"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
MOVED_ON = "net::ERR_ABORTED"  # the visitor left before the icon had come
PHONE, DESK = 390, 1280
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this file."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(NO_CHROMIUM)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The address the application is served at."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def visit(browser: Browser, address: str, width: int, scripts: bool = True) -> Iterator[Page]:
    """A fresh visitor; afterwards: no complaint of the browser, and nothing asked of anybody else."""
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts, base_url=address)
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.on(
        "requestfailed",
        lambda request: complaints.append(f"{request.url}: {request.failure}") if request.failure != MOVED_ON else None,
    )
    yield page
    context.close()
    assert not complaints
    assert {urlsplit(url).netloc for url in requests} == {urlsplit(address).netloc}


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
        assert page.get_by_role("heading", level=1).inner_text() == "11 results"
        assert page.locator("#filters").is_visible() == (width == DESK)
        page.get_by_role("link", name="Next page").click()
        page.locator(".pager").get_by_text("Results 5 to 8 of 11").wait_for()
        title = page.locator(".stop .name a").first.inner_text()
        page.locator(".stop .name a").first.click()
        assert page.get_by_role("heading", level=1).inner_text() == title
        page.get_by_role("link", name="Back to your results").click()
        page.locator(".pager").get_by_text("Results 5 to 8 of 11").wait_for()
        page.go_back()
        page.go_back()
        assert page.locator(".stop .name a").first.inner_text() == title
        page.locator(".chips").get_by_role("link", name="Upskilling").click()
        assert page.get_by_role("heading", level=1).inner_text() == "12 calls, funds and loans"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_search_by_words_and_place(browser, address, width, scripts):
    with visit(browser, address, width, scripts) as page:
        page.goto("/")
        page.get_by_label("What is the money for?").fill("formazione")
        page.get_by_label("Where?").fill("Lombardia")
        page.get_by_label("Where?").press("Enter")
        found = re.fullmatch(r"(\d+) results for “formazione” in Lombardy", page.get_by_role("heading", level=1).inner_text())
        assert found
        assert int(found[1]) == page.locator(".stop").count() > 2
        page.locator(".tags a").first.click()
        assert page.url.endswith("#why")
        assert page.get_by_role("heading", name="Why these labels").is_visible()


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
            ".filter(e => !(e.labels && e.labels.length ? e.labels[0].innerText : e.innerText).trim()).map(e => e.outerHTML)"
        )
        # values folded away have no text on the screen
        folded = ('type="checkbox"', "deadline_", "changed_since", "budget_")
        assert not [markup for markup in nameless if not any(part in markup for part in folded)]
