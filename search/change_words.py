"""A change in words and as a row for programs: the same for page, API, feed, report and terminal, the licence applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from search import gist, licence, regions, vocabulary, writing
from search.changes import Change, Event
from search.i18n import N_
from search.i18n import gettext as _
from search.records import Budget, Entry
from search.sources import SourceFacts
from search.vocabulary import TextUse

EVENT_WORDS = {
    Event.NEW: N_("New"),
    Event.CHANGED: N_("Changed"),
    Event.OPENED: N_("Open now"),
    Event.CLOSED: N_("Closed"),
    Event.GONE: N_("No longer listed"),
    Event.BACK: N_("Listed again"),
}
# Translators: names of fields, before a colon: “deadline: 3 Dec 2026 → 24 Dec 2026”
# Every field of a record.
FIELD_WORDS = {
    "title": N_("title"),
    "title_en": N_("English title"),
    "call_title": N_("title of the whole call"),
    "summary": N_("summary"),
    "objectives": N_("objectives"),
    "expected_outcomes": N_("expected outcomes"),
    "scope": N_("scope"),
    "description": N_("description"),
    "eligibility": N_("eligibility"),
    "smallest_consortium": N_("smallest consortium"),
    "award_criteria": N_("award criteria"),
    "application_procedure": N_("application procedure"),
    "conditions": N_("conditions"),
    "types_of_action": N_("types of action"),
    "documents": N_("documents"),
    "notices": N_("notices"),
    "identifier": N_("call number"),
    "native_id": N_("number at the source"),
    "source_status": N_("status at the source"),
    "opening_date": N_("opening date"),
    "deadlines": N_("deadline"),
    "deadline_kind": N_("sort of deadline"),
    "deadline_model": N_("deadline model"),
    "budget": N_("budget"),
    "level": N_("level"),
    "programme": N_("programme"),
    "funding_type": N_("type of funding"),
    "ecosystems": N_("ecosystems"),
    "countries": N_("countries"),
    "regions": N_("regions"),
    "areas": N_("areas"),
    "beneficiaries": N_("beneficiaries"),
    "skills": N_("skills"),
    "lang": N_("language"),
    "authority": N_("authority"),
    "url": N_("address"),
    "also_at": N_("other addresses"),
    "apply_url": N_("where one applies"),
    "provider": N_("provider"),
    "final_recipients": N_("who it is for"),
    "conditions_text": N_("conditions"),
    "links": N_("links"),
    "checked": N_("how it is known"),
    "cci": N_("programme number (CCI)"),
    "fund": N_("fund"),
    "area_en": N_("area"),
    "area_original": N_("area"),
    "programme_title": N_("title of the programme"),
    "programme_title_original": N_("title of the programme"),
    "programme_title_original_basis": N_("how it is known"),
    "programme_says": N_("what the programme says"),
    "programme_says_url": N_("what the programme says"),
    "planned": N_("planned amounts"),
    "planned_fields": N_("planned amounts"),
    "known_from": N_("how it is known"),
    "known_from_text": N_("how it is known"),
    "ends_on": N_("last day"),
    "basis": N_("how it is known"),
    "basis_text": N_("how it is known"),
    "evidence": N_("evidence of the labels"),
    "status": N_("status"),
}
# What people read for the codes of a field.
CODED: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("level", "funding_type", "ecosystems", "countries", "areas", "beneficiaries", "skills"), vocabulary.label),
    "regions": regions.display,
    "lang": writing.name_of_language,
}
LONGEST_VALUE = 80  # characters: a longer value is a text, and only said to have changed


def event(change: Change) -> str:
    """What happened, in a word or two: "No longer listed"."""
    return _(EVENT_WORDS[change.event])


def words(change: Change, use: TextUse) -> list[str]:
    """What changed, a line per field: "deadline: 3 Dec 2026 → 24 Dec 2026"; what matters to who wants to apply comes first.

    Values the licence (`use`) keeps back, and long texts, are only said to have changed.
    """
    lines = []
    for name, (old, new) in {**change.told, **change.fields}.items():
        label = _(FIELD_WORDS[name]) if name in FIELD_WORDS else name.replace("_", " ")
        before, after = _value(name, old), _value(name, new)
        shown = licence.shows(name, use) and before is not None and after is not None and before != after
        lines.append(f"{label}: {before} → {after}" if shown else _("%(field)s: changed", field=label))
    return lines


def _value(name: str, value: Any) -> str | None:
    """A value of a record's field in words; None when it is too long or too deep for a line."""
    if value in (None, [], "", "not-stated"):
        return _("not stated")
    if name == "deadlines":
        return ", ".join(_deadline(row) for row in value)
    if name == "budget":
        return gist.budget_words(Budget.model_validate(value)) or _("not stated")
    if name == "opening_date":
        return writing.day(date.fromisoformat(value))
    if name in CODED:
        value = [CODED[name](code) for code in (value if isinstance(value, list) else [value])]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    return str(value) if isinstance(value, str) and len(value) <= LONGEST_VALUE else None


def _deadline(row: Mapping[str, Any]) -> str:
    day = writing.day(date.fromisoformat(row["date"]))
    return f"{day}, {row['time']}" if row.get("time") else day


def row(change: Change, entry: Entry, facts: SourceFacts | None, now: datetime) -> dict[str, Any]:
    """A change as programs get it; `entry` is the entry as it is today."""
    use = facts.text_use if facts else TextUse.FACTS
    return {
        "id": change.entry_id,
        "event": str(change.event),
        "at": change.at,
        "source": change.source,
        "title": entry.title,
        "lang": entry.lang,
        "gist": gist.gist(entry, now),
        "url": str(entry.url),
        "fields": [
            {"field": name, "told": name in change.told, **({"old": old, "new": new} if licence.shows(name, use) else {"held_back": True})}
            for name, (old, new) in sorted(change.fields.items())
        ],
        "words": words(change, use),
        "licence": facts.licence if facts else None,
        "attribution": facts.attribution if facts else None,
    }
