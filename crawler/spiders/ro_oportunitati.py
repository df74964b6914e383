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

from crawler.normalise import DateError, from_html, lead, parse_amount, parse_day, squeeze
from crawler.platforms.list_and_page import ListAndPage, files
from crawler.platforms.mapped import put, put_labels
from crawler.source import Draft, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, Fund, Kind, Level, TextUse

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
APPLICANTS = {
    "imm-uri": [Beneficiary.SME], "întreprinderi mari": [Beneficiary.LARGE_COMPANY], "furnizori de formare profesională": [Beneficiary.PROVIDER],
    "instituții de învățământ": [Beneficiary.PROVIDER], "autorități publice": [Beneficiary.PUBLIC_AUTHORITY],
    "parteneri sociali": [Beneficiary.SOCIAL_PARTNER], "ong-uri": [Beneficiary.OTHER],
}  # fmt: skip


class RoOportunitatiSpider(ListAndPage):
    name = "ro_oportunitati"
    allowed_domains = ["oportunitati-ue.gov.ro"]
    facts = SourceFacts(
        source="ro_oportunitati",
        title="Oportunități UE, calls (Romania)",
        homepage=f"{SITE}/",
        countries=[Country.RO],
        level=[Level.NATIONAL, Level.REGIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.DOCUMENTED,
        licence="not stated",
        attribution="Ministerul Investițiilor și Proiectelor Europene, oportunitati-ue.gov.ro",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 7
    min_dated = 0.5

    def first(self) -> Iterator[Request]:
        self.names: dict[str, dict[int, str]] = {term: {} for term in TERMS}
        self.waiting = list(TERMS)
        yield self.ask(TERM_LIST.format(TERMS[0], 1), self.parse_terms, cb_kwargs={"page": 1})

    def posts_of(self, response: Response, page: int, keys: tuple[str, ...]) -> tuple[list[dict[str, Any]], bool, int, int]:
        """The posts of a page, whether letters may be lost, how many posts and pages there are. Raises SourceError."""
        posts, mended = self.json_of(response)
        total, pages = (int(response.headers.get(name) or b"-1") for name in ("X-WP-Total", "X-WP-TotalPages"))
        if not isinstance(posts, list) or total < 0 or pages < 0:
            raise SourceError(f"page {page} of a list has another shape: no posts with X-WP-Total and X-WP-TotalPages ({response.url.split('?')[0]})")
        for post in posts:
            if missing := [key for key in keys if not post.get(key)]:
                raise SourceError(f"page {page} of a list has another shape: no {missing[0]} ({response.url.split('?')[0]})")
        return posts, mended, total, pages

    async def parse_terms(self, response: Response, page: int) -> AsyncIterator[Any]:
        """The names of a taxonomy's terms; then the next taxonomy, or the list of calls."""
        term = self.waiting[0]
        posts, _, _, pages = self.posts_of(response, page, ("id", "name"))
        if not posts:
            yield await self.again(response, f"the terms {term} came empty")
            return
        self.names[term] |= {post["id"]: squeeze(from_html(post["name"])) for post in posts}
        if page < pages:
            yield self.ask(TERM_LIST.format(term, page + 1), self.parse_terms, cb_kwargs={"page": page + 1})
            return
        self.waiting.pop(0)
        if self.waiting:
            yield self.ask(TERM_LIST.format(self.waiting[0], 1), self.parse_terms, cb_kwargs={"page": 1})
        else:
            yield self.ask(LIST.format(1), self.parse, cb_kwargs={"page": 1, "read": 0})

    async def parse(self, response: Response, page: int, read: int) -> AsyncIterator[Any]:
        """A page of calls. read: how many the pages before had."""
        posts, mended, total, pages = self.posts_of(response, page, ("id", "slug", "title"))
        if not posts:
            yield await self.again(response, f"page {page} of the list came empty")
            return
        for post in posts:
            named = {term: [name for key in post.get(term) or [] if (name := self.names[term].get(key))] for term in TERMS}
            made = Draft(str(post["id"]), {}, payload={"title": post["title"]["rendered"], **named}, suspect=mended)
            for request in self.ask_call(f"{SITE}/apel/{post['slug']}/", made, f"{post['slug']} {post['title']['rendered']}", self.parse_call):
                yield request
        read += len(posts)
        if page < pages:
            yield self.ask(LIST.format(page + 1), self.parse, cb_kwargs={"page": page + 1, "read": read})
        elif read != total:
            raise SourceError(f"the list ends after {read} of {total} calls")

    def parse_call(self, response: Response, made: Draft) -> Iterator[Draft]:
        page, mended = self.page_of(response)
        made.suspect, said = made.suspect or mended, made.payload
        labels = {name: value for name in LABELS if (value := value_of(page, name))}
        if "Tip Apel:" not in labels:
            raise SourceError(f"a call has another shape: no Tip Apel ({response.url})")
        rolling = "fără termen" in labels["Tip Apel:"].lower()
        if "Data închiderii:" not in labels and not rolling:
            self.warn("calls with neither a closing date nor the words that there is none")
        text = from_html("".join(page.css(".continut").getall()))
        try:
            opens, closes = stamp(labels.get("Data deschiderii:")), stamp(labels.get("Data închiderii:"))
            money = budget(labels.get("Buget UE:"))
        except (DateError, ValueError) as error:
            self.refuse(made, str(error))
            return
        made.fields = {
            "kind": "call",
            "title": said["title"],
            "lang": "ro",
            "url": response.url,
            "deadline_model": labels["Tip Apel:"],
            "description": text or None,
            "summary": lead(text) or None,
            "objectives": labels.get("Obiectivul specific:"),
            "eligibility": ", ".join(said["beneficiar"]) or None,
            "conditions": [{"heading": "Program", "text": value} for name, value in labels.items() if name == LABELS[-1]]
            + [{"heading": "Domeniu", "text": ", ".join(said["domeniu"])} for _ in said["domeniu"][:1]],
            "opening_date": opens[0] if opens else None,
            "deadlines": [{"date": closes[0], "time": closes[1], "zone": "Europe/Bucharest"}] if closes else [],
            "deadline_kind": "fixed" if closes else "rolling" if rolling else "not-stated",
            "budget": money,
            "documents": files(response, page.css("a[href*='/wp-content/uploads/']"), "Document"),
        }
        label(made.fields, said, labels.get(LABELS[-1], ""))
        yield made


def value_of(page: Selector, name: str) -> str:
    """What stands after a label: the next element, or the rest of the element around it."""
    found = page.xpath("//*[normalize-space(text())=$name]", name=name)
    beside = squeeze(found.xpath("string(following-sibling::*[1])").get(""))
    return beside or squeeze(found.xpath("string(..)").get("")).removeprefix(name).strip()


def stamp(said: str | None) -> tuple[str, str | None] | None:
    """`31 decembrie 2026 23:59` or `31.12.2026`, the clock of Bucharest; None where nothing is said. Raises DateError."""
    if not said:
        return None
    found = re.fullmatch(rf"(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})(?: (\d{{2}}:\d{{2}}))?", said, re.I)
    if not found:
        return parse_day(said, "%d.%m.%Y").isoformat(), None
    return parse_day(f"{found[1]}.{MONTHS.index(found[2].lower()) + 1}.{found[3]}", "%d.%m.%Y").isoformat(), found[4]


def budget(said: str | None) -> dict[str, Any] | None:
    """`33.435.294 EUR`, `LEI` or `RON`, dots for thousands. Raises ValueError."""
    found = re.fullmatch(r"([\d.]+(?:,\d+)?) (EUR|RON|LEI|EURO)", said or "", re.I)
    if not found:
        return {"scope": "call", "text": said} if said else None
    total = parse_amount(found[1].replace(".", "").replace(",", "."))
    return {"total": total, "currency": "EUR" if found[2].upper().startswith("EUR") else "RON", "scope": "call", "text": said} if total else None


def label(fields: dict[str, Any], said: dict[str, Any], programme: str) -> None:
    """What programme, zone and applicants decide."""
    fund = next((fund for name, fund in PROGRAMMES.items() if programme.startswith(name)), None)
    if programme:
        put(fields, "programme", [fund or programme], programme, "programme of the call")
    put(fields, "country", [Country.RO], programme or SITE, "programme of Romania")
    put_labels(fields, "region", said["zona_geografica"], REGIONS, "zone of the call")
    regional = programme.startswith("Programul Regional") or 0 < len(fields.get("regions", [])) < len(REGIONS)
    words = ", ".join([programme, *said["zona_geografica"]]).strip(", ") or SITE
    put(fields, "level", [Level.REGIONAL if regional else Level.NATIONAL], words, "programme and zone of the call")
    if all(name.casefold() in APPLICANTS for name in said["beneficiar"]):  # else the words of the text tell more than a part of the labels
        put_labels(fields, "beneficiary", said["beneficiar"], APPLICANTS, "applicants named by the source")
