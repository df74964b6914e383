"""A client over a small real generation, and a page() that checks every page it reads."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect, sync_playwright
from playwright.sync_api import Page as BrowserPage
from werkzeug.serving import make_server

from search import generations
from search.settings import Settings
from search.store import Store
from tests.serving import running
from tests.webapp import samples
from webapp import create_app

Page = Callable[..., BeautifulSoup]

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


def settings(folder: Path) -> Settings:
    """Settings over one folder, as if read from the environment."""
    return Settings(
        data=folder,
        delay=1.0,
        delay_is_set=False,
        contact=None,
        database_url=f"sqlite:///{folder / 'funding.db'}",
        generations=3,
    )


@pytest.fixture(scope="session", autouse=True)
def pinned_clock() -> Iterator[None]:
    """Every test sees the same instant."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNDING_NOW", samples.NOW.isoformat())
        yield


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample records published."""
    path = tmp_path_factory.mktemp("data")
    store = Store(f"sqlite:///{path / 'funding.db'}")
    samples.fill(store)
    generations.publish(store, path / "index", samples.NOW, note=samples.NOTE)
    store.close()
    return path


@pytest.fixture(scope="session")
def app(folder: Path) -> Flask:
    """The application over the sample records."""
    return create_app(settings(folder))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor."""
    return app.test_client()


def checked(markup: str, language: str = "en") -> BeautifulSoup:
    """The parsed page, after the checks that hold for every page."""
    soup = BeautifulSoup(markup, "html.parser")
    assert soup.html is not None
    assert soup.html["lang"] == language
    assert soup.title is not None
    assert soup.title.get_text().endswith(" – Skills Funding Finder")
    assert not soup.title.get_text().startswith(" ")
    assert len(soup.find_all("h1")) == 1
    assert soup.h1 is not None
    assert soup.h1.get_text(strip=True)
    twice = [name for name, times in Counter(tag["id"] for tag in soup.find_all(id=True)).items() if times > 1]
    assert not twice, f"ids that occur twice: {twice}"
    assert not [tag for tag in soup.find_all(["script", "style"]) if tag.get("type") != "application/ld+json" and not _own(tag)]
    assert not soup.find_all(style=True)
    assert not [tag.name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert not [tag["href"] for tag in soup.find_all(href=True) if tag["href"].startswith("javascript:")]
    assert all(_bound(label, soup) for label in soup.find_all("label")), "a label without its control"
    assert _no_level_skipped([int(tag.name[1]) for tag in soup.find_all(["h1", "h2", "h3", "h4"])])
    known = {tag["id"] for tag in soup.find_all(id=True)}
    assert not {tag["href"] for tag in soup.find_all(href=True) if tag["href"].startswith("#") and tag["href"][1:] not in known}
    return soup


def _own(script: Tag) -> bool:
    """Whether a script is a file of ours, with nothing written into the page."""
    return str(script.get("src", "")).startswith("/static/") and not script.string


def _bound(label: BeautifulSoup, soup: BeautifulSoup) -> bool:
    inside = label.find(["input", "select"])
    return bool(inside or (label.get("for") and soup.find(id=label["for"])))


def _no_level_skipped(levels: list[int]) -> bool:
    return all(later - earlier <= 1 for earlier, later in pairwise(levels))


@pytest.fixture
def page(client: FlaskClient) -> Page:
    """page(url, status=200): the checked page under an address."""

    def read(url: str, status: int = 200, **options: object) -> BeautifulSoup:
        response = client.get(url, **options)  # type: ignore[arg-type]
        assert response.status_code == status, response.get_data(as_text=True)[:2000]
        assert response.mimetype == "text/html"
        return checked(response.get_data(as_text=True))

    return read


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(NO_CHROMIUM)
    expect.set_options(timeout=20_000)  # the first search of a process reads the tables of words
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@contextmanager
def answering(app: Flask) -> Iterator[str]:
    """An application that browsers can reach; its address."""
    with running(make_server("127.0.0.1", 0, app, threaded=True)) as address:
        yield address


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """The address the application is served at."""
    with answering(app) as address:
        yield address


@contextmanager
def visit(browser: Browser, address: str, width: int, scripts: bool = True, missing: bool = False) -> Iterator[BrowserPage]:
    """A fresh visitor; afterwards: no complaint of the browser, and nothing asked of anybody else. missing: the page visited does not exist."""
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
    assert not [text for text in complaints if not (missing and "404" in text)]
    assert {urlsplit(url).netloc for url in requests} == {urlsplit(address).netloc}
