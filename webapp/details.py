"""The page of one entry: essentials first, then its texts in a fixed order, then why it carries its labels.

A missing text is said to be missing: "not stated" when the source gives none, "not shown" when its licence forbids it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.languages import get_official_languages
from flask import url_for
from markupsafe import Markup

from search import funds, gist, licence, output
from search.clock import BRUSSELS
from search.query import Hit
from search.records import Call, Deadline, Entry, Fund, Product
from search.sources import SourceFacts
from search.vocabulary import LABELS, LANGUAGES, BudgetScope, DeadlineKind, DeadlineRole, Status, TextUse
from webapp import cards, citizen, evidence, hints, links, text, words

# The texts a page shows as sections, in this order; their headings are the names evidence uses for them.
CALL_TEXTS = ("summary", "objectives", "expected_outcomes", "scope", "description", "eligibility", "smallest_consortium",
              "award_criteria", "application_procedure")  # fmt: skip
CALL_SECTIONS = {name: evidence.FIELD_WORDS[name] for name in CALL_TEXTS}
PRODUCT_SECTIONS = {name: evidence.FIELD_WORDS[name] for name in ("summary", "final_recipients", "conditions_text")}
FUND_SECTIONS = {"summary": "In short"}
# Sections that only appear when the source fills them; the others say when they are missing.
OPTIONAL = {"summary"}

STATUS_SENTENCES = {
    Status.OPEN: "Open",
    Status.FORTHCOMING: "Opening soon",
    Status.CONTINUOUS: "Open all year",
    Status.UNKNOWN: "Unknown: the source states no dates to tell it from",
    Status.CLOSED: "Closed",
}
DEADLINE_KINDS = {
    DeadlineKind.FIXED: "one fixed deadline",
    DeadlineKind.CUT_OFFS: "several cut-off dates",
    DeadlineKind.ROLLING: "applications at any time",
    DeadlineKind.UNTIL_EXHAUSTED: "until the budget is used up",
    DeadlineKind.PROGRAMME_END: "until the programme ends",
}
SCOPES = {
    BudgetScope.TOPIC: "in all",
    BudgetScope.SHARED_POT: "in a pot shared with other topics",
    BudgetScope.CALL: "for the whole call, not for this topic alone",
}
KNOWN_FROM = {
    "ec-page": "It stands on the Commission’s page of managing authorities.",
    "open-data": "It stands in the Commission’s open data on cohesion programmes.",
    "programme-page": "It stands on a page of the programme itself.",
    "seed": "It stands in our own seed list.",
}
SEED_ONLY = "Only known from our seed list: it stands on no Commission page we read."


@dataclass(frozen=True)
class Section:
    """A text of the source. body None = not stated; withheld = stated, but its licence does not let us show it."""

    id: str
    heading: str
    body: Markup | None
    withheld: bool
    lang: str


@dataclass(frozen=True)
class Day:
    """One deadline: what it is, when, and the source's own words."""

    role: str
    iso: str
    text: str
    own_words: str | None


@dataclass(frozen=True)
class Money:
    """What a budget says: the total and what it covers, the amount per project, how many grants; None = not stated."""

    total: str | None
    covers: str
    each: str | None
    grants: str | None


def view(hit: Hit, facts: Mapping[str, SourceFacts], now: datetime) -> dict[str, Any]:
    """Everything the template of an entry's page shows."""
    stored, source = hit.stored, facts.get(hit.stored.entry.source)
    entry = licence.apply(stored.entry, source.text_use if source else TextUse.FACTS)
    places = evidence.places(entry)
    shown: dict[str, Any] = {
        "entry": entry,
        "stored": stored,
        "source": source,
        "age": words.age(stored.last_seen, now),
        "title": cards.title(entry, places.get("title", ()), places.get("title_en", ())),
        "sections": sections(stored.entry, entry, places),
        "why_rows": evidence.rows(entry, places),
        "origins": hints.ORIGIN_WORDS,
        "day": words.day,
        "day_of": words.day_of,
        "described": citizen.described(entry, links.absolute(links.entry_address(entry)), gist.gist(entry, now)),
        "json": url_for("api.call", entry_id=entry.id),
    }
    own = _call(stored.entry, entry, places) if isinstance(entry, Call) else _fund(entry, now) if isinstance(entry, Fund) else {}
    return shown | _essentials(entry, hit, now) | own


