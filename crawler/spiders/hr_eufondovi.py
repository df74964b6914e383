"""Croatia, the calls of all EU programmes (eu-pozivi.eufondovi.gov.hr, an empty shell for programs), in Croatian.

JSON behind it: the list with a total, 100 a page and whatever their status -> one answer per call with the longer texts.
A value may be a string, HTML, a list or an object with a name; instants are UTC; an amount of 0 means unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, parse_amount, plain
from crawler.platforms.list_and_page import ListAndPage
from crawler.platforms.mapped import put, put_labels
from crawler.platforms.places import put_places
from crawler.source import Draft, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, Fund, FundingType, Kind, Level, TextUse

API = "https://ekohezija.gov.hr/MISPublicApi/poziv/"
SITE = "https://eu-pozivi.eufondovi.gov.hr/calls/?poziv="
PER_PAGE = 100
ZONE = "Europe/Zagreb"
PLACES = {"republika hrvatska": ["HR"], "cijela hrvatska": ["HR"], "kontinentalna hrvatska": ["HR02", "HR05", "HR06"]}
FUNDS = {
    "europski socijalni fond plus": [Fund.ESF_PLUS],
    "europski fond za regionalni razvoj": [Fund.ERDF],
    "fond za pravednu tranziciju": [Fund.JTF],
    "mehanizam za oporavak i otpornost": [Fund.RRF],
    "kohezijski fond": [Fund.CF],
}
APPLICANTS = {
    "mikro, mali i srednji poduzetnici": [Beneficiary.SME],
    "mali i srednji poduzetnici": [Beneficiary.SME],
    "veliki poduzetnici": [Beneficiary.LARGE_COMPANY],
    "ustanove za obrazovanje odraslih": [Beneficiary.PROVIDER],
    "visoka učilišta": [Beneficiary.PROVIDER],
    "organizacije civilnog društva": [Beneficiary.OTHER],
    "socijalni partneri": [Beneficiary.SOCIAL_PARTNER],
    "jedinice lokalne i područne (regionalne) samouprave": [Beneficiary.PUBLIC_AUTHORITY],
    "hrvatski zavod za zapošljavanje": [Beneficiary.EMPLOYMENT_SERVICE],
    "hrvatska gospodarska komora": [Beneficiary.CHAMBER],
}


class HrEufondoviSpider(ListAndPage):
    name = "hr_eufondovi"
    allowed_domains = ["ekohezija.gov.hr"]
    facts = SourceFacts(
        source="hr_eufondovi",
        title="EU pozivi (eKohezija)",
        homepage="https://eu-pozivi.eufondovi.gov.hr/",
        countries=[Country.HR],
        level=[Level.NATIONAL, Level.REGIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.DOCUMENTED,
        licence="not stated",
        attribution="eu-pozivi.eufondovi.gov.hr, Republika Hrvatska",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 6
    min_dated = 0.4

    def first(self) -> Iterator[Request]:
        yield self.ask_list(0)

    def ask_list(self, skip: int) -> Request:
        return self.ask(f"{API}browse/?top={PER_PAGE}&skip={skip}", self.parse, cb_kwargs={"skip": skip})

    async def parse(self, response: Response, skip: int) -> AsyncIterator[Any]:
        """A page of the list; all pages together must bring the total."""
        payload, mended = self.json_of(response)
        if not isinstance(payload, dict) or not isinstance(payload.get("Records"), list) or not isinstance(payload.get("TotalCount"), int):
            raise SourceError("the list has another shape: no Records or no TotalCount")
        rows, total = payload["Records"], payload["TotalCount"]
        if not rows:
            yield await self.again(response, f"the list came empty after {skip} of {total} calls")
            return
        for row in rows:
            if missing := [name for name in ("ID", "Naziv", "Oznaka") if not row.get(name)]:
                raise SourceError(f"a call of the list has another shape: no {', '.join(missing)}")
            made = Draft(str(row["ID"]), {}, payload=row, suspect=mended)
            for request in self.ask_call(f"{API}{row['ID']}", made, json.dumps(row, sort_keys=True), self.parse_call):
                yield request
        if skip + len(rows) < total:
            yield self.ask_list(skip + len(rows))
        elif skip + len(rows) > total:
            raise SourceError(f"the list states {total} calls and brings {skip + len(rows)}")

    def parse_call(self, response: Response, made: Draft) -> Iterator[Draft]:
        """The answer for one call: what the list says, and its longer texts."""
        payload, mended = self.json_of(response)
        if not isinstance(payload, dict) or "Naziv" not in payload or "CiljPoziva" not in payload:
            raise SourceError(f"the answer for a call has another shape: no Naziv or no CiljPoziva ({response.url})")
        made.suspect = made.suspect or mended
        if str(payload.get("ID")) != made.native_id:
            self.refuse(made, f"its answer is about the call {payload.get('ID')}")
            return
        try:
            made.fields, unknown = read(payload)
        except ValueError as error:
            self.refuse(made, str(error))
            return
        if unknown:
            self.warn("funds, applicants or places that are not known", len(unknown))
        yield made


def read(call: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The fields of a call, and labels whose meaning is not known. Raises ValueError."""
    opens, closes = moment(call.get("DatumPocetkaZaprimanjaProjektnihPrijava")), moment(call.get("RokZaPodnosenjeProjektnihPrijava"))
    lasting = "trajni" in words(call.get("VrstaPostupkaDodjeleNaziv"))
    objectives, about = words(call["CiljPoziva"]), words(call.get("Sazetak"))
    applicants = words(call.get("PrihvatljiviPrijavitelji") or call.get("Prijavitelji"))
    fund, programme = plain(words(call.get("InvesticijskiFondNaziv"))), plain(words(call.get("OperativniProgramNaziv")))
    fields: dict[str, Any] = {
        "kind": "call",
        "title": call["Naziv"],
        "lang": "hr",
        "url": SITE + quote(str(call.get("Oznaka") or "")),
        "identifier": plain(str(call.get("Oznaka") or "")) or None,
        "opening_date": opens["date"] if opens else None,
        "deadlines": [{**closes, "zone": ZONE, "kind": "fixed"}] if closes else [],
        "deadline_kind": "fixed" if closes else "rolling" if lasting else "not-stated",
        "summary": lead(about or objectives) or None,
        "objectives": objectives or None,
        "eligibility": applicants or None,
        "budget": budget(call),
        "authority": {"name": plain(words(call["NadleznoTijeloNaziv"]))} if call.get("NadleznoTijeloNaziv") else None,
        "source_status": call.get("Status"),
        "conditions": [{"heading": "Program", "text": programme}] if programme else [],
    }
    put(fields, "country", [Country.HR], programme or fund, "EU money managed by Croatia")
    unknown = put_labels(fields, "programme", [fund], FUNDS, "fund of the source") if fund else []
    fields.setdefault("programme", programme or None)
    unknown += put_places(fields, parts(words(call.get("Podrucja"))), "HR", PLACES)
    put(fields, "level", [Level.NATIONAL], programme or fund, "programme of Croatia")
    if parse_amount(str(call.get("UkupnaBespovratnaSredstva") or "")):
        put(fields, "type", [FundingType.GRANT], "UkupnaBespovratnaSredstva", "non-repayable money is set aside")
    return fields, unknown + put_labels(fields, "beneficiary", parts(applicants), APPLICANTS, "applicants named by the source")


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
    """An instant in UTC as day and time in Zagreb. Raises DateError."""
    if not stamp:
        return None
    try:
        instant = datetime.strptime(str(stamp), "%Y-%m-%dT%H:%M:%S%z").astimezone(ZoneInfo(ZONE))
    except ValueError as error:
        raise DateError(f"{str(stamp)[:60]!r} is not an instant of the form yyyy-mm-ddThh:mm:ssZ") from error
    return {"date": instant.date().isoformat(), "time": f"{instant:%H:%M}"}


def budget(call: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is set aside, in euro: the grants, or the value of the call where the grants are not stated."""
    names = ("UkupnaBespovratnaSredstva", "VrijednostPoziva", "NajnizaVrijednostPotpore", "NajvisaVrijednostPotpore")
    amounts = [parse_amount(str(call.get(name) or "")) for name in names]
    total, value, least, most = amounts
    if not any(amounts):
        return None
    return {"total": total or value, "currency": "EUR", "scope": "call", "per_project_min": least, "per_project_max": most}
