"""What the tests of the dashboard's rooms have: a data folder to write to, an editor who is logged in, the store behind them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search.store import Store
from tests.webapp.admin.staff import log_in, office, own_copy


@pytest.fixture(scope="module")
def data(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample records, published; one copy for each module."""
    return own_copy(folder, tmp_path_factory.mktemp("office") / "data")


@pytest.fixture(scope="module")
def client(data: Path) -> FlaskClient:
    """An editor who is logged in."""
    editor = office(data).test_client()
    assert log_in(editor).status_code == 302
    return editor


@pytest.fixture(scope="module")
def store(data: Path) -> Iterator[Store]:
    """The store that the client writes to."""
    opened = Store(f"sqlite:///{data / 'funding.db'}")
    yield opened
    opened.close()


@pytest.fixture
def visitor(data: Path) -> FlaskClient:
    """Somebody at the door."""
    return office(data).test_client()


@pytest.fixture
def editor(visitor: FlaskClient) -> FlaskClient:
    """The same, logged in."""
    assert log_in(visitor).status_code == 302
    return visitor
