"""What a site owes the rest of the web: what robots may read, a map of the site, and what an entry is in terms all share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response, abort, url_for
from markupsafe import escape

from search import records
from search.generations import Generation
from search.records import Call, Fund, Product
from search.vocabulary import LANGUAGES, FundingType, Kind
from webapp import languages, links, state

plain = Blueprint("citizen", __name__)

# Entries and plain pages are for everybody; filtered searches have no end, files and API are asked for by people.
ROBOTS = """User-agent: *
Allow: /static/
Disallow: /*?
Disallow: /search.
Disallow: /*/search.
Disallow: /*.ics
Disallow: /api/
Disallow: /*/api/
Disallow: /admin

Sitemap: {sitemap}
"""
PAGES = ("pages.search", "changes.page", "pages.sources_page", "pages.about", "pages.accessibility", "pages.privacy")
ENTRIES_A_MAP = 8_000  # a map may hold 50 000 addresses and 50 MB: each of them names its 24 languages
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
SCHEMA_ORG = "https://schema.org"
TYPES = {FundingType.GRANT: "MonetaryGrant", FundingType.LOAN: "LoanOrCredit", FundingType.PROCUREMENT: "Demand"}


@plain.get("/robots.txt")
def robots() -> Response:
    """What robots may read."""
    return Response(ROBOTS.format(sitemap=links.absolute(url_for("citizen.sitemap"))), mimetype="text/plain")


def _xml(root: str, items: list[str]) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}" xmlns:x="{XHTML}">\n' + "\n".join(items) + f"\n</{root}>\n"
    return Response(body, mimetype="application/xml")


def _page(address: str, changed: date | None = None) -> str:
    """A page of a map, with its address in every language."""
    own = f"<lastmod>{changed}</lastmod>" if changed else ""
    others = [f'<x:link rel="alternate" hreflang="{code}" href="{_whole(address, code)}"/>' for code in LANGUAGES]
    return f"<url><loc>{_whole(address, None)}</loc>{own}{''.join(others)}</url>"


def _whole(address: str, code: str | None) -> str:
    return str(escape(links.absolute(languages.in_language(address, code))))


@plain.get("/sitemap.xml")
def sitemap() -> Response:
    """The maps of the site: one of the plain pages, then one for every so many entries."""
    maps = 1 - (-len(state.generation().columns) // ENTRIES_A_MAP)
    addresses = [links.absolute(url_for("citizen.one_map", number=number)) for number in range(maps)]
    return _xml("sitemapindex", [f"<sitemap><loc>{escape(address)}</loc></sitemap>" for address in addresses])


@plain.get("/sitemap-<int:number>.xml")
def one_map(number: int) -> Response:
    """One map: 0 holds the plain pages, the others the entries."""
    generation = state.generation()
    if number == 0:
        return _xml("urlset", [_page(url_for(name)) for name in PAGES])
    items = list(_entries(generation, (number - 1) * ENTRIES_A_MAP, number * ENTRIES_A_MAP))
    if not items:
        abort(404)
    return _xml("urlset", items)


def _entries(generation: Generation, first: int, last: int) -> Iterator[str]:
    """The entries of some rows, with the day of their last change."""
    dates, kinds = generation.columns.dates, list(Kind)
    for row in range(first, min(last, len(generation.columns))):
        page = url_for(f"pages.{kinds[int(dates.kind_block[row])]}", entry_id=generation.columns.ids[row])
        changed = datetime.fromtimestamp(float(dates.changed[row]), UTC).date()
        yield _page(page, changed)


def described(entry: Call | Fund | Product, page: str, gist: str) -> dict[str, Any]:
    """The facts of an entry in terms of schema.org; nothing of the source's texts, and nothing that is not stated."""
    kind = "FundingScheme" if isinstance(entry, Fund) else TYPES[entry.funding_type] if entry.funding_type else "Grant"
    giver = entry.authority.name if entry.authority else entry.provider if isinstance(entry, Product) else None
    facts: dict[str, Any] = {
        "@context": SCHEMA_ORG,
        "@type": kind,
        "name": entry.title_en or entry.title,
        "description": gist,
        "url": page,
        "sameAs": [entry.url, *entry.also_at],
        "identifier": entry.identifier if isinstance(entry, Call) else entry.cci if isinstance(entry, Fund) else None,
        "funder" if kind in ("MonetaryGrant", "Grant", "FundingScheme") else "provider": {"@type": "Organization", "name": giver} if giver else None,
        "amount": _amount(entry.budget, entry) if kind in ("MonetaryGrant", "LoanOrCredit") else None,
        "validThrough": _last_day(entry) if kind == "Demand" else None,
    }
    return {name: value for name, value in facts.items() if value}


def _last_day(entry: records.Entry) -> str | None:
    return entry.deadlines[-1].date.isoformat() if entry.deadlines else None


def _amount(budget: records.Budget | None, entry: records.Entry) -> dict[str, Any] | None:
    """The amount, and until when one may ask for it."""
    if budget is None:
        return None
    amounts = {"value": budget.total, "minValue": budget.per_project_min, "maxValue": budget.per_project_max}
    stated = {name: value for name, value in {**amounts, "validThrough": _last_day(entry)}.items() if value is not None}
    return {"@type": "MonetaryAmount", "currency": budget.currency, **stated}
