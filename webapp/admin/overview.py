"""The first room: is all well, and how did the last crawl go? And the log of what editors did."""

from __future__ import annotations

from flask import render_template, request

from search import audit, changes, clock, report
from search.generations import GenerationError
from search.report import Report
from search.watching import Condition
from webapp import state
from webapp.admin import door
from webapp.admin.door import rooms

LINES = 100  # of the log on one page


@rooms.get("/")
def overview() -> str:
    """What somebody should look at, and the report of the newest month."""
    return render_template("admin/overview.html", condition=_condition(), report=_report(), lines=audit.lines(door.store(), most=5))


def _condition() -> Condition | None:
    try:
        return state.condition()
    except GenerationError:
        return None


def _report() -> Report | None:
    """The report of the newest month with a crawl; None when there was none."""
    store = door.store()
    month = next(iter(changes.months(store)), None)
    if month is None:
        return None
    try:
        return report.report(store, month, state.generation(), clock.now())
    except GenerationError:
        return report.report(store, month, None, clock.now())


@rooms.get("/log")
def log() -> str:
    """Who did what, when, from what to what, and why; newest first."""
    page = max(request.args.get("page", 1, type=int), 1)
    found = audit.lines(door.store(), request.args.get("about") or None, LINES + 1, (page - 1) * LINES)
    return render_template("admin/log.html", lines=found[:LINES], more=len(found) > LINES, page=page, about=request.args.get("about"))
