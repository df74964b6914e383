"""What changed: a page and an answer for programs, over days, with the filters of the search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import numpy as np
from flask import Blueprint, Response, jsonify, render_template, request, url_for
from numpy.typing import NDArray

from search import change_words, changes, gist, writing
from search.changes import Change, Event
from search.clock import BRUSSELS
from search.generations import Generation
from search.i18n import gettext as _
from search.i18n import ngettext
from search.licence import apply
from search.params import DEFAULT_PAGE_SIZE, SearchParams, Warning
from search.query import Results
from search.sources import SourceFacts
from search.vocabulary import TextUse
from webapp import filters, freshness, links, shortcuts, state, tree, words
from webapp import months as by_month

pages = Blueprint("changes", __name__)
freshness.register(pages)
OWN = ("since", "until", "event", "minor")
LISTED = 50  # changes a page shows unless per_page says otherwise


@dataclass(frozen=True)
class Asked:
    """What the address asks for. start, end: from and before; events: () = every one; minor: also what is not worth telling."""

    start: date
    until: date
    events: tuple[Event, ...]
    minor: bool
    params: SearchParams


@dataclass(frozen=True)
class Found:
    """The changes of a window that pass the filters, in brief, newest first.

    tally: how many of each event pass the filters, whichever events are chosen; passing: the rows of all entries that pass them;
    touched: the rows of the entries with a change of the chosen events, whether they pass or not.
    """

    asked: Asked
    changes: list[Change]
    tally: dict[Event, int]
    passing: NDArray[np.intp]
    touched: list[int]

    @property
    def shown(self) -> list[Change]:
        """The changes of the page asked for, with their fields. Raises StoreError."""
        size = self.asked.params.per_page
        return changes.whole(state.store(), self.changes[(self.asked.params.page - 1) * size : self.asked.params.page * size])

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.changes) // self.asked.params.per_page))


def read(generation: Generation, months: list[str]) -> Asked:
    """Read the address. Without days it is the newest month with a crawl; without a status, entries of every status."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name not in OWN]
    pairs += [("status", "")] if "status" not in request.args else []
    pairs += [("per_page", str(LISTED))] if "per_page" not in request.args else []
    params = state.as_answered(links.asked(generation, pairs))
    first, last = changes.month_days(months[0] if months else state.now().astimezone(BRUSSELS).strftime("%Y-%m"))
    warnings = list(params.warnings)
    since, until = _day("since", first, warnings), _day("until", last, warnings)
    if since > until:
        warnings.append(Warning("until", until.isoformat(), _("lies before since; nothing can be in between")))
    asked, known = [value for value in dict.fromkeys(request.args.getlist("event")) if value], set(Event)
    warnings += [Warning("event", v, _("there is no such event; there are %(events)s", events=", ".join(Event))) for v in asked if v not in known]
    events = tuple(Event(value) for value in asked if value in known)
    return Asked(since, until, events, request.args.get("minor") == "1", replace(params, warnings=tuple(warnings)))


def _day(name: str, default: date, warnings: list[Warning]) -> date:
    value = request.args.get(name)
    try:
        return date.fromisoformat(value) if value else default
    except ValueError:
        warnings.append(Warning(name, str(value), _("not a date of the form 2026-12-31; it was left out")))
        return default


def find(generation: Generation, asked: Asked, now: datetime) -> Found:
    """The changes of the window. Raises StoreError."""
    start, end = changes.days(asked.start, asked.until)
    happened = state.published().changes(generation, start, end, now, asked.minor)
    row_of = generation.columns.row_of
    rows = {c.entry_id: row_of[generation.copies.get(c.entry_id, c.entry_id)] for c in happened}
    chosen = [c for c in happened if c.event in (asked.events or Event)]
    passing = generation.search(replace(asked.params, page=1, per_page=1), now).rows
    those = set(passing.tolist())
    tally = Counter(c.event for c in happened if rows[c.entry_id] in those)
    return Found(
        asked=asked,
        changes=[c for c in chosen if rows[c.entry_id] in those],
        tally={event: tally[event] for event in Event},
        passing=passing,
        touched=[rows[c.entry_id] for c in chosen],
    )


def _counted(generation: Generation, found: Found, now: datetime) -> Results:
    """The search over the entries of the changes alone, for the counts of the facets."""
    mask = np.zeros(len(generation.columns), dtype=bool)
    mask[found.touched] = True
    return generation.search(replace(found.asked.params, page=1, per_page=1), now, mask)


@pages.get("/api/v1/changes")
def for_programs() -> Response | tuple[Response, int]:
    """The same for programs, page by page."""
    generation, now = state.generation(), state.now()
    found = find(generation, read(generation, state.published().months()), now)
    asked = found.asked
    answer: dict[str, Any] = {
        "query": {**_window(asked), **asked.params.understood()},
        "warnings": [{"parameter": w.parameter, "value": w.value, "message": w.message} for w in asked.params.warnings],
        "total": len(found.changes),
        "tally": {str(event): n for event, n in found.tally.items()},
        "generation": generation.name,
        "results": [_row(generation, change, now) for change in found.shown],
    }
    note = generation.manifest.get("note")
    return jsonify({**answer, "note": note} if note else answer)


def _window(asked: Asked) -> dict[str, Any]:
    days = {"since": asked.start.isoformat(), "until": asked.until.isoformat()}
    return {**days, "event": [str(e) for e in asked.events], "minor": asked.minor}


def _row(generation: Generation, change: Change, now: datetime) -> dict[str, Any]:
    stored = generation.stored(generation.columns.row_of[generation.copies.get(change.entry_id, change.entry_id)])
    return change_words.row(change, stored.entry, generation.sources.get(change.source), now)


