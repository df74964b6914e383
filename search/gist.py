"""The gist: one line made from an entry's structured fields, in the language of whoever reads it.

"Grant · for SMEs and training providers · Lombardy (Lombardia) · upskilling · up to EUR 200 000 · closes 3 Dec 2026 ·
text in Italian". Only what is stated or labelled; nothing of the source's text.
"""

from __future__ import annotations

from datetime import datetime

from search import regions, timing, writing
from search.i18n import N_, inside, language, ngettext
from search.i18n import gettext as _
from search.records import Budget, Call, Entry, Fund
from search.vocabulary import BudgetScope, DeadlineKind, Kind, Status, label

MOST_NAMES = 4

# Short forms inside a sentence.
WHO = {
    "large-company": N_("large companies"), "sme": N_("SMEs"), "education-training-provider": N_("training providers"),
    "social-partner": N_("social partners"), "public-authority": N_("public authorities"), "employment-service": N_("employment services"),
    "chamber-of-commerce": N_("chambers of commerce"), "sectoral-organisation": N_("sectoral organisations"), "other": N_("others"),
}  # fmt: skip


def budget_words(budget: Budget | None) -> str | None:
    """What a budget says in a few words, None when it states no amount."""
    if budget is None:
        return None
    parts = []
    if budget.total is not None:
        total = writing.money(budget.total, budget.currency)
        if budget.scope is BudgetScope.SHARED_POT:
            parts.append(_("%(amount)s shared with other topics", amount=total))
        elif budget.scope is BudgetScope.CALL:
            parts.append(_("%(amount)s for the whole call", amount=total))
        else:
            parts.append(_("%(amount)s in all", amount=total))
    low, high = budget.per_project_min, budget.per_project_max
    if low and high and low != high:
        first, last = writing.ends(low, high, budget.currency)
        # Translators: what one project gets
        parts.append(_("%(low)s to %(high)s each", low=first, high=last))
    elif high:
        parts.append(_("up to %(amount)s each", amount=writing.money(high, budget.currency)))
    elif low:
        parts.append(_("from %(amount)s each", amount=writing.money(low, budget.currency)))
    return ", ".join(parts) or None


def deadline_words(entry: Entry, status: Status, now: datetime) -> str:
    """When it closes, in a few words."""
    if isinstance(entry, Fund):
        return _("no deadline of its own")
    if status is Status.FORTHCOMING and entry.opening_date:
        return _("opens %(day)s", day=writing.day(entry.opening_date))
    if timing.is_over(entry):
        return _("closed")
    if timing.invited_only(entry, now):
        first, last = writing.day(entry.deadlines[0].date), writing.day(entry.deadlines[-1].date)
        return _("first stage closed %(day)s; second stage, for those invited, closes %(last_day)s", day=first, last_day=last)
    if deadline := timing.next_deadline(entry, now):
        day = writing.day(deadline.date)
        return _("closed %(day)s", day=day) if status is Status.CLOSED else _("closes %(day)s", day=day)
    if entry.deadline_kind is DeadlineKind.UNTIL_EXHAUSTED:
        return _("open until the budget is used up")
    if entry.deadline_kind is DeadlineKind.ROLLING:
        return _("open all year")
    return _("no deadline stated")


def place(entry: Entry) -> str | None:
    """Where the money may be used, in both languages."""
    if isinstance(entry, Fund) and entry.area_en:
        return entry.area_en if entry.area_en == entry.area_original else f"{entry.area_en} ({entry.area_original})"
    if entry.regions:
        names = [regions.display(code) for code in entry.regions]
    else:
        names = [label(c) for c in entry.countries]
    if len(names) <= MOST_NAMES:
        return writing.listed(names) if names else None
    count = writing.number(len(names))
    if entry.regions:
        return ngettext("%(count)s region", "%(count)s regions", len(names), count=count)
    return ngettext("%(count)s country", "%(count)s countries", len(names), count=count)


def kind_word(entry: Entry) -> str:
    """The first word: what sort of money it is."""
    if isinstance(entry, Fund):
        return _("Fund") + f" · {entry.fund}"
    return label(entry.funding_type) if entry.funding_type else (_("Call") if isinstance(entry, Call) else label(Kind.PRODUCT))


def gist(entry: Entry, now: datetime) -> str:
    """The line for one entry at an instant."""
    status = timing.status(entry, now)
    parts = [kind_word(entry)]
    if entry.beneficiaries:
        who = writing.listed([_(WHO[b]) for b in entry.beneficiaries][: MOST_NAMES + 1])
        # Translators: who may apply; where the words would have to change after “for”, write it as “Applicants: %(who)s”
        parts.append(_("for %(who)s", who=who))
    parts.append(place(entry) or "")
    parts += [inside(label(e)) for e in entry.ecosystems[:3]]
    parts.append(_both(entry))
    parts.append(budget_words(entry.budget) or "")
    parts.append(deadline_words(entry, status, now))
    if entry.lang != language():
        # Translators: in which language the entry is written; where the name would have to change, write it as “language: %(language)s”
        parts.append(_("text in %(language)s", language=writing.name_of_language(entry.lang)))
    return " · ".join(p for p in parts if p)


def _both(entry: Entry) -> str:
    """The areas of intervention."""
    return writing.listed([inside(label(a)) for a in sorted(entry.areas, reverse=True)])
