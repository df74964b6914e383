"""A search as an Atom feed (RFC 4287): every result is an entry, newest event first, which says what happened to it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from search import i18n
from search.facets import FACETS
from search.i18n import gettext as _
from search.query import Hit
from webapp import xml
from webapp.history import Happened

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MOST_EVENTS = 10  # told per entry; its page tells all
END = b"</feed>\n"


@dataclass(frozen=True)
class Item:
    """An entry for the feed: the result, the same as the API's record, its page, what happened to it newest first, and when."""

    hit: Hit
    record: dict[str, Any]
    page: str
    events: list[Happened]
    updated: str


@dataclass(frozen=True)
class Head:
    """What a feed says of itself. updated: ISO 8601 UTC; note: what the reader should know before all else."""

    title: str
    address: str
    page: str
    updated: str
    note: str


def as_atom(head: Head, items: Iterable[Item]) -> Iterator[bytes]:
    """The feed, entry by entry."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    feed.set(XML_LANG, i18n.language())
    _add(feed, "id", _urn(head.address))
    _add(feed, "title", head.title)
    if head.note:
        _add(feed, "subtitle", head.note)
    _add(feed, "updated", head.updated)
    _link(feed, "self", head.address, "application/atom+xml")
    _link(feed, "alternate", head.page, "text/html")
    author = _add(feed, "author")
    _add(author, "name", "Skills Funding Finder")
    yield etree.tostring(feed, xml_declaration=True, encoding="utf-8").removesuffix(END.strip()) + b"\n"
    for item in items:
        yield etree.tostring(_entry(item), encoding="utf-8") + b"\n"
    yield END


def _entry(item: Item) -> Any:
    record = item.record
    entry = etree.Element(f"{{{ATOM}}}entry", nsmap={None: ATOM})
    _add(entry, "id", _urn(record["id"]))
    title = _add(entry, "title", record["title_en"] or record["title"])
    title.set(XML_LANG, "en" if record["title_en"] else record["lang"])
    _add(entry, "updated", item.updated)
    _add(entry, "published", record["first_seen"])
    _link(entry, "alternate", item.page, "text/html")
    _link(entry, "via", record["url"])
    author = _add(entry, "author")
    _add(author, "name", record["attribution"] or record["source"])
    _add(entry, "rights", ", ".join(filter(None, (record["licence"] or _("licence not known"), record["attribution"]))))
    for facet in FACETS:
        for value in facet.values(item.hit.stored.entry) if facet.values else (item.hit.status,):
            label = xml.allowed(facet.label_of(value))
            etree.SubElement(entry, f"{{{ATOM}}}category", term=xml.allowed(value), label=label, scheme=f"urn:facet:{facet.name}")
    _add(entry, "summary", record["gist"])
    _add(entry, "content", _content(item)).set("type", "text")
    return entry


def _content(item: Item) -> str:
    """What happened, newest first, then what the entry says of itself."""
    told = [event.text for event in item.events[:MOST_EVENTS]]
    return "\n".join(filter(None, [*told, item.record["summary"]])) or item.record["gist"]


def _urn(name: str) -> str:
    """An id that stays when the site moves."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"skills-funding-finder:{name}").urn


def _add(parent: Any, name: str, text: str | None = None) -> Any:
    child = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = xml.allowed(text) if text is not None else None
    return child


def _link(parent: Any, rel: str, href: str, kind: str | None = None) -> None:
    link = etree.SubElement(parent, f"{{{ATOM}}}link", rel=rel, href=xml.allowed(href))
    if kind:
        link.set("type", kind)
