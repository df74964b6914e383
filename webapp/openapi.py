"""The OpenAPI document of the API, made from the code: parameters from the facet table, shapes from the models. In English only."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from search.changes import Event
from search.facets import FACETS
from search.params import AMOUNTS, DATES, DEFAULT_PAGE_SIZE, LAST_PAGE, LONGEST_QUERY, PAGE_SIZES, SWITCHES, Sort
from webapp import shapes

Json = dict[str, Any]
DATE = {"type": "string", "format": "date"}
SWITCH = {"type": "string", "enum": ["0", "1"]}
SWITCH_WORDS = {
    "eu_wide": "with EU-wide entries, as a second tier, when countries or regions are chosen",
    "cross": "with entries open to every sector, as a second tier, when ecosystems are chosen",
    "expand": "words also find what means the same in other languages",
    "dated": "without entries that state no date or no amount in euro, in searches by deadline or budget",
    "include_silent": "with entries that do not state what is filtered by",
}
DATE_WORDS = {"deadline_from": "with a deadline on this day or later", "deadline_to": "with a deadline on this day or earlier",
              "opening_from": "with an opening date on this day or later", "opening_to": "with an opening date on this day or earlier",
              "changed_since": "new or changed since this day"}  # fmt: skip
AMOUNT_WORDS = {"budget_min": "with a total of at least this, in euro", "budget_max": "with a total of at most this, in euro"}
ABOUT = (
    "Calls, funds and loans for upskilling and reskilling, as the pages show them. No key, no account, reading only. A parameter that is "
    "absent has its default, an empty one means no filter; repeat one for several values. What cannot be understood is named in a warning "
    "and left out. Searches and entries carry a weak ETag that changes when something is published or a date passes: ask again with If-None-Match. "
    "Records carry the licence and attribution of their source."
)


def _parameter(name: str, words: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": "query", "description": words, "required": False, "schema": schema, **more}


def _facet_parameters(left_out: str | None) -> list[Json]:
    found = []
    for facet in FACETS:
        legal = facet.legal()
        item: Json = {"type": "string", **({"enum": ["", *legal]} if legal else {})}
        default = f"; when absent: {', '.join(facet.default)}" if facet.default else ""
        if facet.name != left_out:
            found.append(_parameter(facet.name, facet.words + default, {"type": "array", "items": item}, style="form", explode=True))
    return found


def search_parameters(left_out: str | None = None) -> list[Json]:
    """The parameters of a search; left_out: a facet that the address decides."""
    text = {"type": "string", "maxLength": LONGEST_QUERY}
    region = {"type": "array", "items": {"type": "string"}}
    return [
        _parameter("q", 'words; "quotes" make a phrase, a leading minus excludes, a trailing star means "begins with"', text),
        _parameter("where", "a country or region by any of its names, or its NUTS code", text),
        _parameter("region", "NUTS codes or names", region, style="form", explode=True),
        *_facet_parameters(left_out),
        *(_parameter(name, DATE_WORDS[name], DATE) for name in DATES),
        *(_parameter(name, AMOUNT_WORDS[name], {"type": "number", "minimum": 0, "maximum": 10**15 - 1, "multipleOf": 0.01}) for name in AMOUNTS),
        *(_parameter(name, SWITCH_WORDS[name], {**SWITCH, "default": str(int(default))}) for name, default in SWITCHES.items()),
        _parameter("as_of", "the entries and statuses of the end of an earlier month or day: 2026-08 or 2026-08-15", {"type": "string"}),
        _parameter("sort", "the order inside a tier and kind", {"type": "string", "enum": [*Sort]}),
        _parameter("page", "which page, from 1", {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1}),
        _parameter("per_page", "entries a page", {"type": "integer", "minimum": PAGE_SIZES[0], "maximum": PAGE_SIZES[1],
                                                  "default": DEFAULT_PAGE_SIZE}),
    ]  # fmt: skip


def _changes_parameters() -> list[Json]:
    events = {"type": "array", "items": {"type": "string", "enum": [*Event]}}
    return [
        _parameter("since", "from this day on; when absent the first day of the newest month with a reading", DATE),
        _parameter("until", "until this day; when absent the last day of that month", DATE),
        _parameter("event", "what happened", events, style="form", explode=True),
        _parameter("minor", "with changes that do not matter to who wants to apply", SWITCH),
        *search_parameters(),
    ]


def _answers(model: type[BaseModel], *errors: int) -> Json:
    words = {400: "a parameter cannot be used (only with strict=1)", 404: "there is no such entry", 503: "nothing has been published yet"}

    def content(shape: type[BaseModel]) -> Json:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape.__name__}"}}}

    good: Json = {"200": {"description": (model.__doc__ or "").strip(), "content": content(model)}, "304": {"description": "as you know it"}}
    return good | {str(code): {"description": words[code], "content": content(shapes.Failure)} for code in (*errors, 503)}


def _get(name: str, summary: str, model: type[BaseModel], parameters: list[Json], *errors: int) -> Json:
    return {"get": {"operationId": name, "summary": summary, "parameters": parameters, "responses": _answers(model, *errors)}}


def _paths() -> Json:
    strict = _parameter("strict", "1: a parameter that cannot be used is an error", {**SWITCH, "default": "0"})
    entry_id = {"name": "entry_id", "in": "path", "required": True, "description": "as in the field id", "schema": {"type": "string", "minLength": 1}}
    paths = {
        "/calls": _get("search", "A search over entries of every kind, as on the first page", shapes.Answer, [*search_parameters(), strict], 400),
        "/calls/{entry_id}": _get("call", "One entry of any kind", shapes.Entry, [entry_id], 404),
    }
    for name, words in (("fund", "funds"), ("product", "loans and guarantees")):
        only = [*search_parameters("kind"), strict]
        paths[f"/{name}s"] = _get(f"{name}s", f"The same search over {words} only", shapes.Answer, only, 400)
        paths[f"/{name}s/{{entry_id}}"] = _get(name, f"One of the {words}", shapes.Entry, [entry_id], 404)
    return paths | {
        "/facets": _get("facets", "Every facet with its values and how many entries carry them", shapes.Facets, []),
        "/suggest": _get("suggest", "What a search that begins like this could be", shapes.Suggestions, [search_parameters()[0]]),
        "/changes": _get("changes", "What is new, changed, opened, closed, no longer listed", shapes.Changes, _changes_parameters()),
        "/sources": _get("sources", "Every source and its health", shapes.Sources, []),
    }


@cache
def document() -> Json:
    """The whole document; `servers` is for the application to add."""
    models: list[type[BaseModel]] = [shapes.Answer, shapes.Entry, shapes.Facets, shapes.Suggestions, shapes.Changes, shapes.Sources, shapes.Failure]
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template="#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Skills Funding Finder", "version": version("skills-funding-finder"), "description": ABOUT},
        "paths": _paths(),
        "components": {"schemas": _plain(schemas["$defs"])},
    }


def _plain(value: Any) -> Any:
    """The same in plain JSON types."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, StrEnum) else value
