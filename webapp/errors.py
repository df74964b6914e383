"""What went wrong, in the look of the pages, or as JSON under /api/."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as BaseResponse

from search.generations import GenerationError
from search.i18n import N_
from search.i18n import gettext as _
from search.opening import DamagedGenerationError
from search.store import StoreError
from webapp import freshness, state

TITLES = {
    400: N_("This address cannot be read"),
    404: N_("There is no such page"),
    405: N_("This page can only be read"),
    413: N_("That is too much to read"),
    500: N_("Something broke on our side"),
    503: N_("There is nothing to show yet"),
}
FOR_EDITORS = {400: "That was not done", 403: "You may not do that", 409: "Not now", 503: "Not now"}  # of the dashboard, which speaks English only
TEXTS = {
    400: N_("A part of the request is not as it should be."),
    404: N_("Nothing stands under this address. You can search for what you are looking for."),
    405: N_("Pages here take no input other than their address."),
    413: N_("Pages here take no input other than their address."),
    500: N_("It was noted. The rest of the site may still work; your search is in the address and can be tried again."),
}
SEARCHABLE = (400, 404, 500)
NOTHING = N_(
    "No entries have been published yet, or they cannot be read. Whoever runs this site can publish some: "
    "“funding demo” with sample records, “funding crawl” with the sources’ own, “funding publish” from what was "
    "crawled before."
)
STORE_FAILS = "The store could not be read or written: perhaps something else has been writing to it for long. It was noted; try again in a minute."


def register(app: Flask) -> None:
    """Have every error of the application answered here."""
    app.after_request(_redirect)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DamagedGenerationError, _damaged)
    app.register_error_handler(GenerationError, _nothing_published)
    app.register_error_handler(StoreError, _nothing_published)
    app.register_error_handler(sa.exc.OperationalError, _store_fails)


def _http(error: HTTPException) -> BaseResponse:
    response = error.get_response()
    code = error.code or 500
    if code < 400:
        return response
    own_words = error.description if error.description != type(error).description else None
    answer = _answer(code, _(TEXTS.get(code, error.name)) if own_words is None or code == 500 else own_words)
    for name in ("Allow", "Retry-After"):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def _redirect(response: Response) -> Response:
    """The router's own redirects, without the host: they name the one that the visitor says."""
    whole, host = response.location or "", request.host_url
    if whole.startswith(host):
        response.headers["Location"] = address = "/" + whole.removeprefix(host).lstrip("/\\")
        response.set_data(redirect(address, response.status_code).get_data())
    return response


def _nothing_published(error: GenerationError | StoreError) -> BaseResponse:
    current_app.logger.error("%s", error)  # it names folders of this machine, which are nobody else's business
    return _later(_(NOTHING))


def _store_fails(error: sa.exc.OperationalError) -> BaseResponse:
    """The database did not answer, or somebody else was writing all the time."""
    current_app.logger.error("the store cannot be read or written: %s", error.orig)  # without the values, which may be anybody's words
    return _later(STORE_FAILS if request.path.startswith("/admin/") else _(NOTHING))


def _later(message: str) -> Response:
    answer = _answer(503, message)
    answer.headers["Retry-After"] = "60"
    return answer


def _damaged(error: DamagedGenerationError) -> BaseResponse:
    """A record turned out damaged: the generation before answers, from now on."""
    current_app.logger.error("%s", error)
    try:
        state.fall_back(error)
        freshness.renew()
        return current_app.make_response(current_app.dispatch_request())
    except GenerationError as problem:
        return _nothing_published(problem)


def _answer(code: int, message: str) -> Response:
    if request.path.startswith("/api/"):
        return make_response(jsonify({"error": {"status": code, "message": message}}), code)
    if code >= 500:
        g.bare = True  # whatever broke must not break the page that says so
    inside = request.path.startswith("/admin/")
    title = FOR_EDITORS.get(code) if inside else None
    title = title or _(TITLES.get(code, N_("That did not work")))
    page = render_template("error.html", code=code, title=title, message=message, searchable=code in SEARCHABLE and not inside)
    return make_response(page, code)
