"""Finland, Haeavustuksia.fi: calls for state grants ("valtionavustushaut") of ministries and agencies.

One JSON list, ended calls included, 20 a page with totals; names and descriptions in Finnish, Swedish, English, often only
one of them. Instants are UTC: midnight in Helsinki is 21 or 22 hours of the day before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from scrapy.http import Response

from crawler.normalise import DateError, from_html, plausible_day
from crawler.platforms import DOCUMENTED, NATIONAL, Page, Paged, budget_in, call, calls_of, put, texts, window
from crawler.platforms.moments import local
from crawler.source import need_keys
from search import clock
from search.vocabulary import Country, FundingType

PORTAL, SITE, ZONE = "Haeavustuksia.fi", "https://www.haeavustuksia.fi", "Europe/Helsinki"
LIST = (  # 20 a page, as the portal's own page asks
    SITE + "/api/haku/list-items?Pagination.Page={}&Pagination.PageSize=20&Language=fi&SearchTerm="
    "&VaOrgLyhenne=&ShowFuture=true&ShowOngoing=true&ShowEnded=true&HideExternal=false"
)
NEEDED = ("hakuasianAsianumero", "nimi", "kuvaus", "hakuAlkaaDateTimeUtc", "hakuPaattyyDateTimeUtc", "hakuTyyppi")


class FiHaeavustuksiaSpider(Paged):
    name = "fi_haeavustuksia"
    allowed_domains = ["www.haeavustuksia.fi"]
    facts = calls_of(
        Country.FI, name, PORTAL, f"{SITE}/fi", attribution="Haeavustuksia.fi, Valtiokonttori", format_seen=DOCUMENTED, level=(NATIONAL,)
    )
    min_entries = 6
    min_dated = 0.3
    list_url = LIST.format(1)

    def read_page(self, response: Response, number: int) -> Page:
        payload, suspect = self.json_of(response)
        need_keys(payload, ("hakuilmoitukset", "totalCount", "pageCount"), "the list of calls")
        following = LIST.format(number + 1) if number < payload["pageCount"] else None
        return Page(payload["hakuilmoitukset"], payload["totalCount"], following, suspect)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        need_keys(row, NEEDED, "a call")
        yield from self.drafted(row["hakuasianAsianumero"], row, fields_of, suspect)


def fields_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields, in the first language that has a name. Raises DateError."""
    name, number = row["nimi"], row["hakuasianAsianumero"]
    lang = next((lang for lang in ("fi", "sv", "en") if name.get(lang)), "fi")
    opens, ends, continuous = moment(row["hakuAlkaaDateTimeUtc"]), moment(row["hakuPaattyyDateTimeUtc"]), row["hakuTyyppi"] == "Jatkuva"
    description = from_html((row["kuvaus"] or {}).get(lang) or "")
    fields = call(
        lang, name.get(lang) or "", f"{SITE}/fi/haku/{number}", title_en=(name.get("en") or None) if lang != "en" else None,
        identifier=number, **window(ZONE, opens, ends), deadline_model=row["hakuTyyppi"] or None,
        **texts(description), budget=budget_in(description, "[Hh]aettavana on", "euroa"),
    )  # fmt: skip
    if continuous:
        fields["deadline_kind"] = "rolling"
        if ends and not plausible_day(date.fromisoformat(ends["date"]), clock.today()):
            fields["deadlines"] = []  # a continuous call gets an end far away because the portal wants one
    put(fields, "country", [Country.FI], PORTAL, "calls of Finnish authorities")
    put(fields, "level", [NATIONAL], PORTAL, "grants of the state")
    put(fields, "type", [FundingType.GRANT], "valtionavustus", "service for state grants only")
    return fields


def moment(stamp: str | None) -> dict[str, str] | None:
    """The day in Helsinki, and the hour where one is stated, of a UTC instant. Raises DateError."""
    try:
        return local(datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC), ZONE) if stamp else None
    except ValueError as error:
        raise DateError(f"{str(stamp)[:60]!r} is no UTC instant") from error
