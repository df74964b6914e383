"""The crawls as they stand in the store: why one failed, what it refused, and how long that is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from search import crawls, pauses
from search.sources import SourceFacts
from search.store import Harvest, Refused, Store
from tests.search.test_changes import NOVEMBER, OCTOBER, call
from tests.webapp.samples import source


@pytest.fixture
def store(tmp_path):
    opened = Store(f"sqlite:///{tmp_path / 'funding.db'}")
    opened.register([source("s", "A source", ["IT"], ["national"])])
    opened.finish_run(opened.start_run("s", OCTOBER), Harvest([call("1"), call("2")]), OCTOBER + timedelta(minutes=2), {"asked again": 1}, {})
    number = opened.start_run("s", NOVEMBER)
    opened.fail_run(number, "1 entries, 2 before", NOVEMBER, {}, [Refused("9", "no title", "{“x”}".encode())], {"found": 1, "differs": 1})
    yield opened
    opened.close()


def test_crawls_tell_how_they_went(store):
    last, first = crawls.of_source(store, "s")
    assert (first.state, first.seconds, first.counts["found"], first.warnings, first.differs) == ("good", 120, 2, {"asked again": 1}, False)
    assert (last.state, last.reason, last.counts["found"], last.differs) == ("failed", "1 entries, 2 before", 1, True)
    assert crawls.of_all(store, OCTOBER) == {"s": [first, last]}
    assert crawls.of_all(store, NOVEMBER) == {"s": [last]}
    assert crawls.one(store, last.number) == last
    assert crawls.one(store, 99) is None


def test_what_a_source_sent_is_forgotten_after_90_days_but_not_why_it_was_refused(store):
    number = crawls.of_source(store, "s")[0].number
    assert [(r.native_id, r.reason, r.payload) for r in crawls.refused(store, number)[1]] == [("9", "no title", "{“x”}")]
    assert crawls.forget_payloads(store, NOVEMBER + crawls.PAYLOADS_KEPT) == 0
    assert crawls.forget_payloads(store, NOVEMBER + crawls.PAYLOADS_KEPT + timedelta(seconds=1)) == 1
    total, (record,) = crawls.refused(store, number)
    assert (total, record.native_id, record.reason, record.payload) == (1, "9", "no title", None)
    assert crawls.refused(store, number, skip=1) == (1, [])


def test_what_happened_since_an_instant_is_counted(store):
    store.finish_run(store.start_run("s", NOVEMBER), Harvest([call("1", title="Another title"), call("3")]), NOVEMBER, {}, {})
    assert crawls.happened_since(store, "2026-10-21T00:00:00Z") == {"changed": 1, "gone": 1, "new": 3}
    assert crawls.happened_since(store, "2026-11-01T00:00:00Z") == {"changed": 1, "gone": 1, "new": 1}
    assert crawls.happened_since(store, "2026-11-21T23:00:00Z") == {}


def test_a_paused_source_says_so_and_troubles_nobody(store):
    with store.engine.begin() as connection:
        assert pauses.pause(connection, "s", "anna", "its portal moves", NOVEMBER)
        assert not pauses.pause(connection, "s", "bert", "again", NOVEMBER)
    (state,) = store.source_states(NOVEMBER)
    assert (state.paused_since, state.paused_why) == ("2026-11-21T23:00:00Z", "its portal moves")
    assert "anna" not in str(state.row()), "who paused it is nobody else's business"
    with store.engine.begin() as connection:
        assert pauses.resume(connection, "s")
        assert not pauses.resume(connection, "s")
    assert isinstance(store.source_states(NOVEMBER)[0].facts, SourceFacts)
    assert store.source_states(NOVEMBER)[0].paused_since is None
