"""Spain, BDNS (infosubvenciones.es): the national register of subsidies of state, regions, municipalities and other bodies.

The search (pages from 0, oldest first, dates in the address as dd/mm/yyyy) gives numbers and titles -> one detail per call.
The register holds hundreds of thousands of calls: as long as it has more than `most_whole`, only the last year is listed, and
details are asked for titles that speak of training. Dates may be missing, with words instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, parse_amount, parse_day, plain, web_address
from crawler.platforms import NATIONAL, RECORDED, REGIONAL, call, calls_of, conditions, put, put_labels, table
from crawler.platforms.moments import local
from crawler.source import Draft, Source, SourceError, need_keys, needed
from search import clock, regions
from search.vocabulary import Beneficiary, Country, Ecosystem, Fund, FundingType

SITE = "https://www.infosubvenciones.es/bdnstrans/"
API = SITE + "api/convocatorias"
LIST, DETAIL = API + "/busqueda?vpd=GE&page={}&pageSize=100&order=fechaRecepcion&direccion=asc{}", API + "?vpd=GE&numConv={}"
ZONE = "Europe/Madrid"
TRAINING = re.compile(
    r"formaci|formativ|cualific|qualific|capacitaci|competencia|competènci|aprendi[zc]|aprenent|aprendizax|reciclaje|reconversi|"
    r"prestakuntza|trebakuntza|empleabilidad|ocupabilitat|digitaliza",
    re.I,
)
EXHAUSTED = re.compile(r"agotar|agotamiento|fin de (?:la )?(?:existencia|disponibilidad)", re.I)
FUNDS = table(
    Fund, ESF_PLUS="fondo social europeo plus; fondo social europeo plus (fse+); fse+", JTF="fondo de transición justa",
    ERDF="feder; fondo europeo de desarrollo regional; fondo europeo de desarrollo regional (feder)", RRF="mecanismo de recuperación y resiliencia",
)  # fmt: skip
APPLICANTS = table(
    Beneficiary, SME="pyme y personas físicas que desarrollan actividad económica", LARGE_COMPANY="gran empresa",
    OTHER="personas jurídicas que no desarrollan actividad económica; personas físicas que no desarrollan actividad económica",
)  # fmt: skip
INSTRUMENTS = table(FundingType, GRANT="subvención y entrega dineraria sin contraprestación", LOAN="préstamos; garantías")
# Sections of the national classification of activities (CNAE, as NACE) that are one ecosystem.
SECTORS = table(Ecosystem, AGRI_FOOD="a", CONSTRUCTION="f", RETAIL="g", MOBILITY="h", TOURISM="i", DIGITAL="j", HEALTH="q")
STATE = ("ESTADO", "ESTATAL")
NEEDED = {"descripcion", "presupuestoTotal", "fechaInicioSolicitud", "fechaFinSolicitud", "organo", "tiposBeneficiarios"}


class EsBdnsSpider(Source):
    name = "es_bdns"
    allowed_domains = ["www.infosubvenciones.es"]
    facts = calls_of(
        Country.ES, name, "Base de Datos Nacional de Subvenciones (BDNS)", SITE + "GE/es/convocatorias", format_seen=RECORDED,
        licence="legal notice of the SNPSAP: re-use with the source cited, data may change after extraction",
        attribution="Sistema Nacional de Publicidad de Subvenciones y Ayudas Públicas (IGAE)",
    )  # fmt: skip
    min_entries = 6
    min_dated = 0.3
    most_whole = 5000
    window = timedelta(days=365)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.titles: dict[str, str] = {}
        self.listed = 0

    def first(self) -> Iterator[Request]:
        yield self.ask_page(0, "")

    def ask_page(self, page: int, dates: str) -> Request:
        return self.ask(LIST.format(page, dates), self.parse, cb_kwargs={"page": page, "dates": dates})

    async def parse(self, response: Response, page: int, dates: str) -> Any:
        rows, total, last = self.rows_of(response, page)
        if not rows:
            return await self.again(response, f"page {page} of the list came empty")
        if not dates and total > self.most_whole:
            today = clock.today()
            return self.ask_page(0, f"&fechaDesde={today - self.window:%d/%m/%Y}&fechaHasta={today:%d/%m/%Y}")
        self.listed += len(rows)
        self.titles |= {str(row["numeroConvocatoria"]): f"{row.get('descripcion')} {row.get('descripcionLeng')}" for row in rows}
        if not last:
            return self.ask_page(page + 1, dates)
        if self.listed < total:
            raise SourceError(f"the list ended after {self.listed} of {total} calls")
        if self.listed > len(self.titles):
            self.warn("records listed twice", self.listed - len(self.titles))
        wanted = [number for number, title in self.titles.items() if not dates or TRAINING.search(title)]
        if left_out := len(self.titles) - len(wanted):
            self.warn("calls of the last year whose title does not speak of training: left out", left_out)
        return [self.ask_detail(number) for number in wanted]

    def rows_of(self, response: Response, page: int) -> tuple[list[dict[str, Any]], int, bool]:
        """The rows of a page, the total, and whether it is the last; nothing found is an answer without a body."""
        if response.status == 204:
            return [], 0, True
        payload, _ = self.json_of(response)
        need_keys(payload, ("content", "totalElements", "number", "last"), "the list")
        rows, total, number, last = payload["content"], payload["totalElements"], payload["number"], payload["last"]
        if number != page:
            raise SourceError(f"page {page} was asked, page {number} came")
        needed(all("numeroConvocatoria" in row for row in rows), "the list", "numeroConvocatoria")
        return rows, total, last

    def ask_detail(self, number: str) -> Request:
        return self.ask(DETAIL.format(number), self.parse_call, cb_kwargs={"number": number})

    def parse_call(self, response: Response, number: str) -> Iterator[Draft]:
        said, suspect = self.json_of(response)
        if said.get("codigoBDNS") != number:
            self.refuse(Draft(number, {}, payload=said), f"the details are of call {said.get('codigoBDNS')!r}")
            return
        need_keys(said, NEEDED, "a call")
        yield from self.drafted(number, said, fields_of, suspect)


def fields_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields. Raises DateError."""
    amount, opens = parse_amount(str(said["presupuestoTotal"] or "")), moment(said["fechaInicioSolicitud"])
    title, bases, kind = said["descripcion"], plain(said.get("descripcionBasesReguladoras") or ""), plain(said.get("tipoConvocatoria") or "")
    office = " – ".join(plain(part) for part in (said["organo"]["nivel2"], said["organo"]["nivel3"]) if part)
    fields = call(
        "es", title, f"{SITE}GE/es/convocatoria/{said['codigoBDNS']}", identifier=said["codigoBDNS"], opening_date=opens["date"] if opens else None,
        description=bases if bases and bases != plain(title) else None, types_of_action=[kind] if kind else [],
        eligibility="; ".join(labels(said["tiposBeneficiarios"])) or None, application_procedure=window_in_words(said),
        conditions=conditions({"Finalidad": plain(said.get("descripcionFinalidad") or "")}), budget={"total": amount} if amount else None,
        authority={"name": office} if office else None, apply_url=site(said.get("sedeElectronica")), documents=documents(said), **ends(said),
    )  # fmt: skip
    add_labels(fields, said)
    return fields


