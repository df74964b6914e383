"""A crawl in a process of its own that dies: its run is marked as interrupted, that of another process is not. None outlives who began it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from crawler.run import crawl_apart
from search import clock, crawls
from search.locks import FOLDER, held, locked
from search.settings import load
from search.store import Store
from tests.conftest import environment, wait

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


# The one that asks for a crawl, whose process takes the lock of its source and then works for ever.
CRAWL = """
import sys, time
from pathlib import Path
from crawler import run
from search.locks import FOLDER, held, locked
from search.settings import load

def at_work(config, source, *_):
    with locked(config.data / FOLDER, source):
        time.sleep(120)

run.crawl = at_work
run.crawl_apart(load(Path(sys.argv[1])), sys.argv[2], None)
"""


def test_a_crawl_ends_with_the_command_that_began_it(tmp_path):
    command = subprocess.Popen([sys.executable, "-c", CRAWL, str(tmp_path), SOURCE], env=environment())
    lock = tmp_path / FOLDER / f"{SOURCE}.lock"
    wait(lambda: held(lock))
    command.kill()
    command.wait(60)
    wait(lambda: not held(lock))
