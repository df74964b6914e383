"""Italian public bodies on Plone with the content type `Bando` of design.plone.contenttypes: their calls, in Italian.

One search with whole objects; the link to the next batch is followed as it is. Closing stamps are in UTC, opening stamps
local. Labels come as words or as `{title, token}`, texts as HTML or, from newer sites, as a page's blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, parse_day, plain, squeeze, tidy
from crawler.platforms.mapped import put, put_all
from crawler.platforms.moments import local
from crawler.platforms.paged import Page, Paged
from crawler.source import SourceError
from search.vocabulary import Beneficiary, Country, Level

SEARCH = "@search?portal_type=Bando&fullobjects=true&sort_on=scadenza_bando&sort_order=descending"
ZONE = "Europe/Rome"
APPLICANTS = {
    "imprese": [Beneficiary.SME, Beneficiary.LARGE_COMPANY], "impresa": [Beneficiary.SME, Beneficiary.LARGE_COMPANY],
    "micro, piccole e medie imprese": [Beneficiary.SME], "grandi imprese": [Beneficiary.LARGE_COMPANY],
    "enti pubblici": [Beneficiary.PUBLIC_AUTHORITY], "scuole": [Beneficiary.PROVIDER], "università": [Beneficiary.PROVIDER],
    "enti di formazione": [Beneficiary.PROVIDER], "enti di formazione accreditati": [Beneficiary.PROVIDER],
    "enti del terzo settore": [Beneficiary.OTHER], "cooperative": [Beneficiary.OTHER], "cittadini": [Beneficiary.OTHER],
}  # fmt: skip
_AMOUNT = re.compile(r"[^.]*\bdotazione\b[^.\d]{0,80}(\d{1,3}(?:\.\d{3})+)(?:,\d+)? euro", re.I)


class PloneBandi(Paged):
    """The calls of one site of a region. list_url: its `@search`; region: the body that gives; nuts: its code."""

    region: ClassVar[str]
    nuts: ClassVar[str]

    def ask_page(self, url: str, number: int, read: int, **kwargs: Any) -> Request:
        """With this header alone: Plone answers a mixed one with a web page."""
        return super().ask_page(url, number, read, headers={"Accept": "application/json"}, **kwargs)

    def read_page(self, response: Response, number: int) -> Page:
        payload, mended = self.json_of(response)
        items = payload.get("items") if isinstance(payload, dict) else None
        if not isinstance(items, list) or not isinstance(payload.get("items_total"), int):
            raise SourceError(f"batch {number} has another shape: no items with items_total")
        following = (payload.get("batching") or {}).get("next")
        if following and urlsplit(following).hostname != urlsplit(self.list_url).hostname:
            raise SourceError(f"the next batch is at a foreign address: {following[:100]}")
        return Page(items, payload["items_total"], following, mended)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        if row.get("@type", "Bando") != "Bando" or "scadenza_bando" not in row or not row.get("UID"):
            raise SourceError(f"an item has another shape: no Bando with UID and scadenza_bando ({str(row.get('@id'))[:150]})")
        yield from self.drafted(row["UID"], row, self.fields_of, suspect)

    def fields_of(self, item: dict[str, Any]) -> dict[str, Any]:
        """The fields of a call. Raises DateError or KeyError."""
        about, text, applicants = squeeze(item.get("description") or ""), text_of(item.get("text") or {}), titles(item.get("destinatari"))
        closes, subjects = closing(item["scadenza_bando"]), titles(item.get("materie"))
        fields: dict[str, Any] = {
            "kind": "call",
            "title": item["title"],
            "lang": "it",
            "url": item["@id"],
            "description": text or plain(about) or None,
            "summary": plain(about) or lead(text) or None,
            "opening_date": parse_day(item["apertura_bando"][:10]).isoformat() if item.get("apertura_bando") else None,
            "deadlines": [closes] if closes else [],
            "deadline_kind": "fixed" if closes else "not-stated",
            "budget": budget(text),
            "types_of_action": titles(item.get("tipologia_bando")),
            "eligibility": ", ".join(applicants) or None,
            "conditions": [{"heading": "Materie", "text": ", ".join(subjects)}] if subjects else [],
            "authority": {"name": plain(", ".join(titles(item.get("ente_bando"))) or self.region)},
            "source_status": (item.get("bando_state") or [None, None])[1],
        }
        put(fields, "level", [Level.REGIONAL], self.region, "site of a region")
        put(fields, "country", [Country.IT], self.region, "site of a region of Italy")
        put(fields, "region", [self.nuts], self.region, "site of a region")
        put_all(fields, "beneficiary", applicants, APPLICANTS, "applicants named by the source")
        return fields


def titles(said: Any) -> list[str]:
    """The words of labels: one or several, each a word or `{title, token}`."""
    labels = said if isinstance(said, list) else [said] if said else []
    return [squeeze(label["title"] if isinstance(label, dict) else label) for label in labels]


def text_of(said: dict[str, Any]) -> str:
    """A page's text: HTML in `data`, or blocks in the order of their layout."""
    if "blocks" not in said:
        return from_html(said.get("data") or "")
    blocks = [said["blocks"][key] for key in said.get("blocks_layout", {}).get("items", []) if key in said["blocks"]]
    return tidy("\n\n".join(text for block in blocks if (text := block.get("plaintext") or "".join(leaves(block)).strip())))


def leaves(node: Any) -> Iterator[str]:
    """The texts in a block without a plain text of its own."""
    if isinstance(node, list):
        for inner in node:
            yield from leaves(inner)
    elif isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for inner in (node.get("text"), node.get("value"), node.get("children")):
            yield from leaves(inner)


def closing(said: str | None) -> dict[str, str] | None:
    """A closing stamp in UTC as the day in Rome, and the hour where one is stated. Raises DateError."""
    try:
        return local(datetime.strptime(said, "%Y-%m-%dT%H:%M:%S%z"), ZONE) | {"zone": ZONE} if said else None
    except ValueError as error:
        raise DateError(f"{said and said[:60]!r} is not a stamp of the form YYYY-MM-DDTHH:MM:SS+00:00") from error


def budget(text: str) -> dict[str, Any] | None:
    """The allocation that the text names: `dotazione … 1.250.000 euro`."""
    found = _AMOUNT.search(squeeze(text))
    return {"total": float(found[1].replace(".", "")), "scope": "call", "text": found[0].strip()} if found else None
