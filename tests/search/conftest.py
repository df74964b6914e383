"""The databases that the store's tests run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engines import Engine
from search.engines.embedded import EmbeddedEngine
from search.engines.opensearch.engine import OpenSearchEngine
from tests.scale import opensearch, postgresql


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


@pytest.fixture(scope="session")
def opensearch_cluster() -> Iterator[opensearch.Cluster]:
    """One OpenSearch node for this session."""
    with opensearch.cluster() as running:
        yield running


@pytest.fixture
def url(opensearch_cluster: opensearch.Cluster) -> str:
    """The address of a search cluster with nothing published."""
    return opensearch_cluster.url()


ENGINES = ["embedded", pytest.param("opensearch", marks=pytest.mark.scale)]


def new_engine(name: str, folder: Path, request: pytest.FixtureRequest) -> Engine:
    """An engine with nothing published; OpenSearch in two shards, so that nothing depends on one shard's numbers."""
    if name == "embedded":
        return EmbeddedEngine(folder / "index")
    return OpenSearchEngine(request.getfixturevalue("opensearch_cluster").url(shards=2), folder / "index")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """Each engine, with nothing published: OpenSearch where `make test-scale` asks for it."""
    return new_engine(request.param, tmp_path, request)
