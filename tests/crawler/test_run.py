"""A crawl in a process of its own that dies: its run is marked as interrupted, that of another process is not."""

from __future__ import annotations

import pytest

from crawler.run import crawl_apart
from search import clock, crawls
from search.locks import FOLDER, locked
from search.settings import load
from search.store import Store

# A source that does not exist: its process dies of that before it can tell.
SOURCE = "atlantis"
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def test_a_crawl_that_dies_marks_only_runs_whose_process_is_gone(tmp_path):
    config = load(tmp_path)
    store = Store(config.database_url)
    store.start_run(SOURCE, clock.now())
    with locked(config.data / FOLDER, SOURCE):
        assert crawl_apart(config, SOURCE, None).reason == "the crawl's process ended early (code 1)"
        assert [crawl.state for crawl in crawls.of_source(store, SOURCE)] == ["running"], "whoever holds the lock runs it"
    crawl_apart(config, SOURCE, None)
    assert [crawl.state for crawl in crawls.of_source(store, SOURCE)] == ["interrupted"]
    store.close()
