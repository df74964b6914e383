"""The interface for programs: the same searches and entries as on the pages, as JSON. webapp.openapi describes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, url_for

from search import output, query, suggest
from search.facets import FACETS
from search.i18n import gettext as _
from search.params import LONGEST_QUERY, SearchParams
from search.reading import clean
from search.vocabulary import Kind
from webapp import freshness, links, openapi, state

api = Blueprint("api", __name__, url_prefix="/api/v1")
freshness.register(api)

Answer = Response | tuple[Response, int]


@api.get("/calls")
def calls() -> Answer:
    """A search over entries of every kind. With strict=1 a parameter that cannot be used is an error, not a warning."""
    return _search(request.args.items(multi=True))


@api.get("/funds")
def funds() -> Answer:
    """The same over funds only."""
    return _search([*request.args.items(multi=True)], Kind.FUND)


@api.get("/products")
def products() -> Answer:
    """The same over loans and guarantees only."""
    return _search([*request.args.items(multi=True)], Kind.PRODUCT)


def _search(pairs: Iterable[tuple[str, str]], kind: Kind | None = None) -> Answer:
    generation, now = state.generation(), state.now()
    pairs = [(name, value) for name, value in pairs if name != "strict" and not (kind and name == "kind")]
    params = state.as_answered(links.asked(generation, [*pairs, *([("kind", str(kind))] if kind else [])]))
    answer: dict[str, Any] = output.answer(generation.search(params, now), generation.sources, now)
    if request.args.get("strict") == "1" and params.warnings:
        error = {"status": 400, "message": _("some parameters cannot be used")}
        return jsonify({"error": error, "warnings": answer["warnings"]}), 400
    return jsonify(_announced(answer))


@api.get("/calls/<entry_id>", endpoint="call", defaults={"kind": None})
@api.get("/funds/<entry_id>", endpoint="fund", defaults={"kind": Kind.FUND})
@api.get("/products/<entry_id>", endpoint="product", defaults={"kind": Kind.PRODUCT})
def entry(entry_id: str, kind: Kind | None) -> Response:
    """One entry, with the fields only its kind has; under /calls one of any kind."""
    generation, now = state.generation(), state.now()
    hit = query.find(generation, entry_id, now)
    if hit is None or kind not in (None, hit.stored.entry.kind):
        abort(404, _("there is no entry %(entry)s", entry=entry_id))
    facts = generation.sources.get(hit.stored.entry.source)
    return jsonify(_announced(output.record(hit.stored, facts, now)))


@api.get("/suggest")
def suggestions() -> Response:
    """What a search that begins as `q` could be: {"q", "suggestions": [{"text", "kind", "code"}]}, best first."""
    typed = clean(request.args.get("q", ""))[:LONGEST_QUERY]
    found = suggest.suggestions(typed, state.generation())
    return jsonify({"q": typed, "suggestions": [asdict(suggestion) for suggestion in found]})


@api.get("/facets")
def facets() -> Response:
    """Every facet, its values, and how many entries carry them, whatever their status."""
    generation = state.generation()
    everything = SearchParams(chosen={facet.name: () for facet in FACETS if facet.default}, per_page=1)
    counts = generation.search(everything, state.now()).facets
    rows = [
        {
            "name": facet.name,
            "label": facet.label,
            "default": [str(value) for value in facet.default],
            "values": [{"value": c.value, "label": c.label, "count": c.count} for c in counts[facet.name]],
        }
        for facet in FACETS
    ]
    return jsonify(_announced({"generation": generation.name, "facets": rows}))


@api.get("/sources")
def sources() -> Response:
    """Every source and its health."""
    return jsonify(_announced({"sources": [source.row() for source in state.source_states()]}))


@api.get("/openapi.json", endpoint="openapi")
def description() -> Response:
    """The description of all this, for programs (OpenAPI 3.1)."""
    server = links.absolute(url_for("api.calls").removesuffix("/calls"))
    return jsonify({**openapi.document(), "servers": [{"url": server}]})


def _announced(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with the generation's note, where it has one: sample records say so everywhere."""
    note = state.generation().manifest.get("note")
    return {**answer, "note": note} if note else answer
