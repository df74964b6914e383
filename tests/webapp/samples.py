"""A small collection of made-up records that shows every kind of thing a page has to show. All wording is ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from search import records
from search.store import Harvest, Store
from tests.webapp.making import call, fund, quote, source

NOW = datetime.fromisoformat("2026-11-22T00:00:00+01:00")
NOTE = "These are sample records made for tests."

COURSES = (
    "The topic pays for courses that help workers in construction learn new skills.\n\n• courses of a few weeks\n• recognition of what people know"
)
ATTACK = "<script>alert(1)</script>"


SOURCES = [
    source("eu_sample", "Sample portal of the Union", ["eu-wide"], ["eu"]),
    source("it_sample", "Bandi di prova", ["IT"], ["national", "regional"], text_use="extract"),
    source("pt_facts", "Avisos de teste", ["PT"], ["national", "regional"], text_use="facts", licence="not stated"),
    source("fund_list", "Sample list of managing authorities", ["eu-wide"], ["national", "regional"], kinds=["fund"]),
    source(
        "mt_closed",
        "Għajnuna tal-prova",
        ["MT"],
        ["national"],
        crawlable=False,
        why_not="answers programs with a challenge page",
        needed="leave from its operator",
    ),
]


BUILD = call(
    "eu_sample",
    "49669831TOPICSen",
    "Skills for the construction of tomorrow",
    identifier="SAMPLE-2026-SKILLS-01",
    call_title="Sample call on skills 2026",
    programme="Sample Programme",
    funding_type="grant",
    ecosystems=["construction"],
    countries=["eu-wide"],
    areas=["upskilling", "reskilling"],
    beneficiaries=["sme", "education-training-provider"],
    opening_date="2026-05-05",
    deadline_kind="cut-offs",
    deadline_model="multiple cut-off",
    deadlines=[
        {"date": "2026-12-03", "time": "17:00", "kind": "cut-off", "text": "03 December 2026 17:00:00 Brussels time"},
        {"date": "2027-09-02", "time": "17:00", "kind": "cut-off"},
    ],
    budget={
        "total": 3_000_000,
        "scope": "shared-pot",
        "per_project_max": 200_000,
        "expected_grants": 12,
        "text": "EUR 3 million for 4 topics",
    },
    summary="Courses for workers in construction.",
    objectives=COURSES,
    expected_outcomes="More workers hold a recognised certificate.",
    eligibility="Training providers and small companies of the 27 countries.",
    smallest_consortium="three partners from three countries",
    types_of_action=["Sample grants"],
    source_status="Open",
    apply_url="https://eu-sample.example.org/apply",
    conditions=[{"heading": "Page limit", "text": "At most 40 pages."}],
    notices=["12 May: the forms were replaced."],
    documents=[{"url": "https://eu-sample.example.org/form.pdf", "label": "Application form", "basis": "crawled"}],
    authority={"name": "Sample agency", "url": None},
    also_at=["https://mirror.example.org/1"],
    evidence={
        "ecosystem": [quote("construction", "inferred", COURSES, "objectives", "construction")],
        "area": [quote("upskilling", "inferred", COURSES, "objectives", "learn new skills"), quote("reskilling", "stated")],
        "beneficiary": [quote("sme", "mapped", words=None, rule="code SME of the source")],
    },
)

CALLS = [
    BUILD,
    call(
        "eu_sample",
        "FUTURE",
        "Advanced digital skills",
        funding_type="grant",
        ecosystems=["digital"],
        countries=["eu-wide"],
        areas=["upskilling"],
        opening_date="2026-12-10",
        deadlines=[{"date": "2027-03-18", "time": "17:00"}],
        deadline_kind="fixed",
        skills="part",
        programme="Sample Programme",
        description="Masters and short courses on digital technology.",
    ),
    call(
        "eu_sample",
        "SCRIPT",
        f"{ATTACK} & <b>bold</b> skills",
        funding_type="procurement",
        countries=["eu-wide"],
        areas=["upskilling"],
        deadlines=[{"date": "2026-11-23"}],
        deadline_kind="fixed",
        summary=f"{ATTACK} in the summary about training",
        objectives=f"{ATTACK} in the objectives",
        budget={"total": 12345.5},
    ),
    call(
        "it_sample",
        "moda",
        "Formazione per la moda",
        lang="it",
        level="regional",
        funding_type="grant",
        ecosystems=["textile", "retail"],
        countries=["IT"],
        regions=["ITC4"],
        areas=["reskilling"],
        beneficiaries=["sme", "large-company"],
        deadline_kind="until-exhausted",
        summary="Corsi per chi lavora nella moda lombarda. " * 20,
        budget={"per_project_min": 80_000, "per_project_max": 250_000},
        eligibility="Imprese della Lombardia.",
    ),
    call(
        "it_sample",
        "rotativo",
        "Fondo rotativo per la formazione",
        lang="it",
        level="national",
        funding_type="loan",
        ecosystems=["cross-sectoral"],
        countries=["IT"],
        areas=["upskilling"],
        beneficiaries=["sme"],
        deadline_kind="rolling",
    ),
    call(
        "it_sample",
        "ritirato",
        "Voucher formativi",
        lang="it",
        level="national",
        countries=["IT"],
        areas=["upskilling"],
        deadlines=[{"date": "2027-01-31"}],
        deadline_kind="fixed",
    ),
    call(
        "pt_facts",
        "centro",
        "Qualificar no Centro",
        lang="pt",
        level="regional",
        funding_type="grant",
        ecosystems=["textile"],
        countries=["PT"],
        regions=["PT16"],
        areas=["upskilling"],
        beneficiaries=["sme"],
        deadlines=[{"date": "2026-12-15"}],
        deadline_kind="fixed",
        summary="Um texto que a licença não deixa mostrar.",
        eligibility="Empresas do Centro.",
    ),
    call(
        "pt_facts",
        "bg",
        "Обучение на работници",
        lang="bg",
        title_en="Training of workers",
        level="national",
        countries=["BG"],
        areas=["upskilling"],
    ),
    call(
        "pt_facts",
        "old",
        "Closed training vouchers",
        level="national",
        countries=["ES"],
        areas=["upskilling"],
        deadlines=[{"date": "2026-11-02"}],
        deadline_kind="fixed",
    ),
    call(
        "pt_facts",
        "machines",
        "Machines for hospitals",
        level="national",
        countries=["MT"],
        skills="none",
        deadlines=[{"date": "2026-12-31"}],
        deadline_kind="fixed",
    ),
]


FUNDS = [
    fund(
        "2021IT05SFPR010",
        "Regional Programme Lombardy ESF+ 2021-2027",
        cci="2021IT05SFPR010",
        countries=["IT"],
        regions=["ITC4"],
        area_en="Lombardy",
        area_original="Lombardia",
        programme_title_original="PR Lombardia FSE+ 2021-2027",
        programme_title_original_basis="pattern",
        programme="ESF+",
        authority={"name": "Regione Lombardia", "url": "https://www.regione.lombardia.it", "url_basis": "recalled"},
        links=[{"url": "https://bandi.example.org/", "label": "Bandi online", "basis": "seen", "basis_text": "a list, 2023"}],
        programme_says=[{"heading": "Priorità 2", "text": "Istruzione e formazione."}],
        programme_says_url="https://fund-list.example.org/lombardia",
    ),
    fund(
        "pl-jtf",
        "Just transition in Silesia",
        fund="JTF",
        countries=["PL"],
        regions=["PL22"],
        area_en="Silesia",
        area_original="Śląskie",
        known_from=["seed"],
        known_from_text="programme recalled, not on the EC list",
        links=[{"url": "https://slaskie.example.org/", "label": "Programme site", "basis": "recalled"}],
    ),
    fund(
        "2021TC16RFCB002",
        "Austria-Czechia",
        fund="ERDF",
        cci="2021TC16RFCB002",
        countries=["AT", "CZ"],
        area_en="Austria-Czechia",
        area_original="Austria-Czechia",
        skills="part",
    ),
]

PRODUCT = call(
    "eu_sample",
    "guarantee",
    "Skills and education guarantee",
    kind="product",
    funding_type="loan",
    countries=["eu-wide"],
    ecosystems=["cross-sectoral"],
    areas=["upskilling"],
    beneficiaries=["sme"],
    deadline_kind="rolling",
    provider="Sample guarantee fund",
    final_recipients="Learners and small companies.",
    links=[{"url": "https://guarantee.example.org/", "label": "Sample guarantee fund", "basis": "recalled"}],
    basis="recalled",
    basis_text="Not checked: from memory. Kept by hand, last looked at on 2026-11-01.",
    checked="2026-11-01",
)


def fill(store: Store, rows: list[dict[str, Any]] | None = None) -> None:
    """Register the sources and crawl them: it_sample first well, then without one call, then in vain."""
    store.register(SOURCES)
    rows = [*CALLS, *FUNDS, PRODUCT] if rows is None else rows
    for name in dict.fromkeys(row["source"] for row in rows):
        own = [records.load(row) for row in rows if row["source"] == name]
        earlier = NOW - timedelta(days=4)
        store.finish_run(store.start_run(name, earlier), Harvest(list(own)), earlier, {}, {})
        if name == "it_sample":
            later = NOW - timedelta(days=2)
            kept = [entry for entry in own if entry.native_id != "ritirato"]
            store.finish_run(store.start_run(name, later), Harvest(list(kept)), later, {"amount not readable": 2}, {})
            store.fail_run(store.start_run(name, NOW), "the list page answered with status 503", NOW, {})
