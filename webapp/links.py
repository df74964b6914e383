"""Addresses: of searches, of entries, of the outside. The address of a page is its whole state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from flask import current_app, g, request, url_for

from search import reading
from search.facets import BY_NAME
from search.generations import Generation
from search.params import DEFAULT_PAGE_SIZE, SearchParams
from search.records import Call, Fund, Product

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def asked(generation: Generation, pairs: Iterable[tuple[str, str]]) -> SearchParams:
    """The search an address asks for; the data decides the values of the facets without a vocabulary."""
    return reading.parse(pairs, generation.columns.values)


def tidy(params: SearchParams) -> SearchParams:
    """The same search without what only repeats a default."""
    chosen = {name: values for name, values in params.chosen.items() if set(values) != set(BY_NAME[name].default)}
    return replace(params, chosen=chosen, warnings=())


def search_address(params: SearchParams, /, **changes: Any) -> str:
    """The address of a search, with some of its parts changed; from its first page unless `page` is given."""
    return _path("pages.search") + _query(params, changes)


def api_address(params: SearchParams, /, **changes: Any) -> str:
    """The same search for programs."""
    return _path("api.calls") + _query(params, changes)


def file_address(params: SearchParams, form: str) -> str:
    """The same search, all of it, as a file: form is the ending of its name, such as csv."""
    return url_for("files.search_file", form=form) + _query(params, {"per_page": DEFAULT_PAGE_SIZE})


def _path(endpoint: str) -> str:
    """The address of a page that has one, in the language of the request: made once."""
    made: dict[str, str] = g.setdefault("paths", {})
    if endpoint not in made:
        made[endpoint] = url_for(endpoint)
    return made[endpoint]


def _query(params: SearchParams, changes: dict[str, Any], facet: str = "") -> str:
    """The part of an address after the question mark. facet: the only one of `changes["chosen"]` that differs."""
    changes = {"page": 1, **changes}
    changed = replace(params, **changes)
    touched = {*changes} - {"chosen", "where_means"}
    if "chosen" in changes:
        touched |= {facet} if facet else BY_NAME.keys()
    if "where_means" in changes:  # it is no region of its own
        touched.add("region")
    said = params.said | {name: changed.said_of(name) for name in touched}
    question = "&".join(filter(None, said.values()))
    return f"?{question}" if question else ""


def absolute(address: str) -> str:
    """An address of ours as it is written outside of our pages. What a visitor says in the header Host is taken on this machine only:
    elsewhere one could have links to another site written into feeds and caches."""
    site: str = current_app.config["SITE"]
    if site:
        return urljoin(site, address)
    if urlsplit(request.host_url).hostname in LOOPBACK:
        return urljoin(request.host_url, address)
    name, port = request.server or ("localhost", None)
    return urljoin(f"{request.scheme}://{name}" + (f":{port}" if port else ""), address)


def by_tls() -> bool:
    """Whether the site is known to be reached by https, whatever a proxy in front of it passes on."""
    site: str = current_app.config["SITE"]
    return site.startswith("https:")


def amount(value: float | None) -> str:
    """An amount as the address and the form write it, so that it is read again as the same: 1500000, never 1.5e+06."""
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def choosing(params: SearchParams, facet: str, values: Iterable[str] | None) -> str:
    """The address of the same search with other values of one facet; None = its default."""
    return _path("pages.search") + _query(params, {"chosen": params.choosing(facet, values).chosen}, facet)


def without_place(params: SearchParams) -> dict[str, Any]:
    """The changes that take the free-text place out of a search and leave the region codes."""
    return {"where": "", "where_means": None, "region": tuple(c for c in params.region if c != params.where_means)}


def entry_address(entry: Call | Fund | Product) -> str:
    """The page of an entry."""
    return url_for(f"pages.{entry.kind}", entry_id=entry.id)


def external(url: str | None) -> str | None:
    """An address as it may stand in a link: only http(s), whatever a source sent."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def back_to_search(generation: Generation) -> str | None:
    """The search the visitor came from, read anew from the Referer; None when it was no search of ours."""
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:
        return None
    if came_from.netloc != request.host or came_from.path != url_for("pages.search") or not came_from.query:
        return None
    params = asked(generation, parse_qsl(came_from.query, keep_blank_values=True))
    return search_address(params, page=params.page)
