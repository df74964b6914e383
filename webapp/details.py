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

from search import funds, gist, licence, regions, writing
from search.clock import BRUSSELS
from search.i18n import N_
from search.i18n import gettext as _
from search.query import Hit
from search.records import Call, Deadline, Entry, Fund, Product
from search.sources import SourceFacts
from search.vocabulary import LANGUAGES, BudgetScope, DeadlineKind, DeadlineRole, Status, TextUse, label
from webapp import cards, citizen, evidence, hints, links, text, words

# The texts a page shows as sections, in this order; their headings are the names evidence uses for them.
CALL_TEXTS = ("summary", "objectives", "expected_outcomes", "scope", "description", "eligibility", "smallest_consortium",
              "award_criteria", "application_procedure")  # fmt: skip
CALL_SECTIONS = {name: evidence.FIELD_WORDS[name] for name in CALL_TEXTS}
PRODUCT_SECTIONS = {name: evidence.FIELD_WORDS[name] for name in ("summary", "final_recipients", "conditions_text")}
FUND_SECTIONS = {"summary": N_("In short")}
# Sections that only appear when the source fills them; the others say when they are missing.
OPTIONAL = {"summary"}

STATUS_SENTENCES = {
    Status.OPEN: N_("Open"),
    Status.FORTHCOMING: N_("Opening soon"),
    Status.CONTINUOUS: N_("Open all year"),
    Status.UNKNOWN: N_("Unknown: the source states no dates to tell it from"),
    Status.CLOSED: N_("Closed"),
}
DEADLINE_KINDS = {
    DeadlineKind.FIXED: N_("one fixed deadline"),
    DeadlineKind.CUT_OFFS: N_("several cut-off dates"),
    DeadlineKind.ROLLING: N_("applications at any time"),
    DeadlineKind.UNTIL_EXHAUSTED: N_("until the budget is used up"),
    DeadlineKind.PROGRAMME_END: N_("until the programme ends"),
}
SCOPES = {
    # Translators: what the amount above it covers
    BudgetScope.TOPIC: N_("in all"),
    BudgetScope.SHARED_POT: N_("in a pot shared with other topics"),
    BudgetScope.CALL: N_("for the whole call, not for this topic alone"),
}
KNOWN_FROM = {
    "ec-page": N_("It stands on the Commission’s page of managing authorities."),
    "open-data": N_("It stands in the Commission’s open data on cohesion programmes."),
    "programme-page": N_("It stands on a page of the programme itself."),
    "seed": N_("It stands in our own seed list."),
}
SEED_ONLY = N_("Only known from our seed list: it stands on no Commission page we read.")


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
        "origins": {origin: _(text) for origin, text in hints.ORIGIN_WORDS.items()},
        "day": writing.weekday,
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
        "status_sentence": _(STATUS_SENTENCES[hit.status]),
        "line": hints.LINES[entry.level],
        "level": hints.level(entry.level),
        "lead": cards.lead(entry, hit, now),
        "gist": words.unbroken(gist.gist(entry, now)),
        "when": words.when(entry, hit.status, now),
        "who": cards.labels(entry, hints.WHO),
        "place": cards.place(entry),
        "regions": [(regions.display(code), code) for code in entry.regions],
        "countries": [label(country) for country in entry.countries],
        "type": label(entry.funding_type) if entry.funding_type else None,
        "money": money(entry),
        "language": writing.name_of_language(entry.lang),
    }


def _call(whole: Entry, entry: Call, places: Mapping[str, list[text.Span]]) -> dict[str, Any]:
    return {
        "call_title": text.marked(entry.call_title, places.get("call_title", ())) if entry.call_title not in (None, entry.title) else None,
        "days": days(entry.deadlines),
        "deadline_kind": _(DEADLINE_KINDS[entry.deadline_kind]) if entry.deadline_kind in DEADLINE_KINDS else None,
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
        "known": [_(KNOWN_FROM[source]) for source in others] or [_(SEED_ONLY)],
        "only_seed": not others,
        "on_commission_page": "ec-page" in entry.known_from,
        "planned": [(words.unbroken(writing.money(p.amount, "EUR")), p.category, p.url) for p in entry.planned],
        "fields": [(words.unbroken(writing.money(f.amount, "EUR")), f.name, f.code, f.url) for f in entry.planned_fields],
        "area_lang": area_language(entry),
        "area_region": entry.regions[0] if len(entry.regions) == 1 else None,
    }


def days(deadlines: Iterable[Deadline]) -> list[Day]:
    """Every deadline; an hour and a zone only where the source states them."""
    several = {d.kind for d in deadlines} != {DeadlineRole.FIXED}
    return [Day(_(words.ROLES[d.kind]) if several else "", words.machine_moment(d), words.moment(d), d.text) for d in deadlines]


def money(entry: Entry) -> Money | None:
    """What a budget says, None when there is none."""
    budget = entry.budget
    if budget is None:
        return None
    amounts = (budget.total, budget.per_project_min, budget.per_project_max)
    total, low, high = (words.unbroken(writing.money(v, budget.currency)) if v is not None else None for v in amounts)
    return Money(
        total=total,
        covers=_(SCOPES[budget.scope]),
        each=_range(low, high),
        grants=writing.number(budget.expected_grants) if budget.expected_grants is not None else None,
    )


def _range(low: str | None, high: str | None) -> str | None:
    if low and high and low != high:
        return _("%(low)s to %(high)s", low=low, high=high)
    if high:
        return _("up to %(amount)s", amount=high)
    return _("from %(amount)s", amount=low) if low else None


def sections(whole: Entry, entry: Call | Fund | Product, places: Mapping[str, list[text.Span]]) -> list[Section]:
    """The texts in their fixed order, the quoted words marked."""
    names = CALL_SECTIONS if isinstance(entry, Call) else FUND_SECTIONS if isinstance(entry, Fund) else PRODUCT_SECTIONS
    found = []
    for name, heading in names.items():
        own: str | None = getattr(entry, name)
        withheld = not own and bool(getattr(whole, name))
        if name == "summary" and own and not places.get(name) and _stands_below(own, [getattr(entry, other) for other in names if other != name]):
            continue
        if own or withheld or name not in OPTIONAL:
            body = text.paragraphs(own, places.get(name, ())) if own else None
            found.append(Section(name, _(heading), body, withheld, entry.lang))
    return found


def _stands_below(summary: str, texts: Iterable[str | None]) -> bool:
    """Whether a summary is only the beginning of another text of the page."""
    beginning = " ".join(summary.removesuffix("…").split())
    return any(" ".join(text.split()).startswith(beginning) for text in texts if text)


def area_language(entry: Fund) -> str | None:
    """The language of an area's own name: the one official language of its country, None where there are several."""
    countries = entry.countries
    if len(countries) != 1 or not countries[0].isupper():
        return None
    official = [lang for lang in get_official_languages(countries[0], de_facto=True) if lang in LANGUAGES]
    return official[0] if len(official) == 1 else None
