"""Logging in and out."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from search import clock, sessions
from webapp.admin import access, door
from webapp.admin.door import rooms

log = logging.getLogger("funding.web")
WRONG = "That is not the name and the password of an editor."
MINUTES = int(sessions.WINDOW.total_seconds() // 60)
TOO_MANY = f"Too many logins failed lately. Wait {MINUTES} minutes, then try again."


@rooms.route("/login", methods=["GET", "POST"])
def login() -> BaseResponse:
    """The form; after the right answer, where the visitor wanted to go. Whom a trusted proxy names has but to say that a session begins."""
    wanted = door.within(request.values.get("next"))
    if g.editor:
        return redirect(wanted)
    if request.method == "GET":
        return _form(wanted)
    if not access.named_by_proxy():
        if not door.settings().admin_password:
            abort(403)
        if refusal := refused(request.form.get("name", ""), request.form.get("password", "")):
            return _form(wanted, refusal)
    access.open_session()
    return redirect(wanted)


@dataclass(frozen=True)
class Refusal:
    """Why a name and a password were not taken. code: of the answer."""

    problem: str
    code: int

    def told(self, page: str) -> Response:
        """The answer with a page that says so."""
        answer = make_response(page, self.code)
        if self.code == 429:
            answer.headers["Retry-After"] = str(int(sessions.WINDOW.total_seconds()))
        return answer


def refused(name: str, password: str, session: str | None = None) -> Refusal | None:
    """Try a name and a password; None when they are right. session: digest of the one that says them again; its failures alone limit it."""
    store = door.store()
    try:
        number = sessions.attempt(store, session or access.origin(), clock.now(), alone=session is not None)
    except sessions.TooManyError:
        log.warning("a login was not looked at: too many failed lately")
        return Refusal(TOO_MANY, 429)
    if not access.password_is_right(name, password):
        log.warning("a login failed")  # neither name nor address: people type passwords into the wrong field
        return Refusal(WRONG, 401)
    sessions.forgive(store, number)
    return None


def _form(wanted: str, refusal: Refusal | None = None) -> Response:
    page = render_template("admin/login.html", wanted=wanted, problem=refusal and refusal.problem, named=access.named_by_proxy(), **access.limits())
    return refusal.told(page) if refusal else make_response(page)


@rooms.post("/logout")
def logout() -> BaseResponse:
    """End the session, here and wherever its cookie was copied to."""
    door.note("logged out")
    access.close_session(g.editor)
    return redirect(url_for(door.LOGIN) if door.settings().admin_password else url_for("pages.search"))
