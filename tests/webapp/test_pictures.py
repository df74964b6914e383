"""The map, the weeks and the months: their numbers are those of the search, and what is pressed filters by just that."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from search.vocabulary import Country
from tests.webapp.conftest import Page
from webapp import months


def total(soup: BeautifulSoup) -> int:
    return int(soup.h1.get_text().split()[0])


def test_the_map_shows_the_27_countries_and_what_each_would_find(page: Page, client):
    soup = page("/?q=skills&country=IT")
    counts = {c["value"]: c["count"] for c in client.get("/api/v1/calls?q=skills&country=IT").get_json()["facets"]["country"]}
    titles = [a.title.get_text() for a in soup.select(".map a")]
    assert len(titles) == len(Country) - 1
    assert f"Italy: {counts['IT']}" in titles
    assert f"Portugal: {counts['PT']}" in titles
    assert len(soup.select(".map a.on")) == 1
    assert {a["tabindex"] for a in soup.select(".map a")} == {"-1"}
    assert soup.select_one(".map")["aria-hidden"] == "true"


def test_a_country_pressed_is_added_and_pressed_again_taken_away(page: Page):
    soup = page("/?country=IT")
    spain = next(a for a in soup.select(".map a") if a.title.get_text().startswith("Spain"))
    assert spain["href"] == "/?country=IT&country=ES#results"
    italy = next(a for a in soup.select(".map a") if a.title.get_text().startswith("Italy"))
    assert italy["href"] == "/#results"


def test_the_first_page_has_the_map_as_a_table_too(page: Page):
    soup = page("/")
    rows = {row.th.get_text(): (row.td.get_text(), row.a["href"] if row.a else None) for row in soup.select(".two tbody tr")}
    assert rows["Italy"] == ("4", "/?country=IT#results")
    assert rows["EU-wide, in every country"][1] is None
    assert len(rows) == len(Country)
    shades = {a.title.get_text().split(":")[0]: a["class"] for a in soup.select(".map a")}
    assert shades["Italy"] == ["q4"]
    assert shades["France"] == ["q0"]
    assert not page("/?q=skills").select(".two")


def test_the_weeks_count_the_deadlines_of_the_results(page: Page):
    soup = page("/?kind=call")
    rows = {row.th.get_text(): ([cell.get_text() for cell in row.select("td")], row.a["href"]) for row in soup.select("#weeks tbody tr")}
    assert rows["23 Nov 2026"][0] == ["–", "–", "1"]
    assert rows["30 Nov 2026"][0] == ["–", "–", "1"]
    assert rows["14 Dec 2026"][0] == ["1", "–", "–"]
    drawn = {a.title.get_text(): a["href"] for a in soup.select("#weeks a:has(title)")}
    assert drawn == {f"Week of {week}: 1": href for week, (_, href) in rows.items()}
    assert total(page(rows["14 Dec 2026"][1])) == 1
    assert "deadline_from=2026-12-14&deadline_to=2026-12-20&dated=1" in rows["14 Dec 2026"][1]


def test_no_weeks_without_deadlines(page: Page):
    assert not page("/?kind=fund").select("#weeks")
    assert not page("/?status=closed&source=pt_facts&lang=en").select("#weeks")


MONTHS = (
    "/",
    "/?kind=call&country=IT",
    "/?q=skills&where=Lombardia&status=open",
    "/?deadline_from=2026-12-10&deadline_to=2027-03-31&opening_from=2026-01-01",
    "/?budget_min=1000&area=upskilling",
)


def bars(soup: BeautifulSoup) -> dict[str, tuple[int, str]]:
    """ "Nov 2026, deadline" -> the count and the address behind it, as drawn."""
    titles = {a.title.get_text(): a["href"] for a in soup.select("#months svg a")}
    return {title.rsplit(": ", 1)[0]: (int(title.rsplit(": ", 1)[1]), href) for title, href in titles.items()}


@pytest.mark.parametrize("address", MONTHS)
def test_a_pressed_month_finds_just_what_it_counts(page: Page, address):
    drawn = bars(page(address))
    assert drawn
    for name, (count, href) in drawn.items():
        assert total(page(href)) == count, name


def test_the_months_stand_as_a_table_too(page: Page):
    soup = page("/?kind=call")
    drawn = bars(soup)
    assert drawn["May 2026, opening"][0] == 1
    assert drawn["Nov 2026, deadline"][0] == 2  # closed ones too: of the past that is most
    cells = [(row.th.get_text(), cell) for row in soup.select("#months tbody tr") for cell in row.select("td")]
    assert len(cells) == 2 * (months.BEFORE + 1 + months.AFTER)
    listed = {
        f"{month}, {cell.a.span.get_text().split(',')[0].strip()}": (int(cell.a.contents[0]), cell.a["href"]) for month, cell in cells if cell.a
    }
    assert listed == drawn
    assert {a["tabindex"] for a in soup.select("#months svg a")} == {"-1"}
    assert soup.select_one("#months svg")["aria-hidden"] == "true"


def test_no_months_without_dates(page: Page):
    assert not page("/?kind=fund").select("#months")


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [("en", "Austria", "Sweden"), ("de", "Belgien", "Zypern"), ("sv", "Belgien", "Österrike"), ("cs", "Belgie", "Švédsko")],
)
def test_countries_stand_in_the_order_of_the_readers_alphabet(client, language, first, last):
    page = client.get("/" if language == "en" else f"/{language}/").get_data(as_text=True)
    names = re.findall(r'<th scope="row"><a href="[^"]*">([^<]+)</a></th>', page)
    names = names[:27]
    assert (names[0], names[-1]) == (first, last)
    if language == "de":
        assert names.index("Dänemark") == names.index("Deutschland") - 1
        assert names.index("Niederlande") < names.index("Österreich") < names.index("Polen")
