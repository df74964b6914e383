"""Loans and guarantees for training that stand on no portal: a table kept by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawler import curated
from crawler.platforms.by_hand import ByHand, known, stated
from crawler.source import Draft
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Basis, Ecosystem, FundingType, Kind, Level, TextUse

TABLE = "loan_products"


class LoanProductsSpider(ByHand):
    name = "loan_products"
    tables = (TABLE,)
    facts = SourceFacts(
        source="loan_products",
        title="Loans and guarantees for training, kept by hand",
        homepage="https://investeu.europa.eu/investeu-programme/investeu-fund/how-get-financing_en",
        countries=sorted({country for row in curated.rows(TABLE) for country in row["countries"].split()}),
        level=[Level.EU, Level.NATIONAL],
        kinds=[Kind.PRODUCT],
        format_seen=FormatSeen.DOCUMENTED,
        licence="Apache-2.0",
        attribution="Skills Funding Finder, from public pages",
        text_use=TextUse.FULL,
    )
    min_entries = 10

    def drafts(self) -> Iterator[Draft]:
        for row in curated.rows(TABLE):
            yield Draft(row["key"], fields(row), payload=row)


def fields(row: dict[str, str]) -> dict[str, Any]:
    """One product as the record takes it."""
    lists = {name: row[name].split() for name in ("countries", "areas", "beneficiaries")}
    link = {"url": row["url"], "label": row["provider"], "basis": Basis(row["url_basis"]), "basis_text": row["url_seen"] or None}
    evidence = {
        "type": stated([FundingType.LOAN]),
        "beneficiary": stated(lists["beneficiaries"]),
        "skills": stated([row["skills"]]),
        "level": stated([row["level"]]),
        "ecosystem": stated([Ecosystem.CROSS_SECTORAL]),
        **({"area": stated(lists["areas"])} if lists["areas"] else {}),
    }
    return {
        "kind": Kind.PRODUCT,
        "title": row["title"],
        "lang": "en",
        "summary": row["summary"],
        "url": row["url"],
        "level": row["level"],
        "programme": row["programme"] or None,
        "funding_type": FundingType.LOAN,
        "ecosystems": [Ecosystem.CROSS_SECTORAL],
        "skills": row["skills"],
        "provider": row["provider"],
        "final_recipients": row["final_recipients"],
        "conditions_text": row["conditions"] or None,
        "links": [link],
        "basis": Basis(row["basis"]),
        "basis_text": known(row["basis"], row["source"], row["checked"]),
        "checked": row["checked"],
        "evidence": evidence,
        **lists,
    }
