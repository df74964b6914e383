"""The interface for programs: the same search as the page, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from search import output, query, suggest
from search.params import LONGEST_QUERY, clean
from webapp import links, state

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.get("/calls")
def calls() -> Response | tuple[Response, int]:
    """A search. With strict=1 a parameter that cannot be used is an error, not a warning."""
    generation, now = state.generation(), state.now()
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "strict"]
    params = links.asked(generation, pairs)
    answer: dict[str, Any] = output.answer(query.search(generation, params, now), generation.sources, now)
    if request.args.get("strict") == "1" and params.warnings:
        error = {"status": 400, "message": "some parameters cannot be used"}
        return jsonify({"error": error, "warnings": answer["warnings"]}), 400
    return jsonify(_announced(answer))


@api.get("/calls/<entry_id>")
def call(entry_id: str) -> Response:
    """One entry of any kind, with the fields only its kind has."""
    generation, now = state.generation(), state.now()
    hit = query.find(generation, entry_id, now)
    if hit is None:
        abort(404, f"there is no entry {entry_id}")
    facts = generation.sources.get(hit.stored.entry.source)
    return jsonify(_announced(output.record(hit.stored, facts, now)))


@api.get("/suggest")
def suggestions() -> Response:
    """What a search that begins as `q` could be: {"q", "suggestions": [{"text", "kind", "code"}]}, best first."""
    typed = clean(request.args.get("q", ""))[:LONGEST_QUERY]
    found = suggest.suggestions(typed, state.generation())
    return jsonify({"q": typed, "suggestions": [asdict(suggestion) for suggestion in found]})


def _announced(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with the generation's note, where it has one: sample records say so everywhere."""
    note = state.generation().manifest.get("note")
    return {**answer, "note": note} if note else answer
