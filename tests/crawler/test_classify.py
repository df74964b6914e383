"""Facet values inferred from an entry's words, and mapped from a source's labels; every one with its evidence."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.classify import classify
from search.records import Fund, Product, Quote
from search.vocabulary import Ecosystem, FundingType, Origin, Skills
from tests.crawler.labelled import call, check

# -- skills and areas --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "lang", "skills", "areas"),
    [
        ({"title": "Upskilling and reskilling of textile workers"}, "en", "core", ["reskilling", "upskilling"]),
        ({"title": "Apprenticeships in small firms"}, "en", "core", ["upskilling"]),
        ({"title": "Training for the unemployed"}, "en", "core", ["reskilling"]),
        ({"title": "New machines", "description": "The grant pays machines and a training course for staff."}, "en", "part", ["upskilling"]),
        ({"title": "New machines", "description": "The grant pays machines."}, "en", "none", []),
        ({"title": "Umschulung von Arbeitslosen"}, "de", "core", ["reskilling"]),
        ({"title": "Weiterbildungsförderung für Beschäftigte"}, "de", "core", ["upskilling"]),
        ({"title": "Formazione continua dei lavoratori"}, "it", "core", ["upskilling"]),
        ({"title": "Reconversion professionnelle des salariés"}, "fr", "core", ["reskilling"]),
        ({"title": "Szkolenia dla pracowników"}, "pl", "core", ["upskilling"]),
        ({"title": "Професионално обучение на заети лица"}, "bg", "core", ["upskilling"]),
        ({"title": "Felnőttképzés a feldolgozóiparban"}, "hu", "core", ["upskilling"]),
        ({"title": "Työttömien uudelleenkoulutus"}, "fi", "core", ["reskilling"]),
        # words that only look like it
        ({"title": "Data sharing for the training and development of AI foundation models"}, "en", "none", []),
        ({"title": "Collecting datasets suitable for training AI models"}, "en", "none", []),
        ({"title": "Better AI training infrastructure"}, "en", "none", []),
        ({"title": "Energy data hub", "description": "Partners share training data. They train foundation models."}, "en", "none", []),
        ({"title": "A simulation framework for military decision-making and training"}, "en", "none", []),
        ({"title": "Training simulators for pilots"}, "en", "none", []),
        ({"title": "Support to train operators on regional railway lines"}, "en", "none", []),
        ({"title": "Renovation of schools and training rooms in kindergartens"}, "en", "none", []),
        ({"title": "Edilizia scolastica: corsi e laboratori"}, "it", "none", []),
        ({"title": "Approfondimenti in corso"}, "it", "none", []),
        ({"title": "Safety of reactors", "programme": "Euratom Research and Training Programme"}, "en", "none", []),
        # an award text and the source's own subjects are no evidence
        ({"title": "New machines", "award_criteria": "Quality of the training of workers and apprenticeships."}, "en", "none", []),
        # nor is who may apply, or on which terms
        ({"title": "New machines", "eligibility": "Firms that train apprentices. Upskilling of staff is no cost."}, "en", "none", []),
        ({"title": "New machines", "call_title": "Vocational training"}, "en", "part", ["upskilling"]),
        ({"title": "New machines", "description": "Control is not used in a way that retrains or restricts its ability."}, "en", "none", []),
        ({"title": "New machines", "description": "A control that retrains the owner."}, "en", "none", []),
        ({"title": "New machines", "description": "Firms retrain staff."}, "en", "part", ["reskilling"]),
        ({"title": "New machines", "description": "Staff may be re-trained."}, "en", "part", ["reskilling"]),
        # training providers as applicants
        ({"title": "New machines", "description": "Firms, training providers and chambers may apply."}, "en", "none", []),
        ({"title": "New machines", "description": "For vocational education and training (VET) providers."}, "en", "none", []),
        ({"title": "New machines", "description": "Open to providers of vocational education and training."}, "en", "none", []),
        ({"title": "New machines", "description": "Training providers hold training courses."}, "en", "part", ["upskilling"]),
        ({"title": "Neue Maschinen", "description": "Unternehmen, Bildungsträger und Weiterbildungseinrichtungen."}, "de", "none", []),
        ({"title": "Machines", "description": "Entreprises et organismes de formation professionnelle."}, "fr", "none", []),
        ({"title": "Macchine", "description": "Imprese ed enti di formazione accreditati."}, "it", "none", []),
        ({"title": "Maszyny", "description": "Firmy i instytucje szkoleniowe."}, "pl", "none", []),
        ({"title": "Maskiner", "description": "Företag och utbildningsanordnare."}, "sv", "none", []),
        # both in one
        ({"title": "Umschulung und berufliche Neuorientierung"}, "de", "core", ["reskilling"]),
        ({"title": "Formación y recualificación de personas trabajadoras"}, "es", "core", ["reskilling", "upskilling"]),
        ({"title": "Training for reskilling of workers"}, "en", "core", ["reskilling"]),
        ({"title": "Training and reskilling of workers"}, "en", "core", ["reskilling", "upskilling"]),
        ({"title": "Training and reskilling of the unemployed"}, "en", "core", ["reskilling"]),
        ({"title": "Reconversion de friches"}, "fr", "none", []),
        # a title that says which wins over general words; people in and out of work alike tell no area
        ({"title": "Training of employees", "description": "Courses for jobseekers."}, "en", "core", ["upskilling"]),
        ({"title": "Training of employees", "description": "Their reskilling is paid."}, "en", "core", ["reskilling", "upskilling"]),
        ({"title": "Training of employees", "description": "Funds training for employees and jobseekers."}, "en", "core", ["upskilling"]),
        ({"title": "Energy loans", "description": "Funds training for employees and jobseekers."}, "en", "part", []),
        ({"title": "Energy loans", "description": "Funds training for jobseekers."}, "en", "part", ["reskilling"]),
        ({"title": "Training", "description": "For employees and jobseekers. Reskilling too."}, "en", "core", ["reskilling", "upskilling"]),
        ({"title": "Budowa dróg", "description": "Szkolenia dla pracowników i osób bezrobotnych."}, "pl", "part", []),
        ({"title": "Estágios", "eligibility": "Jovens NEET"}, "pt", "core", ["reskilling"]),  # who is trained
        ({"title": "Up- and Reskilling"}, "en", "core", ["reskilling", "upskilling"]),
        ({"title": "up-and reskilling"}, "en", "core", ["reskilling", "upskilling"]),
        ({"title": "upskilling/reskilling"}, "en", "core", ["reskilling", "upskilling"]),
        ({"title": "Re- and upskilling"}, "en", "core", ["reskilling", "upskilling"]),
        ({"title": "Re-/upskilling"}, "en", "core", ["reskilling", "upskilling"]),
        ({"title": "up- and re-skilling"}, "en", "core", ["reskilling", "upskilling"]),
        ({"title": "Up-skilling and re-skilling"}, "en", "core", ["reskilling", "upskilling"]),
        ({"title": "Up- und Reskilling im Betrieb"}, "de", "core", ["reskilling", "upskilling"]),
    ],
)
def test_skills_and_areas(fields: dict[str, Any], lang: str, skills: str, areas: list[str]) -> None:
    entry = classify(call(lang=lang, **fields))
    check(entry)
    assert (entry.skills, entry.areas) == (skills, areas)


def test_a_text_that_keeps_speaking_of_training_is_core() -> None:
    text = "Grants pay vocational training and apprenticeships. Employees who lose their posts are reskilled."
    entry = classify(call("Support for change", description=text))
    check(entry)
    assert (entry.skills, entry.evidence["skills"][0].rule) == (Skills.CORE, "training people, several times")


def test_one_sentence_that_names_training_is_a_part() -> None:
    clause = "Results may feed curricula, training, apprenticeships and skills."
    assert classify(call("Better pumps", scope=clause)).skills is Skills.PART
    assert classify(call("Better pumps", scope=clause, objectives="Staff get skills.")).skills is Skills.CORE


def test_one_mention_in_a_long_text_is_a_part() -> None:
    text = "The project builds and tests a pilot line. " * 40 + "It includes a training course for its staff."
    assert classify(call("Pilot line", description=text)).skills is Skills.PART


# -- ecosystems --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "lang", "expected"),
    [
        ({"title": "Competitiveness of tourism firms"}, "en", ["tourism"]),
        ({"title": "Renewable energy in farms"}, "en", ["agri-food", "energy-renewables"]),
        ({"title": "Skills for semiconductor plants"}, "en", ["electronics"]),
        ({"title": "Capacity building for a chamber of commerce"}, "en", []),  # neither construction nor retail
        ({"title": "Mobility of learners"}, "en", ["cross-sectoral"]),  # not transport
        ({"title": "Staff development", "description": "Open to all sectors of the economy."}, "en", ["cross-sectoral"]),
        ({"title": "Investitionen in Betrieben aller Branchen"}, "de", ["cross-sectoral"]),
        ({"title": "Sviluppo d'impresa", "description": "Imprese di tutti i settori."}, "it", ["cross-sectoral"]),
        ({"title": "Support for firms"}, "en", []),  # nothing said: not stated
        ({"title": "Einzelhandelsförderung"}, "de", ["retail"]),
        ({"title": "Stavebnictví a oděvní průmysl"}, "cs", ["construction", "textile"]),
        ({"title": "Mesures pour l'hôtellerie"}, "fr", ["tourism"]),
        ({"title": "Ветеринари и земеделие"}, "bg", ["agri-food"]),
        ({"title": "Sveikatos priežiūra"}, "lt", ["health"]),
        ({"title": "Accompagnement des PME"}, "fr", ["cross-sectoral"]),  # firms in general
        ({"title": "Lavoro autonomo"}, "it", ["cross-sectoral"]),
        ({"title": "Kisvállalati hitel", "description": "Foglalkoztatás és versenyképesség"}, "hu", ["cross-sectoral"]),
        ({"title": "Tourism for SMEs"}, "en", ["tourism"]),  # a sector is named
        ({"title": "A call", "description": "Agriculture, tourism, construction, textile and health."}, "en", ["cross-sectoral"]),
        ({"title": "Smart hospitals", "description": "Hospitals, farms, hotels, railways and steel works."}, "en", ["health"]),
        ({"title": "Техническа помощ", "description": "Програма „Образование“"}, "bg", ["cross-sectoral"]),  # a short text
        ({"title": "EIT Urban Mobility Business Plan"}, "en", ["mobility-transport-automotive"]),
        ({"title": "Transizione verde e digitale delle imprese"}, "it", ["cross-sectoral"]),  # no branch of its own
        ({"title": "Infraestruturas portuárias"}, "pt", ["construction", "mobility-transport-automotive"]),
        ({"title": "Machines", "award_criteria": "Effects on tourism, hotels and restaurants"}, "en", []),
        ({"title": "Machines", "eligibility": "Hotels and restaurants may apply."}, "en", []),  # who may apply is not what it is about
    ],
)
def test_ecosystems(fields: dict[str, Any], lang: str, expected: list[str]) -> None:
    entry = classify(call(lang=lang, **fields))
    check(entry)
    assert entry.ecosystems == expected


def test_a_passing_mention_names_no_ecosystem() -> None:
    text = "The office works with the directorate for logistics. " + "Regions write plans and compare results. " * 20
    assert classify(call("Better planning", description=text)).ecosystems == []


FILLER = "Regions write plans and compare results. " * 20


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"scope": FILLER + "Partners come from libraries, health, care, culture, heritage or sport."}, []),
        ({"description": FILLER + "Museums, culture, arts, hotels and leisure are named once."}, []),
        ({"description": FILLER + "Hospitals test it. " + FILLER + "Patients and hospitals gain from it."}, ["health"]),
        ({"description": FILLER + "Tourists and hotels.", "objectives": "More tourism, by rail or sea."}, ["tourism"]),
        ({"description": "Health and care."}, ["health"]),  # a short text
    ],
)
def test_a_sector_named_once_in_a_long_text_is_none(fields: dict[str, Any], expected: list[str]) -> None:
    entry = classify(call("Better plans", **fields))
    check(entry)
    assert entry.ecosystems == expected


def test_at_most_three_ecosystems() -> None:
    entry = classify(call("Tourism, textile, steel, hospitals and software"))
    check(entry)
    assert len(entry.ecosystems) == 3


def test_two_different_weak_words_are_enough_and_one_is_not() -> None:
    assert classify(call("Digital ideas")).ecosystems == []
    assert classify(call("Digital ideas and data")).ecosystems == [Ecosystem.DIGITAL]


def test_skills_without_a_sector_are_for_every_sector() -> None:
    entry = classify(call("Upskilling of employees"))
    check(entry)
    assert entry.ecosystems == [Ecosystem.CROSS_SECTORAL]
    assert {q.rule for q in entry.evidence["ecosystem"]} == {"skills without a sector"}


# -- what the source says ----------------------------------------------------------------------------------------------


def test_what_the_source_stated_is_kept() -> None:
    said = [Quote(value="health", origin=Origin.STATED, quote="Health", rule="source")]
    entry = classify(call("Tourism loans for SMEs", ecosystems=["health"], funding_type="grant", evidence={"ecosystem": said}))
    check_values = (entry.ecosystems, entry.funding_type, entry.evidence["ecosystem"])
    assert check_values == ([Ecosystem.HEALTH], FundingType.GRANT, said)
    assert "type" not in entry.evidence


def test_skills_of_the_source_are_kept_only_with_evidence() -> None:
    said = {"skills": [Quote(value="core", origin=Origin.MAPPED, quote="Theme: training", rule="label")]}
    assert classify(call("Machines", skills="core", evidence=said)).skills is Skills.CORE
    assert classify(call("Machines", skills="core")).skills is Skills.NONE


def test_classifying_again_gives_the_same_and_the_original_is_untouched() -> None:
    original = call("Upskilling for tourism", description="Who may apply: SMEs. Grants only.")
    once = classify(original)
    assert classify(once) == once
    assert (original.evidence, original.skills) == ({}, Skills.NONE)
    renamed = classify(once.model_copy(update={"title": "Machines", "description": None}))
    assert (renamed.evidence, renamed.ecosystems) == ({}, [])


def test_a_summary_cut_from_the_text_counts_once() -> None:
    text = "The grant pays machines and one training course for staff."
    entry = classify(call("Machines", summary=text, description=text + " More."))
    assert {q.field for q in entry.evidence["skills"]} == {"description"}


def test_other_kinds() -> None:
    product = classify(
        Product(id="test:p", source="test", native_id="p", title="Microloans", lang="en", url="https://example.org", level="eu",
                final_recipients="Micro-enterprises and social enterprises")
    )  # fmt: skip
    fund = classify(
        Fund(id="test:f", source="test", native_id="f", title="Programm für Aus- und Weiterbildung", lang="de", url="https://example.org",
             level="regional", fund="ESF+", area_en="Bavaria", area_original="Bayern", programme_title="Training programme", known_from=["seed"])
    )  # fmt: skip
    check(product)
    check(fund)
    assert (product.beneficiaries, product.funding_type) == (["other", "sme"], FundingType.LOAN)
    assert fund.skills is Skills.CORE


def test_the_terms_of_a_product_do_not_make_it_one_for_training() -> None:
    product = Product(id="test:p", source="test", native_id="p", title="Microloans", lang="en", url="https://example.org", level="eu",
                      final_recipients="Firms that train apprentices", conditions_text="Staff training and reskilling may be financed.")  # fmt: skip
    assert classify(product).skills is Skills.NONE


def test_a_title_adds_its_sector_to_that_of_a_code() -> None:
    by_code = [Quote(value="digital", origin=Origin.MAPPED, quote="DIGITAL", rule="programme for this sector")]
    entry = classify(call("Digital skills for hospitals", ecosystems=["digital"], evidence={"ecosystem": by_code}))
    check(entry)
    assert entry.ecosystems == [Ecosystem.DIGITAL, Ecosystem.HEALTH]
    assert classify(entry) == entry


def test_many_pairs_in_one_text_end() -> None:
    entry = classify(call("Machines", description="training and reskilling or training. " * 20_000))
    assert entry.areas == ["reskilling", "upskilling"]


@pytest.mark.parametrize(
    ("fields", "beneficiaries"),
    [
        ({"eligibility": "SMEs may apply. " * 60_000}, ["sme"]),
        ({"description": "training of machine learning models not eligible. " * 20_000}, []),
        ({"description": "SMEs may apply " * 40_000}, ["sme"]),  # one sentence
        ({"description": "a" + " " * 400_000 + "b"}, []),
    ],
    ids=["sentences", "exclusions", "one sentence", "spaces"],
)
def test_long_texts_end(fields: dict[str, str], beneficiaries: list[str]) -> None:
    """Sizes at which work that grows with the square of the text takes minutes."""
    entry = classify(call("Machines", **fields))
    assert (entry.beneficiaries, entry.skills) == (beneficiaries, Skills.NONE)
