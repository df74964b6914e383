"""Answers that are asked for again and again: a visitor who knows one already is told so, without making it anew.

What a search answers depends on its address, on its language, on what is published, and on time only where a date passes: the instants at
which the status of an entry changes. What depends on more (the health of the sources, what the store says of a month) is made
anew, and compared as a whole.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version

from flask import Blueprint, Response, g, request

from search import i18n
from webapp import state

COMPARED = frozenset({"api.sources", "api.openapi", "changes.for_programs", "changes.page"})


def register(blueprint: Blueprint) -> None:
    """Have the answers of a blueprint carry an ETag, and be left out for who knows them."""
    blueprint.before_request(_known)
    blueprint.after_request(_mark)


def renew() -> None:
    """Name the answer anew: another generation gives it than the one first taken."""
    if "etag" in g:
        g.etag = _tag()


def _tag() -> str:
    """A name of what this address answers now. Raises GenerationError when nothing is published."""
    generation = state.generation()
    passed = generation.columns.at(state.now()).place
    parts = (version("skills-funding-finder"), generation.name, generation.manifest["published"], str(passed), i18n.language(), request.url)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _known() -> Response | None:
    if request.endpoint in COMPARED:
        return None
    g.etag = _tag()
    if not request.if_none_match.contains_weak(g.etag):
        return None
    response = Response(status=304)
    response.set_etag(g.etag, weak=True)
    return response


def _mark(response: Response) -> Response:
    if response.status_code != 200:
        return response
    if "etag" in g:
        response.set_etag(g.etag, weak=True)
        return response
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response
