"""Robots, site map, canonical addresses, and what an entry's page says of itself to others."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.robotparser import RobotFileParser

import pytest
from lxml import etree

from search.settings import SettingsError, load
from tests.webapp import samples
from tests.webapp.conftest import Page, settings
from webapp import citizen, create_app

BUILD = "/calls/eu_sample:49669831TOPICSen"
FUND = "/funds/fund_list:2021IT05SFPR010"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(client, path: str) -> list[str]:
    tree = etree.fromstring(client.get(path).get_data())
    return [loc.text for loc in tree.iter(f"{SITEMAP}loc")]


def test_robots_may_read_entries_and_pages_but_no_searches_and_files(client):
    text = client.get("/robots.txt").get_data(as_text=True)
    reader = RobotFileParser()
    reader.parse(text.splitlines())
    for path in ("/", "/sources", "/about", "/changes", BUILD, FUND, "/static/style.css?v=1"):
        assert reader.can_fetch("anybody", path), path
    for path in ("/search.csv?q=x", "/search.atom", "/api/v1/calls"):
        assert not reader.can_fetch("anybody", path), path
    assert "Disallow: /*?" in text  # the standard library's reader does not know the star
    assert reader.site_maps() == ["http://localhost/sitemap.xml"]


def test_the_map_of_the_site_names_every_page_once(client, monkeypatch):
    monkeypatch.setattr(citizen, "ENTRIES_A_MAP", 6)
    maps = addresses(client, "/sitemap.xml")
    assert len(maps) == 1 + 3
    pages = [page for one in maps for page in addresses(client, one.removeprefix("http://localhost"))]
    assert len(pages) == len(set(pages)) == 6 + len(samples.CALLS) + len(samples.FUNDS) + 1
    for page in pages:
        assert client.get(page.removeprefix("http://localhost")).status_code == 200, page
    assert client.get("/sitemap-9.xml").status_code == 404


@pytest.mark.parametrize("path", ["/", "/about", "/sources", BUILD, FUND])
def test_a_page_says_which_address_is_its_own(page: Page, path):
    assert page(path).find("link", rel="canonical")["href"] == "http://localhost" + path


def described(soup) -> dict:
    return json.loads(soup.find("script", type="application/ld+json").string)


def test_a_call_in_terms_all_share(page: Page):
    soup = page(BUILD)
    facts = described(soup)
    assert facts["@type"] == "MonetaryGrant"
    assert facts["url"] == "http://localhost" + BUILD
    assert facts["funder"] == {"@type": "Organization", "name": "Sample agency"}
    assert facts["amount"] == {"@type": "MonetaryAmount", "currency": "EUR", "value": 3_000_000, "maxValue": 200_000, "validThrough": "2027-09-02"}
    assert soup.find("meta", property="og:title")["content"] == "Skills for the construction of tomorrow"
    assert soup.find("meta", property="og:description")["content"] == soup.find("meta", attrs={"name": "description"})["content"]
    assert soup.find("meta", property="og:url")["content"] == facts["url"]


def test_other_kinds_are_what_they_are(page: Page):
    assert described(page(FUND))["@type"] == "FundingScheme"
    assert described(page("/products/eu_sample:guarantee"))["provider"]["name"] == "Sample guarantee fund"
    tender = described(page("/calls/eu_sample:SCRIPT"))
    assert (tender["@type"], tender["validThrough"]) == ("Demand", "2026-11-23")
    assert "amount" not in described(page("/calls/pt_facts:bg"))


def test_a_title_cannot_leave_the_description(client):
    raw = client.get("/calls/eu_sample:SCRIPT").get_data(as_text=True)
    assert "<script>alert" not in raw
    assert raw.count("<script") == 1


WHOLE = (
    "/",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/search.atom",
    "/search.ics",
    "/search.csv",
    BUILD,
    f"{BUILD}.ics",
    "/changes",
    "/api/v1/openapi.json",
)
LIES = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Forwarded-Server": "evil.example"}


@pytest.mark.parametrize("path", WHOLE)
def test_no_visitor_says_where_our_addresses_lead(client, path):
    with client.get(path, headers=LIES) as answer:
        assert answer.status_code == 200
        assert "evil.example" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    ("path", "leads"), [("/static//style.css?v=1", "/static/style.css?v=1"), ("/calls//x", "/calls/x"), ("/de/calls//x", "/de/calls/x")]
)
def test_a_redirect_names_no_host(client, path, leads):
    answer = client.get(path, headers=LIES)
    assert (answer.status_code, answer.headers["Location"]) == (308, leads)
    assert "evil.example" not in answer.text


def test_where_the_site_is_says_its_setting(folder):
    site = create_app(replace(settings(folder), site="https://funding.example.org")).test_client()
    for path in WHOLE:
        with site.get(path, headers=LIES) as answer:
            assert "https://funding.example.org/" in answer.text
            assert "http://localhost" not in answer.text
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    plain = create_app(replace(settings(folder), site="http://funding.example.org")).test_client()
    assert "Strict-Transport-Security" not in plain.get("/about").headers


@pytest.mark.parametrize("path", ["/", "/search.csv", "/search.ics", "/metrics", "/robots.txt", "/nothing", "/static/style.css", "/static/search.js"])
def test_a_text_says_how_it_is_written(client, path):
    with client.get(path) as answer:
        assert "charset=utf-8" in answer.content_type


@pytest.mark.parametrize("site", ["funding.example.org", "https://funding.example.org/finder", "https://a b", "javascript:alert(1)", "https://u:p@a"])
def test_a_site_that_is_no_address_is_refused(monkeypatch, site):
    monkeypatch.setenv("FUNDING_SITE", site)
    with pytest.raises(SettingsError, match="FUNDING_SITE"):
        load()
