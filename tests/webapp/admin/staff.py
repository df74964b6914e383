"""What the tests of the dashboard share: an application with an account, an editor who is logged in, forms sent with their token."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from crawler import fixture_server
from search import generations, records
from search.settings import Settings
from search.store import Harvest, Store
from tests.conftest import Command
from tests.webapp import samples
from tests.webapp.conftest import checked, settings
from webapp import create_app

NAME, PASSWORD = "editor", "correct horse battery"
HASH = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")  # a weak one: the tests ask for it often


def own_copy(folder: Path, to: Path) -> Path:
    """The data folder once more, to be written to."""
    shutil.copytree(folder, to)
    return to


def crawled(folder: Path, *rows: dict[str, Any]) -> Path:
    """The same data folder, after a crawl that brought these records and a publishing."""
    store = Store(f"sqlite:///{folder / 'funding.db'}")
    for row in rows:
        harvest = Harvest([records.load(row)], complete=False)
        store.finish_run(store.start_run(row["source"], samples.NOW), harvest, samples.NOW, {}, {})
    generations.publish(store, folder / "index", samples.NOW)
    store.close()
    return folder


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


def cookies(client: FlaskClient) -> dict[str, str]:
    """The cookies that a client holds: name -> value."""
    return {cookie.key: cookie.value for cookie in client._cookies.values()}


def log_in(client: FlaskClient, name: str = NAME, password: str = PASSWORD, **more: str) -> TestResponse:
    """The login form, filled in and sent."""
    return client.post("/admin/login", data={"name": name, "password": password, "token": token(client), **more})


def send(client: FlaskClient, address: str, **fields: Any) -> TestResponse:
    """A form of the dashboard, sent with its token."""
    return client.post(address, data={"token": token(client, "/admin/"), **fields})


def seen(client: FlaskClient, address: str) -> BeautifulSoup:
    """A page of the dashboard, checked as every page is."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return checked(answer.get_data(as_text=True))


def text(client: FlaskClient, address: str) -> str:
    """What a page of the dashboard says, in one line."""
    return " ".join(seen(client, address).get_text(" ").split())


# -- a source that drifts ---------------------------------------------------------------------------------------------

SOURCE = "ee_rtk"
LOST = "vaga-suure-labilaskevoimega-elektroonilise-side-juurdepaasuvorgu-rajamine-SF:21.09.2026"  # open, and no longer on the drifted page
KEPT = "turismiettevotete-tootajate-taiendusope:05.10.2026"
SPOILT = "digioskuste-umberope-tootajatele:11.01.2027"  # its date cannot be true on the drifted page


class Portal:
    """The portal of SOURCE, served from a copy of its fixture that can drift."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / SOURCE
        shutil.copytree(fixture_server.FIXTURES / SOURCE, self.folder)

    def drift(self) -> None:
        """Three of nine calls are gone from the page, and one has a date that cannot be true."""
        page = self.folder / "pages" / "rounds.html"
        rounds = re.findall(r"<p><a .*?</ul>\n", page.read_text(encoding="utf-8"), re.S)
        text = page.read_text(encoding="utf-8").replace("26.02.2027", "26.02.2207")
        for gone in (next(r for r in rounds if "side-juurdepaasuvorgu" in r), *rounds[-2:]):
            text = text.replace(gone, "")
        page.write_text(text, encoding="utf-8")


@contextmanager
def portal_and_store(folder: Path) -> Iterator[tuple[Portal, Path]]:
    """A portal, and a data folder in which it was crawled well and published; commands begun meanwhile ask this portal."""
    portal = Portal(folder)
    with fixture_server.serving([portal.folder]) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNDING_REPLAY", server.url)
        patch.setenv("FUNDING_DELAY", "0")
        command = Command(folder / "data", {**os.environ})
        done = command.run("crawl", SOURCE)
        assert done.returncode == 0, done.stderr
        yield portal, folder / "data"
