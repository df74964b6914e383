"""The sources: how they are, how their crawls went, and what an editor does about it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from flask import Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from search import audit, clock, crawls, dead_links, logs, pauses
from search.crawls import Crawl
from search.dead_links import DeadLink
from search.locks import FOLDER, AlreadyRunningError, held
from search.sources import Health, SourceState
from webapp import state
from webapp.admin import commands, door, pictures
from webapp.admin.door import rooms
from webapp.sources import HEALTH_MARKS, HEALTH_WORDS

URGENT = (Health.FAILING, Health.STALE, Health.NEVER, Health.OK)  # what is to be looked at first
SHOWN = timedelta(days=730)  # of the crawls in a picture
IN_THE_LIST, ON_THE_PAGE = 12, 24  # crawls in the picture
RECORDS = 50  # quarantined records on one page
PAYLOAD = 4_000  # characters of one
LINES = 300  # of a log, the last ones


@rooms.get("/sources/")
def sources() -> str:
    """Every source that is crawled, the failing ones first: its health, and the picture of its last crawls."""
    known = crawls.of_all(door.store(), clock.now() - SHOWN)
    rows = []
    dead = Counter(name for link in _dead_links() for name in link.sources)
    for found in state.source_states():
        if found.facts.crawlable:
            own = known.get(found.facts.source, [])
            rows.append((found, pictures.history(own[-IN_THE_LIST:]), _under_way(own[::-1], found.facts.source)))
    rows.sort(key=lambda row: URGENT.index(row[0].health))
    return render_template("admin/sources.html", rows=rows, key=pictures.KEY, words=HEALTH_WORDS, marks=HEALTH_MARKS, dead=dead)


@rooms.get("/sources/<name>")
def source(name: str) -> str:
    """One source: its crawls, what may be done, and what the last command said."""
    found, own = _known(name), crawls.of_source(door.store(), name, ON_THE_PAGE)
    ended = [crawl for crawl in own if crawl.state != "running"]
    return render_template(
        "admin/source.html",
        source=found,
        health=(HEALTH_WORDS[found.health], HEALTH_MARKS[found.health]),
        crawls=own,
        picture=pictures.history(own[::-1]),
        key=pictures.KEY,
        count=pictures.count,
        running=_under_way(own, name),
        differing=ended[0] if ended and ended[0].differs else None,
        good=next((crawl for crawl in own if crawl.state == "good"), None),
        printed=commands.printed(f"crawl-{name}"),
        contact=door.settings().contact,
        dead=[link for link in _dead_links() if name in link.sources],
        lines=audit.lines(door.store(), name, 10),
    )


def _dead_links() -> list[DeadLink]:
    with door.store().engine.connect() as connection:
        return dead_links.held(connection)


def _known(name: str) -> SourceState:
    found = next((s for s in state.source_states() if s.facts.source == name and s.facts.crawlable), None)
    if found is None:
        abort(404, "There is no source of this name that is crawled.")
    return found


def _under_way(newest_first: list[Crawl], name: str) -> bool:
    """Whether a crawl of the source runs now: one whose process has died is none, whatever the store still says."""
    if commands.running(f"crawl-{name}"):
        return True
    noted = bool(newest_first) and newest_first[0].state == "running"
    return noted and held(door.settings().data / FOLDER / f"{name}.lock")


@rooms.post("/sources/<name>/crawl")
def crawl(name: str) -> BaseResponse:
    """Crawl it now; with a reason, take the crawl over although it differs from the last good one. It is not published by that."""
    _known(name)
    accepted = request.form.get("accept") == "1"
    why = door.required("why", "why this change is to be accepted") if accepted else None
    try:
        commands.begin(f"crawl-{name}", "crawl", name, "--no-publish", *(["--accept-change"] if accepted else []))
    except AlreadyRunningError:
        abort(409, "A crawl of this source has been begun and has not ended yet.")
    own = crawls.of_source(door.store(), name)
    if accepted:
        before, after = (next((c for c in own if c.state == wanted), None) for wanted in ("good", "failed"))
        door.note("accepted a change", name, _found(before), _found(after), why)
    else:
        door.note("began a crawl", name)
    return redirect(url_for("admin.source", name=name), 303)


def _found(crawl: Crawl | None) -> str | None:
    return f"{pictures.count(crawl, 'found')} entries" if crawl else None


@rooms.post("/sources/<name>/pause")
def pause(name: str) -> BaseResponse:
    """Leave it out of the schedule and of crawls of all."""
    _known(name)
    why = door.required("why", "why it is paused", 300)
    with door.store().engine.begin() as connection:
        fresh = pauses.pause(connection, name, g.editor.name, why, clock.now())
    if fresh:
        door.note("paused", name, "crawled", "paused", why)
    return redirect(url_for("admin.source", name=name), 303)


@rooms.post("/sources/<name>/resume")
def resume(name: str) -> BaseResponse:
    """Have it crawled again when it is due."""
    _known(name)
    with door.store().engine.begin() as connection:
        paused = pauses.resume(connection, name)
    if paused:
        door.note("let go on", name, "paused", "crawled")
    return redirect(url_for("admin.source", name=name), 303)


@rooms.get("/crawls/<int:number>")
def one_crawl(number: int) -> str:
    """One crawl: how it went, its log, and what it refused."""
    found = _crawl(number)
    page = max(request.args.get("page", 1, type=int), 1)
    total, refused = crawls.refused(door.store(), number, RECORDS, (page - 1) * RECORDS)
    lines = _log(number).splitlines()
    shown = {"log": "\n".join(lines[-LINES:]), "cut": len(lines) > LINES, "payload": PAYLOAD, "page": page, "pages": -(-total // RECORDS)}
    return render_template("admin/crawl.html", crawl=found, refused=refused, total=total, **shown)


@rooms.get("/crawls/<int:number>/log")
def crawl_log(number: int) -> Response:
    """The whole log of a crawl."""
    _crawl(number)
    return Response(_log(number), content_type="text/plain; charset=utf-8")


def _crawl(number: int) -> Crawl:
    found = crawls.one(door.store(), number)
    if found is None:
        abort(404, "There was no such crawl.")
    return found


def _log(number: int) -> str:
    try:
        return logs.of_crawl(door.settings().data, number).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
