"""The tree of regions: from the country to NUTS 3, with counts at every level."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from search import generations
from search.store import Store
from tests.webapp import samples
from tests.webapp.conftest import Page, checked, settings
from webapp import create_app


def counts(soup: BeautifulSoup) -> dict[str, int]:
    boxes = soup.select('input[type=checkbox][name="region"]')
    assert len({box["value"] for box in boxes}) == len(boxes)
    return {box["value"]: int(box.parent.select_one(".n").find(string=True, recursive=False)) for box in boxes}


@pytest.fixture(scope="module")
def lombardy(tmp_path_factory: pytest.TempPathFactory):
    """A visitor of calls in Milan, Bergamo, Lombardy, Piedmont, all of Italy and Portugal."""
    folder = tmp_path_factory.mktemp("tree")
    places = {"milan": ["ITC4C"], "both": ["ITC4C", "ITC46"], "lombardy": ["ITC4"], "piedmont": ["ITC1"], "italy": [], "lisbon": ["PT17"]}
    rows = [
        samples.call("eu_sample", name, f"Skills in {name}", countries=["PT" if name == "lisbon" else "IT"], regions=codes, level="regional")
        for name, codes in places.items()
    ]
    store = Store(f"sqlite:///{folder / 'funding.db'}")
    samples.fill(store, rows)
    generations.publish(store, folder / "index", samples.NOW)
    store.close()
    return create_app(settings(folder)).test_client()


def test_every_level_counts_what_lies_in_it(lombardy):
    soup = checked(lombardy.get("/?country=IT").get_data(as_text=True))
    assert counts(soup) == {"IT": 4, "ITC": 4, "ITC4": 3, "ITC1": 1, "ITC4C": 2, "ITC46": 1}
    nested = soup.find("input", value="ITC4C").find_parents("details")
    assert len(nested) == 4  # Lombardy's parts, the north-west's, Italy's, the facet


def test_a_chosen_region_is_ticked_and_unfolded_and_the_counts_stay(lombardy):
    soup = checked(lombardy.get("/?country=IT&region=ITC4").get_data(as_text=True))
    assert counts(soup) == {"IT": 4, "ITC": 4, "ITC4": 3, "ITC1": 1, "ITC4C": 2, "ITC46": 1}
    box = soup.find("input", value="ITC4")
    assert box.has_attr("checked")
    assert all(fold.has_attr("open") for fold in box.find_parents("details"))


def test_a_region_without_entries_is_shown_when_it_is_chosen(lombardy):
    assert counts(checked(lombardy.get("/?region=ES61").get_data(as_text=True))) == {"ES": 0, "ES6": 0, "ES61": 0}


def test_without_a_country_there_is_no_tree(page: Page):
    assert not counts(page("/?q=skills"))
    assert "Choose a country" in page("/?q=skills").get_text()
