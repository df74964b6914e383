"""Sweden, Vinnova: the application rounds ("ansökningsomgångar") of the innovation agency's open data, some of them for skills.

One JSON list of every round changed since a day, without pages or totals, so the window begins with the year before. Titles and
texts are in Swedish, often in English too. Dates come as local moments; only their days are taken, no zone is stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, plain, web_address
from crawler.platforms import DOCUMENTED, NATIONAL, Page, Paged, call, calls_of, put, texts, window
from crawler.platforms.moments import local
from crawler.source import SourceError, need_keys
from search import clock
from search.vocabulary import Country, FundingType, TextUse

ZONE = "Europe/Stockholm"
PUBLIC = 1
UNNAMED = "dokument"


class SeVinnovaSpider(Paged):
    name = "se_vinnova"
    allowed_domains = ["data.vinnova.se"]
    facts = calls_of(
        Country.SE, name, "Vinnova, ansökningsomgångar (Sweden)", "https://www.vinnova.se/", attribution="Vinnova, open data",
        format_seen=DOCUMENTED, level=(NATIONAL,), licence="Public Domain Mark 1.0", text_use=TextUse.FULL,
    )  # fmt: skip
    min_entries = 4
    min_dated = 0.5

    def first(self) -> Iterator[Request]:
        yield self.ask_page(f"https://data.vinnova.se/api/ansokningsomgangar/{clock.today().year - 1}-01-01", 1, 0)

    def read_page(self, response: Response, number: int) -> Page:  # noqa: ARG002 there is one
        rounds, suspect = self.json_of(response)
        if not isinstance(rounds, list):
            raise SourceError("the rounds have another shape: no list")
        return Page(rounds, len(rounds), suspect=suspect)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        need_keys(row, ("Diarienummer", "Publik"), "a round")
        if row["Publik"] == PUBLIC:
            yield from self.drafted(row["Diarienummer"], row, fields_of, suspect)


def fields_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields: in Swedish where there is a Swedish title. Raises DateError."""
    number, swedish, english = row["Diarienummer"], bool(row.get("Titel")), plain(row.get("TitelEngelska") or "")
    opens, closes = day_of(row.get("Oppningsdatum")), day_of(row.get("Stangningsdatum"))
    fields = call(
        "sv" if swedish else "en", plain(row["Titel"]) if swedish else english, next(links(row), f"https://www.vinnova.se/sok/?q={quote(number)}"),
        identifier=number, title_en=english if swedish and english else None,
        **texts(from_html(row.get("Beskrivning" if swedish else "BeskrivningEngelska") or "")),
        authority={"name": "Vinnova", "url": "https://www.vinnova.se/"}, documents=list(documents(row)),
        **window(ZONE, opens, {"date": closes, "text": row["Stangningsdatum"]} if closes else None),
    )  # fmt: skip
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
