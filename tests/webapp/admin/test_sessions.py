"""Sessions of the dashboard: when they begin and end, who sees them, and that they keep no page waiting."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from search import audit, sessions
from search.database import PATIENCE, hasty
from search.store import Store
from search.tables import admin_sessions
from tests.webapp import samples
from tests.webapp.admin.staff import HASH, PASSWORD, cookies, log_in, office, own_copy, send


@pytest.fixture
def data(folder, tmp_path):
    return own_copy(folder, tmp_path / "data")


def test_a_session_is_new_on_login_and_gone_everywhere_on_logout(visitor, data):
    visitor.set_cookie("funding_admin", "chosen-by-somebody-else", path="/admin")
    log_in(visitor)
    held = cookies(visitor)["funding_admin"]
    assert held != "chosen-by-somebody-else"
    copy = office(data).test_client()
    copy.set_cookie("funding_admin", held, path="/admin")
    assert copy.get("/admin/").status_code == 200, "another worker knows it too"
    log_in(visitor.application.test_client())
    assert send(visitor, "/admin/logout").headers["Location"] == "/admin/login"
    assert "funding_admin" not in cookies(visitor)
    assert copy.get("/admin/").status_code == 302


def test_a_cookie_that_was_changed_or_not_signed_by_us_is_none(editor, data):
    held = cookies(editor)["funding_admin"]
    for wrong in (held[:-1], held + "x", "." + held, held.split(".")[0], ""):
        client = office(data).test_client()
        client.set_cookie("funding_admin", wrong, path="/admin")
        assert client.get("/admin/").status_code == 302


def test_a_session_ends_by_time_and_with_another_password(editor, data, monkeypatch):
    held = cookies(editor)["funding_admin"]
    other = office(data, admin_password=HASH.replace(":1$", ":1$x")).test_client()
    other.set_cookie("funding_admin", held, path="/admin")
    assert other.get("/admin/").status_code == 302
    end = samples.NOW + sessions.LIFE
    for minutes in range(30, 480, 30):
        monkeypatch.setenv("FUNDING_NOW", (samples.NOW + timedelta(minutes=minutes)).isoformat())
        assert editor.get("/admin/log").status_code == 200
    for instant, status in ((end - timedelta(seconds=1), 200), (end, 302)):
        monkeypatch.setenv("FUNDING_NOW", instant.isoformat())
        assert editor.get("/admin/").status_code == status, "eight hours, though it was used all the time"


def test_a_session_that_is_not_used_ends(data, monkeypatch):
    for idle, minutes in ((60, (58, 117, 60 + 117)), (10, (9, 18, 28))):
        editor = office(data, admin_idle=idle).test_client()
        monkeypatch.setenv("FUNDING_NOW", samples.NOW.isoformat())
        assert f"after {idle} minutes without use" in editor.get("/admin/login").get_data(as_text=True)
        log_in(editor)
        for passed, status in zip(minutes, (200, 200, 302), strict=True):
            monkeypatch.setenv("FUNDING_NOW", (samples.NOW + timedelta(minutes=passed)).isoformat())
            assert editor.get("/admin/log").status_code == status, (idle, passed)


def test_a_page_does_not_wait_for_who_writes_to_the_store(editor, data, monkeypatch):
    """That a session is used is written down when nobody is in the way."""
    monkeypatch.setenv("FUNDING_NOW", (samples.NOW + timedelta(minutes=20)).isoformat())
    crawl = sqlite3.connect(data / "funding.db", isolation_level=None)
    crawl.execute("BEGIN IMMEDIATE")
    assert editor.get("/admin/log").status_code == 200
    began = [row[0] for row in crawl.execute("SELECT used FROM admin_sessions")]
    crawl.execute("ROLLBACK")
    assert editor.get("/admin/log").status_code == 200
    used = [row[0] for row in crawl.execute("SELECT used FROM admin_sessions")]
    assert (began, used) == (["2026-11-21T23:00:00Z"], ["2026-11-21T23:20:00Z"])
    crawl.close()


def test_whoever_is_hasty_leaves_the_connection_patient(data):
    store = Store(f"sqlite:///{data / 'funding.db'}")
    crawl = sqlite3.connect(data / "funding.db", isolation_level=None)
    crawl.execute("BEGIN IMMEDIATE")
    with pytest.raises(sa.exc.OperationalError, match="locked"), hasty(store.engine) as connection:
        connection.execute(sa.delete(admin_sessions))
    crawl.close()
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == PATIENCE
    store.close()


def test_a_store_that_fails_is_named(editor, data):
    broken = sqlite3.connect(data / "funding.db")
    broken.execute("DROP TABLE audit")
    broken.close()
    answer = editor.get("/admin/log")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "The store could not be read or written" in answer.get_data(as_text=True)


def test_who_is_logged_in_elsewhere_is_seen_and_ended_with_the_password(editor, data, monkeypatch):
    monkeypatch.setenv("FUNDING_NOW", (samples.NOW + timedelta(minutes=10)).isoformat())
    others = [office(data).test_client() for _ in range(3)]
    for other in others:
        log_in(other)
    monkeypatch.setenv("FUNDING_NOW", (samples.NOW + timedelta(minutes=20)).isoformat())
    assert others[0].get("/admin/log").status_code == 200
    page = BeautifulSoup(editor.get("/admin/sessions").get_data(as_text=True), "html.parser")
    assert "You began this session on 22 Nov 2026, 00:00." in page.get_text()
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])][:2] for row in page.select("tbody tr")]
    assert rows == [["22 Nov 2026, 00:10", "22 Nov 2026, 00:20"], *[["22 Nov 2026, 00:10", "22 Nov 2026, 00:10"]] * 2]

    def end(which: str, password: str = PASSWORD) -> int:
        return send(editor, "/admin/sessions/end", which=which, password=password).status_code

    first = page.select("tbody tr button")[0]["value"]
    assert [end(first, "wrong"), end("others", ""), end("0" * 64)] == [401, 401, 302]
    assert all(other.get("/admin/log").status_code == 200 for other in others), "without the password nothing is ended"
    assert end(first) == 302
    assert [other.get("/admin/log").status_code for other in others] == [302, 200, 200]
    assert end("others") == 302
    assert [other.get("/admin/log").status_code for other in (*others, editor)] == [302, 302, 302, 200]
    assert "You are logged in nowhere else" in editor.get("/admin/sessions").get_data(as_text=True)
    store = Store(f"sqlite:///{data / 'funding.db'}")
    ended = [line.about for line in audit.lines(store) if line.what == "ended a session"]
    store.close()
    assert ended == ["begun 22 Nov 2026, 00:10, last used 22 Nov 2026, 00:20"] * 2 + ["begun 22 Nov 2026, 00:10, last used 22 Nov 2026, 00:20"]
