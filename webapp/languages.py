"""In which language a page is answered: the one its address begins with (/de/…), else the one the browser asks for, else English.

The language in front of the path is taken out before anything else sees it, and every address made while such a page is made
begins with it again: whoever reads German stays there. What is for machines alone has one language and no such addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, has_request_context, request
from flask_babel import Babel, get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.utils import redirect

from search import i18n
from search.vocabulary import LANGUAGES
from webapp import links, phrases

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Blueprints and endpoints that answer everybody the same, under one address.
FOR_MACHINES = frozenset({"static", "citizen", "watch", "admin"})
OFFERED = (i18n.SOURCE, *(code for code in LANGUAGES if code != i18n.SOURCE))  # a browser that takes any language gets English
NAMES = {code: str(i18n.locale_of(code).languages[code]) for code in LANGUAGES}  # each in itself
_ASKED, _ROOT = "funding.language", "funding.root"


class Addressed:
    """Takes the language in front of a path out of it (WSGI): /de/calls/1 is /calls/1 in German, and the site then lies under /de."""

    def __init__(self, site: WSGIApplication) -> None:
        self.site = site

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, root = environ.get("PATH_INFO", ""), environ.get("SCRIPT_NAME", "")
        code, slash, rest = path[1:].partition("/")
        environ[_ROOT] = root
        if code in LANGUAGES:
            if not slash:
                query = environ.get("QUERY_STRING", "")
                return redirect(f"{root}{path}/" + (f"?{query}" if query else ""), 308)(environ, start_response)
            environ |= {_ASKED: code, "SCRIPT_NAME": f"{root}/{code}", "PATH_INFO": f"/{rest}"}
        return self.site(environ, start_response)


class Site(Flask):
    """The application; addresses that are for machines alone stay the same in every language."""

    def url_for(self, endpoint: str, **values: Any) -> str:
        address = super().url_for(endpoint, **values)
        return in_language(address, None) if for_machines(endpoint) and has_request_context() else address


def register(app: Flask) -> None:
    """Have the application speak the language of each request."""
    Babel(app, default_locale=i18n.SOURCE, locale_selector=_select)
    phrases.install(app)  # the texts come from the catalogues of search, which speaks without Flask, too
    app.jinja_env.globals.update(
        spoken=i18n.language, for_machines=for_machines, alternates=alternates, in_every_language=in_every_language,
        name_of_language=lambda: NAMES[i18n.language()], reviewed=i18n.reviewed,
    )  # fmt: skip
    app.wsgi_app = Addressed(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(_speak)
    app.after_request(_say_which)
    app.teardown_request(_be_silent)


def for_machines(endpoint: str | None) -> bool:
    """Whether what answers is for machines alone."""
    return (endpoint or "").partition(".")[0] in FOR_MACHINES


def in_language(address: str, code: str | None) -> str:
    """An address of ours, without its host, in another language; None: without one, so that the browser's wish decides."""
    root: str = request.environ.get(_ROOT, request.script_root)
    return root + (f"/{code}" if code else "") + address.removeprefix(request.script_root)


def in_every_language(address: str) -> list[tuple[str, str, str]]:
    """(code, name of the language in itself, the address in it)."""
    return [(code, name, in_language(address, code)) for code, name in NAMES.items()]


def alternates(address: str) -> list[tuple[str, str]]:
    """(code, the whole address of a page in that language), and "x-default" for who wants none of them."""
    host = links.absolute("/").rstrip("/")
    return [(code or "x-default", host + in_language(address, code)) for code in (*LANGUAGES, None)]


def _select() -> str:
    """The language of this request."""
    if for_machines(request.endpoint):
        return i18n.SOURCE
    return request.environ.get(_ASKED) or wished(request.accept_languages)


def wished(accepted: LanguageAccept) -> str:
    """The language that a browser likes best of those there are: "de-AT" is German, also where another one is named after it."""
    primary = LanguageAccept([(tag.partition("-")[0].lower(), quality) for tag, quality in accepted])
    return primary.best_match(OFFERED, i18n.SOURCE)


def _speak() -> None:
    if _ASKED in request.environ and for_machines(request.endpoint):
        abort(404)
    i18n.speak(get_locale().language)


def _be_silent(_: BaseException | None) -> None:
    i18n.speak(i18n.SOURCE)


def spoken_throughout(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts of an answer that is made while it is sent, after its request is over, in the language of the request."""
    code = i18n.language()

    def each() -> Iterator[bytes]:
        with i18n.speaking(code):
            yield from parts

    return each()


def _say_which(response: Response) -> Response:
    if for_machines(request.endpoint):
        return response
    response.headers["Content-Language"] = i18n.language()
    if _ASKED not in request.environ:
        response.vary.add("Accept-Language")
    return response
