"""The generations that are kept: which answers for an earlier month, going back to one, what goes."""

from __future__ import annotations

import shutil
import threading
from datetime import datetime, timedelta

import pytest

from search import generations, history, query, reading, records
from search.engines.embedded import EmbeddedEngine
from search.opening import GenerationError
from search.store import Harvest, Store
from tests.search import corpus

MONTHS = ("2026-06-20", "2026-08-03", "2026-08-28", "2026-09-15", "2026-10-01")
NOW = datetime.fromisoformat("2026-11-20T12:00:00+01:00")


def publish(folder, days, keep=3, months=24, entries=4):
    """A generation on each of the days, each with one more entry."""
    store = Store(f"sqlite:///{folder}/funding.db")
    for number, day in enumerate(days):
        now = datetime.fromisoformat(f"{day}T12:00:00+02:00")
        store.finish_run(store.start_run("made", now), Harvest(corpus.entries(entries + number)), now, {}, {})
        generations.publish(store, folder / "index", now, keep, months=months)
    store.close()
    return folder / "index"


def names(folder):
    return [g.name.removeprefix("generation-00000") for g in history.listed(folder)]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("shelf"), MONTHS, keep=2)


@pytest.fixture
def shelf(filled, tmp_path):
    """Generations of five days, of which four are kept, to be changed at will."""
    shutil.copytree(filled.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "index"


def test_the_last_few_and_the_last_of_each_month_are_kept(shelf):
    assert names(shelf) == ["5", "4", "3", "1"], "two generations of August: the last stays"
    history.clear(shelf, keep=1, months=3, now=NOW)
    assert names(shelf) == ["5", "4"], "September, October, November"
    history.clear(shelf, keep=1, months=0, now=NOW)
    assert names(shelf) == ["5"]


@pytest.mark.parametrize(
    ("text", "name", "at"),
    [
        ("2026-06", "generation-000001", "2026-06-30T23:59:59+02:00"),
        ("2026-07", "generation-000001", "2026-07-31T23:59:59+02:00"),
        ("2026-08", "generation-000003", "2026-08-31T23:59:59+02:00"),
        ("2026-08-27", "generation-000001", "2026-08-27T23:59:59+02:00"),
        ("2026-08-28", "generation-000003", "2026-08-28T23:59:59+02:00"),
        ("2026-10", "generation-000005", "2026-10-31T23:59:59+01:00"),
    ],
)
def test_a_month_is_answered_by_the_newest_of_then_or_before(shelf, text, name, at):
    assert history.as_of(history.listed(shelf), text, NOW) == history.Earlier(name, datetime.fromisoformat(at))


def test_a_time_that_has_not_ended_is_today(shelf):
    assert history.as_of(history.listed(shelf), "2026-11", NOW) is None
    assert history.as_of(history.listed(shelf), "2031-01-01", NOW) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [("2026-05", "the first entries kept are of 20 June 2026"), ("2026-13", "neither a month nor a day"), ("2026-02-30", "neither"),
     ("August", "neither"), ("0000-01", "neither"), ("9999-12", "neither"), ("2026-08-1", "neither")],
)  # fmt: skip
def test_what_cannot_be_answered_is_said_and_today_answers(shelf, text, says):
    generation, now, problem = EmbeddedEngine(shelf).open_for(text, NOW)
    assert (generation.name, now) == ("generation-000005", NOW)
    assert says in problem
    asked = history.answered(reading.parse([("as_of", text)]), problem)
    assert [(w.parameter, w.value) for w in asked.warnings] == [("as_of", text)]
    assert asked.as_of == "", "links do not carry on what was not answered"
    generation.close()


def test_an_earlier_month_has_its_entries_and_its_statuses(shelf):
    generation, now, problem = EmbeddedEngine(shelf).open_for("2026-08", NOW)
    results = query.search(generation, reading.parse([("as_of", "2026-08"), ("status", ""), ("skills", "")], generation.columns.values), now)
    assert problem == ""
    assert results.total == 6, "four entries in June and one more each time"
    assert all(hit.status == query.find(generation, hit.stored.entry.id, now).status for hit in results.hits)
    assert ("as_of", "2026-08") in results.params.pairs()
    generation.close()


