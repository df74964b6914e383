"""What users of other funding searches asked for, and the faults that they met: what no other test holds. The list: docs/decisions.md."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from search import generations
from search.facets import BY_NAME, FACETS
from search.store import Store
from tests.webapp import samples
from tests.webapp.conftest import Page, settings
from tests.webapp.test_pictures import total
from webapp import create_app

ROOT = Path(__file__).parents[2]


def ids(client, **asked) -> list[str]:
    """The ids a search finds, in order."""
    return [record["id"] for record in client.get("/api/v1/calls?" + urlencode({"per_page": 200, **asked}, doseq=True)).get_json()["results"]]


def test_every_line_of_the_list_names_a_test_or_says_why_not():
    rows = [line for line in (ROOT / "docs/decisions.md").read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, 30))
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
        assert named or "Not done" in row, row
        for path, name in named:
            assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path} has no {name}"


@pytest.mark.parametrize("query", ["", "q=skills&where=Lombardia", "country=IT&status="])
def test_what_is_new_or_changed_of_late_is_one_press_away(page: Page, query):
    soup = page(f"/?{query}")
    links = {a.get_text(): a["href"] for a in soup.select("#keep li a") if "changed in the last" in a.get_text()}
    assert [words.split("last ")[1] for words in links] == ["7 days", "30 days"]
    for words, href in links.items():
        assert total(page(href)) == int(words.split()[0])
        assert "sort=changed" in href


def test_late_changes_are_one_press_away(page: Page):
    soup = page("/changes?country=IT")
    href = soup.find("a", string="last 7 days")["href"]
    assert "since=2026-11-15&until=2026-11-22" in href
    assert "country=IT" in href
    assert page(href).h1.get_text() == "What changed, 15 Nov 2026 to 22 Nov 2026"


def test_values_without_results_stay_with_their_zero(page: Page):
    soup = page("/?q=construction&country=BG&eu_wide=0")
    for facet in FACETS:
        if facet.on_page and facet.vocabulary:
            shown = {
                tick["value"]: tick.find_parent("label").find(class_="n").contents[0]
                for tick in soup.select(f"input[type=checkbox][name={facet.name}]")
            }
            assert set(shown) == set(facet.legal() or ())
            assert "0" in shown.values(), facet.name


@pytest.mark.parametrize(
    ("words", "kind", "found"),
    [
        ("Sample agency", "call", "eu_sample:49669831TOPICSen"),
        ("Regione Lombardia", "fund", "fund_list:2021IT05SFPR010"),
        ("Sample guarantee fund", "product", "eu_sample:guarantee"),
    ],
)
def test_who_gives_the_money_is_searched_too(client, words, kind, found):
    assert ids(client, q=words, kind=kind)[0] == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"region": "ITC4"}, "it_sample:moda"),
        ({"region": "itc4"}, "it_sample:moda"),
        ({"where": "ITC4"}, "it_sample:moda"),
        ({"where": "IT"}, "it_sample:moda"),
        ({"country": "it"}, "it_sample:moda"),
        ({"region": "PT16"}, "pt_facts:centro"),
    ],
)
def test_public_codes_of_areas_are_addresses(client, asked, found):
    assert found in ids(client, eu_wide=0, **asked)


@pytest.mark.parametrize("code", ["EL", "GR", "gr"])
def test_greece_has_two_codes(client, code):
    answer = client.get(f"/api/v1/calls?country={code}").get_json()
    assert answer["query"]["country"] == ["GR"]
    assert not answer["warnings"]


def test_a_region_and_its_parent_together_are_no_less_than_the_parent(client):
    assert set(ids(client, region=["ITC4", "IT"])) == set(ids(client, region="IT"))


def test_one_value_chosen_in_three_facets_is_three_chips(page: Page):
    soup = page("/?type=not-stated&beneficiary=not-stated&ecosystem=not-stated&status=")
    chips = {chip.b.get_text().rstrip(":"): chip["href"] for chip in soup.select(".chips a:not(.all)")}
    names = [BY_NAME[name].label for name in ("type", "beneficiary", "ecosystem")]
    assert set(chips) == {*names, BY_NAME["status"].label}
    for name, href in chips.items():
        left = {chip.b.get_text().rstrip(":") for chip in page(href).select(".chips a:not(.all)")}
        assert left == set(chips) - {name}


def test_a_followed_search_keeps_what_was_asked_and_no_default(page: Page):
    soup = page("/?status=closed&skills=&country=ES")
    for a in soup.select("#keep a"):
        assert all(part in a["href"] for part in ("status=closed", "skills=", "country=ES")), a["href"]


def test_a_bad_value_can_be_left_behind(page: Page):
    soup = page("/?status=not_a_status&country=IT")
    assert "not_a_status" in soup.select_one(".note[role=status]").get_text()
    assert total(soup) == total(page("/?country=IT"))
    assert all("not_a_status" not in tag.get("href", "") + tag.get("value", "") for tag in soup.find_all(["a", "input", "link"]))


def test_what_states_no_deadline_stays_in_a_search_by_deadline(client):
    undated = [row["id"] for row in (*samples.CALLS, samples.PRODUCT) if not row.get("deadlines")]
    found = ids(client, deadline_from="2026-12-01", deadline_to="2026-12-31")
    assert set(undated) <= set(found)
    assert not set(undated) & set(ids(client, deadline_from="2026-12-01", deadline_to="2026-12-31", dated=1))


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """A visitor of a collection in which one month brought more than any list shows at once."""
    folder = tmp_path_factory.mktemp("crowd")
    store = Store(f"sqlite:///{folder / 'funding.db'}")
    titles = [*(f"Course number {number}" for number in range(120)), "Courses after covid-19", "Courses in 19 towns", "Covid and courses"]
    samples.fill(store, [samples.call("eu_sample", f"n{n}", title, countries=["eu-wide"]) for n, title in enumerate(titles)])
    generations.publish(store, folder / "index", samples.NOW + timedelta(days=1))
    store.close()
    return create_app(settings(folder)).test_client()


def test_every_new_entry_is_in_the_feed_of_everything(crowd):
    assert crowd.get("/search.atom").get_data(as_text=True).count("</entry>") == 123


def test_a_hyphen_makes_no_word_of_its_parts(crowd):
    assert ids(crowd, q="covid-19") == ["eu_sample:n120"]
