"""Slovakia, ITMS21: calls ("výzvy") of Programme Slovakia 2021-2027.

The list (limit and offset, until as many as it says or an empty page) gives ids -> one detail per call. Instants are epoch
milliseconds. Open-ended calls have no closing date but cut-offs, after which what came in is assessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from scrapy.http import Response

from crawler.normalise import DateError, from_html, parse_amount, plain
from crawler.platforms import DOCUMENTED, NATIONAL, REGIONAL, ListAndPage, Page, Paged, calls_of, put, put_all, put_labels, table
from crawler.platforms.fields import call, conditions, texts
from crawler.platforms.moments import local
from crawler.source import Draft, SourceError, need_keys
from search import clock, regions
from search.analysis import fold
from search.vocabulary import Beneficiary, Country, Fund

API = "https://api.itms21.sk/public/v1/"
PORTAL = "https://portal.itms21.sk/"
ZONE = "Europe/Bratislava"
FUNDS = table(
    Fund, ESF_PLUS="esf+; európsky sociálny fond plus", ERDF="erdf; efrr; európsky fond regionálneho rozvoja",
    JTF="jtf; fst; fond na spravodlivú transformáciu", CF="cf; kf; kohézny fond", RRF="rrf",
)  # fmt: skip
APPLICANTS = table(
    Beneficiary, LARGE_COMPANY="podnikatelia; veľké podniky", SME="podnikatelia; malé a stredné podniky", OTHER="mimovládne organizácie",
    PROVIDER="vzdelávacie inštitúcie; školy a školské zariadenia; vysoké školy", EMPLOYMENT_SERVICE="úrady práce, sociálnych vecí a rodiny",
    PUBLIC_AUTHORITY="obce; samosprávne kraje; ústredné orgány štátnej správy",
)  # fmt: skip
STATES = {"zrusena": "zrušená", "pozastavenePredkladanieZonfp": "pozastavené predkladanie"}  # what the dates do not tell


class SkItmsSpider(Paged, ListAndPage):
    name = "sk_itms"
    allowed_domains = ["api.itms21.sk"]
    facts = calls_of(
        Country.SK, name, "ITMS21 – výzvy Programu Slovensko", f"{PORTAL}vyhlasene-vyzvy/",
        attribution="ITMS21, Ministerstvo investícií, regionálneho rozvoja a informatizácie SR", format_seen=DOCUMENTED,
    )  # fmt: skip
    min_entries = 6
    min_dated = 0.4
    list_url = API + "vyzva/?limit=200&offset=0"

    def read_page(self, response: Response, number: int) -> Page:
        payload, mended = self.json_of(response)
        need_keys(payload, ["results"], f"page {number} of the list")
        rows, total = payload["results"], payload.get("size")
        read = int(response.url.rsplit("=", 1)[1]) + len(rows)
        open_end = not isinstance(total, int)
        return Page(rows, None if open_end else total, f"{API}vyzva/?limit=200&offset={read}" if open_end or read < total else None, mended)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        need_keys(row, ["id"], "a call of the list")
        number = str(row["id"])
        if self.is_new(Draft(number, {}, payload=row, suspect=suspect), number):
            yield self.ask(f"{API}vyzva/id/{number}", self.parse_details, cb_kwargs={"native_id": number})

    def parse_details(self, response: Response, native_id: str) -> Iterator[Draft]:
        said, suspect = self.json_of(response)
        need_keys(said, ("id", "kod", "nazovSk", "datumVyhlasenia", "datumUzavretia"), "a call")
        if str(said["id"]) != native_id:
            raise SourceError(f"call {native_id} was asked, {said['id']} came")
        yield from self.drafted(native_id, {key: value for key, value in said.items() if key != "kontaktEmail"}, fields_of, suspect)


def fields_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields. Raises DateError."""
    aims = [*names(said.get("opatrenie")), *names(said.get("specifickyCielProgramu"))]
    amount = parse_amount(str(said.get("sumaSpolu") or ""))
    issuer, programme = (next(iter(names([said.get(key) or {}])), None) for key in ("vyhlasovatel", "program"))
    files = [(f"{API}dokument/uuid/{d['uuid']}", plain(d.get("nazov") or "Dokument")) for d in said.get("dokument") or [] if d.get("uuid")]
    fields = call(
        "sk", said["nazovSk"], f"{PORTAL}vyhlasena-vyzva/?id={said['id']}", title_en=said.get("nazovEn") or None, identifier=said["kod"],
        opening_date=moment(said["datumVyhlasenia"])["date"] if said["datumVyhlasenia"] else None, **ends(said),
        **texts(from_html(said.get("popis") or "")), scope="\n".join(aims) or None, eligibility=", ".join(names(said.get("ziadatel"))) or None,
        authority={"name": issuer} if issuer else None, budget={"total": amount} if amount else None,
        source_status=next((words for flag, words in STATES.items() if said.get(flag)), None), conditions=conditions({"Program": programme}),
        documents=[{"url": url, "label": label, "basis": "crawled"} for url, label in files],
    )  # fmt: skip
    add_labels(fields, said)
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


def ends(said: Mapping[str, Any]) -> dict[str, Any]:
    """Closing date and cut-offs. A call without closing date goes on after its last known cut-off, so passed ones are left out."""
    closing = said["datumUzavretia"]
    stamps = [part["datumUzavierky"] for part in said.get("posudzovaneObdobie") or [] if part.get("datumUzavierky")]
    cut_offs = [{**moment(stamp), "zone": ZONE, "kind": "cut-off"} for stamp in stamps if not closing or stamp <= closing]
    if closing:
        deadlines = [*cut_offs, {**moment(closing), "zone": ZONE, "kind": "fixed"}]
        return {"deadlines": deadlines, "deadline_kind": "cut-offs" if cut_offs else "fixed"}
    ahead = [cut_off for cut_off in cut_offs if cut_off["date"] >= clock.today().isoformat()]
    open_ended = fold(str(said.get("typ") or names([said.get("typVyzvy") or {}]))).strip("[]'").startswith("otvoren")
    return {"deadlines": ahead, "deadline_kind": "cut-offs" if ahead else "rolling" if open_ended else "not-stated"}


@cache
def places() -> dict[str, str]:
    """Codes and names of the Slovak regions, folded -> code."""
    units = [unit for unit in regions.units().values() if unit.country == Country.SK and unit.level > 1]
    return {fold(word): unit.code for unit in reversed(units) for word in (unit.name, unit.code)}


def add_labels(fields: dict[str, Any], said: Mapping[str, Any]) -> None:
    put(fields, "country", [Country.SK], "ITMS21", "calls of Slovakia")
    for fund in said.get("fond") or []:
        put_labels(fields, "programme", [label for label in (fund.get("skratka"), *names([fund])) if label], FUNDS, "fund of the source")
    put_all(fields, "beneficiary", names(said.get("ziadatel")), APPLICANTS, "applicants named by the source")
    found = {}
    for place in said.get("miestoRealizacie") or []:
        label = plain(place.get("nazovSk") or place.get("nazov") or "")
        code = places().get(fold(place.get("kod") or "")) or places().get(fold(label))
        if code:
            found[code] = label or code
    if found and len(found) < len({code for code in places().values() if len(code) == 5}):
        put(fields, "level", [REGIONAL], ", ".join(found.values()), "limited to regions")
        for code, label in found.items():
            put(fields, "region", [code], label, "place of the project")
    else:
        put(fields, "level", [NATIONAL], "ITMS21", "programme of the whole country")
