"""Italy, incentivi.gov.it: the ministry's catalogue of incentives for companies, in Italian.

Pages of its public Solr index, 200 documents each; `numFound` says how many there are. Of the paired fields those for
several values (`zm_…_value`) are read: the single ones hold only the first. Dates are local and have no hour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from crawler.normalise import from_html, parse_amount, parse_day, plain, squeeze, web_address
from crawler.platforms import NATIONAL, RECORDED, REGIONAL, Page, Paged, call, calls_of, conditions, put, put_labels, table, texts, window
from crawler.source import SourceError, needed
from search.vocabulary import Beneficiary, Country, Ecosystem, FundingType, TextUse

SITE = "https://www.incentivi.gov.it"
ROWS = 200
MOST_MISSING = 0.01  # the order is by last change, so a document may slip to a page that was read before
FIELDS = (
    "zs_nid zs_title zs_body zs_url zs_field_open_date zs_field_close_date zs_field_close_date_descriptor zs_field_budget_allocation zs_field_ateco "
    "zs_field_cost_min zs_field_cost_max zs_field_support_grant_type_min zs_field_support_grant_type_max zs_field_subject_grant zs_field_link "
    "zm_field_scopes_value zm_field_granted_costs_value zm_field_subject_type_value zm_field_dimensions_value zm_field_support_form_value "
    "zm_field_regions_value zm_field_activity_sector_value"
).split()
SELECT = f"{SITE}/solr/coredrupal/select?q=*:*&fq=index_id:incentivi&fl={','.join(FIELDS)}&rows={ROWS}&start={{}}&sort=ds_last_update%20desc&wt=json"
REGIONS = {
    "abruzzo": ["ITF1"], "basilicata": ["ITF5"], "calabria": ["ITF6"], "campania": ["ITF3"], "emilia-romagna": ["ITH5"],
    "friuli-venezia giulia": ["ITH4"], "lazio": ["ITI4"], "liguria": ["ITC3"], "lombardia": ["ITC4"], "marche": ["ITI3"], "molise": ["ITF2"],
    "piemonte": ["ITC1"], "puglia": ["ITF4"], "sardegna": ["ITG2"], "sicilia": ["ITG1"], "toscana": ["ITI1"], "umbria": ["ITI2"],
    "trentino-alto adige/südtirol": ["ITH1", "ITH2"], "valle d'aosta/vallée d'aoste": ["ITC2"], "veneto": ["ITH3"],
}  # fmt: skip
FORMS = table(FundingType, GRANT="contributo/fondo perduto", LOAN="finanziamento agevolato; garanzia")
APPLICANTS = table(
    Beneficiary, SME="microimpresa; piccola impresa; media impresa; professionista", LARGE_COMPANY="grande impresa", PUBLIC_AUTHORITY="ente pubblico",
    PROVIDER="università/ente di ricerca", OTHER="cooperative/associazioni non profit",
)  # fmt: skip
NO_FIRMS = {"ente pubblico", "università/ente di ricerca"}  # every document ticks sizes of firms, also one for these alone
SECTORS = table(
    Ecosystem, AGRI_FOOD="agricoltura, silvicoltura e pesca; agroalimentare", TOURISM="alberghiero; turismo; ristorazione",
    MOBILITY="autoveicoli e altri mezzi di trasporto; servizi di trasporto", RETAIL="commercio", CREATIVE_CULTURAL="cultura",
    CONSTRUCTION="edilizia", ELECTRONICS="elettronica", DIGITAL="ict", ENERGY_INTENSIVE="metallurgia", TEXTILE="moda e tessile", HEALTH="salute",
)  # fmt: skip
MOST_ECOSYSTEMS = 3  # a document that ticks more is for nearly everybody, and says nothing about a sector
_NATIONAL = re.compile(r"\bminister|\binvitalia\b|\bpresidenza del consiglio\b|\bagenzia nazionale\b|\bcassa depositi\b", re.I)
_LOCAL = re.compile(r"\bregion[ei]\b|\bprovincia\b|\bcomune\b|\bunione d|\bcittà metropolitana\b|\bcamera di commercio\b|\bcciaa\b|\bgal\b", re.I)


class ItIncentiviSpider(Paged):
    name = "it_incentivi"
    allowed_domains = ["www.incentivi.gov.it"]
    facts = calls_of(
        Country.IT, name, "Incentivi.gov.it (Italy)", f"{SITE}/it/catalogo", licence="IODL 2.0", text_use=TextUse.FULL,
        attribution="Ministero delle Imprese e del Made in Italy, incentivi.gov.it", format_seen=RECORDED,
    )  # fmt: skip
    min_entries = 8
    min_dated = 0.4
    list_url = SELECT.format(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read: set[str] = set()

    def read_page(self, response: Response, number: int) -> Page:
        payload, mended = self.json_of(response)
        answer, start = payload.get("response") if isinstance(payload, dict) else None, (number - 1) * ROWS
        if not isinstance(answer, dict) or not isinstance(answer.get("docs"), list) or answer.get("start") != start:
            raise SourceError(f"the answer from {start} on has another shape: no response with docs and start")
        docs, total = answer["docs"], int(answer["numFound"])
        for name in ("zs_nid", "zs_title"):
            needed(not docs or any(doc.get(name) for doc in docs), "a page of documents", name)
        self.read |= {doc.get("zs_nid") for doc in docs}
        following = SELECT.format(number * ROWS) if start + len(docs) < total else None
        if docs and not following and len(self.read) < total:
            self.miss(total - len(self.read), total)
        return Page(docs, total, following, mended)

    def miss(self, missing: int, total: int) -> None:
        """Some documents never came. Raises SourceError for many."""
        if missing > total * MOST_MISSING:
            raise SourceError(f"{total - missing} different documents were read, {total} are said to exist")
        self.warn("documents missing: absent ones were not judged", missing)
        self.account.complete = False

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        yield from self.drafted(str(row.get("zs_nid") or ""), row, fields_of, suspect)


def fields_of(doc: dict[str, Any]) -> dict[str, Any]:
    """The fields of a document. Raises DateError, ValueError or KeyError."""
    note, giver = squeeze(doc.get("zs_field_close_date_descriptor") or ""), doc.get("zs_field_subject_grant")
    opens, closes = day(doc.get("zs_field_open_date")), day(doc.get("zs_field_close_date"))
    link = web_address(doc.get("zs_field_link") or "")
    tags = [("Finalità", doc.get("zm_field_scopes_value")), ("Spese ammesse", doc.get("zm_field_granted_costs_value"))]
    applicants = [*(doc.get("zm_field_subject_type_value") or []), *(doc.get("zm_field_dimensions_value") or [])]
    fields = call(
        "it", doc["zs_title"], SITE + doc["zs_url"], also_at=[link] if link else [], **texts(from_html(doc.get("zs_body") or "")),
        scope="\n".join(f"{name}: {', '.join(values)}" for name, values in tags if values) or None,
        eligibility=", ".join(dict.fromkeys(applicants)) or None, budget=budget(doc), conditions=conditions({"Apertura e chiusura": note}),
        **window("Europe/Rome", opens, {"date": closes} | ({"text": note} if note else {}) if closes else None, otherwise=kind_of(note)),
        authority={"name": plain(giver)} if giver else None,
    )  # fmt: skip
    label(fields, doc, applicants)
    return fields


def day(said: str | None) -> str | None:
    """A local stamp at midnight, as a day. Raises DateError."""
    return parse_day(said, "%Y-%m-%dT%H:%M:%S").isoformat() if said else None


def kind_of(note: str) -> str:
    """What sort of end the words describe where there is no date."""
    if "esauriment" in note.lower():
        return "until-exhausted"
    return "rolling" if "sportello" in note.lower() else "not-stated"


def budget(doc: dict[str, Any]) -> dict[str, Any] | None:
    """The allocation, and the least and most for one applicant, which the source sometimes swaps. Raises ValueError."""
    total = parse_amount(doc.get("zs_field_budget_allocation") or "")
    shares = sorted(parse_amount(doc.get(f"zs_field_support_grant_type_{end}") or "") or 0.0 for end in ("min", "max"))
    if not total and not shares[1]:
        return None
    return {"total": total, "scope": "call", "per_project_min": shares[0] or None, "per_project_max": shares[1] or None}


def label(fields: dict[str, Any], doc: dict[str, Any], applicants: list[str]) -> None:
    """What form, regions, granting body, applicants and sectors decide."""
    giver, named = squeeze(doc.get("zs_field_subject_grant") or ""), list(dict.fromkeys(doc.get("zm_field_regions_value") or []))
    put(fields, "country", [Country.IT], giver or SITE, "catalogue of Italian incentives")
    put_labels(fields, "type", doc.get("zm_field_support_form_value") or [], FORMS, "form of the support")
    limited = {name.casefold() for name in named} < REGIONS.keys() and bool(named)  # of a region not known here nothing can be told
    if limited:
        put_labels(fields, "region", named, REGIONS, "regions of the incentive")
    national = bool(_NATIONAL.search(giver)) or not (_LOCAL.search(giver) or limited)
    put(fields, "level", [NATIONAL if national else REGIONAL], giver or ", ".join(named) or SITE, "body that grants")
    subjects = doc.get("zm_field_subject_type_value") or []
    without_firms = subjects and {subject.casefold() for subject in subjects} <= NO_FIRMS
    put_labels(fields, "beneficiary", subjects if without_firms else applicants, APPLICANTS, "applicants named by the source")
    ateco, sectors = squeeze(doc.get("zs_field_ateco") or ""), doc.get("zm_field_activity_sector_value") or []
    if ateco.lower().startswith("tutti i settori"):
        put(fields, "ecosystem", [Ecosystem.CROSS_SECTORAL], ateco[:300], "economic activities of the incentive")
    elif len({value for sector in sectors for value in SECTORS.get(sector.casefold(), [])}) <= MOST_ECOSYSTEMS:
        put_labels(fields, "ecosystem", sectors, SECTORS, "sectors of the incentive")
