"""What is published: the generations that are kept, whether the index equals the store, publishing, and going back."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from search import crawls, pairs, watching
from search.generations import GenerationError
from search.locks import AlreadyRunningError
from webapp import state, words
from webapp.admin import commands, door
from webapp.admin.door import rooms

PUBLISH = "publish"
DIFFERING = 20  # entries named


@rooms.get("/published/")
def published() -> str:
    """Every generation, the one in use, and in what the store has gone ahead of it."""
    return render_template(
        "admin/published.html",
        kept=state.published().engine.listed(),
        ahead=_ahead(),
        most=DIFFERING,
        since=_since(),
        running=commands.running(PUBLISH),
        printed=commands.printed(PUBLISH),
    )


def _ahead() -> list[str] | None:
    """The entries that are other ones in the store than in the index; None when nothing is published."""
    try:
        return sorted(watching.ahead(door.store(), state.generation()))
    except GenerationError:
        return None


def _since() -> list[str]:
    """What crawls saw and editors decided since the generation in use was published, in words."""
    try:
        published = str(state.generation().manifest["published"])
    except GenerationError:
        return []
    seen = [f"{times} {event}" for event, times in crawls.happened_since(door.store(), published).items()]
    with door.store().engine.connect() as connection:
        decided = sum(pair.at > published for pair in pairs.held(connection))
    return seen + ([words.counted(decided, "decision about two entries", "decisions about two entries")] if decided else [])


@rooms.post("/published/publish")
def publish() -> BaseResponse:
    """Build a generation from the store and switch to it."""
    try:
        commands.begin(PUBLISH, "publish")
    except AlreadyRunningError:
        abort(409, "Publishing has been begun and has not ended yet.")
    door.note("began to publish", _current())
    return redirect(url_for("admin.published"), 303)


@rooms.post("/published/rollback")
def roll_back() -> BaseResponse:
    """Switch to an earlier generation; the store stays as it is."""
    if commands.running(PUBLISH):
        abort(409, "Something is being published just now: wait until that is done.")
    wanted = request.form.get("generation", "")
    if wanted not in {kept.name for kept in state.published().engine.listed()}:
        abort(404, "There is no such generation.")
    try:
        old, new = state.published().engine.roll_back(wanted)
    except GenerationError as error:
        abort(409, str(error))
    door.note("rolled back", new, old, new, request.form.get("why", "").strip()[:2000] or None)
    return redirect(url_for("admin.published"), 303)


@rooms.get("/published/rollback/<name>")
def confirm_roll_back(name: str) -> str:
    """Asks whether it is meant, and why."""
    wanted = next((kept for kept in state.published().engine.listed() if kept.name == name), None)
    if wanted is None:
        abort(404, "There is no such generation.")
    return render_template("admin/rollback.html", wanted=wanted, current=_current())


def _current() -> str | None:
    try:
        return state.published().engine.current_name()
    except GenerationError:
        return None
