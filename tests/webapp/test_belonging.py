"""A generation goes, with all that was made of it, as soon as another is in use: it does not wait for the collector of garbage."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from search import collector, generations
from search.settings import Settings
from search.store import Store
from tests.webapp import samples
from tests.webapp.conftest import settings
from webapp import create_app, state
from webapp.belonging import Belonging

ID = "eu_sample:49669831TOPICSen"
PAGES = [
    "/", "/?q=courses", "/?q=courses+skills&country=IT", '/?q="courses+that"', "/?q=course*", "/?q=-courses", "/?q=cuorses", "/?where=Lombardia",
    f"/calls/{ID}", "/calls/none", "/changes", "/changes?minor=1", "/sources", "/de/", "/about", "/nothing", "/healthz", "/sitemap.xml",
    "/api/v1/calls?q=courses", "/api/v1/changes", "/api/v1/suggest?q=cour", f"/api/v1/calls/{ID}", "/calendar.ics",
    "/search.atom?q=courses", "/search.ics", "/search.csv", "/search.xlsx",
]  # fmt: skip


@pytest.fixture
def no_collector(monkeypatch) -> Iterator[None]:
    """The collector of garbage does not come."""
    monkeypatch.setattr(collector, "tidy", lambda: None)
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def own(tmp_path) -> Settings:
    """A data folder of its own with some calls published."""
    publish(settings(tmp_path))
    return settings(tmp_path)


def publish(own: Settings, **more: str) -> None:
    store = Store(own.database_url)
    samples.fill(store, [samples.BUILD | more, samples.PRODUCT])
    generations.publish(store, own.index_folder, samples.NOW)
    store.close()


@pytest.mark.usefixtures("no_collector")
def test_nothing_that_was_asked_for_holds_a_generation_behind_its_successor(own):
    app = create_app(own)
    client, published = app.test_client(), app.extensions[state.NAME]
    held = []
    for number, path in enumerate(PAGES):
        response = client.get(path)
        response.get_data()
        response.close()
        del response  # the answer to a file holds what it reads
        if number == len(PAGES) // 2:
            publish(own, title="Another title of the call")  # what holds it may also come from a page before
        one = published.take()
        reference = weakref.ref(one.generation)
        published.give_back(one)
        published._held = None  # as when another is opened
        del one
        if reference() is not None:
            held.append(path)
            gc.collect()
    assert held == []


class Circle:
    """Something that holds itself, as an answer that failed does with its trace."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.parametrize("in_use", [False, True], ids=["when another is opened", "when its last reader is done"])
def test_what_holds_itself_goes_with_a_generation(own, in_use):
    published, left = state.Published(own), []
    held = published.take()
    if not in_use:
        published.give_back(held)
    gc.collect()
    gc.disable()
    try:
        left = [weakref.ref(Circle()) for _ in range(3)]
        publish(own, title="Another title of the call")
        published.give_back(published.take())
        if in_use:
            assert any(reference() is not None for reference in left)
            published.give_back(held)
        assert [reference() for reference in left] == [None] * 3
    finally:
        gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_what_was_made_of_a_generation_is_bounded_and_goes_with_it(own):
    made, belonging = [], Belonging[list[int]](2)

    def asked(generation: generations.Generation, number: int) -> None:
        assert belonging.get(generation, number, lambda: made.append(number) or [number]) == [number]

    one = generations.open_current(own.index_folder)
    for number in (1, 2, 2, 1, 3, 2, 1):
        asked(one, number)
    assert made == [1, 2, 3, 1], "of three the one made first is made again"
    assert len(belonging._made[one]) == 2
    one.close()
    del one
    assert not belonging._made