def test_going_back_withdraws_what_came_after(shelf):
    assert history.roll_back(shelf) == ("generation-000005", "generation-000004")
    assert generations.current_name(shelf) == "generation-000004"
    assert history.as_of(history.listed(shelf), "2026-10", NOW).name == "generation-000004", "what was taken back answers for no month"
    assert history.roll_back(shelf, "generation-000001")[1] == "generation-000001"
    with pytest.raises(GenerationError, match="no generation before generation-000001"):
        history.roll_back(shelf)
    with pytest.raises(GenerationError, match="there is no generation-000002; there are generation-000005"):
        history.roll_back(shelf, "generation-000002")
    assert history.roll_back(shelf, "generation-000005")[1] == "generation-000005"
    assert not any(g.withdrawn for g in history.listed(shelf))


def test_going_back_starts_from_what_a_publish_leaves_behind(shelf):
    """A publish that ends while the rollback waits for it: generation 5 comes into use meanwhile."""
    history.roll_back(shelf)
    done: list[tuple[str, str]] = []
    waiting = threading.Thread(target=lambda: done.append(history.roll_back(shelf)))
    with history.one_at_a_time(shelf):
        waiting.start()
        waiting.join(0.3)
        (shelf / "generation-000005" / "withdrawn").unlink()
        history.switch(shelf, "generation-000005")
    waiting.join(10)
    assert done == [("generation-000005", "generation-000004")]


def test_a_publish_after_going_back_is_a_new_generation(shelf, tmp_path):
    history.roll_back(shelf)
    publish(tmp_path, ["2026-11-02"], entries=9)
    assert generations.current_name(shelf) == "generation-000006"
    assert len(generations.open_current(shelf).columns) == 9


def test_a_generation_that_is_read_is_not_removed(tmp_path):
    folder = publish(tmp_path, ["2026-11-02"], months=0)
    reading = generations.open_current(folder)
    publish(tmp_path, ["2026-11-03", "2026-11-04"], keep=1, months=0)
    assert names(folder) == ["3", "1"]
    assert reading.searcher.doc_count() == 4, "what is opened late is still there"
    reading.close()
    publish(tmp_path, ["2026-11-05"], keep=1, months=0)
    assert names(folder) == ["4"]


def test_two_hundred_switches_under_readers(tmp_path):
    """Every entry of a generation says that generation's number: a mixture would show."""
    folder, store, problems, seen, done = tmp_path / "index", Store(f"sqlite:///{tmp_path}/funding.db"), [], set(), threading.Event()
    rows = [corpus.record(n) | {"title": f"Call number {n}", "description": None, "regions": []} for n in range(5)]

    def fill(number):
        now = NOW + timedelta(minutes=number)
        entries = [records.load({**row, "summary": f"edition{number}"}) for row in rows]
        store.finish_run(store.start_run("made", now), Harvest(entries), now, {}, {})
        return generations.publish(store, folder, now, 4, months=0)

    def look(generation):
        number = int(generation.name.removeprefix("generation-")) - 1
        for words in (f"edition{number}", "edit*", f'"edition{number}"', "edition?*", ""):
            asked = reading.parse([("q", words), ("status", ""), ("skills", "")], generation.columns.values)
            found = [hit.stored.entry.summary for hit in query.search(generation, asked, NOW).hits]
            if found != [f"edition{number}"] * len(rows):
                problems.append((number, words, found))
        seen.add(number)

    def read():
        while not done.is_set():
            try:
                generation = generations.open_current(folder)
                look(generation)
                generation.close()
            except Exception as error:
                problems.append(error)
                return

    names = [fill(0), fill(1), fill(2)]
    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number in range(3, 13):
            names.append(fill(number))
            for back in (2, 3, 1) * 6 + (2,):
                history.roll_back(folder, names[-back])
    finally:
        done.set()
        for reader in readers:
            reader.join()
        store.close()
    assert not problems, str(problems[:3])
    assert len(seen) > 8, "the readers met many of the generations"
