"""The sessions of one's own account: where else one is logged in, and ending that."""

from __future__ import annotations

from flask import Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from search import clock, sessions
from search.sessions import Session
from webapp.admin import access, door
from webapp.admin.door import rooms
from webapp.admin.login import Refusal, refused

OTHERS = "others"


@rooms.get("/sessions")
def logins() -> Response:
    """This session, and every other one of the account that goes on."""
    return _page(None)


@rooms.post("/sessions/end")
def end_logins() -> BaseResponse:
    """End one of the others, or all of them. Who has a password says it once more: a dashboard left open ends no session of its owner."""
    own = sessions.digest(g.editor.token)
    if not g.editor.by_proxy and (refusal := refused(g.editor.name, request.form.get("password", ""), own)):
        return _page(refusal)
    which = request.form.get("which", "")
    for other in _others():
        if which in (OTHERS, other.digest):
            sessions.end(door.store(), other.digest)
            door.note("ended a session", f"begun {door.moment(other.began)}, last used {door.moment(other.used)}")
    return redirect(url_for("admin.logins"))


def _all() -> list[Session]:
    return sessions.held(door.store(), access.account(), clock.now(), access.idle())


def _others() -> list[Session]:
    own = sessions.digest(g.editor.token)
    return [session for session in _all() if session.digest != own]


def _page(refusal: Refusal | None) -> Response:
    own = sessions.digest(g.editor.token)
    page = render_template(
        "admin/logins.html",
        this=next((session for session in _all() if session.digest == own), None),
        others=_others(),
        all_others=OTHERS,
        problem=refusal and refusal.problem,
        **access.limits(),
    )
    return refusal.told(page) if refusal else make_response(page)
