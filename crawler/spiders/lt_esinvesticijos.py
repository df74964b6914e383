"""Lithuania, esinvesticijos.lt: calls of the EU funds, in Lithuanian.

Pages of a table, 25 calls each, with links to the other pages -> one page per call with labels and values, a text and files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from parsel import Selector
from scrapy.http import Response

from crawler.normalise import DateError, from_html, parse_day, squeeze
from crawler.platforms import INFERRED, NATIONAL, REGIONAL, ListAndPage, Page, Paged, calls_of, files, put, put_all, put_labels, table, words
from crawler.platforms.fields import amount, call, conditions, texts, window
from crawler.source import Draft, SourceError, needed
from search.vocabulary import Beneficiary, Country, Fund, FundingType

LIST = "https://www.esinvesticijos.lt/kvietimu-sritis/kvietimu-sarasas?page={}"
STATUSES = ("Paskelbtas", "Planuojamas", "Pasibaigęs", "Sustabdytas")
FUNDS = table(
    Fund, ESF_PLUS="europos socialinis fondas +", ERDF="europos regioninės plėtros fondas", JTF="teisingos pertvarkos fondas",
    RRF="ekonomikos gaivinimo ir atsparumo didinimo priemonė", CF="sanglaudos fondas",
)  # fmt: skip
FORMS = table(FundingType, GRANT="dotacija", LOAN="paskola; garantija")
REGIONS = {"sostinės regionas": ["LT01"], "vidurio ir vakarų lietuvos regionas": ["LT02"]}
TABLES = {"programme": ("Fondas", FUNDS), "type": ("Finansavimo forma", FORMS), "region": ("Regionas", REGIONS)}
APPLICANTS = table(
    Beneficiary, SME="privatus juridinis asmuo", LARGE_COMPANY="privatus juridinis asmuo", PUBLIC_AUTHORITY="viešasis juridinis asmuo",
    OTHER="nevyriausybinė organizacija",
)  # fmt: skip


class LtEsinvesticijosSpider(Paged, ListAndPage):
    name = "lt_esinvesticijos"
    allowed_domains = ["www.esinvesticijos.lt"]
    facts = calls_of(
        Country.LT, name, "ES investicijos, calls (Lithuania)", "https://www.esinvesticijos.lt/kvietimu-sritis/kvietimu-sarasas",
        attribution="esinvesticijos.lt, Lietuvos Respublikos finansų ministerija", format_seen=INFERRED,
    )  # fmt: skip
    min_entries = 7
    min_dated = 0.5

    list_url = LIST.format(1)
    size = 0  # of the first page

    def read_page(self, response: Response, number: int) -> Page:
        page, mended = self.page_of(response)
        needed(page.css("table"), f"page {number} of the list", "table")
        rows = page.css("table tr:has(td)")
        last = max((int(n) for n in re.findall(r"[?&]page=(\d+)", " ".join(page.css("a::attr(href)").getall()))), default=1)
        self.size = len(rows) if number == 1 else self.size
        if rows and last > number and len(rows) < self.size:
            raise SourceError(f"page {number} of the list has {len(rows)} calls and is not the last, the first has {self.size}")
        return Page(list(rows), 0, LIST.format(number + 1) if last > number else None, mended)

    def take(self, row: Selector, suspect: bool) -> Iterator[Any]:
        link, line = row.css("a[href*='/kvietimai/']"), squeeze(" ".join(row.xpath(".//text()").getall()))
        url = urljoin(LIST, needed(link, "a row of the list", "link to /kvietimai/").attrib["href"])
        number, status = re.search(r"Nr\. (\S+)", line), next((word for word in STATUSES if line.startswith(word)), None)
        said = {"title": words(link), "number": number[1] if number else None, "status": status, "sum": words(row.css("td:last-child"))}
        yield from self.ask_call(url, Draft(url.rstrip("/").rsplit("/", 1)[-1], {}, payload=said, suspect=suspect), line)

    def read_call(self, page: Selector, response: Response, made: Draft) -> dict[str, Any]:
        labels, said = {words(a): words(a.xpath("following-sibling::*[1]")) for a in page.css(".field-label")}, made.payload
        needed("Finansavimo forma" in labels, f"a call ({response.url})", "Finansavimo forma")
        total = amount(re.sub(r"Eur$|€$", "", labels.get("Kvietimo finansavimo suma") or said["sum"]))
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