@dataclass(frozen=True)
class Line:
    """One change as the page lists it."""

    href: str
    title: str
    lang: str
    gist: str
    event: str
    day: str
    source: str
    words: list[str]


@pages.get("/changes")
def page() -> str:
    """The page of the changes."""
    generation, now, months = state.generation(), state.now(), state.published().months()
    found = find(generation, read(generation, months), now)
    asked = found.asked
    lines = [_line(generation, change, now) for change in found.shown]
    readings = changes.first_readings(state.published().store(), *changes.days(asked.start, asked.until))
    return render_template(
        "changes.html",
        asked=asked,
        found=found,
        days=[(day, list(those)) for day, those in groupby(lines, key=lambda line: line.day)],
        period=_("%(first_day)s to %(last_day)s", first_day=writing.day(asked.start), last_day=writing.day(asked.until)),
        months=[(month, writing.month(changes.month_days(month)[0]), _address(asked, month)) for month in months],
        recent=[(_("last %(days)s days", days=days), _last(asked, now, days)) for days in shortcuts.RECENT],
        events=[(event, _(change_words.EVENT_WORDS[event]), found.tally[event], event in asked.events) for event in Event],
        year=_year(generation, found, now),
        readings=[(_title(generation.sources, name), _entries(n)) for name, n in readings.items()],
        as_asked=_address(asked, page=asked.params.page),
        previous=_address(asked, page=asked.params.page - 1) if asked.params.page > 1 else None,
        next=_address(asked, page=asked.params.page + 1) if asked.params.page < found.pages else None,
        for_programs=url_for("changes.for_programs") + "?" + urlencode(_pairs(asked, asked.start, asked.until, asked.params.page)),
        **_filters(generation, found, now),
    )


def _filters(generation: Generation, found: Found, now: datetime) -> dict[str, Any]:
    """The filters of the search, for this page: their boxes, what is on, and what the defaults leave out."""
    asked, results = found.asked, _counted(generation, found, now)
    plain = asked.params if asked.params.values("status") else asked.params.choosing("status", None)  # whose default here is no filter

    def address(params: SearchParams, /, **more: Any) -> str:
        return _address(replace(asked, params=replace(params, **more)))

    others = [(_(change_words.EVENT_WORDS[e]), tuple(kept for kept in asked.events if kept is not e)) for e in asked.events]
    chips = [filters.Chip(_("What happened"), words_, _address(replace(asked, events=rest))) for words_, rest in others]
    chips += [filters.Chip(_("Other changes"), _("included"), _address(replace(asked, minor=False)))] if asked.minor else []
    chips += [filters.Chip(_("Words"), plain.q, address(plain, q=""))] if plain.q else []
    return {
        "boxes": filters.boxes(results),
        "switches": filters.further_switches(asked.params),
        "hidden": filters.hidden(asked.params, LISTED),
        "tree": tree.branches(asked.params, generation, now),
        "chips": chips + filters.chips(plain, address),
        "cleared": _address(replace(asked, events=(), minor=False, params=SearchParams(per_page=asked.params.per_page))),
        "left_out": filters.left_out(results, address),
    }


def _year(generation: Generation, found: Found, now: datetime) -> list[by_month.Month]:
    """Twelve months of what came and what went, of entries that pass the filters, whatever days and events are asked for."""
    year = state.published().year(generation, now)
    whatever = replace(found.asked, minor=False)
    hrefs = [
        (_address(replace(whatever, events=by_month.CAME), f"{first:%Y-%m}"), _address(replace(whatever, events=by_month.WENT), f"{first:%Y-%m}"))
        for first in year.starts
    ]
    return year.months(found.passing, len(generation.columns), hrefs)


def _entries(number: int) -> str:
    return ngettext("%(count)s entry", "%(count)s entries", number, count=writing.number(number))


def _line(generation: Generation, change: Change, now: datetime) -> Line:
    stored = generation.stored(generation.columns.row_of[generation.copies.get(change.entry_id, change.entry_id)])
    facts = generation.sources.get(change.source)
    use = facts.text_use if facts else TextUse.FACTS
    entry = apply(stored.entry, use)
    told = change_words.words(change, use) if change.event is Event.CHANGED else []
    return Line(
        href=links.entry_address(entry),
        title=entry.title,
        lang=entry.lang,
        gist=words.unbroken(gist.gist(entry, now)),
        event=change_words.event(change),
        day=words.day_of(change.at),
        source=_title(generation.sources, change.source),
        words=told,
    )


def _title(sources: Mapping[str, SourceFacts], name: str) -> str:
    return sources[name].title if name in sources else name


def _pairs(asked: Asked, since: date, until: date, number: int) -> list[tuple[str, str]]:
    own = [("since", since.isoformat()), ("until", until.isoformat()), *(("event", str(e)) for e in asked.events)]
    size = [("per_page", str(asked.params.per_page))] if asked.params.per_page != LISTED else []
    params = replace(asked.params, page=number, per_page=DEFAULT_PAGE_SIZE)  # whose default is not that of this page
    return own + [("minor", "1")] * asked.minor + [pair for pair in params.pairs() if pair != ("status", "")] + size


def _last(asked: Asked, now: datetime, days: int) -> str:
    today = now.astimezone(BRUSSELS).date()
    return _address(replace(asked, start=today - timedelta(days=days), until=today))


def _address(asked: Asked, month: str | None = None, page: int = 1) -> str:
    since, until = changes.month_days(month) if month else (asked.start, asked.until)
    return url_for("changes.page") + "?" + urlencode(_pairs(asked, since, until, page))
