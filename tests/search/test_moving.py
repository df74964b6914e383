"""Moving the store: every row arrives, nothing is mixed, and the copy goes on."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from search.moving import move
from search.store import NoStoreError, Refused, Store, StoreError
from search.tables import metadata
from tests.search import meanwhile
from tests.search.test_store import AUGUST, MARCH, OCTOBER, call, run, stored


@pytest.fixture
def filled(tmp_path):
    """A store with every kind of row."""
    url = f"sqlite:///{tmp_path}/old/funding.db"
    store = Store(url)
    run(store, MARCH, *(call(n) for n in range(1203)))
    run(store, AUGUST, call(1, "2027-01-15", title="Ünïcode, \U0001f393 and a quote'"), call(2))
    store.fail_run(store.start_run("s", AUGUST), "broken", AUGUST, {"odd": 2}, [Refused("9", "no title", b"{\x00}")])
    store.close()
    return url


def rows(url):
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {t.name: sorted(map(repr, connection.execute(sa.select(t)).mappings())) for t in metadata.sorted_tables}
    engine.dispose()
    return found


def test_every_row_arrives_and_the_copy_goes_on(filled, store_url):
    moved = move(filled, store_url)
    assert moved["entries"] == 1203
    assert rows(store_url) == rows(filled)
    copy = Store(store_url)
    counts = run(copy, OCTOBER, call(1, "2027-01-15"), call(5000))
    assert (counts["new"], counts["changed"], counts["back"]) == (1, 1, 0)
    assert stored(copy)["5000"].first_seen == "2026-10-21T22:00:00Z"
    copy.close()


def test_a_target_that_holds_rows_is_refused_and_left_as_it_is(filled, store_url):
    other = Store(store_url)
    run(other, MARCH, call(7))
    other.close()
    before = rows(store_url)
    with pytest.raises(StoreError, match="must be empty"):
        move(filled, store_url)
    assert rows(store_url) == before


def test_a_source_that_is_not_there_is_named(tmp_path, store_url):
    with pytest.raises(NoStoreError):
        move(f"sqlite:///{tmp_path}/nothing.db", store_url)


def test_what_a_crawl_commits_meanwhile_is_not_moved_in_part(filled, store_url):
    before, crawling = rows(filled), Store(filled)
    with meanwhile.before("FROM versions ORDER BY", lambda: run(crawling, OCTOBER, call(1, "2027-02-01"), call(5000))):
        move(filled, store_url)
    crawling.close()
    assert rows(store_url) == before != rows(filled)
