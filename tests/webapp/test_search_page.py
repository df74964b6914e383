"""The search page: what it finds and counts, and links and form that keep the search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from search import generations
from search.facets import FACETS
from search.params import Sort
from search.reading import parse
from search.store import Store
from tests.search.example import NOW, address, example, fill
from tests.webapp.conftest import Page, checked, settings
from webapp import create_app
from webapp.links import choosing, search_address, tidy


def ids(soup: BeautifulSoup) -> list[str]:
    """The ids of the results, in order."""
    return [link["href"].rsplit("/", 1)[1] for link in soup.select(".stop .name a")]


def counts(soup: BeautifulSoup, facet: str) -> dict[str, int]:
    """Value -> count as shown beside the ticks of a facet."""
    boxes = soup.select(f'input[type=checkbox][name="{facet}"]')
    return {box["value"]: int(box.parent.select_one(".n").find(string=True, recursive=False)) for box in boxes}


def form_pairs(soup: BeautifulSoup) -> list[tuple[str, str]]:
    """What the search form would send, as a browser does: its successful controls in the order of the page."""
    own = soup.select("#search input, #search select")
    controls = [c for c in soup.find_all(["input", "select"]) if c in own or c.get("form") == "search"]
    pairs = []
    for control in controls:
        if control.name == "select":
            pairs.append((control["name"], control.select_one("option[selected]")["value"]))
        elif control["type"] != "checkbox" or control.has_attr("checked"):
            pairs.append((control["name"], control["value"]))
    return pairs


@pytest.fixture(scope="module")
def example_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A visitor of the worked example of the design."""
    folder: Path = tmp_path_factory.mktemp("example")
    store = Store(f"sqlite:///{folder / 'funding.db'}")
    fill(store)
    generations.publish(store, folder / "index", NOW)
    store.close()
    return create_app(settings(folder)).test_client()


def shown(number: int) -> str:
    return "No results" if not number else str(number)


@pytest.mark.shared
def test_the_worked_example_on_the_page(example_client):
    for answer in example()["answers"]:
        pairs = [*address(answer["query"]), ("per_page", "200")]
        soup = checked(example_client.get("/?" + urlencode(pairs)).get_data(as_text=True))
        assert sorted(ids(soup)) == sorted(f"example:{hit}" for hit in answer["hits"]), answer["query"]
        assert soup.h1.get_text().startswith(shown(len(answer["hits"])))
        assert not soup.select(".note[role=status]")
        for facet, expected in answer["facets"].items():
            assert {value: n for value, n in counts(soup, facet).items() if n} == expected, (answer["query"], facet)


@pytest.mark.shared
def test_the_worked_example_for_programs(example_client):
    for answer in example()["answers"]:
        got = example_client.get("/api/v1/calls?" + urlencode(address(answer["query"]))).get_json()
        assert sorted(record["native_id"] for record in got["results"]) == sorted(answer["hits"]), answer["query"]
        assert got["total"] == len(answer["hits"])
        assert not got["warnings"]
        for facet, expected in answer["facets"].items():
            assert {c["value"]: c["count"] for c in got["facets"][facet] if c["count"]} == expected, (answer["query"], facet)


SEARCHES = [
    "",
    "q=skills&where=Lombardia&ecosystem=textile",
    "q=%22new+skills%22+-loan&status=",
    "status=closed&status=open&country=IT&country=MT&eu_wide=0",
    "skills=&kind=call&cross=0&include_silent=1&dated=1",
    "deadline_from=2026-12-01&deadline_to=2027-12-31&opening_from=2020-01-01&opening_to=2026-12-31&budget_min=1500000&budget_max=12345678.9&changed_since=2026-01-01",
    "region=ITC4&region=PT16&where=Italy&sort=newest",
    "programme=Sample+Programme&source=eu_sample&lang=en&per_page=5&expand=0",
    "level=eu&level=regional&type=not-stated&area=both&beneficiary=sme",
]


