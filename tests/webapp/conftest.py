"""A client over a small real generation, and a page() that checks every page it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from search import generations
from search.settings import Settings
from search.store import Store
from tests.webapp import samples
from webapp import create_app

Page = Callable[..., BeautifulSoup]


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


def checked(markup: str) -> BeautifulSoup:
    """The parsed page, after the checks that hold for every page."""
    soup = BeautifulSoup(markup, "html.parser")
    assert soup.html is not None
    assert soup.html["lang"] == "en"
    assert soup.title is not None
    assert soup.title.get_text().endswith(" – Skills Funding Finder")
    assert not soup.title.get_text().startswith(" ")
    assert len(soup.find_all("h1")) == 1
    assert soup.h1 is not None
    assert soup.h1.get_text(strip=True)
    twice = [name for name, times in Counter(tag["id"] for tag in soup.find_all(id=True)).items() if times > 1]
    assert not twice, f"ids that occur twice: {twice}"
    assert not [tag for tag in soup.find_all(["script", "style"]) if tag.get("type") != "application/ld+json"]
    assert not soup.find_all(style=True)
    assert not [tag.name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert not [tag["href"] for tag in soup.find_all(href=True) if tag["href"].startswith("javascript:")]
    assert all(_bound(label, soup) for label in soup.find_all("label")), "a label without its control"
    assert _no_level_skipped([int(tag.name[1]) for tag in soup.find_all(["h1", "h2", "h3", "h4"])])
    known = {tag["id"] for tag in soup.find_all(id=True)}
    assert not {tag["href"] for tag in soup.find_all(href=True) if tag["href"].startswith("#") and tag["href"][1:] not in known}
    return soup


def _bound(label: BeautifulSoup, soup: BeautifulSoup) -> bool:
    inside = label.find(["input", "select", "textarea"])
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
