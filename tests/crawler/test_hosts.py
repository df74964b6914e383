"""Whom a crawl asks: no private address, of a source its own hosts alone, and these over TLS."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from scrapy import Request

from crawler import hosts
from tests.prove.hostile import Answer, crawled

# Crawls of portals made for a test are copies of this process.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


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
    assert hosts.is_public(host) is public


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
        hosts.OwnHosts(crawler).process_request(request)
    else:
        with pytest.raises(hosts.ForeignHostError, match="none of its hosts"):
            hosts.OwnHosts(crawler).process_request(request)
        hosts.OwnHosts(crawler).process_request(request.replace(meta={"dont_obey_robotstxt": True}))


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
    ("url", "sent"),
    [
        ("https://portal.example.org/calls?", None),
        ("https://portal.example.org:8443/calls", None),
        ("http://portal.example.org/calls?page=2", "https://portal.example.org/calls?page=2"),
        ("http://portal.example.org:80/calls", "https://portal.example.org/calls"),
        ("http://portal.example.org./calls", "https://portal.example.org/calls"),
        ("http://portal.example.org.:80/calls", "https://portal.example.org/calls"),
        ("https://portal.example.org./calls", "https://portal.example.org/calls"),
        ("https://portal.example.org.:8443/calls", "https://portal.example.org:8443/calls"),
    ],
)
def test_one_way_of_asking_an_own_host(url, sent):
    asked = hosts.OwnHosts(SimpleNamespace(spider=SimpleNamespace(allowed_domains=["portal.example.org"]))).process_request(Request(url))
    assert (asked and asked.url) == sent


def led_by(to, tmp_path):
    """A crawl of a portal whose second page answers a request with a redirect, as long as `to` (address, times asked) gives one."""

    def harm(address: str, times: int, answer: Answer) -> Answer:
        place = to(address, times) if "?page=1" in address or address.endswith("/robots.txt") else None
        return answer.but(status=302, body=b"", headers={"Location": place}) if place else answer

    done = crawled("be_1890", harm, tmp_path / "data")
    return done.outcome, [address for _, address in done.asked]


def test_the_port_of_http_is_none_of_tls(tmp_path):
    outcome, asked = led_by(lambda a, times: None if times else a.replace("https://api.1890.be", "http://api.1890.be:80"), tmp_path)
    assert outcome.good, outcome.reason
    assert not [address for address in asked if not address.startswith("https://api.1890.be/")]


def test_a_port_without_tls_is_refused_by_name(tmp_path):
    outcome, asked = led_by(lambda a, _: a.replace("https://api.1890.be", "http://api.1890.be:8080") if "page=1" in a else None, tmp_path)
    assert "led to port 8080 of api.1890.be without TLS: not followed" in outcome.reason
    assert not [address for address in asked if ":8080" in address]


@pytest.mark.parametrize(("where", "words"), [("?page=1", ""), ("/robots.txt", "robots.txt of api.1890.be could not be read (")])
def test_a_portal_that_leads_back_to_http_is_named_as_the_cause(where, words, tmp_path):
    outcome, asked = led_by(lambda a, _: a.replace("https:", "http:") if where in a else None, tmp_path)
    assert f"{words}it is asked over HTTPS alone, and the portal leads back to HTTP" in outcome.reason
    assert len([address for address in asked if where in address]) == 2, "asked once more, then no more"


def test_what_fails_only_because_it_is_asked_over_tls_says_so(tmp_path):
    def harm(address: str, _: int, answer: Answer) -> Answer:
        if "?page=1" in address:
            return answer.but(status=302, body=b"", headers={"Location": "http://old.1890.be/calls"})
        return answer.but(status=404) if "old.1890.be/calls" in address else answer

    done = crawled("be_1890", harm, tmp_path / "data")
    assert "HTTP 404; it is asked over HTTPS alone, and the portal leads back to HTTP" in (done.outcome.reason or "")


@pytest.mark.parametrize("elsewhere", ["www.1890.be", "elsewhere.example.org"])
def test_a_sister_site_is_read_and_a_robots_txt_wherever_it_lies(elsewhere, tmp_path):
    """With the robots.txt of the sister site first, and of another host where that is where the portal keeps it."""

    def harm(address: str, times: int, answer: Answer) -> Answer:
        if address == "https://api.1890.be/robots.txt":
            return answer.but(status=302, body=b"", headers={"Location": f"https://{elsewhere}/robots.txt"})
        if elsewhere == "www.1890.be" and "?page=1" in address and not times:
            return answer.but(status=302, body=b"", headers={"Location": "https://www.1890.be/once-more"})
        if address == "https://www.1890.be/once-more":
            return answer.but(status=302, body=b"", headers={"Location": "https://api.1890.be/api/v1/solution?page=1"})
        return answer.but(status=200, body=b"") if address.endswith("/robots.txt") else answer

    done = crawled("be_1890", harm, tmp_path / "data")
    assert done.outcome.good, done.outcome.reason
    assert any(elsewhere in address for _, address in done.asked)
