"""Manners without a network: private addresses, Retry-After, bot walls, the user agent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawler import manners
from crawler.settings import ContactMissingError, user_agent

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("ec.europa.eu", True),
        ("169.254.169.254", False),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.1.1", False),
        ("[::1]", False),
        ("::ffff:127.0.0.1", False),
        ("8.8.8.8", True),
        ("localhost", False),
        ("localhost.", False),
        ("a.localhost.", False),
        ("LOCALHOST.LOCALDOMAIN", False),
        ("2130706433", False),
        ("0177.0.0.1", False),
        ("0x7f.1", False),
        ("127.1", False),
        ("0.0.0.0", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::ffff:7f00:1", False),
        ("[fe80::1%eth0]", False),
        ("fd00::1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
        ("2a00:1450:4001::1", True),
        ("metadata.google.internal", False),
        ("www.7a.example.org", True),
        ("printer.local", False),
        ("", False),
    ],
)
def test_is_public(host, public):
    assert manners.is_public(host) is public


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3), ("Fri, 20 Nov 2026 12:00:10 GMT", 10), ("Fri, 20 Nov 2026 11:00:00 GMT", 0), ("soon", None), ("", None), ("-3", None)],
)
def test_wait_asked(value, seconds):
    assert manners.wait_asked(TextResponse("https://example.org", headers={"Retry-After": value}), NOW) == seconds


@pytest.mark.parametrize(
    ("body", "wall"),
    [
        (b"<html><head><title>Just a moment...</title></head></html>", True),
        (b"<html><script>window._cf_chl_opt={}</script></html>", True),
        (b"<html><head><title>Managing authorities</title></head><p>captcha</p></html>", False),
        (b'{"title": "Just a moment"}', False),
    ],
)
def test_bot_walls(body, wall):
    response = TextResponse("https://example.org", body=body)
    if wall:
        with pytest.raises(manners.BotWallError):
            manners.BotWall().process_response(Request("https://example.org"), response)
    else:
        assert manners.BotWall().process_response(Request("https://example.org"), response) is response


def test_the_user_agent_names_us_and_whom_to_write_to():
    assert user_agent("https://example.org/contact", None).endswith("+https://example.org/contact)")
    with pytest.raises(ContactMissingError):
        user_agent(None, None)
