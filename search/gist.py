"""The gist: one line made from an entry's structured fields, for readers of any language.

"Grant · for SMEs and training providers · Lombardy (Lombardia) · upskilling · up to EUR 200 000 · closes 3 Dec 2026 ·
text in Italian". Only what is stated or labelled; nothing of the source's text.
"""

from __future__ import annotations

from datetime import date, datetime

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from search import regions, timing
from search.records import Budget, Call, Entry, Fund
from search.vocabulary import LABELS, BudgetScope, DeadlineKind, Kind, Status

ENGLISH = Locale("en", "GB")
MOST_NAMES = 4

# Short forms inside a sentence.
WHO = {
    "large-company": "large companies", "sme": "SMEs", "education-training-provider": "training providers",
    "social-partner": "social partners", "public-authority": "public authorities", "employment-service": "employment services",
    "chamber-of-commerce": "chambers of commerce", "sectoral-organisation": "sectoral organisations", "other": "others",
}  # fmt: skip


def money(amount: float, currency: str) -> str:
    """ "EUR 200 000": decimals only where there are some."""
    form = "#,##0" if amount == int(amount) else "#,##0.00"
    figure = format_decimal(amount, form, locale=ENGLISH).replace(",", " ")
    return f"{currency} {figure}"


def budget_words(budget: Budget | None) -> str | None:
    """What a budget says in a few words, None when it states no amount."""
    if budget is None:
        return None
    parts = []
    if budget.total is not None:
        shared = {BudgetScope.SHARED_POT: " shared with other topics", BudgetScope.CALL: " for the whole call"}.get(budget.scope, " in all")
        parts.append(money(budget.total, budget.currency) + shared)
    low, high = budget.per_project_min, budget.per_project_max
    if low and high and low != high:
        parts.append(f"{money(low, budget.currency)} to {money(high, budget.currency).removeprefix(budget.currency + ' ')} each")
    elif high:
        parts.append(f"up to {money(high, budget.currency)} each")
    elif low:
        parts.append(f"from {money(low, budget.currency)} each")
    return ", ".join(parts) or None


def deadline_words(entry: Entry, status: Status, now: datetime) -> str:
    """When it closes, in a few words."""
    if isinstance(entry, Fund):
        return "no deadline of its own"
    if status is Status.FORTHCOMING and entry.opening_date:
        return f"opens {day(entry.opening_date)}"
    if timing.invited_only(entry, now):
        first, last = entry.deadlines[0], entry.deadlines[-1]
        return f"first stage closed {day(first.date)}; second stage, for those invited, closes {day(last.date)}"
    if deadline := timing.next_deadline(entry, now):
        return f"{'closed' if status is Status.CLOSED else 'closes'} {day(deadline.date)}"
    if entry.deadline_kind is DeadlineKind.UNTIL_EXHAUSTED:
        return "open until the budget is used up"
    if entry.deadline_kind is DeadlineKind.ROLLING:
        return "open all year"
    return "no deadline stated"


def day(value: object) -> str:
    """A date as people read it: 3 Dec 2026."""
    return format_date(value, "d MMM y", locale=ENGLISH)  # type: ignore[arg-type]


def month(value: date, year: bool = True) -> str:
    """A month as people read it, with its year or without: Dec 2026, Dec."""
    return format_skeleton("yMMM" if year else "MMM", value, locale=ENGLISH)


def place(entry: Entry) -> str | None:
    """Where the money may be used, in both languages."""
    if isinstance(entry, Fund) and entry.area_en:
        return entry.area_en if entry.area_en == entry.area_original else f"{entry.area_en} ({entry.area_original})"
    if entry.regions:
        names = [regions.display(code) for code in entry.regions]
    else:
        names = [LABELS[c] for c in entry.countries]
    if len(names) > MOST_NAMES:
        return f"{len(names)} {'regions' if entry.regions else 'countries'}"
    return _listed(names) if names else None


def _listed(names: list[str]) -> str:
    return format_list(names, locale=Locale("en"))


def kind_word(entry: Entry) -> str:
    """The first word: what sort of money it is."""
    if isinstance(entry, Fund):
        return f"Fund · {entry.fund}"
    return LABELS[entry.funding_type] if entry.funding_type else ("Call" if isinstance(entry, Call) else LABELS[Kind.PRODUCT])


def gist(entry: Entry, now: datetime) -> str:
    """The line for one entry at an instant."""
    status = timing.status(entry, now)
    parts = [kind_word(entry)]
    if entry.beneficiaries:
        parts.append("for " + _listed([WHO[b] for b in entry.beneficiaries][: MOST_NAMES + 1]))
    parts.append(place(entry) or "")
    parts += [LABELS[e].casefold() if e != "cross-sectoral" else "every sector" for e in entry.ecosystems[:3]]
    parts.append(" and ".join(LABELS[a].casefold() for a in sorted(entry.areas, reverse=True)))
    parts.append(budget_words(entry.budget) or "")
    parts.append(deadline_words(entry, status, now))
    if entry.lang != "en":
        parts.append(f"text in {ENGLISH.languages[entry.lang]}")
    return " · ".join(p for p in parts if p)
