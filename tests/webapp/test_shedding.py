"""Overload: so many at a time, so many waiting, the others are told so at once; files and pages do not stand in each other's way."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from webapp import shedding
from webapp.shedding import Lane, Shedding


class Held:
    """An application whose answers wait until they are let go; it counts who is inside."""

    def __init__(self) -> None:
        self.go, self.inside = threading.Event(), threading.Semaphore(0)

    def __call__(self, environ, start_response):
        self.inside.release()
        self.go.wait(20)
        if environ["PATH_INFO"] == "/broken":
            raise RuntimeError("broken")
        return Response("done")(environ, start_response)


def get(app: Shedding, path: str) -> Response:
    with Client(app).get(path) as answer:
        answer.get_data()
        return answer


def test_who_finds_no_place_is_sent_away_and_the_others_are_served():
    held = Held()
    app = Shedding(held, pages=Lane(1, 1, 20), files=Lane(1, 0, 20))
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(get, app, "/")
        held.inside.acquire()
        waits = pool.submit(get, app, "/")
        while not app.pages._queued:
            pass
        page, program = get(app, "/?q=skills"), get(app, "/de/api/v1/calls")
        file = pool.submit(get, app, "/search.csv")
        assert held.inside.acquire(timeout=20), "a file has a lane of its own"
        assert get(app, "/el/search.xlsx").status_code == 503
        held.go.set()
        assert [done.result().status_code for done in (first, waits, file)] == [200] * 3
    for answer in (page, program):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(shedding.AGAIN))
        assert answer.headers["Cache-Control"] == "no-store"
    assert "try it again" in page.text
    assert json.loads(program.text)["error"]["status"] == 503


def test_whether_it_is_alive_is_answered_always():
    held = Held()
    held.go.set()
    app = Shedding(held, pages=Lane(0, 0, 0), files=Lane(0, 0, 0))
    assert [get(app, path).status_code for path in ("/healthz/live", "/healthz", "/static/style.css", "/", "/statics/")] == [200] * 3 + [503] * 2


def test_who_is_sent_away_leaves_a_line_without_the_words_of_the_search(caplog):
    app = Shedding(Held(), pages=Lane(0, 0, 0), files=Lane(0, 0, 0))
    with caplog.at_level("WARNING", "funding.web"):
        get(app, "/de/?q=welding")
        get(app, "/search.csv?q=welding")
    assert [record.data for record in caplog.records] == [
        {"lane": "pages", "path": "/de/", "status": 503},
        {"lane": "files", "path": "/search.csv", "status": 503},
    ]
    assert "welding" not in caplog.text


def test_who_waited_too_long_is_sent_away():
    app = Shedding(Held(), pages=Lane(0, 1, 0.01))
    assert get(app, "/").status_code == 503
    assert not app.pages._queued


def test_a_place_is_given_back_whatever_happened():
    held = Held()
    held.go.set()
    app = Shedding(held, pages=Lane(1, 0, 0), files=Lane(1, 0, 0))
    with pytest.raises(RuntimeError):
        get(app, "/broken")
    given_up = Client(app).get("/search.csv", buffered=False)
    assert get(app, "/search.csv").status_code == 503
    given_up.close()
    given_up.close()
    assert [get(app, path).status_code for path in ("/", "/search.csv", "/")] == [200] * 3
