"""The door of the dashboard: nobody passes without a session, nothing is done without its token, nothing stays in a cache."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from search import audit, clock, timing
from search.audit import Line
from search.settings import Settings
from search.store import Store
from webapp import state, words
from webapp.admin import access
from webapp.admin.office import office

rooms = Blueprint("admin", __name__, url_prefix="/admin")
LOGIN = "admin.login"
LONGEST_ABOUT = 400  # characters of what a line of the log is about


# Endpoint and name of each room of the menu.
MENU = (
    ("admin.overview", "Overview"),
    ("admin.sources", "Sources"),
    ("admin.labels", "Labels"),
    ("admin.entries", "Entries"),
    ("admin.duplicates", "Duplicates"),
    ("admin.published", "Published"),
    ("admin.log", "Log"),
    ("admin.logins", "Sessions"),
)


def settings() -> Settings:
    """The settings of the running application."""
    return state.published().settings


def store() -> Store:
    """The store, to be written to. Raises StoreError."""
    return office().store()


def note(what: str, about: str | None = None, before: str | None = None, after: str | None = None, why: str | None = None) -> None:
    """Write into the log what the editor of this request did."""
    audit.note(store(), Line(timing.utc(clock.now()), g.editor.name, what, about[:LONGEST_ABOUT] if about else None, before, after, why))


def required(name: str, what: str, most: int = 2000) -> str:
    """A field of the form that must be filled. Answers 400 otherwise."""
    text = request.form.get(name, "").strip()
    if not text or len(text) > most:
        abort(400, f"Say {what}, in at most {most} characters.")
    return text


def within(address: str | None) -> str:
    """An address of the dashboard to go to after the login; any other leads to its first page."""
    parts = urlsplit(address or "")
    inside = parts.path.startswith("/admin/") and not parts.scheme and not parts.netloc
    plain = address and address.isascii() and address.isprintable() and "\\" not in address and "//" not in address
    return address if address and inside and plain else url_for("admin.overview")


@rooms.before_request
def _guard() -> BaseResponse | None:
    if not settings().administered:
        abort(404)
    g.editor = access.editor()
    if request.method == "POST":
        if g.editor is None and request.endpoint != LOGIN:
            abort(403, "Log in first: your session is over, or there was none.")
        if not access.token_is_right(request.form.get("token", "")):
            abort(400, "This form is not from a page of yours, or it is too old. Go back, load the page again, and send it once more.")
        return None
    if g.editor is None and not settings().admin_password and not access.named_by_proxy():
        abort(403, "The dashboard is reached through the proxy that says who you are.")
    if g.editor is None and request.endpoint != LOGIN:
        return redirect(url_for(LOGIN, next=request.full_path.rstrip("?")))
    return None


@rooms.after_request
def _seal(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.vary.add("Cookie")
    if settings().administered:
        access.set_cookies(response)
    return response


@rooms.context_processor
def _for_every_room() -> dict[str, Any]:
    return {"menu": MENU, "editor": g.get("editor"), "token": access.token, "moment": moment, "counted": words.counted}


def moment(instant: str | None) -> str:
    """An instant of the store as people read it, in Brussels: "22 Nov 2026, 03:00"."""
    return f"{words.day_of(instant)}, {datetime.fromisoformat(instant).astimezone(clock.BRUSSELS):%H:%M}" if instant else "never"
