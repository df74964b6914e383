"""Who shows no certificate that holds is not read: portals with real TLS, each with something else wrong."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
import trustme

from crawler import fixture_server, link_check
from crawler.run import PROCESSES, crawl_apart
from search.settings import load
from tests.conftest import Command, environment

SOURCE = "ee_rtk"
FOLDER = fixture_server.FIXTURES / SOURCE
WRONG = {
    "expired": "the certificate of its connection has expired",
    "not yet": "the certificate of its connection does not hold yet",
    "another host": "the certificate of its connection is for another host",
    "no name": "the certificate of its connection is for another host",
    "by itself": "the certificate of its connection is signed by itself",
    "unknown issuer": "the certificate of its connection is signed by nobody whom this machine trusts",
    "cut chain": "or the portal leaves out a certificate in between",
}
pytestmark = [pytest.mark.usefixtures("pinned"), pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")]


class Portal(fixture_server.FixtureServer):
    """The recorded portal behind TLS."""

    def __init__(self, certificate: Path) -> None:
        super().__init__([FOLDER])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, *_: Any) -> None:
        """Who does not trust us hangs up."""


@dataclass(frozen=True)
class Portals:
    """ports: what is wrong with a portal's certificate -> its port; trusted: a file with the authority, and one with a signer between, too."""

    ports: dict[str, int]
    trusted: Path
    with_middle: Path


def serve(certificates: dict[str, Path], tell: Connection) -> None:
    portals = {name: Portal(path) for name, path in certificates.items()}
    for portal in portals.values():
        threading.Thread(target=portal.serve_forever, daemon=True).start()
    tell.send({name: portal.server_address[1] for name, portal in portals.items()})
    threading.Event().wait()


@pytest.fixture(scope="module")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portals]:
    folder = tmp_path_factory.mktemp("certificates")
    authority, stranger = trustme.CA(), trustme.CA()
    middle = authority.create_child_ca()
    past, future = datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
    cut = middle.issue_cert("localhost")
    shown = {
        "fine": authority.issue_cert("localhost").private_key_and_cert_chain_pem.bytes(),
        "by number": authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.bytes(),
        "expired": authority.issue_cert("localhost", not_before=past, not_after=past.replace(year=2021)).private_key_and_cert_chain_pem.bytes(),
        "not yet": authority.issue_cert("localhost", not_before=future, not_after=future.replace(year=2091)).private_key_and_cert_chain_pem.bytes(),
        "another host": authority.issue_cert("portal.example").private_key_and_cert_chain_pem.bytes(),
        "no name": authority.issue_cert(common_name="localhost").private_key_and_cert_chain_pem.bytes(),
        "by itself": stranger.private_key_pem.bytes() + stranger.cert_pem.bytes(),
        "unknown issuer": stranger.issue_cert("localhost").private_key_and_cert_chain_pem.bytes(),
        "cut chain": cut.private_key_pem.bytes() + cut.cert_chain_pems[0].bytes(),
    }
    files = {name: folder / f"{name}.pem" for name in (*shown, "trusted", "with middle")}
    for name, text in shown.items():
        files[name].write_bytes(text)
    files["trusted"].write_bytes(authority.cert_pem.bytes())
    files["with middle"].write_bytes(authority.cert_pem.bytes() + middle.cert_pem.bytes())
    told, tell = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=serve, args=({name: files[name] for name in shown}, tell), daemon=True)
    process.start()
    yield Portals(told.recv(), files["trusted"], files["with middle"])
    process.terminate()
    process.join()


@pytest.fixture
def pinned(monkeypatch, portals: Portals) -> None:
    for name, value in {"DELAY": "0", "TODAY": "2026-11-20"}.items():
        monkeypatch.setenv(f"FUNDING_{name}", value)
    monkeypatch.setenv("SSL_CERT_FILE", str(portals.trusted))


def test_what_is_wrong_is_said_and_the_entries_stay(portals: Portals, tmp_path: Path):
    command = Command(tmp_path / "data", environment(**{name: value for name, value in os.environ.items() if name.startswith("FUNDING_")}))
    good = crawl_apart(load(command.data), SOURCE, f"https://localhost:{portals.ports['fine']}")
    assert good.good, good.reason
    before = command.export()
    assert before
    for name, words in WRONG.items():
        outcome = crawl_apart(load(command.data), SOURCE, f"https://localhost:{portals.ports[name]}")
        assert not outcome.good, name
        assert words in (outcome.reason or ""), name
        assert "asked again" not in str(outcome.warnings), "it is not tried again"
    (row,) = [row for row in command.json("sources", "--json") if row["source"] == SOURCE]
    assert (row["health"], row["calls"]) == ("failing", len(before))
    assert WRONG["cut chain"] in row["reason"]
    assert command.export() == before


def test_the_dot_at_the_end_of_a_whole_name_stands_in_no_certificate(portals: Portals, tmp_path: Path, monkeypatch):
    known = socket.gethostbyname
    monkeypatch.setattr(socket, "gethostbyname", lambda name: known(name.rstrip(".")))  # not every machine knows "localhost." of itself
    good = crawl_apart(load(tmp_path), SOURCE, f"https://localhost.:{portals.ports['fine']}")
    assert good.good, good.reason
    assert WRONG["another host"] in (crawl_apart(load(tmp_path), SOURCE, f"https://localhost.:{portals.ports['another host']}").reason or "")


def test_further_authorities_are_trusted_by_a_file(portals: Portals, tmp_path: Path, monkeypatch):
    by_number = crawl_apart(load(tmp_path), SOURCE, f"https://127.0.0.1:{portals.ports['by number']}")
    assert by_number.good, by_number.reason
    monkeypatch.setenv("SSL_CERT_FILE", str(portals.with_middle))
    mended = crawl_apart(load(tmp_path), SOURCE, f"https://localhost:{portals.ports['cut chain']}")
    assert mended.good, mended.reason
    monkeypatch.delenv("SSL_CERT_FILE")
    assert not crawl_apart(load(tmp_path), SOURCE, f"https://localhost:{portals.ports['fine']}").good


def ask_links(data: Path, replay: str, told: Connection) -> None:
    told.send(link_check.check(load(data), ["https://example.org/there"], replay))


def test_a_link_behind_such_a_certificate_is_not_taken_for_gone(portals: Portals, tmp_path: Path):
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=ask_links, args=(tmp_path, f"https://localhost:{portals.ports['expired']}", theirs))
    process.start()
    theirs.close()
    found = ours.recv()
    process.join()
    assert (found.gone, found.fine, sum(found.unclear.values())) == ({}, [], 1)
    assert WRONG["expired"] in next(iter(found.unclear))
