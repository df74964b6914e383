"""`funding serve`: real gunicorn on loopback."""

from __future__ import annotations

import http.client
import os
import signal
import time
from pathlib import Path

import pytest

from crawler import fixture_server
from tests.bench_search.memory import children
from tests.conftest import Command, environment, free_port


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A published folder served by gunicorn: (command, port, process)."""
    command = Command(tmp_path_factory.mktemp("served") / "data", environment(FUNDING_TODAY="2026-11-20"))
    with fixture_server.serving(fixture_server.folders()) as server:
        assert command.run("crawl", "eu_ftp", "--replay", server.url, FUNDING_DELAY="0").returncode == 0
    port = free_port()
    process = command.start("serve", "--port", str(port))
    for _ in range(200):
        try:
            if ask(port, "/")[0] == 200:
                break
        except OSError:
            time.sleep(0.1)
    yield command, port, process.pid
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate(timeout=20)


def ask(port: int, target: str, method: str = "GET") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, target)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8")
    finally:
        connection.close()


def test_a_page_and_its_head(served):
    _, port, _ = served
    assert ask(port, "/")[0] == 200
    assert ask(port, "/", "HEAD") == (200, "")
    assert ask(port, "/", "POST")[0] == 405


def test_a_ten_kilobyte_query_is_named_a_longer_one_refused(served):
    _, port, _ = served
    status, page = ask(port, "/?q=" + "skills+" * 1500)
    assert status == 200
    assert "longer than 500 characters" in page
    assert ask(port, "/?q=" + "x" * 100_000)[0] in (400, 414)
    assert ask(port, "/")[0] == 200


def test_a_new_generation_is_served_without_a_restart(served):
    command, port, _ = served
    before = ask(port, "/api/v1/calls")[1]
    assert command.run("publish").returncode == 0
    after = {ask(port, "/api/v1/calls")[1].split('"generation"')[1][:30] for _ in range(8)}
    assert len(after) == 1, "every worker has the new one"
    assert before.split('"generation"')[1][:30] not in after


def test_the_threads_of_a_worker_share_their_memory(served):
    """Else each keeps what its largest answer took. What the workers' allocator reads at their start."""
    _, _, process = served
    workers = children(process)
    assert workers
    for worker in workers:
        assert b"MALLOC_ARENA_MAX=2" in Path(f"/proc/{worker}/environ").read_bytes().split(b"\0")
