"""Finland, Haeavustuksia.fi: calls for state grants ("valtionavustushaut") of ministries and agencies.

One JSON list, ended calls included, 20 a page with totals; names and descriptions in Finnish, Swedish, English, often only
one of them. Instants are UTC: midnight in Helsinki is 21 or 22 hours of the day before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, plausible_day
from crawler.platforms.mapped import put
from crawler.platforms.moments import local
from crawler.source import Draft, Source, SourceError
from search import clock
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Country, FundingType, Kind, Level, TextUse

ZONE = "Europe/Helsinki"
CONTINUOUS = "Jatkuva"


class FiHaeavustuksiaSpider(Source):
    name = "fi_haeavustuksia"
    allowed_domains = ["www.haeavustuksia.fi"]
    facts = SourceFacts(
        source="fi_haeavustuksia",
        title="Haeavustuksia.fi",
        homepage="https://www.haeavustuksia.fi/fi",
        countries=[Country.FI],
        level=[Level.NATIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.DOCUMENTED,
        licence="not stated",
        attribution="Haeavustuksia.fi, Valtiokonttori",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 6
    min_dated = 0.3

    page_size = 20  # as the portal's own page asks
    list_url = (
        "https://www.haeavustuksia.fi/api/haku/list-items?Pagination.Page={}&Pagination.PageSize={}&Language=fi&SearchTerm="
        "&VaOrgLyhenne=&ShowFuture=true&ShowOngoing=true&ShowEnded=true&HideExternal=false"
    )
    page_url = "https://www.haeavustuksia.fi/fi/haku/{}"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seen = 0

    def first(self) -> Iterator[Request]:
        yield self.ask_page(1)

    def ask_page(self, page: int) -> Request:
        return self.ask(self.list_url.format(page, self.page_size), self.parse, cb_kwargs={"page": page})

    async def parse(self, response: Response, page: int) -> AsyncIterator[Any]:
        payload, suspect = self.json_of(response)
        try:
            rows, total, pages = payload["hakuilmoitukset"], payload["totalCount"], payload["pageCount"]
        except (KeyError, TypeError) as error:
            raise SourceError(f"the list of calls has another shape: no {error}") from error
        if not rows:
            yield await self.again(response, f"page {page} of the list came empty")
            return
        self.seen += len(rows)
        for row in rows:
            try:
                made = Draft(row["hakuasianAsianumero"], fields_of(row), payload=row, suspect=suspect)
            except KeyError as error:
                raise SourceError(f"a call has another shape: no {error}") from error
            except DateError as error:
                self.refuse(Draft(row["hakuasianAsianumero"], {}, payload=row), str(error))
                continue
            yield made
        if page < pages:
            yield self.ask_page(page + 1)
        elif self.seen < total:
            raise SourceError(f"the list ended after {self.seen} of {total} calls")


def fields_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields, in the first language that has a name. Raises KeyError, DateError."""
    name, text = row["nimi"], row["kuvaus"] or {}
    lang = next((lang for lang in ("fi", "sv", "en") if name.get(lang)), "fi")
    description = from_html(text.get(lang) or "")
    ends = row["hakuPaattyyDateTimeUtc"]
    continuous = row["hakuTyyppi"] == CONTINUOUS
    deadlines = [{**moment(ends), "zone": ZONE, "kind": "fixed"}] if ends else []
    if continuous and deadlines and not plausible_day(date.fromisoformat(deadlines[0]["date"]), clock.today()):
        deadlines = []  # a continuous call gets an end far away because the portal wants one
    fields: dict[str, Any] = {
        "kind": "call",
        "title": name.get(lang) or "",
        "title_en": name.get("en") or None if lang != "en" else None,
        "lang": lang,
        "url": FiHaeavustuksiaSpider.page_url.format(row["hakuasianAsianumero"]),
        "identifier": row["hakuasianAsianumero"],
        "opening_date": moment(row["hakuAlkaaDateTimeUtc"])["date"] if row["hakuAlkaaDateTimeUtc"] else None,
        "deadlines": deadlines,
        "deadline_kind": "rolling" if continuous else "fixed" if ends else "not-stated",
        "deadline_model": row["hakuTyyppi"] or None,
        "description": description or None,
        "summary": lead(description) or None,
    }
    put(fields, "country", [Country.FI], "Haeavustuksia.fi", "calls of Finnish authorities")
    put(fields, "level", [Level.NATIONAL], "Haeavustuksia.fi", "grants of the state")
    put(fields, "type", [FundingType.GRANT], "valtionavustus", "service for state grants only")
    return fields


def moment(stamp: str) -> dict[str, str]:
    """The day in Helsinki, and the hour where one is stated, of a UTC instant. Raises DateError."""
    try:
        return local(datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC), ZONE)
    except ValueError as error:
        raise DateError(f"{stamp[:60]!r} is no UTC instant") from error
