"""gunicorn with our settings: long files, crowds, visitors who never finish, and a log that knows nobody."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import environment, free_port
from webapp import shedding

APP = """
import time

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/long":
        return (time.sleep(0.3) or b"part " for _ in range(15))
    if environ["PATH_INFO"] == "/broken":
        raise RuntimeError("broken")
    time.sleep(0.2 if environ["PATH_INFO"] == "/busy" else 0)
    return [b"done"]
"""


@dataclass
class Server:
    """One worker with the application above."""

    address: str
    log: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """It runs, and is killed when it is silent for two seconds."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "made.py").write_text(APP)
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:webapp.server", "--bind", address, "--chdir", str(folder), "--timeout", "2"]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen([*command, "made:app"], env=environment(FUNDING_LOG="json"), stderr=log)
        try:
            for _ in range(300):
                try:
                    socket.create_connection(address.split(":")).close()  # type: ignore[arg-type]
                    break
                except OSError:
                    time.sleep(0.1)
            yield Server(address, folder / "log.txt")
        finally:
            process.terminate()
            process.wait(20)


def get(address: str, path: str = "/") -> tuple[int, str | None, bytes]:
    """Status, Retry-After, body."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=60) as answer:
            return answer.status, answer.headers["Retry-After"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Retry-After"], error.read()


def said(address: str, text: bytes) -> bytes:
    """What is answered to raw bytes."""
    with socket.create_connection(address.split(":"), timeout=60) as connection:  # type: ignore[arg-type]
        connection.sendall(text)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_long_file_is_sent_whole(server: Server):
    assert get(server.address, "/long") == (200, None, b"part " * 15)


def test_a_crowd_is_answered_or_sent_away(server: Server):
    with ThreadPoolExecutor(60) as pool:
        crowd = [pool.submit(get, server.address, "/busy") for _ in range(60)]
        assert get(server.address, "/healthz/live") == (200, None, b"done")
        assert {one.result()[:2] for one in crowd} == {(200, None), (503, str(shedding.AGAIN))}
    assert get(server.address) == (200, None, b"done")


def test_visitors_who_never_finish_do_not_keep_out_the_others(server: Server):
    silent = [socket.create_connection(server.address.split(":")) for _ in range(8)]  # type: ignore[arg-type]
    for connection in silent[4:]:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
    assert get(server.address) == (200, None, b"done")
    for connection in silent:
        connection.close()


def test_the_log_holds_no_visitor(server: Server):
    assert get(server.address, "/broken?q=secretly")[0] == 500
    assert get(server.address, "/?q=secretly")[0] == 200
    for request in (b"GET /secretly nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nsecretly name: 1\r\n\r\n", b"\x00secretly\r\n\r\n"):
        assert said(server.address, request).startswith(b"HTTP/1.1 400 ")
    log = server.log.read_text()
    assert "broken" in log, "it says what went wrong"
    assert "not HTTP" in log
    assert "secretly" not in log
    assert "127.0.0.1" not in log
