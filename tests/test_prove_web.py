"""What visitors send, in a sample of the long proof: the figures are those of `make prove PART=web`."""

from __future__ import annotations

import random
import sys

import pytest

from tests.conftest import environment, free_port
from tests.prove import inputs, load, privacy, web
from tests.serving import served


def test_whatever_is_sent_is_answered_and_tells_nothing():
    for figure in web.figures(quick=True):
        assert figure.holds, f"{figure.what}: {figure.found}"


def test_nothing_stays_of_visitors():
    for figure in privacy.figures(quick=True):
        assert figure.holds, f"{figure.what}: {figure.found}"


@pytest.mark.parametrize(
    ("head", "body", "fault"),
    [
        ("HTTP/1.1 500 Oh", b"", "status 500"),
        ("", b"", "status 0"),
        ("HTTP/1.1 200 OK", b"see http://evil.example/", "a host that a visitor made up"),
        ("HTTP/1.1 302 Found\r\nLocation: //evil", b"", "leads to //evil"),
        ("HTTP/1.1 302 Found\r\nLocation: http://localhost.evil/", b"", "leads to http://localhost.evil/"),
        ("HTTP/1.1 200 OK\r\nX-Split: 1", b"", "a header that a visitor made up"),
        ("HTTP/1.1 200 OK\r\nSet-Cookie: a=b", b"", "a cookie"),
        ("HTTP/1.1 404 No", b"root:x:0:0", "more than it should tell"),
        ("HTTP/1.1 302 Found\r\nLocation: /de/", b"", ""),
    ],
)
def test_what_is_wrong_is_seen(head, body, fault):
    status = int(head[9:12] or 0)
    assert web.wrong(inputs.Request("GET", "/", ()), web.Answer(status, head, body, 0.0)) == fault


def test_inputs_are_the_same_for_the_same_number():
    first, again = ([inputs.request(random.Random(5)) for _ in range(50)] for _ in range(2))
    assert first == again


def test_a_server_that_dies_at_its_start_is_not_waited_for(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit('no room')"]
    with pytest.raises(RuntimeError, match="ended with code 1 before it answered"), served(command, free_port(), environment(), tmp_path / "log.txt"):
        pass
    assert (tmp_path / "log.txt").read_text() == "no room\n"


def test_memory_that_grows_is_seen():
    assert load.steady([100.0] * 8 + [105.0] * 8) == (100.0, 105.0, True)
    assert load.steady([100.0 + 20 * n for n in range(16)])[2] is False
    assert load.steady([7.0]) == (7.0, 7.0, True)


def test_visitors_ask_for_everything():
    asked = {load.wanted(random.Random(n), ["made:1"]).partition("?")[0] for n in range(2000)}
    assert asked >= {"/", "/calls/made:1", "/api/v1/calls", "/api/v1/suggest", "/changes", "/sources", *(f"/search.{form}" for form in load.FORMS)}
