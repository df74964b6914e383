"""The page of the sources: each with its health in words, and where people can look when we cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from search.i18n import N_, begun, ngettext
from search.i18n import gettext as _
from search.sources import FormatSeen, Health, SourceState
from search.vocabulary import Country, label
from webapp import hints, words

# Translators: the health of a source: fresh, behind and failing are said of what was read from it
HEALTH_WORDS = {Health.OK: N_("fresh"), Health.STALE: N_("behind"), Health.FAILING: N_("failing"), Health.NEVER: N_("not read yet")}
# The look of a health word; colour never says it alone.
HEALTH_MARKS = {Health.OK: "ok", Health.STALE: "late", Health.FAILING: "fail", Health.NEVER: "none"}
LINK_ONLY = N_("link only")
FORMATS = {
    FormatSeen.RECORDED: N_("recorded: we have seen what it sends"),
    FormatSeen.DOCUMENTED: N_("documented: we read its description only"),
    FormatSeen.INFERRED: N_("inferred: concluded from similar sources"),
}
ALL_COUNTRIES = 27


@dataclass(frozen=True)
class Row:
    """One source in words. mark: the sign of its health; note: reason of its last run, or why it is not read; paused: since when
    it is left out of crawls, and why; needed: what would let us read it.
    """

    state: SourceState
    countries: str
    levels: str
    health: str
    mark: str
    format: str
    last_run: str | None
    last_good: str | None
    note: str
    paused: str
    needed: str
    warnings: list[str]


def view(states: list[SourceState], now: datetime) -> dict[str, Any]:
    """Everything the template shows: the sources read, those that are links only, and how many of each health."""
    rows = [_row(state, now) for state in states]
    read = [row for row in rows if row.state.facts.crawlable]
    tally = {health: sum(row.state.health is health for row in read) for health in Health}
    return {
        "read": read,
        "link_only": [row for row in rows if not row.state.facts.crawlable],
        "tally": [(_(HEALTH_WORDS[h]), HEALTH_MARKS[h], n) for h, n in tally.items() if n or h is Health.OK],
    }


def _row(state: SourceState, now: datetime) -> Row:
    facts = state.facts
    return Row(
        state=state,
        countries=countries(facts.countries),
        levels=", ".join(hints.level(level) for level in facts.level),
        health=_(HEALTH_WORDS[state.health] if facts.crawlable else LINK_ONLY),
        mark=HEALTH_MARKS[state.health] if facts.crawlable else "none",
        format=_(FORMATS[facts.format_seen]) if facts.format_seen else _("never seen"),
        last_run=words.day_of(state.last_run) if state.last_run else None,
        last_good=words.ago(state.last_good, now) if state.last_good else None,
        note=begun(state.reason or ""),
        paused=_paused(state),
        needed=begun(facts.needed or ""),
        warnings=[
            ngettext("%(warning)s: %(count)s time", "%(warning)s: %(count)s times", number, warning=text, count=number)
            for text, number in sorted(state.warnings.items())
        ],
    )


def _paused(state: SourceState) -> str:
    if not state.paused_since:
        return ""
    return _("Paused since %(day)s: %(reason)s.", day=words.day_of(state.paused_since), reason=state.paused_why)


def countries(codes: list[str]) -> str:
    """Country names; one word for all of them."""
    everywhere = len(codes) >= ALL_COUNTRIES or Country.EU_WIDE in codes
    return _("every country") if everywhere else ", ".join(label(code) for code in codes)
