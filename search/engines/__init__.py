"""Where generations are published and read: the embedded index in the data folder, or an OpenSearch cluster (`SEARCH_URL`)."""

from __future__ import annotations

from search.engines.embedded import EmbeddedEngine
from search.engines.engine import Engine
from search.engines.opensearch.engine import OpenSearchEngine
from search.settings import Settings

__all__ = ["Engine", "of"]


def of(settings: Settings) -> Engine:
    """The engine that the settings name. Raises SettingsError."""
    if settings.search_url:
        return OpenSearchEngine(settings.search_url, settings.index_folder)
    return EmbeddedEngine(settings.index_folder)
