"""Manners without a network: private addresses, Retry-After, bot walls, the user agent."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawler import manners
from crawler.settings import ContactMissingError, user_agent
from tests.prove.hostile import Answer, crawled

# Crawls of portals made for a test are copies of this process.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
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
    ("url", "own", "asked"),
    [
        ("https://portal.example.org/calls", ["portal.example.org"], True),
        ("https://www.portal.example.org/calls", ["portal.example.org"], True),
        ("https://example.org/calls", ["www.example.org"], True),
        ("https://commission.europa.eu/funding", ["ec.europa.eu"], True),
        ("https://another.gov.pl/", ["api.dane.gov.pl"], False),
        ("https://portal.example.com/calls", ["portal.example.org"], False),
        ("http://127.0.0.1/", ["portal.example.org"], False),
        ("https://portal.example.org.evil.example/", ["portal.example.org"], False),
        ("https://not-example.org/", ["portal.example.org"], False),
        ("https://portal.example.org@evil.example/", ["portal.example.org"], False),
        ("https://anywhere.example/", [], True),
    ],
)
def test_a_source_is_asked_at_its_own_hosts_alone(url, own, asked):
    crawler = SimpleNamespace(spider=SimpleNamespace(allowed_domains=own))
    request = Request(url, dont_filter=True)
    if asked:
        manners.OwnHosts(crawler).process_request(request)
    else:
        with pytest.raises(manners.ForeignHostError, match="none of its hosts"):
            manners.OwnHosts(crawler).process_request(request)
        manners.OwnHosts(crawler).process_request(request.replace(meta={"dont_obey_robotstxt": True}))


def test_its_own_hosts_are_asked_over_tls(tmp_path):
    """A redirect to the same page without TLS is answered with TLS by browsers that know the host; here by every crawl."""

    def harm(address: str, times: int, answer: Answer) -> Answer:
        if "?page=1" in address and not times:
            return answer.but(status=302, body=b"", headers={"Location": address.replace("https:", "http:")})
        return answer

    done = crawled("be_1890", harm, tmp_path / "data")
    assert done.outcome.good, done.outcome.reason
    assert [address for _, address in done.asked if not address.startswith("https://")] == []


def test_a_portal_that_leads_elsewhere_is_not_followed_there(tmp_path):
    def harm(address: str, _: int, answer: Answer) -> Answer:
        return answer.but(status=302, body=b"", headers={"Location": "https://elsewhere.example.org/"}) if "?page=1" in address else answer

    done = crawled("be_1890", harm, tmp_path / "data")
    assert "led to elsewhere.example.org, which is none of its hosts: not followed" in (done.outcome.reason or "")
    assert [address for _, address in done.asked if not address.startswith("https://api.1890.be/")] == []


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
