"""A proxy that logs people in: whom it names begins a session, whom anybody else names does not."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.webapp.admin.staff import cookies, office, own_copy


@pytest.fixture
def data(folder, tmp_path):
    return own_copy(folder, tmp_path / "data")


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