@pytest.mark.parametrize("query", SEARCHES)
def test_the_form_sends_back_the_search_it_shows(page: Page, query):
    soup = page("/?" + query)
    known = {"programme": ["Sample Programme"], "source": ["eu_sample"], "lang": ["en"]}
    assert not soup.select(".note[role=status]")
    sent, asked = (tidy(parse(pairs, known)) for pairs in (form_pairs(soup), parse_qsl(query, keep_blank_values=True)))
    assert not sent.warnings
    assert sorted(sent.pairs()) == sorted(asked.pairs())


@pytest.mark.parametrize("query", SEARCHES[1:])
def test_a_chip_drops_its_own_filter_only(page: Page, query):
    soup = page("/?" + query)
    known = {"programme": ["Sample Programme"], "source": ["eu_sample"], "lang": ["en"]}
    before = {*tidy(parse(parse_qsl(query, keep_blank_values=True), known)).pairs()}
    chips = soup.select(".chips a:not(.all)")
    assert chips
    for chip in chips:
        after = {*parse(parse_qsl(urlsplit(chip["href"]).query, keep_blank_values=True), known).pairs()}
        assert after < before, chip.get_text()
        assert "remove this filter" in chip.get_text()


def test_clearing_keeps_the_words(page: Page):
    soup = page("/?q=skills&country=IT&status=&eu_wide=0")
    assert soup.select_one(".chips a.all")["href"] == "/?q=skills#results"


def test_nothing_ticked_is_no_filter_and_absent_is_the_default(page: Page):
    boxes = page("/").select("input[name=status]")
    assert [b["value"] for b in boxes if b["type"] == "hidden"] == [""]
    assert [b["value"] for b in boxes if b.has_attr("checked")] == ["open", "forthcoming", "continuous", "unknown"]
    everything = page("/?status=")
    assert not [b for b in everything.select("input[name=status]") if b.has_attr("checked")]
    assert "pt_facts:old" in ids(everything)
    assert "Status: all" in everything.select_one(".chips").get_text()


def test_what_the_defaults_leave_out_is_counted_and_can_be_had(page: Page):
    soup = page("/")
    sentence = soup.find(string=lambda text: "Left out unless you ask" in text).parent
    assert "1 closed" in sentence.get_text()
    assert "1 not about skills" in sentence.get_text()
    closed = page(sentence.find("a", string="1 closed")["href"])
    assert len(ids(closed)) == len(ids(soup)) + 1


def test_pages_follow_each_other_without_loss_or_repeat(page: Page):
    everything = ids(page("/?q=&status=&skills="))
    seen: list[str] = []
    url = "/?status=&skills=&per_page=4"
    while url:
        soup = page(url)
        seen += ids(soup)
        following = soup.select_one(".pager a[rel=next]")
        url = following["href"] if following else ""
        assert not url or "per_page=4" in url
    assert seen == everything
    assert len(set(seen)) == len(seen)
    assert soup.select_one(".pager a[rel=prev]")


def test_a_page_beyond_the_last_leads_back(page: Page):
    soup = page("/?page=99")
    assert not ids(soup)
    assert "There is no page 99" in soup.get_text()
    assert ids(page(soup.find("a", string="the last one is 1")["href"]))


def test_bands_tell_tiers_apart_and_can_be_left_out(page: Page):
    soup = page("/?where=Lombardia")
    headings = [band.h2.get_text() for band in soup.select(".band")]
    assert headings == ["For Lombardy", "All of Italy", "EU-wide"]
    assert "read as Lombardy (Lombardia), Italy (NUTS ITC4)" in soup.select_one(".read").get_text()
    fewer = page(soup.select(".band")[-1].find("a")["href"])
    assert [band.h2.get_text() for band in fewer.select(".band")] == ["For Lombardy", "All of Italy"]
    assert not page("/").select(".band")


def test_calls_come_before_funds_before_products(page: Page):
    assert [h.get_text() for h in page("/").select("h2.block")] == ["Calls", "Funds that publish calls", "Loans and guarantees"]


def test_a_failing_source_is_named_beside_its_results(page: Page):
    note = page("/?q=moda").select_one("#results .note")
    assert "Bandi di prova could not be read the last time" in note.get_text()
    assert not [n for n in page("/?country=PT&eu_wide=0").select("#results .note") if "could not be read" in n.get_text()]


