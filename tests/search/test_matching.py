"""Which entries the words of a search find and in which order: parts, languages, places, identifiers."""

from __future__ import annotations

from pathlib import Path

import pytest

from search import expansion, generations, matching, records, wording
from search.analysis import fold
from search.matching import matches
from tests.search import corpus

CALLS = {
    "it-lombardy": ("it", "IT", ["ITC4"], "Apprendistato nel turismo", "LOM-2026-APP.1"),
    "it": ("it", "IT", [], "Formazione per il turismo", "IT-2026-77"),
    "eu": ("en", "eu-wide", [], "Apprenticeship alliances", "ERASMUS-EDU-2026-PI-ALL-INNO"),
    "de-bavaria": ("de", "DE", ["DE2"], "Umschulung im Handwerk", "BY/2026/003"),
    "models": ("en", "eu-wide", [], "Training of artificial intelligence models", "HORIZON-CL4-2026-DATA-03"),
    "models-2": ("en", "eu-wide", [], "Large data sets for AI", "HORIZON-CL4-2027-DATA-01"),
    "bg": ("bg", "BG", [], "Обучение на безработни лица", "BG05SFPR001-4.001"),
    "hu": ("hu", "HU", [], "Képzés munkavállalóknak", "GINOP_PLUSZ-1.4.1-21"),
    "hu-2": ("hu", "HU", [], "Hitelprogram", "GINOP_PLUSZ-2.1"),
    "el": ("el", "GR", [], "Επαγγελματική κατάρτιση", "EL-2026-1"),
    "ro": ("ro", "RO", [], "Formare profesională și ucenicie", "RO-2026-1"),
    "eco": ("fr", "FR", [], "Études d’écoconception des produits", "FR-2026-9"),
    "robots": ("en", "eu-wide", [], "AI skills for nurses", "ROB-2026-1"),
    "workers": ("it", "IT", [], "Formazione continua dei lavoratori", "IT-2026-78"),
    "interreg": ("en", ["IT", "SI"], [], "Small projects across the border", "IT-SI-2026"),
}


def call(name: str) -> records.Call:
    lang, countries, regions, title, identifier = CALLS[name]
    return records.load({  # type: ignore[return-value]
        "kind": "call", "id": f"made:{name}", "source": "made", "native_id": identifier, "identifier": identifier, "title": title, "lang": lang,
        "url": "https://example.org/", "level": "national", "countries": [countries] if isinstance(countries, str) else countries,
        "regions": regions,
    })  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with corpus.published(tmp_path_factory.mktemp("matching"), [call(name) for name in CALLS]) as generation:
        yield generation


def found(generation: generations.Generation, text: str, expand: bool = True) -> tuple[list[str], list[str]]:
    """The names of the entries, best first: those that have every part, and all."""
    answer = matches(text, generation, expand)
    order = sorted(range(len(answer.rows)), key=lambda n: -answer.scores[n])
    names = [(generation.columns.ids[answer.rows[n]].removeprefix("made:"), bool(answer.whole[n])) for n in order]
    return [name for name, whole in names if whole], [name for name, _ in names]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("apprenticeship tourism Lombardy", "it-lombardy"),
        ("apprentissage tourisme Lombardie", "it-lombardy"),
        ("Ausbildung Tourismus Lombardei", "it-lombardy"),
        ("turismo ITC4", "it-lombardy"),
        ("retraining Bavaria", "de-bavaria"),
        ("training for unemployed people Bulgaria", "bg"),
        ("ОБУЧЕНИЕ", "bg"),
        ("ΕΠΑΓΓΕΛΜΑΤΙΚΗ ΚΑΤΑΡΤΙΣΗ", "el"),
        ("επαγγελματικη καταρτιση", "el"),
        ("formare profesionala şi ucenicie", "ro"),
        ("Italy Slovenia", "interreg"),
    ],
)
def test_words_of_any_language_find_a_call_of_another(made, typed, name):
    assert found(made, typed)[1][0] == name


@pytest.mark.parametrize("expanded", [True, False])
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("HORIZON-CL4-2026-DATA-03", "models"),
        ("horizon-cl4-2026", "models"),
        ("horizoncl42026", "models"),
        ("horizon cl4 2026", "models"),
        ("CL4-2026-DATA", "models"),
        ("BG05SFPR001-4.001", "bg"),
        ("bg05sfpr00140", "bg"),
        ("GINOP PLUSZ 1.4", "hu"),
        ("ginop_plusz-1.4", "hu"),
    ],
)
def test_an_identifier_is_first_however_it_is_typed(made, typed, name, expanded):
    assert found(made, typed, expanded)[1][0] == name


def test_entries_for_the_country_and_the_union_follow_those_for_a_place(made):
    whole, everything = found(made, "Lombardy")
    assert whole == ["it-lombardy"]
    assert everything[0] == "it-lombardy"
    assert {"it", "eu"} <= set(everything)
    assert "de-bavaria" not in everything


def test_who_has_more_of_the_parts_stands_before_who_has_fewer(made):
    whole, everything = found(made, "apprenticeship tourism Italy")
    assert whole == ["it-lombardy"]
    assert everything[:2] == ["it-lombardy", "it"]


def test_training_of_models_is_not_training_of_people(made):
    assert found(made, "formazione professionale")[1][0] != "models"
    assert "models" not in found(made, "vocational training")[0]


def test_what_is_a_part_of_the_meaning_follows(made):
    whole, everything = found(made, "circular economy")
    assert whole == []
    assert everything == ["eco"]


@pytest.mark.parametrize("typed", ["AI training", "ai skills", "training of AI models", "IA"])
def test_a_word_that_is_small_in_another_language_counts_where_it_names_something(made, typed):
    assert any("ai" in part.words or "ia" in part.words for group in wording.groups(typed) for part in group.parts)
    assert "robots" in found(made, typed)[1]


@pytest.mark.parametrize(("typed", "small"), [("formazione ai lavoratori", "ai"), ("обучение за безработни", "за"), ("képzés és hitel", "és")])
def test_small_words_of_the_language_of_the_search_are_not_required(typed, small):
    assert [part.words[0] for group in wording.groups(typed) for part in group.parts] == [w for w in map(fold, typed.split()) if w != fold(small)]


def test_training_of_models_names_no_training_in_any_language():
    assert all("training" not in group.concepts for group in wording.groups("training of AI models"))


def test_without_expansion_only_the_typed_words_count(made):
    assert found(made, "apprenticeship", expand=False)[1] == ["eu"]


@pytest.mark.parametrize("typed", ["lazione", "marché"])
def test_a_name_inside_another_word_or_with_other_accents_is_no_place(made, typed):
    assert found(made, typed)[1] == []


def test_a_warmed_search_reads_no_table(monkeypatch):
    matching.warm()
    expansion.asked_for.cache_clear()
    monkeypatch.setattr(Path, "read_text", None)
    monkeypatch.setattr(Path, "read_bytes", None)
    monkeypatch.setattr(Path, "open", None)
    assert wording.groups("apprentissage Lombardie tourisme")[0].places == ("ITC4",)
