"""Hostile sources and hostile visitors in a real browser: nothing of theirs runs, although the browser's own guard is taken away."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from lxml import etree
from playwright.sync_api import Browser, Page

from crawler import fixture_server
from search import generations, records
from search.settings import Settings
from search.store import Harvest, Store
from tests.conftest import Command, environment
from tests.webapp import samples
from tests.webapp.conftest import answering, checked, settings, visit
from webapp import create_app

SOURCES = ("it_emilia_imprese", "it_sicilia", "lt_esinvesticijos", "se_vinnova")  # Plone, WordPress, pages, JSON
MARK = "hit"  # what every attack would call
ATTACKS = (
    "<script>hit()</script>",
    '"><script>hit()</script>',
    "<img src=x onerror=hit()>",
    "'\"><svg/onload=hit()>",
    "<svg><script>hit()</script></svg>",
    "</title><script>hit()</script>",
    "</textarea><script>hit()</script>",
    "<a href=javascript:hit()>x</a>",
    "<iframe srcdoc='<script>hit()</script>'>",
    "<details open ontoggle=hit()>",
    "<input autofocus onfocus=hit()>",
    "<style>@import 'javascript:hit()'</style>",
    "<math><mtext></style><img src onerror=hit()>",
    "<!--><script>hit()</script>-->",
    "&lt;script&gt;hit()&lt;/script&gt;",
    "&#60;img src=x onerror=hit()&#62;",
    "\\u003cscript\\u003ehit()\\u003c/script\\u003e",
    "{{hit()}}",
    "{{''.__class__.__mro__}}",
    "{% print(hit()) %}",
    "${hit()}",
    "]]><script>hit()</script>",
    "</script><script>hit()</script>",
    "<scr<script>ipt>hit()</scr</script>ipt>",
    "<ScRiPt/x>hit()</sCrIpT>",
    "\u2028hit()//",
    "'-hit()-'",
    '";hit();//',
    "<object data=javascript:hit()>",
    "<form action=javascript:hit()><button>x</button></form>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;javascript:hit()'>",
    "＜script＞hit()＜/script＞",
    "<img/src/onerror=hit()//",
    "data:text/html,<script>hit()</script>",
    '=HYPERLINK("javascript:hit()")',
)
LINKS = (
    "javascript:hit()//https://www.example.org/",
    "JaVaScRiPt&colon;hit()",
    "data:text/html,<script>hit()</script>",
    "\tjavascript:hit()",
    'https://www.example.org/"onmouseover="hit()',
    "vbscript:hit()",
    "https://www.example.org/'><script>hit()</script>",
)
TEXTS = ("title", "description", "data", "rendered", "Titel", "TitelEngelska", "Beskrivning", "BeskrivningEngelska")
SHOWN = ("Lank", "fileURL")  # addresses that no crawl goes by


def poisoned(value: Any, attacks: Iterator[str], links: Iterator[str]) -> Any:
    """Plain JSON with an attack in every text, and in the addresses that are only shown."""
    if isinstance(value, list):
        return [poisoned(item, attacks, links) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: f"{held} {next(attacks)}" if name in TEXTS and isinstance(held, str)
        else next(links) if name in SHOWN and held
        else poisoned(held, attacks, links)
        for name, held in value.items()
    }  # fmt: skip


def poison(folder: Path) -> None:
    """Have a recorded source attack whoever reads it."""
    attacks, links = itertools.cycle(ATTACKS), itertools.cycle(LINKS)
    for page in (folder / "pages").iterdir():
        text = page.read_text(encoding="utf-8")
        if page.suffix == ".json":
            page.write_text(json.dumps(poisoned(json.loads(text), attacks, links)), encoding="utf-8")
        elif page.suffix == ".html":
            text = re.sub(r"(<h1\b[^>]*>)([^<]+)", lambda m: f"{m[1]}{m[2]} {escape(next(attacks))}", text)
            page.write_text(text, encoding="utf-8")


def fill(data: Path) -> None:
    """Entries with attacks that no crawl has cleaned, in every text and address they have."""
    store, rows = Store(f"sqlite:///{data / 'funding.db'}"), []
    for number, attack in enumerate(ATTACKS):
        link = [link for link in LINKS if link.startswith("https:")][number % 2]  # a record refuses the others
        row = samples.call("eu_sample", f"attack-{number}", attack, lang="it", areas=["upskilling"], deadline_kind="fixed", also_at=[link])
        row |= dict.fromkeys(("title_en", "summary", "objectives", "scope", "source_status", "programme", "native_id", "identifier"), attack)
        row["authority"] = {"name": attack, "url": link}
        row["deadlines"] = [{"date": "2027-01-20", "text": attack}]
        row["budget"] = {"total": 1e6, "currency": "EUR", "text": attack}
        row["evidence"] = {"area": [samples.quote("upskilling", "inferred", attack, "title", attack, attack)]}
        rows.append(row)
    samples.fill(store, rows)
    now = samples.NOW + timedelta(days=1)
    changed = [records.load({**row, "summary": attack[::-1] + attack, "also_at": []}) for row, attack in zip(rows, ATTACKS, strict=True)]
    store.finish_run(store.start_run("eu_sample", now), Harvest(list(changed)), now, {}, {})
    generations.publish(store, data / "index", now, note=ATTACKS[0])
    store.close()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application over what was crawled from hostile sources."""
    folder = tmp_path_factory.mktemp("hostile")
    copies = [Path(shutil.copytree(fixture_server.FIXTURES / name, folder / name)) for name in SOURCES]
    for copy in copies:
        poison(copy)
    own = environment(FUNDING_DELAY="0", FUNDING_TODAY="2026-11-20", **fixture_server.environment(copies))
    with fixture_server.serving(copies) as server:
        done = Command(folder / "data", own).run("crawl", *SOURCES, "--replay", server.url)
    assert done.returncode == 0, done.stdout + done.stderr
    fill(folder / "data")
    config: Settings = settings(folder / "data")
    return create_app(config)