def _essentials(entry: Call | Fund | Product, hit: Hit, now: datetime) -> dict[str, Any]:
    """What stands first on every entry's page."""
    return {
        "status": hit.status,
        "status_sentence": STATUS_SENTENCES[hit.status],
        "line": hints.LINES[entry.level],
        "level": hints.LEVEL_WORDS[entry.level],
        "lead": cards.lead(entry, hit, now),
        "gist": words.unbroken(gist.gist(entry, now)),
        "when": words.when(entry, hit.status, now),
        "who": cards.labels(entry, hints.WHO),
        "place": cards.place(entry),
        "regions": output.region_names(entry),
        "countries": [LABELS[country] for country in entry.countries],
        "type": LABELS[entry.funding_type] if entry.funding_type else None,
        "money": money(entry),
        "language": words.language(entry.lang),
    }


def _call(whole: Entry, entry: Call, places: Mapping[str, list[text.Span]]) -> dict[str, Any]:
    return {
        "call_title": text.marked(entry.call_title, places.get("call_title", ())) if entry.call_title not in (None, entry.title) else None,
        "days": days(entry.deadlines),
        "deadline_kind": DEADLINE_KINDS.get(entry.deadline_kind),
        "conditions": [(s.heading, text.paragraphs(s.text)) for s in entry.conditions],
        "conditions_withheld": bool(getattr(whole, "conditions", None)) and not entry.conditions,
        "notices": [text.paragraphs(notice) for notice in entry.notices],
        "notices_withheld": bool(getattr(whole, "notices", None)) and not entry.notices,
    }


def _fund(entry: Fund, now: datetime) -> dict[str, Any]:
    others = [source for source in entry.known_from if source != "seed"]
    return {
        "fund_text": funds.text_for(entry),
        "standing": funds.text_for(entry).standing(now.astimezone(BRUSSELS).date()),
        "says": [(s.heading, text.paragraphs(s.text)) for s in entry.programme_says],
        "known": [KNOWN_FROM[source] for source in others] or [SEED_ONLY],
        "on_commission_page": "ec-page" in entry.known_from,
        "planned": [(words.unbroken(gist.money(p.amount, "EUR")), p.category, p.url) for p in entry.planned],
        "fields": [(words.unbroken(gist.money(f.amount, "EUR")), f.name, f.code, f.url) for f in entry.planned_fields],
        "area_lang": area_language(entry),
        "area_region": entry.regions[0] if len(entry.regions) == 1 else None,
    }


def days(deadlines: Iterable[Deadline]) -> list[Day]:
    """Every deadline; an hour and a zone only where the source states them."""
    several = {d.kind for d in deadlines} != {DeadlineRole.FIXED}
    return [Day(words.ROLES[d.kind] if several else "", words.machine_moment(d), words.moment(d), d.text) for d in deadlines]


def money(entry: Entry) -> Money | None:
    """What a budget says, None when there is none."""
    budget = entry.budget
    if budget is None:
        return None
    amounts = (budget.total, budget.per_project_min, budget.per_project_max)
    total, low, high = (words.unbroken(gist.money(v, budget.currency)) if v is not None else None for v in amounts)
    return Money(
        total=total,
        covers=SCOPES[budget.scope],
        each=f"{low} to {high}" if low and high and low != high else f"up to {high}" if high else f"from {low}" if low else None,
        grants=words.count(budget.expected_grants) if budget.expected_grants is not None else None,
    )


def sections(whole: Entry, entry: Call | Fund | Product, places: Mapping[str, list[text.Span]]) -> list[Section]:
    """The texts in their fixed order, the quoted words marked."""
    names = CALL_SECTIONS if isinstance(entry, Call) else FUND_SECTIONS if isinstance(entry, Fund) else PRODUCT_SECTIONS
    found = []
    for name, heading in names.items():
        own: str | None = getattr(entry, name)
        withheld = not own and bool(getattr(whole, name))
        if own or withheld or name not in OPTIONAL:
            body = text.paragraphs(own, places.get(name, ())) if own else None
            found.append(Section(name, heading, body, withheld, entry.lang))
    return found


def area_language(entry: Fund) -> str | None:
    """The language of an area's own name: the one official language of its country, None where there are several."""
    countries = entry.countries
    if len(countries) != 1 or not countries[0].isupper():
        return None
    official = [lang for lang in get_official_languages(countries[0], de_facto=True) if lang in LANGUAGES]
    return official[0] if len(official) == 1 else None
