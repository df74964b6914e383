"""What the tests of the dashboard share: an application with an account, an editor who is logged in, forms sent with their token."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from search.settings import Settings
from tests.webapp.conftest import settings
from webapp import create_app

NAME, PASSWORD = "editor", "correct horse battery"
HASH = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")  # a weak one: the tests ask for it often


def own_copy(folder: Path, to: Path) -> Path:
    """The data folder once more, to be written to."""
    shutil.copytree(folder, to)
    return to


def staffed(folder: Path, **more: Any) -> Settings:
    """Settings with an account."""
    return replace(settings(folder), **{"admin_name": NAME, "admin_password": HASH, **more})


def office(folder: Path, **more: Any) -> Flask:
    """The application with a dashboard over a folder."""
    return create_app(staffed(folder, **more))


def token(client: FlaskClient, address: str = "/admin/login") -> str:
    """The token in the forms of a page."""
    field = BeautifulSoup(client.get(address).get_data(as_text=True), "html.parser").find("input", {"name": "token"})
    assert field is not None, address
    return str(field["value"])


def log_in(client: FlaskClient, name: str = NAME, password: str = PASSWORD, **more: str) -> TestResponse:
    """The login form, filled in and sent."""
    return client.post("/admin/login", data={"name": name, "password": password, "token": token(client), **more})


def send(client: FlaskClient, address: str, **fields: Any) -> TestResponse:
    """A form of the dashboard, sent with its token."""
    return client.post(address, data={"token": token(client, "/admin/"), **fields})
