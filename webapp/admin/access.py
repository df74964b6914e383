"""Who may pass: the account of the settings, or whom a trusted proxy names. Sessions, cookies, tokens of forms.

A cookie holds a signed random token and nothing else; the session stands in the store, so that logging out, another password or
the end of its time ends it everywhere.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, g, request
from itsdangerous import BadSignature

from search import audit, clock, sessions, timing
from search.audit import Line
from search.settings import Settings
from webapp import links
from webapp.admin import passwords
from webapp.admin.office import office

COOKIE, DOOR_COOKIE = "funding_admin", "funding_admin_door"  # of a session; of the login form, before there is one
PATH, DOOR_PATH = "/admin", "/admin/login"


@dataclass(frozen=True)
class Editor:
    """Who is logged in. token: of the session; by_proxy: whether a proxy says so."""

    name: str
    token: str
    by_proxy: bool


# -- who -------------------------------------------------------------------------------------------------------------


def editor() -> Editor | None:
    """Who sends this request; None when nobody is logged in."""
    named = named_by_proxy()
    if not named and not office().settings.admin_password:
        return None
    token = _unsigned("session", request.cookies.get(_name(COOKIE), ""))
    name = sessions.find(office().store(), token, account(), clock.now(), idle()) if token else None
    return Editor(name, token, bool(named)) if name else None


def open_session() -> None:
    """A new session of this request's account, whatever cookie came along, and a line in the log."""
    named = named_by_proxy()
    name = named or office().settings.admin_name
    g.fresh_session = sessions.begin(office().store(), name, account(), clock.now())
    audit.note(office().store(), Line(timing.utc(clock.now()), name, "logged in", why="named by the proxy" if named else None))


def password_is_right(name: str, password: str) -> bool:
    """Whether this is the account; it takes as long to find out for any name."""
    config = office().settings
    same_name = hmac.compare_digest(name.encode(), config.admin_name.encode())
    return passwords.is_right(password, config.admin_password) and same_name


def account() -> str:
    """What sessions of this request's account depend on: whom the proxy names, else the account in the settings."""
    config, named = office().settings, named_by_proxy()
    parts = ("proxy", named) if named else ("password", config.admin_name, config.admin_password)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def idle() -> timedelta:
    """How long a session goes on without being used."""
    return timedelta(minutes=office().settings.admin_idle)


def limits() -> dict[str, int]:
    """When a session ends by itself, as pages say it: minutes without use, hours in any case."""
    return {"idle": round(idle().total_seconds() / 60), "hours": round(sessions.LIFE.total_seconds() / 3600)}


def close_session(who: Editor) -> None:
    """Log out."""
    sessions.end(office().store(), sessions.digest(who.token))
    g.session_over = True


def _from_proxy(config: Settings) -> bool:
    """Whether the request comes from one of the trusted proxies itself."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(proxy) for proxy in config.admin_proxies)


def named_by_proxy() -> str:
    """Whom a trusted proxy names; "" from any other address, whatever its headers say."""
    config = office().settings
    if not config.admin_header or not _from_proxy(config):
        return ""
    return request.headers.get(config.admin_header, "").strip()[:200]


def origin() -> str:
    """Where a login comes from, as a keyed digest: the address, behind a trusted proxy the one that it has seen."""
    address = request.remote_addr or ""
    if _from_proxy(office().settings):
        address = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip() or address
    return hmac.new(office().key(), address.encode(), hashlib.sha256).hexdigest()


# -- cookies and tokens ----------------------------------------------------------------------------------------------


def _unsigned(purpose: str, text: str) -> str:
    try:
        return str(office().signer(purpose).loads(text)) if text else ""
    except BadSignature:
        return ""


def _bound_to() -> str:
    """What the token of a form belongs to: the session, or the visit to the login form. Never the text of a cookie itself."""
    who: Editor | None = g.get("editor")
    if who:
        return sessions.digest(who.token)
    if "door" not in g:
        g.door = _unsigned("door", request.cookies.get(_name(DOOR_COOKIE), "")) or secrets.token_urlsafe(16)
    return sessions.digest(g.door)


def token() -> str:
    """The token that a form of this page sends along."""
    return str(office().signer("form").dumps(_bound_to()))


def token_is_right(text: str) -> bool:
    """Whether a form was sent from a page of this very session."""
    return hmac.compare_digest(_unsigned("form", text), _bound_to())


def set_cookies(response: Response) -> None:
    """The cookies of the answer: what began or ended in this request."""
    if fresh := g.get("fresh_session"):
        _set(response, COOKIE, office().signer("session").dumps(fresh), PATH, sessions.LIFE)
        _set(response, DOOR_COOKIE, "", DOOR_PATH, timedelta(0))
    if g.get("session_over"):
        _set(response, COOKIE, "", PATH, timedelta(0))
    if "door" in g and not fresh:
        _set(response, DOOR_COOKIE, office().signer("door").dumps(g.door), DOOR_PATH, None)


def _secure() -> bool:
    return request.is_secure or links.by_tls()


def _name(cookie: str) -> str:
    """The name of a cookie. Over TLS its prefix makes browsers see to it that no other host, and nobody without TLS, has set it."""
    return f"__Host-{cookie}" if _secure() else cookie


def _set(response: Response, cookie: str, value: Any, path: str, life: timedelta | None) -> None:
    """path: where the cookie is sent without TLS; the prefix asks for the whole host."""
    secure = _secure()
    response.set_cookie(_name(cookie), str(value), max_age=life, path="/" if secure else path, secure=secure, httponly=True, samesite="Strict")
