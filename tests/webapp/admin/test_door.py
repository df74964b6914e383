"""The door of the dashboard: who comes in, what a cookie and a form are worth, and what is refused."""

from __future__ import annotations

import sqlite3
import stat
from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from search import audit, sessions
from search.database import PATIENCE, hasty
from search.settings import Settings
from search.store import Store
from search.tables import admin_sessions
from tests.webapp import samples
from tests.webapp.admin.staff import HASH, NAME, PASSWORD, log_in, office, own_copy, send, token
from tests.webapp.conftest import settings
from webapp import create_app


@pytest.fixture
def data(folder, tmp_path):
    return own_copy(folder, tmp_path / "data")


@pytest.fixture
def visitor(data) -> FlaskClient:
    return office(data).test_client()


@pytest.fixture
def editor(visitor) -> FlaskClient:
    assert log_in(visitor).status_code == 302
    return visitor


def cookies(client: FlaskClient) -> dict[str, str]:
    return {cookie.key: cookie.value for cookie in client._cookies.values()}


def addresses(app, method: str) -> list[str]:
    """Every address of the dashboard for a method, with something in the place of each variable."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("admin.") and method in rule.methods]
    assert rules
    return [rule.build(dict.fromkeys(rule.arguments, "1"), append_unknown=False)[1] for rule in rules]


def test_without_an_account_there_is_no_dashboard(data):
    app = create_app(settings(data))
    client = app.test_client()
    for address in [*addresses(app, "GET"), "/admin/nothing"]:
        assert client.get(address).status_code == 404
    for address in addresses(app, "POST"):
        assert client.post(address).status_code == 404
    assert not (data / "admin.key").exists()
    assert "Set-Cookie" not in client.get("/admin/login").headers


def test_nobody_passes_without_a_session(visitor):
    for address in addresses(visitor.application, "GET"):
        if address != "/admin/login":
            answer = visitor.get(address)
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/admin/login"), address
    assert visitor.get("/admin/log?page=2").headers["Location"] == "/admin/login?next=/admin/log?page%3D2"
    for address in addresses(visitor.application, "POST"):
        assert visitor.post(address).status_code == (400 if address == "/admin/login" else 403), address
        assert visitor.post(address, data={"token": token(visitor)}).status_code == (401 if address == "/admin/login" else 403), address


def test_nothing_is_done_without_the_token_of_the_session(editor, data):
    other = office(data).test_client()
    log_in(other)
    for wrong in ({}, {"token": ""}, {"token": "x"}, {"token": token(other, "/admin/")}, {"token": token(other, "/admin/") + "x"}):
        for address in addresses(editor.application, "POST"):
            assert editor.post(address, data=wrong).status_code == 400, (address, wrong)
    assert editor.get("/admin/").status_code == 200


def test_the_token_of_the_login_form_is_worth_nothing_after_it(visitor):
    before = token(visitor)
    log_in(visitor)
    assert visitor.post("/admin/logout", data={"token": before}).status_code == 400


@pytest.mark.parametrize(("scheme", "site", "secure"), [("http", "", False), ("https", "", True), ("http", "https://funding.example.org", True)])
def test_the_cookie_is_for_this_host_and_no_script(data, scheme, site, secure):
    visitor, base = office(data, site=site).test_client(), f"{scheme}://localhost"
    with visitor.get("/admin/login", base_url=base) as form:
        door = form.headers["Set-Cookie"]
    field = form.get_data(as_text=True).split('name="token" value="')[1].split('"')[0]
    answer = visitor.post("/admin/login", data={"name": NAME, "password": PASSWORD, "token": field}, base_url=base)
    session, door_over = answer.headers.getlist("Set-Cookie")
    assert "Max-Age=0" in door_over
    assert f"Max-Age={8 * 3600}" in session
    for cookie, name, path in ((session, "funding_admin", "/admin"), *((one, "funding_admin_door", "/admin/login") for one in (door, door_over))):
        parts = [part.strip() for part in cookie.split(";")]
        assert parts[0].startswith(f"__Host-{name}=" if secure else f"{name}=")
        assert {"HttpOnly", "SameSite=Strict", "Path=/" if secure else f"Path={path}"} <= set(parts)
        assert not any(part.startswith("Domain") for part in parts), "browsers refuse a __Host- cookie with one"
        assert ("Secure" in parts) is secure
    assert visitor.get("/admin/", base_url=base).status_code == 200
    assert "Set-Cookie" not in visitor.get("/", base_url=base).headers


def test_over_tls_a_cookie_without_the_prefix_is_none(editor, data):
    """A host beside ours can set cookies for ours, but none with that prefix."""
    planted = office(data).test_client()
    planted.set_cookie("funding_admin", cookies(editor)["funding_admin"], path="/admin")
    assert planted.get("/admin/").status_code == 200
    assert planted.get("/admin/", base_url="https://localhost").status_code == 302


def test_pages_of_the_dashboard_stay_in_no_cache_and_no_index(editor, visitor):
    for answer in (editor.get("/admin/", headers={"Accept-Encoding": "gzip"}), visitor.get("/admin/login")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "Cookie" in answer.headers["Vary"]
        assert "Content-Encoding" not in answer.headers
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_public_pages_set_no_cookie_even_for_an_editor(editor):
    for address in ("/", "/sources", "/changes", "/api/v1/calls", "/healthz"):
        assert "Set-Cookie" not in editor.get(address).headers
        assert "Cookie" not in editor.get(address).headers.get("Vary", "")


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


def test_the_same_words_for_an_unknown_name_and_a_wrong_password(visitor):
    answers = [log_in(visitor, name, word) for name, word in ((NAME, "wrong"), ("nobody", PASSWORD), ("Ñobody", "x" * 5000), ("", ""))]
    assert {answer.status_code for answer in answers} == {401}
    texts = {answer.get_data(as_text=True).split('name="token"')[0] for answer in answers}
    assert len(texts) == 1
    assert "not the name and the password" in texts.pop()


def test_guessing_is_stopped_also_with_several_workers(data, monkeypatch, caplog):
    workers = [office(data).test_client() for _ in range(2)]
    assert [log_in(workers[n % 2], password="guess-me-not").status_code for n in range(5)] == [401] * 5
    for worker in workers:
        answer = log_in(worker)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    elsewhere = workers[0].post(
        "/admin/login", data={"name": NAME, "password": "x", "token": token(workers[0])}, environ_base={"REMOTE_ADDR": "198.51.100.7"}
    )
    assert elsewhere.status_code == 401, "others are not locked out"
    monkeypatch.setenv("FUNDING_NOW", (samples.NOW + sessions.WINDOW).isoformat())
    assert log_in(workers[1]).status_code == 302
    assert "guess-me-not" not in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_many_addresses_together_are_stopped_too(data):
    store = Store(f"sqlite:///{data / 'funding.db'}")
    for number in range(sessions.MOST_OF_ALL):
        sessions.attempt(store, f"origin {number // 5}", samples.NOW)
    with pytest.raises(sessions.TooManyError):
        sessions.attempt(store, "another", samples.NOW)
    store.close()


def test_who_is_logged_in_is_not_kept_from_ending_sessions_by_failures_elsewhere(editor, data):
    other = office(data).test_client()
    log_in(other)
    store = Store(f"sqlite:///{data / 'funding.db'}")
    for number in range(sessions.MOST_OF_ALL):
        sessions.attempt(store, f"origin {number // 5}", samples.NOW)
    store.close()
    answers = [send(editor, "/admin/sessions/end", which="others", password=password).status_code for password in ["wrong"] * 4 + [PASSWORD]]
    assert answers == [401] * 4 + [302]
    assert other.get("/admin/log").status_code == 302
    answers = [send(editor, "/admin/sessions/end", which="others", password=password).status_code for password in ("wrong", PASSWORD)]
    assert answers == [401, 429], "guessing in a session is stopped too"


def test_right_logins_count_for_nothing(visitor):
    for _ in range(7):
        assert log_in(visitor).status_code == 302
        send(visitor, "/admin/logout")


ELSEWHERE = (
    *("https://evil.example/", "//evil.example/admin/", "/\\evil.example", "/admin/\\evil", "/admin//evil.example", "javascript:alert(1)"),
    *("/", "", "/administrator", "https:/admin/", "/admin/\r\nX: y", "/admin/\t/evil.example"),
)


def test_a_login_leads_nowhere_else(visitor):
    assert log_in(visitor, next=ELSEWHERE[0]).headers["Location"] == "/admin/"
    for wanted in ELSEWHERE:
        assert visitor.get("/admin/login", query_string={"next": wanted}).headers["Location"] == "/admin/", wanted


def test_a_login_leads_to_the_page_that_was_asked_for(visitor):
    assert log_in(visitor, next="/admin/log?page=2").headers["Location"] == "/admin/log?page=2"
    assert visitor.get("/admin/login?next=/admin/log").headers["Location"] == "/admin/log"


# -- a proxy that logs people in -------------------------------------------------------------------------------------

PROXY = {"admin_name": "", "admin_password": "", "admin_header": "X-Remote-User", "admin_proxies": ("10.0.0.0/8", "::1")}
ANNA = {"X-Remote-User": "anna"}


def begin(client: FlaskClient, **more) -> str:
    """Whom the proxy names presses "Begin"; the cookie of the session."""
    page = client.get("/admin/login", **more).get_data(as_text=True)
    field = page.split('name="token" value="')[1].split('"')[0]
    assert client.post("/admin/login", data={"token": field, "next": "/admin/log"}, **more).headers["Location"] == "/admin/log"
    return cookies(client)["funding_admin"]


def test_a_trusted_proxy_names_who_comes_and_they_begin(data):
    client, from_proxy = office(data, **PROXY).test_client(), {"headers": ANNA, "environ_base": {"REMOTE_ADDR": "10.1.2.3"}}
    assert client.get("/admin/log", **from_proxy).headers["Location"] == "/admin/login?next=/admin/log"
    form = client.get("/admin/login", **from_proxy).get_data(as_text=True)
    assert "The proxy says that you are anna" in form
    assert 'name="password"' not in form
    assert client.post("/admin/login", data={}, **from_proxy).status_code == 400, "nobody begins it for them from another site"
    assert "funding_admin" not in cookies(client), "no session before they press the button"
    held = begin(client, **from_proxy)
    again = client.get("/admin/", headers=ANNA, environ_base={"REMOTE_ADDR": "::1"})
    assert (again.status_code, cookies(client)["funding_admin"]) == (200, held)
    assert "You are anna" in again.get_data(as_text=True)
    field = again.get_data(as_text=True).split('name="token" value="')[1].split('"')[0]
    bert = {"headers": {"X-Remote-User": "bert"}, "environ_base": {"REMOTE_ADDR": "10.1.2.3"}}
    assert client.post("/admin/logout", data={"token": field}, **bert).status_code == 403, "another name is another session"


@pytest.mark.parametrize("address", ["192.0.2.1", "127.0.0.1", "::2", ""])
def test_from_anybody_else_the_header_is_nothing(data, address):
    client = office(data, **PROXY).test_client()
    assert client.get("/admin/", headers=ANNA, environ_base={"REMOTE_ADDR": address}).status_code == 403
    assert client.get("/admin/login", headers=ANNA, environ_base={"REMOTE_ADDR": address}).status_code == 403
    assert not cookies(client).get("funding_admin")
    both = office(data, admin_header="X-Remote-User", admin_proxies=("10.0.0.1",)).test_client()
    assert both.get("/admin/", headers=ANNA, environ_base={"REMOTE_ADDR": address}).status_code == 302


def test_sessions_are_seen_by_whom_the_proxy_names_alone(data):
    app = office(data, **PROXY)
    from_proxy = {name: {"headers": {"X-Remote-User": name}, "environ_base": {"REMOTE_ADDR": "10.1.2.3"}} for name in ("anna", "bert")}
    anna, again, bert = (app.test_client() for _ in range(3))
    for client, name in ((anna, "anna"), (again, "anna"), (bert, "bert")):
        begin(client, **from_proxy[name])
    page = BeautifulSoup(anna.get("/admin/sessions", **from_proxy["anna"]).get_data(as_text=True), "html.parser")
    assert len(page.select("tbody tr")) == 1
    assert page.find("input", {"name": "password"}) is None, "the proxy knows it, not we"
    field = page.find("input", {"name": "token"})["value"]
    assert anna.post("/admin/sessions/end", data={"token": field, "which": "others"}, **from_proxy["anna"]).status_code == 302
    left = [client.get("/admin/", **from_proxy[name]).status_code for client, name in ((anna, "anna"), (again, "anna"), (bert, "bert"))]
    assert left == [200, 302, 200]


def test_a_session_of_the_proxy_is_none_without_it(data):
    client = office(data, **PROXY).test_client()
    begin(client, headers=ANNA, environ_base={"REMOTE_ADDR": "10.1.2.3"})
    assert client.get("/admin/", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 403


# -- settings, key, log ----------------------------------------------------------------------------------------------


def test_the_key_is_for_its_owner_and_the_same_for_all(visitor, data):
    log_in(visitor)
    key = data / "admin.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32
    assert [path.name for path in data.glob("admin.key*")] == ["admin.key"]


def test_nothing_secret_is_shown_of_settings_or_kept_in_the_store(editor, data):
    shown = repr(Settings(data, 1, False, None, "sqlite://", 3, admin_name=NAME, admin_password=HASH))
    assert HASH not in shown
    held = cookies(editor)["funding_admin"]
    assert not [path for path in data.glob("funding.db*") if held.encode() in path.read_bytes()]


def test_logins_stand_in_the_log(editor, data):
    send(editor, "/admin/logout")
    log_in(editor)
    store = Store(f"sqlite:///{data / 'funding.db'}")
    assert [(line.who, line.what) for line in audit.lines(store)] == [(NAME, "logged in"), (NAME, "logged out"), (NAME, "logged in")]
    store.close()
    text = editor.get("/admin/log").get_data(as_text=True)
    assert text.count("logged in") == 2
    assert "22 Nov 2026, 00:00" in text