@pytest.fixture(scope="module")
def entries(hostile: Flask) -> list[dict[str, Any]]:
    """What the API gives of it."""
    found: list[dict[str, Any]] = hostile.test_client().get("/api/v1/calls?status=&skills=&per_page=200").get_json()["results"]
    return found


@pytest.fixture(scope="module")
def served(hostile: Flask) -> Iterator[str]:
    with answering(hostile) as address:
        yield address


@pytest.fixture
def unguarded(browser: Browser, served: str) -> Iterator[Page]:
    """A browser without our content security policy; afterwards: no attack has run, and nobody else was asked."""
    context = browser.new_context(bypass_csp=True, base_url=served)
    hits: list[str] = []
    context.expose_function(MARK, lambda *_: hits.append("called"))
    page = context.new_page()
    page.on("dialog", lambda dialog: hits.append(dialog.message) or dialog.dismiss())
    page.on("request", lambda request: None if request.url.startswith((served, "data:")) else hits.append(request.url))
    yield page
    context.close()
    assert not hits


def test_the_attacks_got_as_far_as_the_entries(entries):
    texts = [json.dumps(entry) for entry in entries]
    assert {entry["source"] for entry in entries} == {*SOURCES, "eu_sample"}
    assert sum("hit()" in text for text in texts) > len(ATTACKS) * 0.9
    assert not [entry["url"] for entry in entries if not entry["url"].startswith("https://")]


def test_pages_of_hostile_entries_hold_no_markup_of_theirs(hostile, entries):
    client = hostile.test_client()
    for path in ["/?status=&skills=&per_page=200", "/changes", "/sources", *(f"/{e['kind']}s/{e['id']}" for e in entries)]:
        soup = checked(client.get(path).text)
        assert not soup.select("iframe, object, embed, base, math, meta[http-equiv], [srcdoc], [formaction]"), path
        assert not [a["href"] for a in soup.find_all("a") if not re.match(r"https?://|/|#|mailto:", a["href"])], path
        assert "hit()" not in "".join(str(script) for script in soup.find_all("script") if "</script" in (script.string or "")), path
    feed = etree.fromstring(client.get("/search.atom?status=&skills=").data)
    assert {etree.QName(node).namespace for node in feed.iter()} == {"http://www.w3.org/2005/Atom"}


def test_nothing_of_a_hostile_source_runs(unguarded: Page, entries):
    unguarded.goto("/?status=&skills=&per_page=200")
    for entry in entries:
        unguarded.goto(f"/{entry['kind']}s/{entry['id']}")
        for details in unguarded.locator("details").all():
            details.evaluate("d => { d.open = true }")
    unguarded.goto("/changes")
    unguarded.evaluate("1")


def test_nothing_of_a_hostile_search_runs(unguarded: Page):
    unguarded.goto("/")
    assert unguarded.evaluate("typeof hit") == "function", "an attack that ran would be seen"
    for number, attack in enumerate(ATTACKS):
        name = ("q", "where", "country", "region", "programme", "as_of", "sort", "page", "budget_min", attack)[number % 10]
        path = ("/", "/changes", "/de/", "/calls/")[number % 4]
        unguarded.goto(f"{path}{quote(attack)}" if path == "/calls/" else f"{path}?{quote(name)}={quote(attack)}&q={quote(attack)}#{quote(attack)}")
    unguarded.goto("/")
    unguarded.get_by_label("What is the money for?").press_sequentially("<script>hit()")
    unguarded.wait_for_load_state("networkidle")


def test_the_browsers_guard_has_nothing_to_do(browser: Browser, served: str, entries):
    with visit(browser, served, 1280) as page:
        for path in ["/?status=&skills=&per_page=200&q=" + quote(ATTACKS[2]), *(f"/{e['kind']}s/{e['id']}" for e in entries[:6])]:
            page.goto(path)
