"""Lithuania, esinvesticijos.lt: calls of the EU funds, in Lithuanian.

Pages of a table, 25 calls each, with links to the other pages -> one page per call with labels and values, a text and files.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, parse_amount, parse_day, squeeze
from crawler.platforms.facts import INFERRED, NATIONAL, REGIONAL, calls_of
from crawler.platforms.fields import call, conditions, texts, window
from crawler.platforms.list_and_page import ListAndPage, files, words
from crawler.platforms.mapped import Table, put, put_all, put_labels, table
from crawler.source import Draft, SourceError
from search.vocabulary import Beneficiary, Country, Fund, FundingType

LIST = "https://www.esinvesticijos.lt/kvietimu-sritis/kvietimu-sarasas?page={}"
STATUSES = ("Paskelbtas", "Planuojamas", "Pasibaigęs", "Sustabdytas")
FUNDS = table(
    Fund, ESF_PLUS="europos socialinis fondas +", ERDF="europos regioninės plėtros fondas", JTF="teisingos pertvarkos fondas",
    RRF="ekonomikos gaivinimo ir atsparumo didinimo priemonė", CF="sanglaudos fondas",
)  # fmt: skip
FORMS = table(FundingType, GRANT="dotacija", LOAN="paskola; garantija")
REGIONS = {"sostinės regionas": ["LT01"], "vidurio ir vakarų lietuvos regionas": ["LT02"]}
TABLES: dict[str, tuple[str, Table]] = {"programme": ("Fondas", FUNDS), "type": ("Finansavimo forma", FORMS), "region": ("Regionas", REGIONS)}
APPLICANTS = table(
    Beneficiary, SME="privatus juridinis asmuo", LARGE_COMPANY="privatus juridinis asmuo", PUBLIC_AUTHORITY="viešasis juridinis asmuo",
    OTHER="nevyriausybinė organizacija",
)  # fmt: skip


class LtEsinvesticijosSpider(ListAndPage):
    name = "lt_esinvesticijos"
    allowed_domains = ["www.esinvesticijos.lt"]
    facts = calls_of(
        Country.LT, name, "ES investicijos, calls (Lithuania)", "https://www.esinvesticijos.lt/kvietimu-sritis/kvietimu-sarasas",
        attribution="esinvesticijos.lt, Lietuvos Respublikos finansų ministerija", format_seen=INFERRED,
    )  # fmt: skip
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
        said = {"title": words(link), "number": number[1] if number else None}
        said |= {"status": next((word for word in STATUSES if line.startswith(word)), None)}
        said["sum"] = words(row.css("td:last-child"))
        return self.ask_call(url, Draft(url.rstrip("/").rsplit("/", 1)[-1], {}, payload=said, suspect=mended), line)

    def read_call(self, page: Selector, response: Response, made: Draft) -> dict[str, Any]:
        labels, said = {words(a): words(a.xpath("following-sibling::*[1]")) for a in page.css(".field-label")}, made.payload
        if "Finansavimo forma" not in labels:
            raise SourceError(f"a call has another shape: no Finansavimo forma ({response.url})")
        total = amount(labels.get("Kvietimo finansavimo suma") or said["sum"])
        fields = call(
            "lt", said["title"], response.url, identifier=said["number"], **texts(from_html("".join(page.css("div.text").getall()))),
            eligibility=labels.get("Pareiškėjo tipas"),
            conditions=conditions({name: labels.get(name) for name in ("Tikslinės grupės", "Regionas", "Fondas")}),
            **window("Europe/Vilnius", stamp(labels.get("Teikiama nuo")), stamp(labels.get("Teikiama iki"))),
            budget={"total": total, "scope": "call"} if total else None, source_status=said["status"],
            documents=files(response, page.xpath("//h2[normalize-space()='Dokumentai']/following::a[@href]"), "Dokumentas"),
        )  # fmt: skip
        self.label(fields, labels)
        return fields

    def label(self, fields: dict[str, Any], labels: dict[str, str]) -> None:
        """What fund, form, region and applicants decide; a label we do not know is counted."""
        put(fields, "country", [Country.LT], self.facts.title, "portal of the EU funds in Lithuania")
        for facet, (name, known) in TABLES.items():
            for unknown in put_labels(fields, facet, parts(labels.get(name, "")), known, f"{name} of the call"):
                self.warn(f"{name} not known: {unknown[:60]}")
        regions = fields.get("regions", [])
        level = REGIONAL if len(regions) == 1 else NATIONAL  # the two regions are the whole country
        put(fields, "level", [level], labels.get("Regionas") or self.facts.title, "region of the call")
        put_all(fields, "beneficiary", parts(labels.get("Pareiškėjo tipas", "")), APPLICANTS, "applicants named by the source")


def parts(value: str) -> list[str]:
    """The values that a label joins by semicolons."""
    return [part.strip() for part in value.split(";") if part.strip()]


def stamp(said: str | None) -> dict[str, str] | None:
    """`YYYY-MM-DD HH:MM`, the clock of Vilnius; None where nothing is said. Raises DateError."""
    if not said:
        return None
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})", said)
    if not found:
        raise DateError(f"{said[:60]!r} is not a stamp of the form YYYY-MM-DD HH:MM")
    return {"date": parse_day(found[1]).isoformat(), "time": found[2]}


def amount(said: str) -> float | None:
    """`1 234,56 Eur`. Raises ValueError."""
    return parse_amount(re.sub(r"\s|Eur$|€$", "", said).replace(",", "."))
