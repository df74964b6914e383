"""Erasmus+ actions that national agencies run: four actions in vocational training and adult education, from tables kept by hand.

No portal lists these calls. The dates are those of the year's Programme Guide; the next year's are entered when it is out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawler import curated
from crawler.platforms.by_hand import ByHand, known, stated
from crawler.source import Draft
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import LABELS, Basis, BudgetScope, DeadlineKind, Ecosystem, FundingType, Kind, Level, Skills, TextUse

AGENCIES, ACTIONS = "erasmus_na", "erasmus_actions"
GUIDE = "https://erasmus-plus.ec.europa.eu/erasmus-programme-guide"
FIELDS = {"VET": "vocational education and training", "ADU": "adult education"}


class ErasmusNaSpider(ByHand):
    name = "erasmus_na"
    tables = (AGENCIES, ACTIONS)
    facts = SourceFacts(
        source="erasmus_na",
        title="Erasmus+ calls of the national agencies, kept by hand",
        homepage=GUIDE,
        countries=sorted({row["country"] for row in curated.rows(AGENCIES)}),
        level=[Level.NATIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.INFERRED,  # most dates are recalled
        licence="Apache-2.0",
        attribution="Skills Funding Finder, after the Erasmus+ Programme Guide",
        text_use=TextUse.FULL,
    )
    min_entries = 100
    min_dated = 1.0

    def drafts(self) -> Iterator[Draft]:
        for agency in curated.rows(AGENCIES):
            for action in curated.rows(ACTIONS):
                key = f"{action['action'].lower()}-{agency['key']}"
                yield Draft(key, fields(agency, action), payload={"agency": agency, "action": action})


def fields(agency: dict[str, str], action: dict[str, str]) -> dict[str, Any]:
    """One action of one agency as the record takes it."""
    beneficiaries = action["beneficiaries"].split()
    doubt = " (recalled, not checked)" if action["basis"] == Basis.RECALLED else ""
    return {
        "kind": Kind.CALL,
        "title": title(agency, action),
        "lang": "en",
        "url": agency["url"],
        "level": Level.NATIONAL,
        "programme": "Erasmus+",
        "funding_type": FundingType.GRANT,
        "ecosystems": [Ecosystem.CROSS_SECTORAL],
        "countries": [agency["country"]],
        "beneficiaries": beneficiaries,
        "skills": Skills.CORE,
        "deadlines": [{"date": action["deadline"], "text": action["deadline_words"] + doubt}],
        "deadline_kind": DeadlineKind.FIXED,
        "authority": {"name": agency["agency"], "url": agency["url"], "url_basis": Basis(agency["url_basis"])},
        "budget": budget(action),
        "call_title": f"Erasmus+ call {action['deadline'][:4]}",
        **texts(agency, action),
        "evidence": {
            "type": stated([FundingType.GRANT]),
            "beneficiary": stated(beneficiaries),
            "skills": stated([Skills.CORE]),
            "level": stated([Level.NATIONAL]),
            "country": stated([agency["country"]]),
            "ecosystem": stated([Ecosystem.CROSS_SECTORAL]),
        },
    }


def budget(action: dict[str, str]) -> dict[str, Any] | None:
    """What a project of the action gets, where the table says."""
    if not action["grant_max"]:
        return None
    low, high = float(action["grant_min"]), float(action["grant_max"])
    return {"per_project_min": low, "per_project_max": high, "scope": BudgetScope.CALL, "text": action["grant_words"]}


def title(agency: dict[str, str], action: dict[str, str]) -> str:
    """ "Erasmus+ KA220-VET: Cooperation partnerships in vocational education and training (Italy)" """
    sectors = agency["sectors"].split()
    codes = ", ".join(f"{action['action']}-{sector}" for sector in sectors)
    place = ", ".join(part for part in (LABELS[agency["country"]], agency["part"] if len(sectors) > 1 else "") if part)
    return f"Erasmus+ {codes}: {action['title']} in {' and '.join(FIELDS[sector] for sector in sectors)} ({place})"


def texts(agency: dict[str, str], action: dict[str, str]) -> dict[str, Any]:
    """What the action is for, and how all this is known."""
    return {
        "objectives": action["objectives"],
        "eligibility": action["eligibility"],
        "smallest_consortium": action["smallest_consortium"] or None,
        "application_procedure": "At the agency of the country where the applicant is established, by the rules of the Programme Guide.",
        "documents": [{"url": GUIDE, "label": "Erasmus+ Programme Guide", "basis": Basis.SEEN, "basis_text": "linked from the calls of the Union"}],
        "notices": [
            f"Date and conditions: {known(action['basis'], action['source'], action['checked'])}",
            f"Agency: {known(agency['basis'], agency['source'], agency['checked'])}",
            "The Programme Guide and the agency's own call count. A new round is announced each year with the year's Programme Guide; "
            "its dates are entered here when it is out.",
        ],
    }
