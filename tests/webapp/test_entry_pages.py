"""The pages of one call, fund and product."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from crawler.classify import classify
from search import generations, records, relabelling
from search.corrections import Correction
from search.records import Call
from search.store import Harvest, Store
from tests.webapp import samples
from tests.webapp.conftest import Page, checked, settings
from webapp import create_app
from webapp.details import CALL_SECTIONS

BUILD = "/calls/eu_sample:49669831TOPICSen"


def facts(soup) -> dict[str, str]:
    """Name -> value of the essentials and the facts of origin."""
    for line_break in soup.select("dl br"):
        line_break.replace_with(" ")
    return {dt.get_text(): " ".join(dt.find_next_sibling("dd").get_text().split()) for dt in soup.select("dl dt")}


def test_the_essentials_of_a_call(page: Page):
    known = facts(page(BUILD))
    assert "closes in 11 days" in known["Deadline"]
    assert "Thu 3 Dec 2026, 17:00 Brussels time" in known["Deadline"]
    assert "Thu 2 Sept 2027, 17:00 Brussels time" in known["Deadline"]
    assert "“03 December 2026 17:00:00 Brussels time”" in known["Deadline"]
    assert known["Kind of deadline"] == "several cut-off dates (the source: multiple cut-off)"
    assert known["Status"] == "Open"
    assert known["Opening date"] == "Tue 5 May 2026"
    assert known["Budget"].startswith("EUR 3 000 000 in a pot shared with other topics per project: up to EUR 200 000")
    assert known["Types of action"] == "Sample grants"
    assert "Small and medium-sized companies" in known["Who may apply"]
    assert known["Licence"] == "CC BY 4.0"
    assert known["Last changed"] == "not since we first saw it"
    assert known["Status in the source’s words"] == "Open"


def test_no_hour_is_invented(page: Page):
    soup = page("/calls/pt_facts:centro")
    assert soup.select_one("time")["datetime"] == "2026-12-15"
    assert facts(soup)["Deadline"].endswith("Tue 15 Dec 2026")


def test_sections_stand_in_order_and_missing_ones_say_so(page: Page):
    soup = page(BUILD)
    assert [s["id"] for s in soup.select("section.sec")] == [
        *CALL_SECTIONS,
        "conditions",
        "documents",
        "notices",
        "why",
        "changes",
        "source",
        "similar",
    ]
    for missing in ("scope", "description", "award_criteria", "application_procedure"):
        assert soup.find(id=missing).p.get_text() == "not stated"
    assert [li.get_text() for li in soup.find(id="objectives").select("li")] == [
        "courses of a few weeks",
        "recognition of what people know",
    ]


def test_every_text_field_of_a_call_has_its_section():
    assert {name for name in CALL_SECTIONS if name not in Call.model_fields} == set()


def test_a_withheld_text_is_not_called_missing(page: Page):
    soup = page("/calls/pt_facts:centro")
    assert "not shown: the licence of the source" in " ".join(soup.find(id="eligibility").p.get_text().split())
    assert soup.find(id="scope").p.get_text() == "not stated"
    assert "Empresas do Centro" not in soup.get_text()


def test_evidence_is_marked_where_it_stands(page: Page):
    soup = page(BUILD)
    rows = {row.th.get_text("|").split("|")[0]: row for row in soup.select("#why tbody tr")}
    assert rows["Construction"].select("td")[0].get_text(strip=True) == "inferred"
    assert rows["Construction"].mark.get_text() == "construction"
    anchor = rows["Construction"].a["href"][1:]
    assert soup.find(id=anchor).get_text() == "construction"
    assert soup.find(id=anchor).find_parent("section")["id"] == "objectives"
    assert "Rule: code SME of the source" in rows["Small and medium-sized companies"].get_text()
    assert "no evidence recorded" in rows["Education and training providers"].get_text()
    assert [mark.get_text() for mark in soup.find(id="objectives").select("mark")] == ["construction", "learn new skills"]


def test_only_web_addresses_become_links(page: Page):
    soup = page(BUILD)
    assert facts(soup)["Also at"] == "https://mirror.example.org/1"
    assert facts(soup)["Who gives the money"] == "Sample agency"
    assert soup.find("a", string="Apply there")["href"] == "https://eu-sample.example.org/apply"


def test_markup_in_a_record_stays_text(client):
    raw = client.get("/calls/eu_sample:SCRIPT").get_data(as_text=True)
    assert raw.count("<script") == 1  # the facts for other sites, which no browser runs
    assert raw.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4


def test_a_call_that_is_gone_says_since_when(page: Page):
    assert "No longer listed by the source since 20 Nov 2026" in page("/calls/it_sample:ritirato").select_one(".note").get_text()


def test_a_fund_tells_its_two_layers_apart(page: Page):
    soup = page("/funds/fund_list:2021IT05SFPR010")
    assert "Article 4(1)" in soup.find(id="fund").get_text()
    assert soup.find(id="fund").find("a", href="https://eur-lex.europa.eu/eli/reg/2021/1057/oj")
    assert "recalled, not checked" in soup.find(id="fund").get_text()
    assert "the objectives on the Commission’s ESF+ site" in soup.find(id="fund").get_text()
    assert "Istruzione e formazione." in soup.find(id="programme").get_text()
    assert "Istruzione" not in soup.find(id="fund").get_text()
    assert soup.find("span", lang="it", string="Lombardia")
    known = facts(soup)
    assert known["Managing authority"] == "Regione Lombardia (not checked)"
    assert known["Programme number (CCI)"] == "2021IT05SFPR010"
    assert "built like the titles of its neighbours, not checked" in known["Programme"]
    assert "Bandi online a list, 2023" in known["Where it publishes calls"]
    assert "until 31 December 2029 counts" in known["Status"]
    assert "Commission’s page of managing authorities" in soup.find(id="known").get_text()


def test_a_fund_known_from_the_seed_only_says_so(page: Page):
    soup = page("/funds/fund_list:pl-jtf")
    assert "Only known from our seed list: it stands on no Commission page we read." in soup.find(id="known").get_text()
    assert "Not stated here: see the programme." in soup.find(id="programme").get_text()
    assert "Programme site (not checked)" in facts(soup)["Where it publishes calls"]
    assert "Just Transition Fund" in soup.find(id="fund").get_text()
    assert facts(soup)["Programme number (CCI)"] == "not stated"


def test_interreg_is_told_from_other_regional_money(page: Page):
    assert "partners from at least two of the countries" in page("/funds/fund_list:2021TC16RFCB002").find(id="fund").get_text()


def test_a_product(page: Page):
    soup = page("/products/eu_sample:guarantee")
    assert "Not checked: from memory" in soup.find(id="known").get_text()
    assert "(not checked)" in soup.find(id="links").get_text()
    assert facts(soup)["Provider"] == "Sample guarantee fund"
    assert "Learners and small companies." in soup.find(id="final_recipients").get_text()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("/funds/eu_sample:49669831TOPICSen", BUILD),
        ("/calls/fund_list:pl-jtf", "/funds/fund_list:pl-jtf"),
        ("/calls/eu_sample:guarantee", "/products/eu_sample:guarantee"),
    ],
)
def test_an_entry_of_another_kind_is_shown_under_its_own_address(client, wrong, right):
    response = client.get(wrong)
    assert response.status_code == 302
    assert response.headers["Location"] == right


def test_an_entry_as_json(page: Page, client):
    record = client.get(page(BUILD).find("a", string="this entry as JSON")["href"]).get_json()
    assert record["id"] == "eu_sample:49669831TOPICSen"
    assert record["details"]["identifier"] == "SAMPLE-2026-SKILLS-01"
    assert next(iter(record)) == "id"


def test_the_way_back_leads_to_the_search_one_came_from(page: Page):
    came_from = {"Referer": "http://localhost/?q=skills&page=2&per_page=3&junk=%3Cscript%3E"}
    assert page(BUILD, headers=came_from).select_one(".crumb a")["href"] == "/?q=skills&page=2&per_page=3#results"
    for elsewhere in ("http://evil.example/?q=skills", "http://localhost/sources?q=1", "nonsense", "http://["):
        assert page(BUILD, headers={"Referer": elsewhere}).select_one(".crumb a")["href"] == "/"


def test_words_quoted_from_the_title_of_the_whole_call_are_marked(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    entry = classify(Call(**samples.call("eu_sample", "78", "A topic", call_title="Vocational training & more")))
    store.register(samples.SOURCES[:2])
    store.finish_run(store.start_run("eu_sample", samples.NOW), Harvest([entry]), samples.NOW, {}, {})
    relabelling.correct(store, Correction(entry.id, "ecosystem", (), "Asked", "2026-11-22T00:00:00Z"))
    generations.publish(store, tmp_path / "index", samples.NOW)
    page = BeautifulSoup(create_app(settings(tmp_path)).test_client().get("/calls/eu_sample:78").get_data(as_text=True), "html.parser")
    assert page.select_one(".kick mark").get_text() == "Vocational training"
    rows = {row.th.get_text(" "): row.get_text(" ") for row in page.select("#why tbody tr")}
    assert f"#{page.select_one('.kick mark')['id']}" in {a["href"] for a in page.select("#why a")}
    assert any("Not stated" in name and "corrected" in text and "Asked" in text for name, text in rows.items())


def test_a_call_of_two_portals_is_one_page_that_names_both(tmp_path):
    title, day = "A call with a title of its own on two portals", {"deadlines": [{"date": "2026-12-15"}], "deadline_kind": "fixed"}
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    for facts in samples.SOURCES[:2]:
        store.register([facts])
        entry = records.load(samples.call(facts.source, "77", title, countries=["IT"], summary="x" * len(facts.source), **day))
        store.finish_run(store.start_run(facts.source, samples.NOW), Harvest([entry]), samples.NOW, {}, {})
    generations.publish(store, tmp_path / "index", samples.NOW)
    client = create_app(settings(tmp_path)).test_client()
    first, copy = "it_sample:77", "eu_sample:77"
    assert client.get(f"/calls/{copy}").headers["Location"] == f"/calls/{first}"
    page = client.get(f"/calls/{first}").get_data(as_text=True)
    assert "https://eu-sample.example.org/77" in page
    assert "the same title and last deadline" in page
    assert client.get(f"/api/v1/calls/{first}").json["also_at"] == ["https://eu-sample.example.org/77"]


def test_the_history_of_a_call_tells_old_and_new(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    store.register(samples.SOURCES)
    for day, deadline in ((-9, "2027-01-15"), (-1, "2027-03-31")):
        now = samples.NOW + timedelta(days=day)
        entry = records.load(samples.call("eu_sample", "moving", "A call that moves", deadlines=[{"date": deadline}], deadline_kind="fixed"))
        store.finish_run(store.start_run("eu_sample", now), Harvest([entry]), now, {}, {})
    generations.publish(store, tmp_path / "index", samples.NOW)
    client = create_app(settings(tmp_path)).test_client()
    history = checked(client.get("/calls/eu_sample:moving").get_data(as_text=True)).find(id="changes")
    assert [" ".join(li.get_text(" ").split()) for li in history.select(".happened > li")] == [
        "21 Nov 2026 Changed deadline: 15 Jan 2027 → 31 Mar 2027",
        "13 Nov 2026 First seen",
    ]
    store.close()
    (tmp_path / "funding.db").unlink()
    lost = create_app(settings(tmp_path)).test_client().get("/calls/eu_sample:moving")
    assert "history of this entry cannot be read" in lost.get_data(as_text=True)


def test_a_call_without_changes_says_so(page: Page):
    assert page(BUILD).find(id="changes").p.get_text() == "Nothing since we first saw it on 18 Nov 2026."


def test_similar_calls_are_open_calls_that_share_words(page: Page):
    similar = page("/calls/eu_sample:FUTURE").find(id="similar")
    assert similar.a["href"] == BUILD
    assert not [a for a in similar.select("a") if a["href"] in ("/calls/eu_sample:FUTURE", "/calls/pt_facts:old")]


def test_a_text_in_another_language_can_be_taken_to_a_translator(page: Page):
    links = [a["href"] for a in page("/calls/it_sample:moda").select(".translate a")]
    assert links[0] == "https://translate.google.com/translate?sl=auto&u=https%3A%2F%2Fit-sample.example.org%2Fmoda"
    assert not page(BUILD).select(".translate")


@pytest.mark.parametrize(("path", "words"), [("/accessibility", "axe-core"), ("/privacy", "No cookies")])
def test_pages_on_accessibility_and_privacy(page: Page, path, words):
    assert words in page(path).get_text()
    assert page("/").select_one(f'footer a[href="{path}"]')
