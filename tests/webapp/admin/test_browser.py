"""A maintainer's path in a real browser: a source has drifted; it is looked at, a label is put right, the change accepted, published, taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.webapp.admin.staff import KEPT, LOST, NAME, PASSWORD, SOURCE, SPOILT, office, portal_and_store
from tests.webapp.conftest import DESK, PHONE, answering, visit
from tests.webapp.test_axe import violations

CALL = f"/calls/{SOURCE}:{KEPT}"


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """The portal, and the address of an application with a dashboard over a store in which it was crawled well."""
    with portal_and_store(tmp_path_factory.mktemp("path")) as (portal, data), answering(office(data)) as address:
        yield portal, address


def log_in(page: Page) -> None:
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def press_and_wait(page: Page, name: str) -> None:
    """Press a button that begins something, and look again until that is over."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()
    again = page.get_by_role("link", name="Look again")
    for _ in range(300):
        if not again.count():
            return
        page.wait_for_timeout(200)
        with page.expect_navigation():
            again.click()
    raise AssertionError("it does not end")


def test_the_path_of_a_maintainer(browser, scene):
    portal, address = scene
    with visit(browser, address, DESK, scripts=False) as page:
        page.goto(f"/admin/sources/{SOURCE}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
        log_in(page)
        expect(page.get_by_role("heading", level=1)).to_have_text(SOURCE)

        # the portal drifts, and the next crawl is refused
        portal.drift()
        press_and_wait(page, "Crawl now")
        page.get_by_role("link", name="Sources", exact=True).click()
        row = page.get_by_role("row").filter(has_text=SOURCE)
        expect(row).to_contain_text("failing")
        expect(row).to_contain_text("a shrink of more than 25% is refused")
        page.goto("/sources")
        expect(page.locator(f"#{SOURCE}")).to_contain_text("a shrink of more than 25% is refused")

        # the reason, the log, the record in quarantine
        page.goto("/admin/sources/")
        page.get_by_role("link", name=SOURCE).click()
        page.get_by_role("link", name="Look at that crawl").click()
        expect(page.get_by_role("region", name="Log of the crawl")).to_contain_text("failed: 6 entries, 9 in the last good run")
        page.locator("summary", has_text=SPOILT).click()
        expect(page.get_by_role("region", name=f"What the source sent for {SPOILT}")).to_contain_text("26.02.2207")

        # a label is put right; visitors see it once it is published
        page.get_by_role("link", name="Entries", exact=True).click()
        page.get_by_label("Find an entry").fill(address + CALL)
        page.get_by_role("button", name="Show it").click()
        page.locator("#facet-area > summary").click()
        area = page.locator("#facet-area")
        area.get_by_role("checkbox", name="Reskilling").check()
        area.get_by_role("checkbox", name="Upskilling").uncheck()
        area.get_by_label("Why").fill("people learn another trade")
        area.get_by_role("button", name="Set Area of intervention").click()
        expect(page.locator("#facet-area > summary")).to_contain_text("corrected")

        # the change is accepted, with a reason
        page.goto(f"/admin/sources/{SOURCE}")
        page.get_by_label("Why is it right?").fill("the portal archived its old rounds")
        press_and_wait(page, "Crawl and accept the change")
        expect(page.get_by_role("main")).to_contain_text("fresh")

        # publish
        page.get_by_role("link", name="Published", exact=True).click()
        expect(page.get_by_role("main")).to_contain_text("The store is ahead of what is published")
        press_and_wait(page, "Publish")
        expect(page.get_by_role("main")).to_contain_text("Index and store hold the same records")
        page.goto(CALL)
        expect(page.locator("#why")).to_contain_text("people learn another trade")
        page.goto(f"/calls/{SOURCE}:{LOST}")
        expect(page.get_by_role("main")).to_contain_text("No longer listed by the source")
        page.goto("/sources")
        expect(page.locator(f"#{SOURCE}")).to_contain_text("fresh")

        # and back
        page.goto("/admin/published/")
        page.get_by_role("link", name="Switch to generation-000001").click()
        page.get_by_label("Why?").fill("to be talked about first")
        page.get_by_role("button", name="Switch to generation-000001").click()
        expect(page.get_by_role("row").filter(has_text="generation-000001")).to_contain_text("in use")
        page.goto(CALL)
        expect(page.locator("#why")).not_to_contain_text("people learn another trade")
        page.goto(f"/calls/{SOURCE}:{LOST}")
        expect(page.get_by_role("main")).not_to_contain_text("No longer listed by the source")

        # everything stands in the log; logging out closes the door
        page.goto("/admin/log")
        told = page.get_by_role("row").all_inner_texts()
        for what in ("began a crawl", "corrected area", "accepted a change", "began to publish", "rolled back", "logged in"):
            assert [line for line in told if what in line], what
        page.get_by_role("button", name="Log out").click()
        page.goto("/admin/log")
        expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_labels_are_answered_by_one_key_each(browser, scene):
    with visit(browser, scene[1], DESK) as page:
        page.goto("/admin/login")
        log_in(page)
        page.get_by_role("link", name="Labels", exact=True).click()
        waiting = page.get_by_role("status")
        before = int(waiting.inner_text().split()[0])
        assert before > 2
        page.keyboard.press("l")
        page.wait_for_url("**skip=1")
        page.keyboard.press("y")
        expect(waiting).to_contain_text(f"{before - 1} label")
        page.keyboard.press("x")
        page.goto("/admin/labels/?facet=ecosystem")
        before = int(waiting.inner_text().split()[0])
        page.keyboard.press("n")
        expect(waiting).to_contain_text(f"{before - 1} label")
        page.goto("/admin/entries/")
        expect(page.get_by_role("main")).to_contain_text("an editor looked at")


ROOMS = (
    "/admin/",
    "/admin/sources/",
    f"/admin/sources/{SOURCE}",
    "/admin/crawls/2",
    "/admin/entries/",
    f"/admin/entry?id={SOURCE}:{KEPT}",
    "/admin/labels/",
    "/admin/duplicates/",
    f"/admin/pair?one={SOURCE}:{KEPT}&other={SOURCE}:{LOST}",
    "/admin/published/",
    "/admin/published/rollback/generation-000001",
    "/admin/log",
    "/admin/sessions",
)


def test_a_session_left_open_elsewhere_is_ended(browser, scene):
    with visit(browser, scene[1], DESK) as left_open, visit(browser, scene[1], PHONE, scripts=False) as page:
        for each in (left_open, page):
            each.goto("/admin/sessions")
            log_in(each)
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_label("Your password").press("Enter")
        left_open.goto("/admin/sessions")
        expect(left_open.get_by_role("heading", level=1)).to_have_text("Your sessions")
        expect(page.get_by_label("Your password")).to_have_value(PASSWORD)
        page.get_by_role("button", name="End all others").click()
        expect(page.get_by_role("main")).to_contain_text("You are logged in nowhere else")
        left_open.goto("/admin/sessions")
        expect(left_open.get_by_role("heading", level=1)).to_have_text("Log in")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, scene, width):
    """After the path above, so that every room has something to show."""
    with visit(browser, scene[1], width) as page:
        page.goto("/admin/login")
        assert violations(page) == []
        log_in(page)
        for room in ROOMS:
            page.goto(room)
            page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
            assert violations(page) == [], room
            assert page.evaluate("document.documentElement.scrollWidth") <= width, room
