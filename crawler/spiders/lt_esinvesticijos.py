"""Lithuania, esinvesticijos.lt: calls of the EU funds, in Lithuanian.

Pages of a table, 25 calls each, with links to the other pages -> one page per call with labels and values, a text and files.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, parse_amount, parse_day, squeeze
from crawler.platforms.list_and_page import ListAndPage, files
from crawler.platforms.mapped import put, put_labels
from crawler.source import Draft, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, Fund, FundingType, Kind, Level, TextUse

LIST = "https://www.esinvesticijos.lt/kvietimu-sritis/kvietimu-sarasas?page={}"
STATUSES = ("Paskelbtas", "Planuojamas", "Pasibaigęs", "Sustabdytas")
FUNDS = {
    "europos socialinis fondas +": [Fund.ESF_PLUS], "europos regioninės plėtros fondas": [Fund.ERDF], "teisingos pertvarkos fondas": [Fund.JTF],
    "ekonomikos gaivinimo ir atsparumo didinimo priemonė": [Fund.RRF], "sanglaudos fondas": [Fund.CF],
}  # fmt: skip
FORMS = {"dotacija": [FundingType.GRANT], "paskola": [FundingType.LOAN], "garantija": [FundingType.LOAN]}
REGIONS = {"sostinės regionas": ["LT01"], "vidurio ir vakarų lietuvos regionas": ["LT02"]}
TABLES: dict[str, tuple[str, Mapping[str, Sequence[str]]]] = {
    "programme": ("Fondas", FUNDS),
    "type": ("Finansavimo forma", FORMS),
    "region": ("Regionas", REGIONS),
}
APPLICANTS = {
    "privatus juridinis asmuo": [Beneficiary.SME, Beneficiary.LARGE_COMPANY],
    "viešasis juridinis asmuo": [Beneficiary.PUBLIC_AUTHORITY],
    "nevyriausybinė organizacija": [Beneficiary.OTHER],
}


class LtEsinvesticijosSpider(ListAndPage):
    name = "lt_esinvesticijos"
    allowed_domains = ["www.esinvesticijos.lt"]
    facts = SourceFacts(
        source="lt_esinvesticijos",
        title="ES investicijos, calls (Lithuania)",
        homepage="https://www.esinvesticijos.lt/kvietimu-sritis/kvietimu-sarasas",
        countries=[Country.LT],
        level=[Level.NATIONAL, Level.REGIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.INFERRED,
        licence="not stated",
        attribution="esinvesticijos.lt, Lietuvos Respublikos finansų ministerija",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 7
    min_dated = 0.5

    def first(self) -> Iterator[Request]:
        yield self.ask(LIST.format(1), self.parse, cb_kwargs={"number": 1, "size": 0})

    async def parse(self, response: Response, number: int, size: int) -> AsyncIterator[Any]:
        """A page of the table. size: how many calls the first page has; only the last one may have fewer."""
        page, mended = self.page_of(response)
        rows = page.css("table tr:has(td)")
        if not page.css("table"):
            raise SourceError(f"page {number} of the list has another shape: no table")
        if not rows:
            yield await self.again(response, f"page {number} of the list came empty")
            return
        for row in rows:
            for request in self.read_row(row, response, mended):
                yield request
        last = max((int(n) for n in re.findall(r"[?&]page=(\d+)", " ".join(page.css("a::attr(href)").getall()))), default=1)
        if last > number and len(rows) < size:
            raise SourceError(f"page {number} of the list has {len(rows)} calls and is not the last, the first has {size}")
        if last > number:
            yield self.ask(LIST.format(number + 1), self.parse, cb_kwargs={"number": number + 1, "size": size or len(rows)})

    def read_row(self, row: Selector, response: Response, mended: bool) -> Iterator[Request]:
        """The request for the page of a listed call."""
        link, line = row.css("a[href*='/kvietimai/']"), squeeze(" ".join(row.xpath(".//text()").getall()))
        if not link:
            raise SourceError("a row of the list has another shape: no link to /kvietimai/")
        url, number = response.urljoin(link.attrib["href"]), re.search(r"Nr\. (\S+)", line)
        said = {"title": squeeze(link.xpath("string()").get("")), "number": number[1] if number else None}
        said |= {"status": next((word for word in STATUSES if line.startswith(word)), None)}
        said["sum"] = squeeze(row.css("td:last-child").xpath("string()").get(""))
        return self.ask_call(url, Draft(url.rstrip("/").rsplit("/", 1)[-1], {}, payload=said, suspect=mended), line, self.parse_call)

    def parse_call(self, response: Response, made: Draft) -> Iterator[Draft]:
        page, mended = self.page_of(response)
        made.suspect, said = made.suspect or mended, made.payload
        labels = {squeeze(a.xpath("string()").get("")): squeeze(a.xpath("string(following-sibling::*[1])").get("")) for a in page.css(".field-label")}
        if "Finansavimo forma" not in labels:
            raise SourceError(f"a call has another shape: no Finansavimo forma ({response.url})")
        text = from_html("".join(page.css("div.text").getall()))
        try:
            opens, closes = stamp(labels.get("Teikiama nuo")), stamp(labels.get("Teikiama iki"))
            total = amount(labels.get("Kvietimo finansavimo suma") or said["sum"])
        except ValueError as error:
            self.refuse(made, str(error))
            return
        made.fields = {
            "kind": "call",
            "title": said["title"],
            "lang": "lt",
            "url": response.url,
            "identifier": said["number"],
            "description": text or None,
            "summary": lead(text) or None,
            "eligibility": labels.get("Pareiškėjo tipas"),
            "conditions": [{"heading": name, "text": labels[name]} for name in ("Tikslinės grupės", "Regionas", "Fondas") if labels.get(name)],
            "opening_date": opens[0] if opens else None,
            "deadlines": [{"date": closes[0], "time": closes[1], "zone": "Europe/Vilnius"}] if closes else [],
            "deadline_kind": "fixed" if closes else "not-stated",
            "budget": {"total": total, "scope": "call"} if total else None,
            "source_status": said["status"],
            "documents": files(response, page.xpath("//h2[normalize-space()='Dokumentai']/following::a[@href]"), "Dokumentas"),
        }
        self.label(made.fields, labels)
        yield made

    def label(self, fields: dict[str, Any], labels: dict[str, str]) -> None:
        """What fund, form, region and applicants decide; a label we do not know is counted."""
        put(fields, "country", [Country.LT], self.facts.title, "portal of the EU funds in Lithuania")
        for facet, (name, table) in TABLES.items():
            for unknown in put_labels(fields, facet, parts(labels.get(name, "")), table, f"{name} of the call"):
                self.warn(f"{name} not known: {unknown[:60]}")
        regions = fields.get("regions", [])
        level = Level.REGIONAL if len(regions) == 1 else Level.NATIONAL  # the two regions are the whole country
        put(fields, "level", [level], labels.get("Regionas") or self.facts.title, "region of the call")
        applicants = parts(labels.get("Pareiškėjo tipas", ""))
        if all(part.casefold() in APPLICANTS for part in applicants):  # else the words of the text tell more than a part of the labels
            put_labels(fields, "beneficiary", applicants, APPLICANTS, "applicants named by the source")


def parts(value: str) -> list[str]:
    """The values that a label joins by semicolons."""
    return [part.strip() for part in value.split(";") if part.strip()]


def stamp(said: str | None) -> tuple[str, str] | None:
    """`YYYY-MM-DD HH:MM`, the clock of Vilnius; None where nothing is said. Raises DateError."""
    if not said:
        return None
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})", said)
    if not found:
        raise DateError(f"{said[:60]!r} is not a stamp of the form YYYY-MM-DD HH:MM")
    return parse_day(found[1]).isoformat(), found[2]


def amount(said: str) -> float | None:
    """`1 234,56 Eur`. Raises ValueError."""
    return parse_amount(re.sub(r"\s|Eur$|€$", "", said).replace(",", "."))
