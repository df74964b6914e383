"""The door of the dashboard: who comes in, what a cookie and a form are worth, and what is refused."""

from __future__ import annotations

import stat

import pytest

from search import audit, sessions
from search.settings import Settings
from search.store import Store
from tests.webapp import samples
from tests.webapp.admin.staff import HASH, NAME, PASSWORD, cookies, log_in, office, own_copy, send, token
from tests.webapp.conftest import settings
from webapp import create_app


@pytest.fixture
def data(folder, tmp_path):
    return own_copy(folder, tmp_path / "data")


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
