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
PATH = "/admin"


@dataclass(frozen=True)
class Editor:
    """Who is logged in. token: of the session; by_proxy: whether a proxy says so."""

    name: str
    token: str
    by_proxy: bool


# -- who -------------------------------------------------------------------------------------------------------------


def editor() -> Editor | None:
    """Who sends this request; None when nobody is logged in. Whom a trusted proxy names is given a session by the way."""
    config, now = office().settings, clock.now()
    named = _named_by_proxy(config)
    account = _account("proxy", named) if named else _account("password", config.admin_name, config.admin_password)
    if not named and not config.admin_password:
        return None
    token = _unsigned("session", request.cookies.get(COOKIE, ""))
    name = sessions.find(office().store(), token, account, now) if token else None
    if name:
        return Editor(name, token, bool(named))
    return open_session(named, account, by_proxy=True) if named else None


def open_session(name: str, account: str, by_proxy: bool) -> Editor:
    """A new session, whatever cookie came along, and a line in the log."""
    token = sessions.begin(office().store(), name, account, clock.now())
    audit.note(office().store(), Line(timing.utc(clock.now()), name, "logged in", why="named by the proxy" if by_proxy else None))
    g.fresh_session = token
    return Editor(name, token, by_proxy)


def password_is_right(name: str, password: str) -> bool:
    """Whether this is the account; it takes as long to find out for any name."""
    config = office().settings
    same_name = hmac.compare_digest(name.encode(), config.admin_name.encode())
    return passwords.is_right(password, config.admin_password) and same_name


def own_account() -> str:
    """What sessions of the account in the settings depend on."""
    return _account("password", office().settings.admin_name, office().settings.admin_password)


def close_session(who: Editor) -> None:
    """Log out."""
    sessions.end(office().store(), who.token)
    g.session_over = True


def _account(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _from_proxy(config: Settings) -> bool:
    """Whether the request comes from one of the trusted proxies itself."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(proxy) for proxy in config.admin_proxies)


def _named_by_proxy(config: Settings) -> str:
    """Whom the proxy names; "" from any other address, whatever its headers say."""
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
        g.door = _unsigned("door", request.cookies.get(DOOR_COOKIE, "")) or secrets.token_urlsafe(16)
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
    if g.get("session_over"):
        _set(response, COOKIE, "", PATH, timedelta(0))
    if "door" in g and not fresh:
        _set(response, DOOR_COOKIE, office().signer("door").dumps(g.door), f"{PATH}/login", None)


def _set(response: Response, name: str, value: Any, path: str, life: timedelta | None) -> None:
    secure = request.is_secure or links.by_tls()
    response.set_cookie(name, str(value), max_age=life, path=path, secure=secure, httponly=True, samesite="Strict")