def labels(parts: list[Mapping[str, Any]] | None) -> list[str]:
    """The portal's labels; they come with blanks at the end."""
    return [plain(part["descripcion"]) for part in parts or [] if part.get("descripcion")]


def moment(stamp: str | None) -> dict[str, str] | None:
    """A day, or the local day and hour of an instant with its offset. Raises DateError."""
    if not stamp or "T" not in stamp:
        return {"date": parse_day(stamp).isoformat()} if stamp else None
    try:
        return local(datetime.fromisoformat(stamp), ZONE)
    except ValueError as error:
        raise DateError(f"{stamp[:60]!r} is no instant") from error


def ends(said: Mapping[str, Any]) -> dict[str, Any]:
    """The deadline, or what the words say instead of one."""
    end, words = moment(said["fechaFinSolicitud"]), plain(said.get("textFin") or "")
    if end:
        return {"deadlines": [{**end, "zone": ZONE, "kind": "fixed", "text": words or None}], "deadline_kind": "fixed"}
    return {"deadlines": [], "deadline_kind": "until-exhausted" if EXHAUSTED.search(words) else "not-stated"}


def window_in_words(said: Mapping[str, Any]) -> str | None:
    """When one may apply, where the portal says it in words."""
    return "\n".join(f"{name}: {plain(said[key])}" for name, key in (("Inicio", "textInicio"), ("Fin", "textFin")) if said.get(key)) or None


def site(address: str | None) -> str | None:
    """A web address; many come without a scheme, their host in capitals."""
    host, slash, path = (address or "").strip().partition("/")
    return web_address(address.strip() if "://" in address else f"https://{host.lower()}{slash}{path}") if address and "." in address else None


def documents(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [(f"{API}/documentos?idDocumento={d['id']}", plain(d.get("descripcion") or "Documento")) for d in said.get("documentos") or []]
    if bases := site(said.get("urlBasesReguladoras")):
        found.append((bases, "Bases reguladoras"))
    return [{"url": url, "label": label, "basis": "crawled"} for url, label in found]


def add_labels(fields: dict[str, Any], said: Mapping[str, Any]) -> None:
    put(fields, "country", [Country.ES], "BDNS", "register of Spain")
    put_labels(fields, "programme", labels(said.get("fondos")), FUNDS, "fund of the source")
    if said.get("mrr"):
        put(fields, "programme", [Fund.RRF], "mrr", "flag of the source")
    put_labels(fields, "type", labels(said.get("instrumentos")), INSTRUMENTS, "instrument of the source")
    put_labels(fields, "beneficiary", labels(said["tiposBeneficiarios"]), APPLICANTS, "applicants named by the source")
    for sector in said.get("sectores") or []:
        put(fields, "ecosystem", SECTORS.get(str(sector.get("codigo"))[:1].casefold(), []), plain(sector["descripcion"]), "sector of the source")
    for label in labels(said.get("regiones")):
        code = label.split(" - ")[0]
        if len(code) > 2 and code in regions.units():
            put(fields, "region", [code], label, "region of the source")
    owner = plain(said["organo"]["nivel1"])
    regional = fields.get("regions") or owner not in STATE
    put(fields, "level", [REGIONAL if regional else NATIONAL], owner, "administration, and regions it is limited to")
