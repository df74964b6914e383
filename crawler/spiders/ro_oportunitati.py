"""Romania, oportunitati-ue.gov.ro: calls of the EU programmes, in Romanian.

Names of the terms -> pages of the WordPress REST list `apel`, 100 each, with the total in a header -> the page of each call,
which alone has money, dates and programme, each after its label. The list's links may lead elsewhere; its slugs do not.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import from_html, parse_day, squeeze
from crawler.platforms import DOCUMENTED, NATIONAL, REGIONAL, ListAndPage, Page, Paged, calls_of, files, put, put_all, put_labels, table, words
from crawler.platforms.fields import NUMBER, amount, call, conditions, texts, window
from crawler.platforms.wordpress import posts_of
from crawler.source import Draft, needed
from search.vocabulary import Beneficiary, Country, Fund

SITE = "https://oportunitati-ue.gov.ro"
TERMS = ("beneficiar", "domeniu", "tip_apel", "zona_geografica")
TERM_LIST = f"{SITE}/wp-json/wp/v2/{{}}?per_page=100&page={{}}&_fields=id,name"
LIST = f"{SITE}/wp-json/wp/v2/apel?per_page=100&page={{}}&orderby=id&order=asc&_fields=id,slug,title,{','.join(TERMS)}"
LABELS = ("Buget UE:", "Data deschiderii:", "Data închiderii:", "Tip Apel:", "Obiectivul specific:", "Programe pentru care se aplică apelul")
MONTHS = "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie".split()
PROGRAMMES = {  # beginnings of the names of programmes of one fund
    "Programul Educație și Ocupare": Fund.ESF_PLUS, "Programul Regional": Fund.ERDF, "Programul Tranziție Justă": Fund.JTF,
    "Planul Național de Redresare și Reziliență": Fund.RRF,
}  # fmt: skip
REGIONS = {
    "nord-vest": ["RO11"], "centru": ["RO12"], "nord-est": ["RO21"], "sud-est": ["RO22"], "sud-muntenia": ["RO31"], "bucurești-ilfov": ["RO32"],
    "sud-vest oltenia": ["RO41"], "vest": ["RO42"],
}  # fmt: skip
APPLICANTS = table(
    Beneficiary, SME="imm-uri", LARGE_COMPANY="întreprinderi mari", PROVIDER="furnizori de formare profesională; instituții de învățământ",
    PUBLIC_AUTHORITY="autorități publice", SOCIAL_PARTNER="parteneri sociali", OTHER="ong-uri",
)  # fmt: skip


class RoOportunitatiSpider(Paged, ListAndPage):
    name = "ro_oportunitati"
    allowed_domains = ["oportunitati-ue.gov.ro"]
    facts = calls_of(
        Country.RO, name, "Oportunități UE, calls (Romania)", f"{SITE}/",
        attribution="Ministerul Investițiilor și Proiectelor Europene, oportunitati-ue.gov.ro", format_seen=DOCUMENTED,
    )  # fmt: skip
    min_entries = 7
    min_dated = 0.5

    def first(self) -> Iterator[Request]:
        self.names: dict[str, dict[int, str]] = {term: {} for term in TERMS}
        self.waiting = list(TERMS)
        yield self.ask(TERM_LIST.format(TERMS[0], 1), self.parse_terms, cb_kwargs={"page": 1})

    async def parse_terms(self, response: Response, page: int) -> AsyncIterator[Any]:
        """The names of a taxonomy's terms; then the next taxonomy, or the list of calls."""
        term = self.waiting[0]
        url = TERM_LIST.format(term, "{}")
        terms = posts_of(self, response, page, ("id", "name"), url)
        if not terms.rows:
            yield await self.again(response, f"the terms {term} came empty")
            return
        self.names[term] |= {row["id"]: squeeze(from_html(row["name"])) for row in terms.rows}
        if terms.following:
            yield self.ask(terms.following, self.parse_terms, cb_kwargs={"page": page + 1})
            return
        self.waiting.pop(0)
        if self.waiting:
            yield self.ask(TERM_LIST.format(self.waiting[0], 1), self.parse_terms, cb_kwargs={"page": 1})
        else:
            yield self.ask_page(LIST.format(1), 1, 0)

    def read_page(self, response: Response, number: int) -> Page:
        return posts_of(self, response, number, ("id", "slug", "title"), LIST)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        slug, title = row["slug"], row["title"]["rendered"]
        named = {term: [name for key in row.get(term) or [] if (name := self.names[term].get(key))] for term in TERMS}
        made = Draft(str(row["id"]), {}, payload={"title": title, **named}, suspect=suspect)
        yield from self.ask_call(f"{SITE}/apel/{slug}/", made, f"{slug} {title}")

    def read_call(self, page: Selector, response: Response, made: Draft) -> dict[str, Any]:
        said, labels = made.payload, {name: value for name in LABELS if (value := value_of(page, name))}
        needed("Tip Apel:" in labels, f"a call ({response.url})", "Tip Apel")
        rolling, programme = "fără termen" in labels["Tip Apel:"].lower(), labels.get(LABELS[-1], "")
        if "Data închiderii:" not in labels and not rolling:
            self.warn("calls with neither a closing date nor the words that there is none")
        opens, closes = stamp(labels.get("Data deschiderii:")), stamp(labels.get("Data închiderii:"))
        fields = call(
            "ro", said["title"], response.url, deadline_model=labels["Tip Apel:"], **texts(from_html("".join(page.css(".continut").getall()))),
            objectives=labels.get("Obiectivul specific:"), eligibility=", ".join(said["beneficiar"]) or None,
            conditions=conditions({"Program": programme, "Domeniu": ", ".join(said["domeniu"])}),
            **window("Europe/Bucharest", opens, closes, otherwise="rolling" if rolling else "not-stated"), budget=money(labels.get("Buget UE:")),
            documents=files(response, page.css("a[href*='/wp-content/uploads/']"), "Document"),
        )  # fmt: skip
        label(fields, said, programme)
        return fields


