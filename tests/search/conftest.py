"""The databases that the store's tests run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scale import postgresql


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server for this session."""
    with postgresql.server() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.scale)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: SQLite, and PostgreSQL where `make test-scale` asks for it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/funding.db"
    return postgresql.new_database(request.getfixturevalue("postgresql_server"))
