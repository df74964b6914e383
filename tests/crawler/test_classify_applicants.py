"""Who may apply, and the type of funding, as read from an entry's words."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.classify import classify
from search.records import Fund, Quote
from search.vocabulary import FundingType, Origin
from tests.crawler.labelled import call, check


@pytest.mark.parametrize(
    ("fields", "lang", "expected"),
    [
        ({"eligibility": "SMEs and chambers of commerce"}, "en", ["chamber-of-commerce", "sme"]),
        ({"eligibility": "Enterprises; large enterprises are not eligible."}, "en", ["large-company", "sme"]),
        ({"eligibility": "Eligible: municipalities and universities.\nNot eligible:\ntrade unions"}, "en",
         ["education-training-provider", "public-authority"]),
        ({"eligibility": "Companies. Micro-enterprises and small enterprises."}, "en", ["sme"]),  # the size is named
        ({"description": "Who may apply: training providers and social partners."}, "en", ["education-training-provider", "social-partner"]),
        ({"description": "Projects help SMEs and universities to meet."}, "en", []),  # nobody is said to apply
        ({"description": "Only municipalities are eligible to apply. Universities gain."}, "en", ["public-authority"]),
        ({"description": "Eligible applicants\nTrade unions"}, "en", ["social-partner"]),  # a heading
        ({"eligibility": "Unemployed young people take part."}, "en", []),  # taking part is not applying
        ({"description": "Destinatari finali: studenti universitari. Beneficiari: comuni."}, "it", ["public-authority"]),
        ({"eligibility": "Enti locali, enti del terzo settore"}, "it", ["other", "public-authority"]),
        ({"eligibility": "Sono escluse le grandi imprese. PMI."}, "it", ["sme"]),
        ({"description": "Antragsberechtigt sind Unternehmen und Handwerkskammern."}, "de", ["chamber-of-commerce", "large-company", "sme"]),
        ({"eligibility": "Bildungsträger und Jobcenter"}, "de", ["education-training-provider", "employment-service"]),
        ({"description": "Bénéficiaires : collectivités territoriales"}, "fr", ["public-authority"]),
        ({"eligibility": "Kis- és középvállalkozások"}, "hu", ["sme"]),
        ({"eligibility": "Associações empresariais e centros de formação"}, "pt", ["education-training-provider", "sectoral-organisation"]),
        ({"description": "A balanced group within the consortium of universities and trade unions."}, "en",
         ["education-training-provider", "social-partner"]),
        ({"title": "Soutien aux associations professionnelles"}, "fr", ["sectoral-organisation"]),
        ({"title": "Call for non-profit organisations"}, "en", ["other"]),  # nobody else is named
        ({"title": "Energia delle imprese", "description": "Efficientamento. PMI"}, "it", ["sme"]),  # the size is named elsewhere
        ({"title": "Ettevõtluskeskkond"}, "et", []),  # business in general
        ({"eligibility": "Επιχειρησιακό πρόγραμμα"}, "el", []),
        ({"title": "Call for SMEs", "description": "Eligible applicants: chambers of commerce."}, "en", ["chamber-of-commerce"]),
        ({"title": "Tender for language courses", "funding_type": "procurement",
          "evidence": {"type": [Quote(value="procurement", origin=Origin.MAPPED, quote="cn", rule="notice")]}}, "en", ["large-company", "sme"]),
        ({"eligibility": "Izby gospodarcze, urzędy pracy i gminy"}, "pl", ["chamber-of-commerce", "employment-service", "public-authority"]),
        ({"eligibility": "Obce, školy a hospodářské komory"}, "cs",
         ["chamber-of-commerce", "education-training-provider", "public-authority"]),
        ({"eligibility": "Ayuntamientos, sindicatos y cámaras de comercio"}, "es",
         ["chamber-of-commerce", "public-authority", "social-partner"]),
        ({"eligibility": "Kunnat, oppilaitokset ja ammattiliitot"}, "fi", ["education-training-provider", "public-authority", "social-partner"]),
        ({"eligibility": "Δήμοι, επιμελητήρια και πανεπιστήμια. Η πολιτική της Ένωσης."}, "el",
         ["chamber-of-commerce", "education-training-provider", "public-authority"]),
        ({"description": "The model suits SMEs. Applicants must be municipalities."}, "en", ["public-authority"]),
    ],
)  # fmt: skip
def test_beneficiaries(fields: dict[str, Any], lang: str, expected: list[str]) -> None:
    entry = classify(call(lang=lang, **fields))
    check(entry)
    assert entry.beneficiaries == expected


# -- funding type ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "lang", "expected"),
    [
        ("Call for tenders for training services", "en", FundingType.PROCUREMENT),
        ("Microloans for start-ups", "en", FundingType.LOAN),
        ("Grants for training", "en", FundingType.GRANT),
        ("Finanziamento agevolato per le PMI", "it", FundingType.LOAN),
        ("Contributi a fondo perduto", "it", FundingType.GRANT),
        ("Hitelprogram vállalkozásoknak", "hu", FundingType.LOAN),
        ("Öffentliche Ausschreibung", "de", FundingType.PROCUREMENT),
        ("Support for training", "en", None),
        ("Zinsgünstige Darlehen", "de", FundingType.LOAN),
        ("Prêts à taux zéro", "fr", FundingType.LOAN),
        ("Avances remboursables", "fr", FundingType.LOAN),
        ("Pożyczka na rozwój", "pl", FundingType.LOAN),
        ("Zvýhodněný úvěr", "cs", FundingType.LOAN),
        ("Kamatmentes kölcsön", "hu", FundingType.LOAN),
        ("Stardilaen", "et", FundingType.LOAN),
        ("Заеми за предприятия", "bg", FundingType.LOAN),
        ("Lening voor ondernemers", "nl", FundingType.LOAN),
        ("Przetarg na szkolenia", "pl", FundingType.PROCUREMENT),
        ("Javno naročilo", "sl", FundingType.PROCUREMENT),
        ("Hiteles másolat", "hu", None),  # certified, no credit
        ("Garanzia Giovani", "it", None),  # the Youth Guarantee
        ("Contributi a fondo perduto, garanzia fideiussoria", "it", FundingType.GRANT),
    ],
)
def test_funding_type(title: str, lang: str, expected: FundingType | None) -> None:
    entry = classify(call(title, lang))
    check(entry)
    assert entry.funding_type == expected


def test_the_name_of_a_programme_does_not_say_who_may_apply() -> None:
    fund = Fund(id="test:f", source="test", native_id="f", title="Competitiveness of enterprises", lang="en", url="https://example.org",
                level="national", known_from=["seed"], fund="ERDF", area_en="Bulgaria", area_original="България",
                programme_title="Enterprises")  # fmt: skip
    assert classify(fund).beneficiaries == []
