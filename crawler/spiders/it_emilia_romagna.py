"""Italy, Regione Emilia-Romagna: the calls of the region's Plone site, in Italian.

One search for the type `Bando` with whole objects; the link to the next batch is followed as it is. Closing stamps are
in UTC, opening stamps local.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, parse_day, plain, squeeze
from crawler.platforms.mapped import put, put_labels
from crawler.source import Draft, Source, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, Kind, Level, TextUse

SITE = "https://politicheterritoriali.regione.emilia-romagna.it"
SEARCH = f"{SITE}/++api++/@search?portal_type=Bando&fullobjects=true&sort_on=scadenza_bando&sort_order=descending"
REGION, NUTS, ZONE = "Regione Emilia-Romagna", "ITH5", "Europe/Rome"
APPLICANTS = {
    "imprese": [Beneficiary.SME, Beneficiary.LARGE_COMPANY], "impresa": [Beneficiary.SME, Beneficiary.LARGE_COMPANY],
    "micro, piccole e medie imprese": [Beneficiary.SME], "grandi imprese": [Beneficiary.LARGE_COMPANY],
    "enti pubblici": [Beneficiary.PUBLIC_AUTHORITY], "scuole": [Beneficiary.PROVIDER], "università": [Beneficiary.PROVIDER],
    "enti di formazione": [Beneficiary.PROVIDER], "enti di formazione accreditati": [Beneficiary.PROVIDER],
    "enti del terzo settore": [Beneficiary.OTHER], "cooperative": [Beneficiary.OTHER], "cittadini": [Beneficiary.OTHER],
}  # fmt: skip
_AMOUNT = re.compile(r"[^.]*\bdotazione\b[^.\d]{0,80}(\d{1,3}(?:\.\d{3})+)(?:,\d+)? euro", re.I)


class ItEmiliaRomagnaSpider(Source):
    name = "it_emilia_romagna"
    allowed_domains = ["politicheterritoriali.regione.emilia-romagna.it"]
    facts = SourceFacts(
        source="it_emilia_romagna",
        title="Regione Emilia-Romagna, calls on territorial policies (Italy)",
        homepage=f"{SITE}/leggi-atti-bandi/bandi",
        countries=[Country.IT],
        level=[Level.REGIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.RECORDED,
        licence="not stated",
        attribution="Regione Emilia-Romagna",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 8
    min_dated = 0.4

    def first(self) -> Iterator[Request]:
        yield self.ask(SEARCH, self.parse, cb_kwargs={"read": 0})

    async def parse(self, response: Response, read: int) -> AsyncIterator[Any]:
        """A batch of calls. read: how many the batches before had."""
        payload, mended = self.json_of(response)
        items = payload.get("items") if isinstance(payload, dict) else None
        if not isinstance(items, list) or not isinstance(payload.get("items_total"), int):
            raise SourceError("the answer has another shape: no items with items_total")
        if not items:
            yield await self.again(response, f"the batch after {read} calls came empty")
            return
        for item in items:
            if item.get("@type", "Bando") != "Bando" or "scadenza_bando" not in item or not item.get("UID"):
                raise SourceError(f"an item has another shape: no Bando with UID and scadenza_bando ({str(item.get('@id'))[:150]})")
            made = Draft(item["UID"], {}, payload=item, suspect=mended)
            try:
                made.fields = fields_of(item)
            except (DateError, KeyError) as error:
                self.refuse(made, f"{type(error).__name__}: {error}")
                continue
            yield made
        read, following = read + len(items), (payload.get("batching") or {}).get("next")
        if following:
            if urlsplit(following).hostname != urlsplit(SITE).hostname:
                raise SourceError(f"the next batch is at a foreign address: {following[:100]}")
            yield self.ask(following, self.parse, cb_kwargs={"read": read})
        elif read != payload["items_total"]:
            raise SourceError(f"the list ends after {read} of {payload['items_total']} calls")


def fields_of(item: dict[str, Any]) -> dict[str, Any]:
    """The fields of a call. Raises DateError or KeyError."""
    about, text = squeeze(item.get("description") or ""), from_html((item.get("text") or {}).get("data") or "")
    closes = closing(item["scadenza_bando"])
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
        "types_of_action": [squeeze(item["tipologia_bando"])] if item.get("tipologia_bando") else [],
        "eligibility": ", ".join(item.get("destinatari") or []) or None,
        "conditions": [{"heading": "Materie", "text": ", ".join(item["materie"])}] if item.get("materie") else [],
        "authority": {"name": plain(str(item.get("ente_bando") or REGION))},
        "source_status": (item.get("bando_state") or [None, None])[1],
    }
    put(fields, "level", [Level.REGIONAL], REGION, "site of a region")
    put(fields, "country", [Country.IT], REGION, "site of a region of Italy")
    put(fields, "region", [NUTS], REGION, "site of a region")
    applicants = item.get("destinatari") or []
    if all(name.casefold() in APPLICANTS for name in applicants):  # else the words of the text tell more than a part of the labels
        put_labels(fields, "beneficiary", applicants, APPLICANTS, "applicants named by the source")
    return fields


def closing(said: str | None) -> dict[str, str] | None:
    """A closing stamp in UTC by the clock of Rome. Raises DateError."""
    if not said:
        return None
    try:
        local = datetime.strptime(said, "%Y-%m-%dT%H:%M:%S%z").astimezone(ZoneInfo(ZONE))
    except ValueError as error:
        raise DateError(f"{said[:60]!r} is not a stamp of the form YYYY-MM-DDTHH:MM:SS+00:00") from error
    return {"date": local.date().isoformat(), "time": f"{local:%H:%M}", "zone": ZONE}


def budget(text: str) -> dict[str, Any] | None:
    """The allocation that the text names: `dotazione … 1.250.000 euro`."""
    found = _AMOUNT.search(squeeze(text))
    return {"total": float(found[1].replace(".", "")), "scope": "call", "text": found[0].strip()} if found else None
