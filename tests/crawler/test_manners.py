"""Manners without a network: Retry-After, bot walls, the user agent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawler import manners
from crawler.settings import ContactMissingError, user_agent

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


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
