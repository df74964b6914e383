"""Portugal, Recovery and Resilience Plan (PRR): calls ("candidaturas").

One answer of the WordPress form behind the page lists all calls, open and closed, without paging. Dates stand only in the
prose of each call's panel, once per publication and again per republication; the last one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import from_html, plain, plausible_day, squeeze
from crawler.platforms import DOCUMENTED, NATIONAL, REGIONAL, Page, Paged, call, calls_of, conditions, put, put_labels, table, texts
from crawler.platforms.fields import NUMBER, amount
from crawler.source import Draft, SourceError
from search import clock
from search.vocabulary import Beneficiary, Country, Ecosystem, Fund

APPLICANTS = table(
    Beneficiary, OTHER="familias; instituições da economia solidaria e social; instituições do sistema cientifico e tecnológico; empresas públicas",
    LARGE_COMPANY="empresas", SME="empresas", PROVIDER="instituições de ensino superior; escolas",
    PUBLIC_AUTHORITY="autarquias e áreas metropolitanas; entidades públicas",
)  # fmt: skip
APPLICANT_KEYS = "familias solidariaSocial empresas tecnologico ensinosuperior escolas autarquias entidadespublicas empresaspublicas".split()
ECOSYSTEMS = table(
    Ecosystem, HEALTH="c1", CREATIVE_CULTURAL="c4", ENERGY_INTENSIVE="c11", CONSTRUCTION="c13", ENERGY_RENEWABLES="c14", MOBILITY="c15", DIGITAL="c16"
)
REGIONS = {"RAA": "PT20", "RAM": "PT30"}  # the autonomous regions, in the code of the investment
MONTHS = "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split()

_DAY = rf"(?:(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}})|(\d{{1,2}})\s+de\s+({'|'.join(MONTHS)})\s+de\s+(\d{{4}}))"
_HOUR = r"(?:\d{1,2}\s?[h:.]\s?(?:\d{2})?(?:[:m]\d{2})?\s?h?)?"
_ENDS = [r"até(?:\s+(?:ao|às|as|a|o|dia|final|do|de))*", r"\b(?:encerra|termina)m?\s+(?:em|a|às)"]
_ENDS += [r"\bentre\b[^;]{3,40}?\s(?:e|a)(?:\s+(?:o|as|às|até|dia))*"]
_UNTIL = re.compile(rf"(?:{'|'.join(_ENDS)})\s*{_HOUR}[^\d]{{0,25}}{_DAY}(?:,? pelas \d{{1,2}}[h:]\d{{2}})?", re.I)
_STATED_HOUR = re.compile(r"(?:às|as|pelas) (\d{1,2})\s?[h:.]\s?(\d{2})?")
_FROM = re.compile(rf"(?:\bde|\bentre(?:\s+os?)?(?:\s+dias?)?|\ba partir d[eo](?:\s+dia)?|\binício\s+(?:a|em))\s+{_DAY}", re.I)
_ALWAYS = re.compile(r"em contínuo|até (?:se )?esgotar", re.I)
_CODE = re.compile(r"\b\d{1,3}/(?:RE-)?C\d{2}[\w.-]*/\d{4}")
_BUDGET = re.compile(rf"Dotação(?: total)?:\s*({NUMBER})\s*(?:€|EUR)")


class PtPrrSpider(Paged):
    name = "pt_prr"
    allowed_domains = ["recuperarportugal.gov.pt"]
    facts = calls_of(
        Country.PT, name, "Recuperar Portugal (PRR)", "https://recuperarportugal.gov.pt/candidaturas-prr/",
        attribution="Estrutura de Missão Recuperar Portugal", format_seen=DOCUMENTED,
    )  # fmt: skip
    min_entries = 6
    min_dated = 0.3

    form_url = "https://recuperarportugal.gov.pt/wp-admin/admin-ajax.php"
    form: dict[str, str | list[str]] = {
        "action": "getCandidaturas",
        "params[tipo][]": "aviso_abr_cand",
        "params[avisos][]": ["aberto", "fechado"],
        "params[componente][]": [f"C{number}" for number in range(1, 22)],
        "params[beneficiarios][]": APPLICANT_KEYS,
    }

    def first(self) -> Iterator[Request]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        yield self.ask_page(self.form_url, 1, 0, method="POST", body=urlencode(self.form, doseq=True), headers=headers)

    def read_page(self, response: Response, number: int) -> Page:  # noqa: ARG002 there is one
        rows, suspect = self.json_of(response)
        if not isinstance(rows, list):
            raise SourceError("the list of calls has another shape: no list")
        return Page(rows, len(rows), suspect=suspect)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        made = self.parse_call(row)
        made.suspect = suspect
        yield made

    def parse_call(self, row: Mapping[str, Any]) -> Draft:
        try:
            title, panel, component = row["content"]["title"], row["content"]["panel"], row["componente"]
            investment, applicants = row["sub_componente"]["name"], [b["label"] for b in row["beneficiario"]]
        except (KeyError, TypeError) as error:
            raise SourceError(f"a call has another shape: no {error}") from error
        text = from_html(panel)
        code, money = _CODE.search(title), _BUDGET.search(text)
        fields = call(
            "pt", title, row["url"], identifier=code[0] if code else None, call_title=investment, **texts(text),
            conditions=conditions({"Componente": plain(component["label"])}), budget={"total": amount(money[1])} if money else None,
        )  # fmt: skip
        fields |= self.dates(squeeze(text))
        if not fields["deadlines"]:  # else the dates tell
            fields["source_status"] = row.get("avisos") or None
        put(fields, "country", [Country.PT], "PRR", "plan of Portugal")
        put(fields, "programme", [Fund.RRF], "PRR", "plan paid by the Recovery and Resilience Facility")
        put_labels(fields, "beneficiary", applicants, APPLICANTS, "applicants named by the source")
        put(fields, "ecosystem", ECOSYSTEMS.get(component["value"].casefold(), []), plain(component["label"]), "component for this sector")
        region = re.search(r"\b(?:RAA|RAM)\b", investment)
        put(fields, "level", [REGIONAL if region else NATIONAL], plain(investment), "investment of the plan")
        if region:
            put(fields, "region", [REGIONS[region[0]]], plain(investment), "investment of an autonomous region")
        return Draft(str(row["id"]), fields, payload=row)

    def dates(self, text: str) -> dict[str, Any]:
        """Opening, deadline and its kind from the prose. A date that cannot be true is left out and counted."""
        starts = [day for found in _FROM.finditer(text) if (day := day_of(found.groups()))]
        ends = list(_UNTIL.finditer(text))
        always = bool(_ALWAYS.search(text))
        out: dict[str, Any] = {"deadlines": [], "deadline_kind": "until-exhausted" if always and not ends else "not-stated"}
        end = day_of(ends[-1].groups()[-6:]) if ends else None
        if ends and (end is None or not plausible_day(end, clock.today())):
            self.warn("closing dates in the prose that cannot be true: left out")
        elif end:
            out |= {"deadlines": [deadline(ends[-1], end)], "deadline_kind": "fixed"}
        if starts and plausible_day(starts[0], clock.today()) and not (out["deadlines"] and end and starts[0] > end):
            out["opening_date"] = starts[0].isoformat()
        return out


def day_of(groups: tuple[str | None, ...]) -> date | None:
    """The day in six groups of a match: day, month, year in figures, or with the month's name; None when there is no such day."""
    day, month, year, day_too, name, year_too = groups
    try:
        if day and month and year:
            return date(int(year), int(month), int(day))
        return date(int(year_too or ""), MONTHS.index((name or "").lower()) + 1, int(day_too or ""))
    except ValueError:
        return None


def deadline(found: re.Match[str], day: date) -> dict[str, Any]:
    """A deadline in Lisbon's time, with the hour where the prose states one."""
    hour = _STATED_HOUR.search(found[0])
    time = f"{int(hour[1]):02d}:{hour[2] or '00'}" if hour and int(hour[1]) < 24 and int(hour[2] or 0) < 60 else None
    return {"date": day.isoformat(), "time": time, "zone": "Europe/Lisbon", "kind": "fixed", "text": found[0]}