def test_an_empty_answer_helps(page: Page):
    soup = page("/?q=constraction&country=MT&eu_wide=0&beneficiary=sme")
    assert soup.h1.get_text() == "No results for “constraction” in Malta"
    rows = [row.get_text(" ", strip=True) for row in soup.select("#results tbody tr")]
    assert len(rows) == 6
    assert any(row.startswith("Country: Malta") for row in rows)
    assert any(row.startswith("EU-wide: left out") for row in rows)
    assert soup.select_one(".read").get_text(" ", strip=True).startswith("“constraction” stands in no entry: read as construction")
    near = page("/?q=constraction&expand=0").find("a", string="construction")
    assert "q=construction" in near["href"]
    assert "answers programs with a challenge page" in soup.get_text()


def test_an_empty_answer_counts_what_each_filter_costs(page: Page):
    soup = page("/?country=PT&eu_wide=0&ecosystem=textile&beneficiary=large-company")
    links = {row.a.get_text(): row.td.get_text(strip=True) for row in soup.select("#results tbody tr") if row.a}
    assert links == {"Who may apply: Large companies": "1", "Country: Portugal": "1"}
    for row in soup.select("#results tbody tr"):
        if row.a:
            assert page(row.a["href"]).h1.get_text().startswith(row.td.get_text(strip=True) + " result")


def test_some_words_are_better_than_none(page: Page):
    soup = page("/?q=construction+zeppelin")
    assert "No entry has all of your words" in soup.select_one("#results .note").get_text()
    assert ids(soup) == ["eu_sample:49669831TOPICSen"]


def test_special_words_are_read_aloud(page: Page):
    words = page("/?q=%22new+skills%22+-loan+construct*").select_one(".read").get_text()
    assert "the exact words “new skills”" in words
    assert "without “loan”" in words
    assert "begin with “construct”" in words


def test_the_canonical_address_is_the_short_one(page: Page):
    noisy = page("/").select_one("#search")
    assert noisy["method"] == "get"
    soup = page("/?q=skills&where=&status=&status=open&status=forthcoming&status=continuous&status=unknown&page=")
    assert soup.select_one("link[rel=canonical]")["href"] == "http://localhost/?q=skills"


def test_the_page_links_to_itself_as_json(page: Page, client):
    href = page("/?q=skills&country=IT").find("a", string="JSON")["href"]
    answer = client.get(href).get_json()
    assert answer["query"]["q"] == "skills"
    assert answer["query"]["country"] == ["IT"]
    assert answer["note"]


def test_every_facet_of_the_page_is_there(page: Page):
    legends = [legend.get_text() for legend in page("/").select(".facet legend")]
    assert legends[:-2] == [facet.label for facet in FACETS if facet.on_page]


CHANGES: list[dict] = [
    {}, {"page": 3}, {"sort": Sort.NEWEST}, {"where": "", "where_means": None, "region": ()}, {"region": ("ITC4", "PT17")}, {"chosen": {}},
    {"chosen": {"country": ("ES",), "status": ()}}, {"deadline_from": date(2027, 1, 1), "dated": True}, {"eu_wide": False, "budget_min": 5.5},
]  # fmt: skip


@pytest.mark.parametrize("query", [
    "", "q=a+b&where=Lombardia&country=PL&page=7", "where=Lombardia&region=ITC4&region=ITH5&country=&sort=budget",
    "status=open&status=forthcoming&status=continuous&status=unknown&skills=&per_page=5&budget_min=10.5&deadline_to=2027-02-03",
])  # fmt: skip
def test_an_address_says_what_the_changed_search_says(app, query):
    params = parse(parse_qsl(query, keep_blank_values=True))
    with app.test_request_context():
        for changes in CHANGES:
            whole = urlencode(tidy(replace(params, **{"page": 1, **changes})).pairs())
            assert search_address(params, **changes) == "/" + f"?{whole}" * bool(whole)
        whole = urlencode(tidy(params.choosing("country", ["PL"])).pairs())
        assert choosing(params, "country", ["PL"]) == f"/?{whole}"
