"""The door of the dashboard: who comes in, what a cookie and a form are worth, and what is refused."""

from __future__ import annotations

import stat
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from search import audit, sessions
from search.settings import Settings
from search.store import Store
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
def test_the_cookie_is_for_the_dashboard_alone(data, scheme, site, secure):
    visitor, base = office(data, site=site).test_client(), f"{scheme}://localhost"
    with visitor.get("/admin/login", base_url=base) as form:
        door = form.headers["Set-Cookie"]
    assert "Path=/admin/login" in door
    field = form.get_data(as_text=True).split('name="token" value="')[1].split('"')[0]
    answer = visitor.post("/admin/login", data={"name": NAME, "password": PASSWORD, "token": field}, base_url=base)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    parts = {part.strip() for part in cookie.split(";")}
    assert {"HttpOnly", "SameSite=Strict", "Path=/admin", f"Max-Age={8 * 3600}"} <= parts
    assert ("Secure" in parts) is secure
    assert ("Secure" in door) is secure


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
    for passed, status in ((sessions.LIFE - timedelta(seconds=1), 200), (sessions.LIFE, 302)):
        monkeypatch.setenv("FUNDING_NOW", (samples.NOW + passed).isoformat())
        assert editor.get("/admin/").status_code == status


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


def test_a_trusted_proxy_names_who_comes(data):
    client = office(data, **PROXY).test_client()
    first = client.get("/admin/", headers=ANNA, environ_base={"REMOTE_ADDR": "10.1.2.3"})
    assert (first.status_code, "You are anna" in first.get_data(as_text=True)) == (200, True)
    held = cookies(client)["funding_admin"]
    again = client.get("/admin/", headers=ANNA, environ_base={"REMOTE_ADDR": "::1"})
    assert (again.status_code, cookies(client)["funding_admin"]) == (200, held)
    field = again.get_data(as_text=True).split('name="token" value="')[1].split('"')[0]
    bert = {"headers": {"X-Remote-User": "bert"}, "environ_base": {"REMOTE_ADDR": "10.1.2.3"}}
    assert client.post("/admin/logout", data={"token": field}, **bert).status_code == 400, "another name is another session"


@pytest.mark.parametrize("address", ["192.0.2.1", "127.0.0.1", "::2", ""])
def test_from_anybody_else_the_header_is_nothing(data, address):
    client = office(data, **PROXY).test_client()
    assert client.get("/admin/", headers=ANNA, environ_base={"REMOTE_ADDR": address}).status_code == 403
    assert client.get("/admin/login", headers=ANNA, environ_base={"REMOTE_ADDR": address}).status_code == 403
    assert not cookies(client).get("funding_admin")
    both = office(data, admin_header="X-Remote-User", admin_proxies=("10.0.0.1",)).test_client()
    assert both.get("/admin/", headers=ANNA, environ_base={"REMOTE_ADDR": address}).status_code == 302


def test_a_session_of_the_proxy_is_none_without_it(data):
    client = office(data, **PROXY).test_client()
    client.get("/admin/", headers=ANNA, environ_base={"REMOTE_ADDR": "10.1.2.3"})
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
