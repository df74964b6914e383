"""A result as a card: dates, places, labels and words, in their language and as their licence allows."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.webapp.conftest import Page


def test_a_card_says_until_when_for_whom_and_how_we_know(page: Page):
    card = page("/?q=construction").select_one(".stop")
    assert card.select_one(".when b").get_text() == "11"
    assert card.select_one("time")["datetime"] == "2026-12-03T17:00+01:00"
    assert card.select_one("time").get_text() == "Thu 3 Dec 2026, 17:00 Brussels time"
    assert "cut-off, 1 of 2" in card.select_one(".when").get_text()
    assert [m.get_text() for m in card.select(".sum mark, .name mark")] == ["construction", "construction"]
    tags = {tag.get_text(): tag["href"] for tag in card.select(".tags a")}
    assert list(tags) == ["Construction (inferred)", "Reskilling (stated)", "Upskilling (inferred)"]
    assert set(tags.values()) == {"/calls/eu_sample:49669831TOPICSen#why"}
    assert "(mapped)" in card.select_one(".facts").get_text()
    assert "From Sample portal of the Union · read 4 days ago" in card.select_one(".foot").get_text()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("q=moda", "open until the budget is used up"),
        ("q=rotativo", "open all year"),
        ("q=workers&country=BG", "no deadline stated"),
        ("q=vouchers&status=closed", "closed 20 days ago"),
        ("q=bold", "closes tomorrow"),
        ("q=advanced+digital", "opens in 18 days"),
        ("q=Silesia", "no deadline of its own"),
        ("q=voucher+formativi", "no longer listed since 20 Nov 2026"),
    ],
)
def test_when(page: Page, query, words):
    assert words in " ".join(page("/?" + query).select_one("#results").get_text(" ").split())


def test_a_card_names_the_region_and_its_country(page: Page):
    assert page("/?q=moda").select_one(".facts").find("dt", string="Where").find_next("dd").get_text() == "Lombardy (Lombardia), Italy"
    assert page("/?q=rotativo").select_one(".facts").find("dt", string="Where").find_next("dd").get_text() == "Italy"


def test_a_title_keeps_its_language_beside_the_english_one(page: Page):
    card = page("/?q=training+of+workers&country=BG").select_one(".stop")
    assert card.select_one(".name a")["lang"] == "en"
    assert card.select_one(".orig")["lang"] == "bg"
    assert page("/?q=moda").select_one(".name a")["lang"] == "it"


def test_a_licence_holds_for_the_page_too(page: Page):
    assert not page("/?q=qualificar&expand=0").select(".sum")
    assert page("/?q=moda").select_one(".sum").get_text().endswith("…")


def test_a_title_that_is_markup_stays_text(page: Page, client):
    raw = client.get("/?q=bold").get_data(as_text=True)
    assert "<script>" not in raw
    assert "<b>bold" not in raw
    assert page("/?q=bold").select_one(".name a").get_text() == "<script>alert(1)</script> & <b>bold</b> skills"
    raw = client.get("/?q=" + quote("<script>alert(1)</script>\"'")).get_data(as_text=True)
    assert "<script>" not in raw
