"""Cohesion Open Data: what programmes plan to spend, by fund, and for skills by field of intervention; rows into plain values.

Pure functions over rows of two datasets: the financial plan by fund (9qee-iv7c) and the amounts by dimension (hgyj-gyin,
of which the rows of the dimension "Intervention Field" are asked for).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from crawler.normalise import squeeze
from search.vocabulary import Fund

FUND_CODES = {"ERDF": Fund.ERDF, "ESF": Fund.ESF_PLUS, "ESF+": Fund.ESF_PLUS, "JTF": Fund.JTF, "CF": Fund.CF, "RRF": Fund.RRF}
AMOUNT = re.compile(r"\d+(\.\d+)?")
# Fields of intervention about the skills of grown-up people, told by the dataset's own words.
ABOUT_SKILLS = re.compile(r"\bskills?\b|\badult (?:education|learning)\b|\bvocational\b|\btraining\b|\badaptation of workers\b|\blifelong\b", re.I)

# (CCI, fund) -> its planned amounts, as search.records.PlannedAmount or PlannedField takes them.
Planned = dict[tuple[str, Fund], list[dict[str, Any]]]


def read_planned(rows: Iterable[Mapping[str, str]], dataset_url: str) -> tuple[Planned, int]:
    """Planned amounts by CCI and fund from the open data; and how many of these state one twice or not at all (left out)."""
    found: Planned = {}
    doubtful: set[tuple[str, Fund]] = set()
    for row in rows:
        fund = FUND_CODES.get(row.get("fund", ""))
        if not fund or "total" not in row:
            continue
        key, category = (row["cci"].strip().upper(), fund), row.get("financial_allocation_category") or None
        planned = found.setdefault(key, [])
        if any(other["category"] == category for other in planned) or not AMOUNT.fullmatch(row["total"]):
            doubtful.add(key)
        else:
            planned.append({"amount": float(row["total"]), "category": category, "url": f"{dataset_url}?cci={key[0]}"})
    return {key: planned for key, planned in found.items() if key not in doubtful}, len(doubtful)


def read_funds(rows: Iterable[Mapping[str, str]]) -> tuple[dict[str, list[Fund]], dict[tuple[str, str], str], int]:
    """Funds by CCI and CCI by (country, title) from the open data; and how many CCIs contradict themselves (left out)."""
    titles: dict[str, set[str]] = {}
    funds: dict[str, list[Fund]] = {}
    countries: dict[str, str] = {}
    for row in rows:
        cci = row["cci"].strip().upper()
        titles.setdefault(cci, set()).add(squeeze(row.get("cci_title", "")))
        countries[cci] = row.get("ms", "")
        fund = FUND_CODES.get(row.get("fund", ""))
        if fund and fund not in funds.setdefault(cci, []):
            funds[cci].append(fund)
    odd = {cci for cci, names in titles.items() if len(names) > 1}
    sound = {cci: found for cci, found in funds.items() if cci not in odd and found}
    return sound, {(countries[cci], next(iter(titles[cci]))): cci for cci in sound}, len(odd)


def read_fields(rows: Iterable[Mapping[str, Any]], dataset_url: str) -> tuple[Planned, int]:
    """Planned amounts for skills by CCI and fund, summed per field; and how many of these hold an unreadable amount (left out)."""
    sums: dict[tuple[str, Fund], dict[tuple[str | None, str], float]] = {}
    doubtful: set[tuple[str, Fund]] = set()
    for row in rows:
        fund, name = FUND_CODES.get(row.get("fund", "")), squeeze(row.get("category_name") or "")
        if not fund or not ABOUT_SKILLS.search(name):
            continue
        key, amount = (row["cci"].strip().upper(), fund), str(row.get("total_amount", ""))
        if not AMOUNT.fullmatch(amount):
            doubtful.add(key)
            continue
        fields = sums.setdefault(key, {})
        field = (str(row["category_code"]) if row.get("category_code") else None, name)
        fields[field] = fields.get(field, 0.0) + float(amount)
    planned = {
        key: [
            {"code": code, "name": name, "amount": round(amount, 2), "url": f"{dataset_url}?cci={key[0]}"}
            for (code, name), amount in sorted(fields.items(), key=lambda item: (-item[1], item[0][1]))
        ]
        for key, fields in sums.items()
        if key not in doubtful
    }
    return planned, len(doubtful)
