"""The concept table and the terms found in texts."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from search import concepts
from search.analysis import fold
from search.data import build
from search.vocabulary import LANGUAGES, Area, Beneficiary, Ecosystem, FundingType
from tests.conftest import SHARED

HERE = Path(build.__file__).parent

VALUES = {
    "ecosystem": set(Ecosystem), "area": set(Area), "beneficiary": set(Beneficiary), "type": set(FundingType),
    "skills": {""}, "cue": {"eligible", "excluded", "place"},
    "topic": {""},
}  # fmt: skip


def words(text: str, language: str, facet: str) -> list[tuple[str, str]]:
    return [(m.value, text[m.start : m.end]) for m in concepts.find(text, language) if m.facet == facet and m.strength != "exclude"]


def test_every_row_is_legal() -> None:
    for term in concepts.table():
        assert term.language in (*LANGUAGES, concepts.EVERY_LANGUAGE), term
        if term.strength == "exclude":
            assert term.facet in VALUES
            assert term.value in ("words", "sentence"), term
        else:
            assert term.facet == "programme" or term.value in VALUES[term.facet], term
        assert re.fullmatch(r"curated|(eurovoc|cpv|nace|eu-programme):\w+", term.provenance), term
        assert term.text == " ".join(term.text.split())


def test_there_are_about_150_concepts_with_terms_in_many_languages() -> None:
    languages: dict[str, set[str]] = {}
    for term in concepts.table():
        languages.setdefault(term.concept, set()).add(term.language)
    assert len(languages) >= 150
    assert sum(len(spoken) >= 22 for spoken in languages.values()) >= 150


@pytest.mark.parametrize(
    ("name", "language", "value"),
    [
        ("TCLF", "en", "textile"), ("Microelectronics", "en", "electronics"), ("Shipbuilding", "en", "mobility-transport-automotive"),
        ("Automotive", "en", "mobility-transport-automotive"), ("Batteries", "en", "mobility-transport-automotive"),
        ("Space industry", "en", "aerospace-defence"), ("P&SE", "en", "proximity-social-economy"), ("CCI", "en", "creative-cultural"),
        ("Textile", "en", "textile"), ("Textile Ecosystem", "en", "textile"), ("Space", "en", "aerospace-defence"),
        ("Aerospace and Defence", "en", "aerospace-defence"), ("Proximity and Social Economy", "en", "proximity-social-economy"),
        ("Cultural and Creative Industries", "en", "creative-cultural"), ("CCSI", "en", "creative-cultural"),
        ("Renewable Energy", "en", "energy-renewables"), ("Energy-Intensive Industries", "en", "energy-intensive"), ("Retail", "en", "retail"),
        ("Agri-food", "en", "agri-food"), ("Health", "en", "health"), ("Tourism", "en", "tourism"), ("Construction", "en", "construction"),
        ("Digital", "en", "digital"), ("Batterien", "de", "mobility-transport-automotive"), ("construcción naval", "es",
         "mobility-transport-automotive"),
        ("Mikroelektronik", "de", "electronics"), ("cantieristica", "it", "mobility-transport-automotive"),
    ],
)  # fmt: skip
def test_partnerships_are_found_by_the_names_members_know(name: str, language: str, value: str) -> None:
    assert value in {found for found, _ in words(name, language, "ecosystem")}


@pytest.mark.shared
def test_the_drawn_rows_are_what_the_build_makes(tmp_path: Path) -> None:
    table = tmp_path / "concepts.csv"
    shutil.copy(HERE / "concepts.csv", table)
    assert build.concepts(SHARED / "data" / "vocab", table) > 2000
    assert table.read_text("utf-8") == (HERE / "concepts.csv").read_text("utf-8")


def test_no_rejected_term_is_in_the_table() -> None:
    with (HERE / "rejected.csv").open(encoding="utf-8", newline="") as lines:
        rejected = {(row["language"], fold(row["term"])) for row in csv.DictReader(lines)}
    assert rejected
    assert not rejected & {(t.language, fold(t.text)) for t in concepts.table() if t.provenance != "curated"}


@pytest.mark.parametrize(
    ("label", "source", "expected"),
    [
        ("Europäischer Sozialfonds Plus (ESF+) (2021/2027)", "eu-programme", ["Europäischer Sozialfonds Plus", "ESF+"]),
        ("„Horyzont Europa” – program ramowy (2021/2027)", "eu-programme", ["Horyzont Europa"]),
        ("VOCATIONAL TRAINING", "eurovoc", ["vocational training"]),
        ("Security, fire-fighting, police and defence equipment", "cpv", []),  # no name of one thing
        ("services of general use for every kind of thing", "cpv", []),  # too long
    ],
)
def test_terms_of_a_label(label: str, source: str, expected: list[str]) -> None:
    assert build.terms(label, source) == expected


def test_no_row_stands_twice() -> None:
    keys = [(t.concept, t.facet, t.value, t.language, t.words) for t in concepts.table()]
    assert [key for key, times in Counter(keys).items() if times > 1] == []


@pytest.mark.parametrize("facet", ["ecosystem", "beneficiary", "type", "area"])
def test_every_value_has_english_words(facet: str) -> None:
    rows = [t for t in concepts.table() if t.facet == facet and t.strength == "strong"]
    assert {t.value for t in rows if t.language in ("en", concepts.EVERY_LANGUAGE)} == VALUES[facet]


@pytest.mark.parametrize("language", LANGUAGES)
def test_core_words_of_every_language(language: str) -> None:
    mine = [t for t in concepts.table() if t.language == language and t.strength == "strong"]
    assert {"training", "apprenticeship", "sme", "loan", "procurement"} <= {t.concept for t in mine}
    assert len({t.value for t in mine if t.facet == "ecosystem"}) >= 10


@pytest.mark.parametrize(
    ("text", "language", "facet", "expected"),
    [
        ("Courses for TOURISM workers", "en", "ecosystem", [("tourism", "TOURISM")]),
        ("Détourisme", "fr", "ecosystem", []),  # a word start is no word middle
        ("Ψηφιακές ΔΕΞΙΌΤΗΤΕΣ", "el", "skills", [("", "Ψηφιακές ΔΕΞΙΌΤΗΤΕΣ")]),
        ("Formacao para PME", "pt", "skills", [("", "Formacao")]),  # written without accents
        ("Mikro-, mala i srednja poduzeća", "hr", "beneficiary", [("sme", "Mikro-, mala i srednja poduzeća")]),
        ("Re-skilling and upskilling", "en", "area", [("reskilling", "Re-skilling"), ("upskilling", "upskilling")]),
        ("Up- and Reskilling", "en", "area", [("reskilling", "Up- and Reskilling"), ("upskilling", "Up- and Reskilling")]),
        ("retrains workers, retraining", "en", "area", [("reskilling", "retraining")]),  # often "restrains", misspelt
        ("microcredentials and micro-credentials", "en", "skills", [("", "microcredentials"), ("", "micro-credentials")]),
        ("agri-food firms", "en", "ecosystem", [("agri-food", "agri-food")]),
        ("agrifood firms", "en", "ecosystem", [("agri-food", "agrifood")]),
        ("l'apprentissage professionnel", "fr", "skills", [("", "apprentissage professionnel")]),
        # compounds
        ("Berufsausbildungsplätze", "de", "skills", [("", "Berufsausbildungsplätze")]),
        ("Lebensmitteleinzelhandel", "de", "ecosystem", [("agri-food", "Lebensmitteleinzelhandel")]),
        ("Fachkräfteweiterbildung", "de", "area", [("upskilling", "Fachkräfteweiterbildung")]),
        ("Umschulung", "de", "area", [("reskilling", "Umschulung")]),  # not Schulung: upskilling
        ("bouwvakopleidingen", "nl", "skills", [("", "bouwvakopleidingen")]),
        ("Maatalouskoulutus", "fi", "skills", [("", "Maatalouskoulutus")]),
        ("Fachkräfteweiterbildung", "en", "area", []),  # English writes no compounds
        # English in other languages: long words and marked ones only
        ("Förderung für Upskilling und Reskilling", "de", "area", [("upskilling", "Upskilling"), ("reskilling", "Reskilling")]),
        ("Projekt CYBERSECURITY plus", "pl", "ecosystem", [("digital", "CYBERSECURITY")]),
        ("Le rail de sécurité", "fr", "ecosystem", []),
        # the longest wins
        ("small and medium-sized enterprises", "en", "beneficiary", [("sme", "small and medium-sized enterprises")]),
        ("plant health", "en", "ecosystem", [("agri-food", "plant health")]),
        ("", "en", "skills", []),
    ],
)
def test_find(text: str, language: str, facet: str, expected: list[tuple[str, str]]) -> None:
    assert list(dict.fromkeys(words(text, language, facet))) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("bg", "професионално обучение"), ("cs", "rekvalifikace a školení"), ("da", "efteruddannelse"), ("de", "Weiterbildung"),
        ("el", "επαγγελματική κατάρτιση"), ("en", "vocational training"), ("es", "formación profesional"), ("et", "täiendkoolitus"),
        ("fi", "täydennyskoulutus"), ("fr", "formation professionnelle"), ("ga", "oiliúint"), ("hr", "osposobljavanje"),
        ("hu", "felnőttképzés"), ("it", "formazione continua"), ("lt", "profesinis mokymas"), ("lv", "profesionālā izglītība"),
        ("mt", "taħriġ"), ("nl", "bijscholing"), ("pl", "szkolenia"), ("pt", "formação profissional"), ("ro", "formare profesională"),
        ("sk", "odborné vzdelávanie"), ("sl", "usposabljanje"), ("sv", "vidareutbildning"),
    ],
)  # fmt: skip
def test_training_in_every_language(language: str, text: str) -> None:
    found = [m for m in concepts.find(text, language) if m.facet in ("skills", "area") and m.strength == "strong"]
    assert found


def test_offsets_are_those_of_the_original_text() -> None:
    text = "Straße & Œuvre: ŠKOLENÍ zaměstnanců; İstanbul – školení"
    spans = [(m.start, m.end) for m in concepts.find(text, "cs") if m.concept == "training"]
    assert [text[a:b] for a, b in spans] == ["ŠKOLENÍ", "školení"]


def test_exclusions_are_found_beside_what_they_cover() -> None:
    found = concepts.find("collect training data", "en")
    assert {(m.strength, m.term) for m in found if m.facet == "skills"} >= {("exclude", "training data"), ("strong", "training")}


def test_training_providers_are_hidden_from_skills_but_may_apply() -> None:
    found = concepts.find("education and training providers", "en")
    span = {(m.start, m.end) for m in found if m.strength == "exclude"}
    assert span == {(m.start, m.end) for m in found if m.facet == "beneficiary"} == {(0, 32)}
