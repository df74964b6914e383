"""Logging in and out."""

from __future__ import annotations

import logging

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from search import clock, sessions
from webapp.admin import access, door
from webapp.admin.door import rooms

log = logging.getLogger("funding.web")
WRONG = "That is not the name and the password of an editor."
HOURS = int(sessions.LIFE.total_seconds() // 3600)
MINUTES = int(sessions.WINDOW.total_seconds() // 60)
TOO_MANY = f"Too many logins failed lately. Wait {MINUTES} minutes, then try again."


@rooms.route("/login", methods=["GET", "POST"])
def login() -> BaseResponse:
    """The form; after the right answer, where the visitor wanted to go."""
    wanted = door.within(request.values.get("next"))
    if g.editor:
        return redirect(wanted)
    if request.method == "GET":
        return _form(wanted)
    if not door.settings().admin_password:
        abort(403)
    store, now = door.store(), clock.now()
    try:
        number = sessions.attempt(store, access.origin(), now)
    except sessions.TooManyError:
        log.warning("a login was not looked at: too many failed lately")
        answer = _form(wanted, TOO_MANY, 429)
        answer.headers["Retry-After"] = str(int(sessions.WINDOW.total_seconds()))
        return answer
    if not access.password_is_right(request.form.get("name", ""), request.form.get("password", "")):
        log.warning("a login failed")  # neither name nor address: people type passwords into the wrong field
        return _form(wanted, WRONG, 401)
    sessions.forgive(store, number)
    access.open_session(door.settings().admin_name, access.own_account(), by_proxy=False)
    return redirect(wanted)


def _form(wanted: str, problem: str = "", code: int = 200) -> Response:
    return make_response(render_template("admin/login.html", wanted=wanted, problem=problem, hours=HOURS), code)


@rooms.post("/logout")
def logout() -> BaseResponse:
    """End the session, here and wherever its cookie was copied to."""
    door.note("logged out")
    access.close_session(g.editor)
    return redirect(url_for(door.LOGIN) if door.settings().admin_password else url_for("pages.search"))
