"""What the page says about a search read in other words, and the suggestions for programs."""

from __future__ import annotations

import pytest

from tests.webapp.conftest import Page


def test_a_misspelt_word_is_said_and_the_search_as_typed_offered(page: Page):
    read = page("/?q=contruction").select_one(".read")
    assert "“contruction” stands in no entry: read as construction ." in read.get_text(" ", strip=True)
    assert page(read.select("a")[-1]["href"]).h1.get_text() == "No results for “contruction”"


def test_other_wordings_are_named_and_can_be_switched_off_and_on(page: Page):
    read = page("/?q=education").select_one(".read")
    assert "formazione" in read.get_text()
    off = page(next(a["href"] for a in read.select("a") if "expand=0" in a["href"])).select_one(".read")
    assert "Only what you typed is searched." in off.get_text()
    assert "expand" not in off.select("a")[-1]["href"]


def test_the_other_wording_is_marked_in_the_title(page: Page):
    marked = {mark.get_text() for mark in page("/?q=formazione").select(".name mark")}
    assert "Training" in marked


def test_how_words_are_read_is_explained_on_the_page(page: Page):
    explained = page("/").select_one("details:has(> summary:-soup-contains('How words are read'))").get_text()
    assert all(sign in explained for sign in ('"vocational training"', "-digital", "upskill*", "horizoncl22026"))


@pytest.mark.parametrize("typed", ["", "a", "x" * 5000, "%00", "moda (", "\"'<script>"])
def test_suggestions_for_anything_typed_are_a_list(client, typed):
    answer = client.get("/api/v1/suggest", query_string={"q": typed})
    assert answer.status_code == 200
    assert isinstance(answer.json["suggestions"], list)


def test_suggestions_complete_the_search(client):
    assert "moda" in [s["text"].casefold() for s in client.get("/api/v1/suggest?q=mod").json["suggestions"]]
