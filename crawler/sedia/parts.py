"""The parts of a hit: dates, budget, description, conditions. Pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from crawler.normalise import from_html, parse_amount, plausible_day, squeeze
from crawler.sedia.hits import FormatError, Hit
from search.vocabulary import BudgetScope, DeadlineKind, DeadlineRole

_SECTION = re.compile(r"<(span|p|div)[^>]*class=\"topicdescriptionkind\"[^>]*>(.{0,300}?)</\1>", re.S)
_HEADING = re.compile(r"<h4[^>]*>(.{0,300}?)</h4>", re.S)
_STAMP = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}):\d{2}(?:\.\d+)?(?:\+0000|Z)|[+-]\d{2}:\d{2}(?: [\w/]+)?)?$")
_FIELD_OF_SECTION = {
    "expected outcome": "expected_outcomes", "expected outcomes": "expected_outcomes", "expected impact": "expected_outcomes",
    "objective": "objectives", "objectives": "objectives", "specific challenge": "objectives", "scope": "scope",
}  # fmt: skip


def parse_stamp(text: str) -> tuple[date, str | None]:
    """The day, and the hour where one is stated: midnight stands for "no hour". Raises FormatError."""
    match = _STAMP.match(text.strip())
    if not match:
        raise FormatError(f"{text[:60]!r} is not a date as the portal writes them")
    hour = match.group(2)
    return date.fromisoformat(match.group(1)), None if hour in (None, "00:00") else hour


def deadlines(hit: Hit, today: date) -> tuple[list[dict[str, Any]], bool]:
    """The deadlines, and whether they had to be mended: a year that cannot be true is read from the topic's actions."""
    stamps = [(parse_stamp(text), text) for text in hit.all("deadlineDate")]
    mended = False
    if any(not plausible_day(day, today) for (day, _), _ in stamps):
        stated = sorted({text for action in hit.nested("actions") or [] for text in action.get("deadlineDates", [])})
        if len(stated) >= len(stamps) and all(plausible_day(parse_stamp(text)[0], today) for text in stated):
            stamps, mended = [(parse_stamp(text), text) for text in stated], True
    roles = _roles(hit.first("deadlineModel"), len(stamps))
    ordered = sorted(stamps, key=lambda stamp: stamp[0][0])
    found = [
        {"date": day.isoformat(), "time": hour, "zone": "UTC" if hour else "Europe/Brussels", "kind": role, "text": text if hour else None}
        for ((day, hour), text), role in zip(ordered, roles, strict=True)
    ]
    return found, mended


def _roles(model: str, count: int) -> list[DeadlineRole]:
    if "two-stage" in model and count == 2:
        return [DeadlineRole.STAGE_1, DeadlineRole.STAGE_2]
    return [DeadlineRole.CUT_OFF if count > 1 else DeadlineRole.FIXED] * count


def deadline_kind(model: str, count: int) -> DeadlineKind:
    """What sort of end a call has, from the portal's model and the number of its dates."""
    if not count:
        return DeadlineKind.NOT_STATED
    return DeadlineKind.CUT_OFFS if count > 1 and "two-stage" not in model else DeadlineKind.FIXED


def topic_budget(overview: Mapping[str, Any] | None, identifier: str) -> dict[str, Any] | None:
    """The topic's own share of its call's budget; None when no figure is stated.

    An action belongs to the topic when it begins with the identifier and a space (X-01 is also a prefix of X-01-02).
    Several topics with one figure under one key share that pot. 0 means not stated.
    """
    total, lows, highs, grants, shared = 0.0, [], [], 0, False
    for actions in ((overview or {}).get("budgetTopicActionMap") or {}).values():
        mine = [a for a in actions if str(a.get("action", "")).startswith(identifier + " ")]
        others = [a for a in actions if a not in mine]
        figures = {json.dumps(a.get("budgetYearMap"), sort_keys=True): a for a in mine}  # one pot for several types of action
        for action in figures.values():
            amount = sum(parse_amount(str(v)) or 0.0 for v in (action.get("budgetYearMap") or {}).values())
            total += amount
            shared |= amount > 0 and any(a.get("budgetYearMap") == action.get("budgetYearMap") for a in others)
            grants += int(action.get("expectedGrants") or 0)
            lows.append(parse_amount(str(action.get("minContribution") or "")))
            highs.append(parse_amount(str(action.get("maxContribution") or "")))
    low = min((x for x in lows if x), default=None)
    high = max((x for x in highs if x), default=None)
    if not (total or low or high):
        return None
    scope = BudgetScope.SHARED_POT if shared else BudgetScope.TOPIC
    return {"total": total or None, "scope": scope, "per_project_min": low, "per_project_max": high, "expected_grants": grants or None}


def plain_budget(hit: Hit) -> dict[str, Any] | None:
    """Types 2 and 8 state one number."""
    amount = parse_amount(hit.first("budget"))
    return {"total": amount, "currency": hit.first("currency") or "EUR", "scope": BudgetScope.CALL} if amount else None


def description(markup: str) -> dict[str, str]:
    """The sections of a description by our field names; text under no heading as `description`."""
    parts = _SECTION.split(markup)
    found: dict[str, list[str]] = {"description": [from_html(parts[0])]}
    for heading, body in zip(parts[2::3], parts[3::3], strict=True):
        words = from_html(heading).rstrip(": ")
        name, text = _FIELD_OF_SECTION.get(words.casefold()), from_html(body)
        found.setdefault(name or "description", []).append(text if name else f"{words}: {text}")
    return {name: text for name, texts in found.items() if (text := "\n\n".join(t for t in texts if t))}


def conditions(markup: str) -> dict[str, Any]:
    """Eligibility, award criteria, application procedure, and the other conditions under their headings."""
    parts = _HEADING.split(markup)
    sections = [(squeeze(from_html(h)), from_html(b)) for h, b in zip(parts[1::2], parts[2::2], strict=True)]
    out: dict[str, Any] = {"conditions": []}
    eligibility = []
    for heading, text in sections:
        number = heading.split(".")[0].strip().casefold() if "." in heading else ""
        if not text:
            continue
        if number in ("2", "3"):
            eligibility.append(f"{heading}\n{text}")
        elif number == "5a":
            out["award_criteria"] = text
        elif number == "5b":
            out["application_procedure"] = text
        else:
            out["conditions"].append({"heading": heading, "text": text})
    if eligibility:
        out["eligibility"] = "\n\n".join(eligibility)
    return out
