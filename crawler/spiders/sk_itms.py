"""Slovakia, ITMS21: calls ("výzvy") of Programme Slovakia 2021-2027.

The list (limit and offset, until as many as it says or an empty page) gives ids -> one detail per call. Instants are epoch
milliseconds. Open-ended calls have no closing date but cut-offs, after which what came in is assessed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, parse_amount, plain
from crawler.platforms.mapped import put, put_labels
from crawler.platforms.moments import local
from crawler.source import Draft, Source, SourceError
from search import clock, regions
from search.analysis import fold
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, Kind, Level, TextUse

ZONE = "Europe/Bratislava"
FUNDS = {
    "esf+": ["ESF+"], "európsky sociálny fond plus": ["ESF+"], "erdf": ["ERDF"], "efrr": ["ERDF"], "európsky fond regionálneho rozvoja": ["ERDF"],
    "jtf": ["JTF"], "fst": ["JTF"], "fond na spravodlivú transformáciu": ["JTF"], "cf": ["CF"], "kf": ["CF"], "kohézny fond": ["CF"], "rrf": ["RRF"],
}  # fmt: skip
APPLICANTS = {
    "podnikatelia": [Beneficiary.LARGE_COMPANY, Beneficiary.SME],
    "malé a stredné podniky": [Beneficiary.SME],
    "veľké podniky": [Beneficiary.LARGE_COMPANY],
    "vzdelávacie inštitúcie": [Beneficiary.PROVIDER],
    "školy a školské zariadenia": [Beneficiary.PROVIDER],
    "vysoké školy": [Beneficiary.PROVIDER],
    "mimovládne organizácie": [Beneficiary.OTHER],
    "obce": [Beneficiary.PUBLIC_AUTHORITY],
    "samosprávne kraje": [Beneficiary.PUBLIC_AUTHORITY],
    "ústredné orgány štátnej správy": [Beneficiary.PUBLIC_AUTHORITY],
    "úrady práce, sociálnych vecí a rodiny": [Beneficiary.EMPLOYMENT_SERVICE],
}
STATES = {"zrusena": "zrušená", "pozastavenePredkladanieZonfp": "pozastavené predkladanie"}  # what the dates do not tell


class SkItmsSpider(Source):
    name = "sk_itms"
    allowed_domains = ["api.itms21.sk"]
    facts = SourceFacts(
        source="sk_itms",
        title="ITMS21 – výzvy Programu Slovensko",
        homepage="https://portal.itms21.sk/vyhlasene-vyzvy/",
        countries=[Country.SK],
        level=[Level.NATIONAL, Level.REGIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.DOCUMENTED,
        licence="not stated",
        attribution="ITMS21, Ministerstvo investícií, regionálneho rozvoja a informatizácie SR",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 6
    min_dated = 0.4

    list_url = "https://api.itms21.sk/public/v1/vyzva/?limit=200&offset={}"
    detail_url = "https://api.itms21.sk/public/v1/vyzva/id/{}"
    document_url = "https://api.itms21.sk/public/v1/dokument/uuid/{}"
    page_url = "https://portal.itms21.sk/vyhlasena-vyzva/?id={}"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ids: list[str] = []

    def first(self) -> Iterator[Request]:
        yield self.ask(self.list_url.format(0), self.parse)

    async def parse(self, response: Response) -> AsyncIterator[Any]:
        payload, _ = self.json_of(response)
        rows = payload.get("results") if isinstance(payload, dict) else None
        if not isinstance(rows, list) or any("id" not in row for row in rows):
            raise SourceError("the list of calls has another shape: no results with ids")
        total = payload.get("size")
        if not rows and (not self.ids or (isinstance(total, int) and len(self.ids) < total)):
            yield await self.again(response, f"the list came empty after {len(self.ids)} calls")
            return
        self.ids += [str(row["id"]) for row in rows]
        if rows and (not isinstance(total, int) or len(self.ids) < total):
            yield self.ask(self.list_url.format(len(self.ids)), self.parse)
            return
        if len(set(self.ids)) < len(self.ids):
            self.warn("records listed twice", len(self.ids) - len(set(self.ids)))
        for native_id in dict.fromkeys(self.ids):
            yield self.ask(self.detail_url.format(native_id), self.parse_call, cb_kwargs={"native_id": native_id})

    def parse_call(self, response: Response, native_id: str) -> Iterator[Draft]:
        call, suspect = self.json_of(response)
        missing = {"id", "kod", "nazovSk", "datumVyhlasenia", "datumUzavretia"} - set(call)
        if missing:
            raise SourceError(f"a call has another shape: no {', '.join(sorted(missing))}")
        if str(call["id"]) != native_id:
            raise SourceError(f"call {native_id} was asked, {call['id']} came")
        try:
            made = Draft(native_id, fields_of(call), payload={k: v for k, v in call.items() if k != "kontaktEmail"})
        except DateError as error:
            self.refuse(Draft(native_id, {}, payload={"kod": call["kod"]}), str(error))
            return
        made.suspect = suspect
        yield made


def fields_of(call: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields. Raises DateError."""
    text = from_html(call.get("popis") or "")
    aims = [*names(call.get("opatrenie")), *names(call.get("specifickyCielProgramu"))]
    amount = parse_amount(str(call.get("sumaSpolu") or ""))
    issuer = next(iter(names([call.get("vyhlasovatel") or {}])), None)
    fields: dict[str, Any] = {
        "kind": "call",
        "title": call["nazovSk"],
        "title_en": call.get("nazovEn") or None,
        "lang": "sk",
        "url": SkItmsSpider.page_url.format(call["id"]),
        "identifier": call["kod"],
        "opening_date": moment(call["datumVyhlasenia"])["date"] if call["datumVyhlasenia"] else None,
        "description": text or None,
        "summary": lead(text) or None,
        "scope": "\n".join(aims) or None,
        "eligibility": ", ".join(names(call.get("ziadatel"))) or None,
        "authority": {"name": issuer} if issuer else None,
        "budget": {"total": amount} if amount else None,
        "source_status": next((words for flag, words in STATES.items() if call.get(flag)), None),
        "conditions": [{"heading": "Program", "text": name} for name in names([call.get("program") or {}])],
        "documents": [
            {"url": SkItmsSpider.document_url.format(d["uuid"]), "label": plain(d.get("nazov") or "Dokument"), "basis": "crawled"}
            for d in call.get("dokument") or [] if d.get("uuid")
        ],
    }  # fmt: skip
    fields |= ends(call)
    add_labels(fields, call)
    return fields


