"""The pages and the programs' interface: shows what search/ answers. Knows neither Scrapy nor the spiders.

`create_app()` is what gunicorn starts: `gunicorn "webapp:create_app()"`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Response, abort, request

from search import settings as settings_module
from search import writing
from search.settings import Settings
from webapp import admin, api, changes, citizen, compression, errors, files, languages, links, state, views, watching

LONGEST_BODY = 64 * 1024  # no page takes a body
CACHE_STATIC = 86_400  # seconds; the address of a static file changes with its content
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
TLS_ONLY = "max-age=31536000; includeSubDomains"  # of a site that FUNDING_SITE says to be reached by https


def create_app(settings: Settings | None = None) -> languages.Site:
    """The application over one data folder; the environment is read when no settings are given. Raises SettingsError."""
    app = languages.Site(__name__)
    app.config.update(MAX_CONTENT_LENGTH=LONGEST_BODY, SEND_FILE_MAX_AGE_DEFAULT=CACHE_STATIC, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    settings = settings or settings_module.load()
    app.config["SITE"] = settings.site
    app.extensions[state.NAME] = state.Published(settings)
    app.jinja_env.globals.update(
        search_address=links.search_address,
        api_address=links.api_address,
        file_address=links.file_address,
        external=links.external,
        absolute=links.absolute,
        amount=links.amount,
        figure=writing.number,
        repository=settings.repository,
        style_version=_version_of(app, "style.css"),
        script_version=_version_of(app, "search.js"),
        admin_script_version=_version_of(app, "admin.js"),
    )
    app.before_request(watching.start)
    languages.register(app)
    app.before_request(_refuse_large_bodies)
    app.after_request(compression.compress)
    app.after_request(_add_headers)
    app.after_request(watching.note)
    app.teardown_appcontext(state.give_back)
    app.context_processor(state.for_every_page)
    app.register_blueprint(views.pages)
    app.register_blueprint(api.api)
    app.register_blueprint(changes.pages)
    app.register_blueprint(files.files)
    app.register_blueprint(citizen.plain)
    app.register_blueprint(watching.watch)
    app.register_blueprint(admin.rooms)
    errors.register(app)
    return app


def _version_of(app: languages.Site, file: str) -> str:
    """A short hash of a static file, so that browsers fetch it again when it changed."""
    return hashlib.sha256((Path(str(app.static_folder)) / file).read_bytes()).hexdigest()[:10]


def _refuse_large_bodies() -> None:
    if (request.content_length or 0) > LONGEST_BODY:
        abort(413)


def _add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if links.by_tls():
        response.headers["Strict-Transport-Security"] = TLS_ONLY
    if request.endpoint != "static" and not response.cache_control.no_store:
        response.headers["Cache-Control"] = "no-cache"
    return response
