"""Sweden, Vinnova: the application rounds ("ansökningsomgångar") of the innovation agency's open data, some of them for skills.

One JSON list of every round changed since a day, without pages or totals, so the window begins with the year before. Titles and
texts are in Swedish, often in English too. Dates come as local moments; only their days are taken, no zone is stated.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, plain, web_address
from crawler.platforms.facts import NATIONAL, calls_of
from crawler.platforms.mapped import put
from crawler.platforms.moments import local
from crawler.source import Draft, Source, SourceError
from search import clock
from search.sources import FormatSeen
from search.vocabulary import Country, DeadlineKind, FundingType, Kind, TextUse

ZONE = "Europe/Stockholm"
PUBLIC = 1
UNNAMED = "dokument"


class SeVinnovaSpider(Source):
    name = "se_vinnova"
    allowed_domains = ["data.vinnova.se"]
    facts = calls_of(
        Country.SE,
        source="se_vinnova",
        title="Vinnova, ansökningsomgångar (Sweden)",
        homepage="https://www.vinnova.se/",
        attribution="Vinnova, open data",
        format_seen=FormatSeen.DOCUMENTED,
        level=(NATIONAL,),
        licence="Public Domain Mark 1.0",
        text_use=TextUse.FULL,
    )
    min_entries = 4
    min_dated = 0.5

    list_url = "https://data.vinnova.se/api/ansokningsomgangar/{}-01-01"
    search_url = "https://www.vinnova.se/sok/?q={}"

    def first(self) -> Iterator[Request]:
        yield self.ask(self.list_url.format(clock.today().year - 1), self.parse)

    async def parse(self, response: Response) -> AsyncIterator[Any]:
        rounds, suspect = self.json_of(response)
        if not isinstance(rounds, list):
            raise SourceError("the rounds have another shape: no list")
        if not rounds:
            yield await self.again(response, "the list of rounds came empty")
            return
        for row in rounds:
            try:
                key, public = row["Diarienummer"], row["Publik"] == PUBLIC
            except (KeyError, TypeError) as error:
                raise SourceError(f"a round has another shape: no {error}") from error
            if not public:
                continue
            try:
                yield Draft(key, self.fields_of(row), payload=row, suspect=suspect)
            except DateError as error:
                self.refuse(Draft(key, {}, payload=row), str(error))

    def fields_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The record's fields: in Swedish where there is a Swedish title. Raises DateError."""
        swedish = bool(row.get("Titel"))
        english = plain(row.get("TitelEngelska") or "")
        text = from_html(row.get("Beskrivning" if swedish else "BeskrivningEngelska") or "")
        opens, closes = day_of(row.get("Oppningsdatum")), day_of(row.get("Stangningsdatum"))
        fields: dict[str, Any] = {
            "kind": Kind.CALL,
            "identifier": row["Diarienummer"],
            "title": plain(row["Titel"]) if swedish else english,
            "title_en": english if swedish and english else None,
            "lang": "sv" if swedish else "en",
            "summary": lead(text) or None,
            "description": text or None,
            "url": next(links(row), self.search_url.format(quote(row["Diarienummer"]))),
            "authority": {"name": "Vinnova", "url": "https://www.vinnova.se/"},
            "opening_date": opens,
            "deadlines": [{"date": closes, "zone": ZONE, "text": row["Stangningsdatum"]}] if closes else [],
            "deadline_kind": DeadlineKind.FIXED if closes else DeadlineKind.NOT_STATED,
            "documents": list(documents(row)),
        }
        put(fields, "country", [Country.SE], "Vinnova", "the Swedish innovation agency")
        put(fields, "level", [NATIONAL], "Vinnova", "the Swedish innovation agency")
        put(fields, "type", [FundingType.GRANT], "Vinnova", "the agency gives grants")
        return fields


def day_of(moment: str | None) -> str | None:
    """The day of "2026-10-06T14:00:00", in Sweden where it says UTC; None without one. Raises DateError."""
    if not moment:
        return None
    try:
        instant = datetime.fromisoformat(moment)
    except ValueError as error:
        raise DateError(f"{moment[:60]!r} is no moment") from error
    return local(instant, ZONE)["date"] if instant.tzinfo else f"{instant:%Y-%m-%d}"


def links(row: Mapping[str, Any]) -> Iterator[str]:
    """The addresses a round links to."""
    for link in row.get("LankLista") or []:
        if address := web_address(link.get("URL") or link.get("Lank") or ""):
            yield address


def documents(row: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The round's files."""
    for file in row.get("DokumentLista") or []:
        if address := web_address(file.get("fileURL") or ""):
            yield {"url": address, "label": plain(file.get("Titel") or "") or UNNAMED, "basis": "crawled"}
