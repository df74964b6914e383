"""Croatia, the calls of all EU programmes (eu-pozivi.eufondovi.gov.hr, an empty shell for programs), in Croatian.

JSON behind it: the list with a total, 100 a page and whatever their status -> one answer per call with the longer texts.
A value may be a string, HTML, a list or an object with a name; instants are UTC; an amount of 0 means unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, parse_amount, plain
from crawler.platforms import DOCUMENTED, NATIONAL, ListAndPage, Page, Paged, call, calls_of, conditions, put, put_labels, put_places, table, window
from crawler.platforms.moments import local
from crawler.source import Draft, need_keys, needed
from search.vocabulary import Beneficiary, Country, Fund, FundingType

API = "https://ekohezija.gov.hr/MISPublicApi/poziv/"
SITE = "https://eu-pozivi.eufondovi.gov.hr/calls/?poziv="
LIST = API + "browse/?top=100&skip={}"
ZONE = "Europe/Zagreb"
PLACES = {"republika hrvatska": ["HR"], "cijela hrvatska": ["HR"], "kontinentalna hrvatska": ["HR02", "HR05", "HR06"]}
FUNDS = table(
    Fund, ESF_PLUS="europski socijalni fond plus", ERDF="europski fond za regionalni razvoj", JTF="fond za pravednu tranziciju",
    RRF="mehanizam za oporavak i otpornost", CF="kohezijski fond",
)  # fmt: skip
APPLICANTS = table(
    Beneficiary, SME="mikro, mali i srednji poduzetnici; mali i srednji poduzetnici", LARGE_COMPANY="veliki poduzetnici",
    PROVIDER="ustanove za obrazovanje odraslih; visoka učilišta", OTHER="organizacije civilnog društva", SOCIAL_PARTNER="socijalni partneri",
    PUBLIC_AUTHORITY="jedinice lokalne i područne (regionalne) samouprave", EMPLOYMENT_SERVICE="hrvatski zavod za zapošljavanje",
    CHAMBER="hrvatska gospodarska komora",
)  # fmt: skip


class HrEufondoviSpider(Paged, ListAndPage):
    name = "hr_eufondovi"
    allowed_domains = ["ekohezija.gov.hr"]
    facts = calls_of(
        Country.HR, name, "EU pozivi (eKohezija)", "https://eu-pozivi.eufondovi.gov.hr/",
        attribution="eu-pozivi.eufondovi.gov.hr, Republika Hrvatska", format_seen=DOCUMENTED,
    )  # fmt: skip
    min_entries = 6
    min_dated = 0.4
    list_url = LIST.format(0)

    def read_page(self, response: Response, number: int) -> Page:
        payload, mended = self.json_of(response)
        need_keys(payload, ("Records", "TotalCount"), f"page {number} of the list")
        rows, total = payload["Records"], payload["TotalCount"]
        read = int(response.url.rsplit("=", 1)[1]) + len(rows)
        return Page(rows, total, LIST.format(read) if read < total else None, mended)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        for name in ("ID", "Naziv", "Oznaka"):
            needed(row.get(name), "a call of the list", name)
        made = Draft(str(row["ID"]), {}, payload=row, suspect=suspect)
        yield from self.ask_call(f"{API}{row['ID']}", made, json.dumps(row, sort_keys=True))

    def parse_call(self, response: Response, made: Draft) -> Iterator[Draft]:
        """The answer for one call: what the list says, and its longer texts."""
        payload, mended = self.json_of(response)
        need_keys(payload, ("Naziv", "CiljPoziva"), f"the answer for a call ({response.url})")
        made.suspect = made.suspect or mended
        if str(payload.get("ID")) != made.native_id:
            self.refuse(made, f"its answer is about the call {payload.get('ID')}")
            return
        yield from self.filled(made, lambda: self.read(payload))

    def read(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a call; labels whose meaning is not known are counted. Raises ValueError."""
        opens, closes = moment(said.get("DatumPocetkaZaprimanjaProjektnihPrijava")), moment(said.get("RokZaPodnosenjeProjektnihPrijava"))
        lasting = "trajni" in words(said.get("VrstaPostupkaDodjeleNaziv"))
        objectives, about = words(said["CiljPoziva"]), words(said.get("Sazetak"))
        applicants = words(said.get("PrihvatljiviPrijavitelji") or said.get("Prijavitelji"))
        fund, programme = plain(words(said.get("InvesticijskiFondNaziv"))), plain(words(said.get("OperativniProgramNaziv")))
        key, by = str(said.get("Oznaka") or ""), said.get("NadleznoTijeloNaziv")
        fields = call(
            "hr", said["Naziv"], SITE + quote(key), identifier=plain(key) or None,
            **window(ZONE, opens, closes, otherwise="rolling" if lasting else "not-stated"),
            summary=lead(about or objectives) or None, objectives=objectives or None, eligibility=applicants or None, budget=budget(said),
            authority={"name": plain(words(by))} if by else None, source_status=said.get("Status"), conditions=conditions({"Program": programme}),
        )  # fmt: skip
        put(fields, "country", [Country.HR], programme or fund, "EU money managed by Croatia")
        unknown = put_labels(fields, "programme", [fund], FUNDS, "fund of the source") if fund else []
        fields.setdefault("programme", programme or None)
        unknown += put_places(fields, parts(words(said.get("Podrucja"))), "HR", PLACES)
        put(fields, "level", [NATIONAL], programme or fund, "programme of Croatia")
        if parse_amount(str(said.get("UkupnaBespovratnaSredstva") or "")):
            put(fields, "type", [FundingType.GRANT], "UkupnaBespovratnaSredstva", "non-repayable money is set aside")
        if unknown := unknown + put_labels(fields, "beneficiary", parts(applicants), APPLICANTS, "applicants named by the source"):
            self.warn("funds, applicants or places that are not known", len(unknown))
        return fields


def words(value: Any) -> str:
    """A value as plain text, whatever shape it has: a list's items stand on lines of their own."""
    if isinstance(value, list):
        return "\n".join(words(item) for item in value)
    if isinstance(value, Mapping):
        return words(value.get("Naziv"))
    return from_html(str(value)) if value is not None else ""


def parts(text: str) -> list[str]:
    """The items of an enumeration: apart by semicolons, lines or bullets, never by commas."""
    return [item.strip() for item in re.split(r"[;\n•]", text) if item.strip()]


def moment(stamp: Any) -> dict[str, str] | None:
    """An instant in UTC as the day in Zagreb, and the hour where one is stated. Raises DateError."""
    try:
        return local(datetime.strptime(str(stamp), "%Y-%m-%dT%H:%M:%S%z"), ZONE) if stamp else None
    except ValueError as error:
        raise DateError(f"{str(stamp)[:60]!r} is not an instant of the form yyyy-mm-ddThh:mm:ssZ") from error


def budget(said: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is set aside, in euro: the grants, or the value of the call where the grants are not stated."""
    names = ("UkupnaBespovratnaSredstva", "VrijednostPoziva", "NajnizaVrijednostPotpore", "NajvisaVrijednostPotpore")
    amounts = [parse_amount(str(said.get(name) or "")) for name in names]
    total, value, least, most = amounts
    if not any(amounts):
        return None
    return {"total": total or value, "currency": "EUR", "scope": "call", "per_project_min": least, "per_project_max": most}