def names(parts: Iterable[Mapping[str, Any]] | None) -> list[str]:
    """The names of a list of parts; the portal spells the key in two ways."""
    return [plain(name) for part in parts or [] if (name := part.get("nazovSk") or part.get("nazov"))]


def moment(milliseconds: int) -> dict[str, str]:
    """The local day, and the hour where one is stated, of an instant since 1970. Raises DateError."""
    try:
        return local(datetime.fromtimestamp(milliseconds / 1000, UTC), ZONE)
    except (ValueError, OverflowError, OSError, TypeError) as error:
        raise DateError(f"{milliseconds!r} are no milliseconds since 1970") from error


def ends(call: Mapping[str, Any]) -> dict[str, Any]:
    """Closing date and cut-offs. A call without closing date goes on after its last known cut-off, so passed ones are left out."""
    closing = call["datumUzavretia"]
    stamps = [part["datumUzavierky"] for part in call.get("posudzovaneObdobie") or [] if part.get("datumUzavierky")]
    cut_offs = [{**moment(stamp), "zone": ZONE, "kind": "cut-off"} for stamp in stamps if not closing or stamp <= closing]
    if closing:
        deadlines = [*cut_offs, {**moment(closing), "zone": ZONE, "kind": "fixed"}]
        return {"deadlines": deadlines, "deadline_kind": "cut-offs" if cut_offs else "fixed"}
    ahead = [cut_off for cut_off in cut_offs if cut_off["date"] >= clock.today().isoformat()]
    open_ended = fold(str(call.get("typ") or names([call.get("typVyzvy") or {}]))).strip("[]'").startswith("otvoren")
    return {"deadlines": ahead, "deadline_kind": "cut-offs" if ahead else "rolling" if open_ended else "not-stated"}


@cache
def places() -> dict[str, str]:
    """Codes and names of the Slovak regions, folded -> code."""
    units = [unit for unit in regions.units().values() if unit.country == Country.SK and unit.level > 1]
    return {fold(word): unit.code for unit in reversed(units) for word in (unit.name, unit.code)}


def add_labels(fields: dict[str, Any], call: Mapping[str, Any]) -> None:
    put(fields, "country", [Country.SK], "ITMS21", "calls of Slovakia")
    for fund in call.get("fond") or []:
        put_labels(fields, "programme", [label for label in (fund.get("skratka"), *names([fund])) if label], FUNDS, "fund of the source")
    applicants = names(call.get("ziadatel"))
    if all(label.casefold() in APPLICANTS for label in applicants):  # else the words themselves are read
        put_labels(fields, "beneficiary", applicants, APPLICANTS, "applicants named by the source")
    found = {}
    for place in call.get("miestoRealizacie") or []:
        label = plain(place.get("nazovSk") or place.get("nazov") or "")
        code = places().get(fold(place.get("kod") or "")) or places().get(fold(label))
        if code:
            found[code] = label or code
    if found and len(found) < len({code for code in places().values() if len(code) == 5}):
        put(fields, "level", [Level.REGIONAL], ", ".join(found.values()), "limited to regions")
        for code, label in found.items():
            put(fields, "region", [code], label, "place of the project")
    else:
        put(fields, "level", [Level.NATIONAL], "ITMS21", "programme of the whole country")
