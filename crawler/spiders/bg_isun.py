"""Bulgaria, ИСУН 2020: the procedures of all EU programmes, in Bulgarian.

Three tabs (open, in public discussion, ended), each one page with a tree: programme with the number of its procedures,
then a list item per procedure with its address in `data-href` -> one page per procedure with objective, dates and documents.
It has neither budget nor applicants: those are in its documents.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, parse_day, plain, squeeze
from crawler.platforms import NATIONAL, RECORDED, ListAndPage, call, calls_of, conditions, files, put, texts, window, words
from crawler.source import Draft, SourceError, needed
from search.vocabulary import Country, Fund

PAGE = "https://eumis2020.government.bg/bg/s/Procedure/{}"
TABS = {"Active": "Отворени", "PublicDiscussion": "За обществено обсъждане", "Ended": "Приключили и прекратени"}
FUNDS = {"SF": Fund.ESF_PLUS, "RF": Fund.ERDF, "JT": Fund.JTF}  # letters of the programme's code; FF (several funds) and MF have none of ours
_CODE = re.compile(r"^((?:[A-Z]{2}\d{2})([A-Z]{2})[A-Z0-9]*-[\d.]+)\s*[-–—]\s*(.+)$")
_STAMP = re.compile(r"(\d{2}\.\d{2}\.\d{4}) г\. (\d{2}:\d{2}) ч\.")


class BgIsunSpider(ListAndPage):
    name = "bg_isun"
    allowed_domains = ["eumis2020.government.bg"]
    facts = calls_of(
        Country.BG, name, "ИСУН 2020, procedures of the EU programmes (Bulgaria)", PAGE.format("Active"),
        attribution="ИСУН 2020, Република България", format_seen=RECORDED, level=(NATIONAL,),
    )  # fmt: skip
    min_entries = 8
    min_dated = 0.6

    def first(self) -> Iterator[Request]:
        for tab in TABS:
            yield self.ask(PAGE.format(tab), self.parse, cb_kwargs={"tab": tab})

    async def parse(self, response: Response, tab: str) -> AsyncIterator[Any]:
        """A tab; what is in public discussion may be nothing at all."""
        page, mended = self.page_of(response)
        tree = needed(page.css("div.easy-tree"), f"the tab {tab}", "div.easy-tree")
        counts = [re.search(r"\((\d+)\)$", own_text(item)) for item in tree.css("li:not([data-href])")]
        rows, stated = tree.css("li[data-href]"), sum(int(count[1]) for count in counts if count)
        if len(rows) != stated:
            raise SourceError(f"the tab {tab} states {stated} procedures, {len(rows)} have an address in data-href")
        if not rows and (tab != "PublicDiscussion" or not response.meta.get("empty_tries")):
            yield await self.again(response, f"the tab {tab} came empty")
            return
        for row in rows:
            url, line = response.urljoin(row.attrib["data-href"]), words(row)
            programme = re.sub(r"\s*\(\d+\)$", "", own_text(row.xpath("ancestor::li[1]")))
            made = Draft(url.rstrip("/").rsplit("/", 1)[-1], {}, payload={"line": line, "programme": programme, "tab": tab}, suspect=mended)
            for request in self.ask_call(url, made, line):
                yield request

    def read_call(self, page: Selector, response: Response, made: Draft) -> dict[str, Any]:
        code, programme = _CODE.match(made.payload["line"]), plain(made.payload["programme"])
        about = needed(page.css("div.procedure-info:has(> strong)"), f"a procedure ({response.url})", "div.procedure-info with its name")
        if code is None or not words(about.css("strong")).startswith(code[1]):
            raise ValueError("no procedure's code before the title, or another one on its page")
        fields = call(
            "bg", code[3], response.url, identifier=code[1], conditions=conditions({"Програма": programme}),
            **texts(from_html("".join(about.css("p").getall()))),
            **window("Europe/Sofia", stamp(page, "Начален срок:"), stamp(page, "Краен срок:")),
            source_status=TABS[made.payload["tab"]], documents=files(response, page.css("a[href*='/Procedure/InfoDownload/']"), "Документ"),
        )  # fmt: skip
        put(fields, "level", [NATIONAL], programme, "programme managed by a ministry")
        put(fields, "country", [Country.BG], programme, "programme of Bulgaria")
        fund = FUNDS.get(code[2])
        said, rule = (code[1], "letters of the programme's code") if fund else (programme, "programme of the procedure")
        put(fields, "programme", [fund or programme], said, rule)
        return fields


def own_text(item: Any) -> str:
    """The text that stands in an element itself, not in those inside it."""
    return squeeze(" ".join(item.xpath("text()").getall()))


def stamp(page: Selector, label: str) -> dict[str, str] | None:
    """Day and time after a label, Sofia's clock; None when the label is absent. Raises DateError."""
    said = page.xpath("string(//b[normalize-space()=$label]/following-sibling::span[1])", label=label).get("").strip()
    if not said:
        return None
    found = _STAMP.fullmatch(squeeze(said))
    if not found:
        raise DateError(f"{said[:60]!r} is not a stamp of the form dd.mm.yyyy г. hh:mm ч.")
    return {"date": parse_day(found[1], "%d.%m.%Y").isoformat(), "time": found[2]}