def value_of(page: Selector, name: str) -> str:
    """What stands after a label: the next element, or the rest of the element around it."""
    found = page.xpath("//*[normalize-space(text())=$name]", name=name)
    return words(found.xpath("following-sibling::*[1]")) or words(found.xpath("..")).removeprefix(name).strip()


def stamp(said: str | None) -> dict[str, str] | None:
    """`31 decembrie 2026 23:59` or `31.12.2026`, the clock of Bucharest; None where nothing is said. Raises DateError."""
    if not said:
        return None
    found = re.fullmatch(rf"(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})(?: (\d{{2}}:\d{{2}}))?", said, re.I)
    if not found:
        return {"date": parse_day(said, "%d.%m.%Y").isoformat()}
    day = {"date": parse_day(f"{found[1]}.{MONTHS.index(found[2].lower()) + 1}.{found[3]}", "%d.%m.%Y").isoformat()}
    return day | {"time": found[4]} if found[4] else day


def money(said: str | None) -> dict[str, Any] | None:
    """`33.435.294 EUR`, `LEI` or `RON`, dots for thousands; other words stay words."""
    found = re.fullmatch(rf"({NUMBER}) (EUR|RON|LEI|EURO)", said or "", re.I)
    if not found:
        return {"scope": "call", "text": said} if said else None
    total = amount(found[1])
    return {"total": total, "currency": "EUR" if found[2].upper().startswith("EUR") else "RON", "scope": "call", "text": said} if total else None


def label(fields: dict[str, Any], said: dict[str, Any], programme: str) -> None:
    """What programme, zone and applicants decide."""
    fund = next((fund for name, fund in PROGRAMMES.items() if programme.startswith(name)), None)
    if programme:
        put(fields, "programme", [fund or programme], programme, "programme of the call")
    put(fields, "country", [Country.RO], programme or SITE, "programme of Romania")
    put_labels(fields, "region", said["zona_geografica"], REGIONS, "zone of the call")
    regional = programme.startswith("Programul Regional") or 0 < len(fields.get("regions", [])) < len(REGIONS)
    named = ", ".join([programme, *said["zona_geografica"]]).strip(", ") or SITE
    put(fields, "level", [REGIONAL if regional else NATIONAL], named, "programme and zone of the call")
    put_all(fields, "beneficiary", said["beneficiar"], APPLICANTS, "applicants named by the source")
