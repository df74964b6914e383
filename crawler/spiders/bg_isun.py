"""Bulgaria, ИСУН 2020: the procedures of all EU programmes, in Bulgarian.

Three tabs (open, in public discussion, ended), each one page with a tree: programme with the number of its procedures,
then a list item per procedure with its address in `data-href` -> one page per procedure with objective, dates and documents.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, parse_day, plain, squeeze
from crawler.platforms.list_and_page import ListAndPage, files
from crawler.platforms.mapped import put
from crawler.source import Draft, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Country, Fund, Kind, Level, TextUse

PAGE = "https://eumis2020.government.bg/bg/s/Procedure/{}"
TABS = {"Active": "Отворени", "PublicDiscussion": "За обществено обсъждане", "Ended": "Приключили и прекратени"}
FUNDS = {"SF": Fund.ESF_PLUS, "RF": Fund.ERDF, "JT": Fund.JTF}  # letters of the programme's code; FF (several funds) and MF have none of ours
ZONE = "Europe/Sofia"
_CODE = re.compile(r"^((?:[A-Z]{2}\d{2})([A-Z]{2})[A-Z0-9]*-[\d.]+)\s*[-–—]\s*(.+)$")
_STAMP = re.compile(r"(\d{2}\.\d{2}\.\d{4}) г\. (\d{2}:\d{2}) ч\.")


class BgIsunSpider(ListAndPage):
    name = "bg_isun"
    allowed_domains = ["eumis2020.government.bg"]
    facts = SourceFacts(
        source="bg_isun",
        title="ИСУН 2020, procedures of the EU programmes (Bulgaria)",
        homepage=PAGE.format("Active"),
        countries=[Country.BG],
        level=[Level.NATIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.RECORDED,
        licence="not stated",
        attribution="ИСУН 2020, Република България",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 8
    min_dated = 0.6

    def first(self) -> Iterator[Request]:
        for tab in TABS:
            yield self.ask(PAGE.format(tab), self.parse, cb_kwargs={"tab": tab})

    async def parse(self, response: Response, tab: str) -> AsyncIterator[Any]:
        """A tab; what is in public discussion may be nothing at all."""
        page, mended = self.page_of(response)
        tree = page.css("div.easy-tree")
        if not tree:
            raise SourceError(f"the tab {tab} has another shape: no div.easy-tree")
        rows, stated = tree.css("li[data-href]"), stated_number(tree)
        if len(rows) != stated:
            raise SourceError(f"the tab {tab} states {stated} procedures, {len(rows)} have an address in data-href")
        if not rows and (tab != "PublicDiscussion" or not response.meta.get("empty_tries")):
            yield await self.again(response, f"the tab {tab} came empty")
            return
        for row in rows:
            url, line = response.urljoin(row.attrib["data-href"]), squeeze(row.xpath("string()").get(""))
            programme = re.sub(r"\s*\(\d+\)$", "", own_text(row.xpath("ancestor::li[1]")))
            made = Draft(url.rstrip("/").rsplit("/", 1)[-1], {}, payload={"line": line, "programme": programme, "tab": tab}, suspect=mended)
            for request in self.ask_call(url, made, line, self.parse_call):
                yield request

    def parse_call(self, response: Response, made: Draft) -> Iterator[Draft]:
        """The page of a procedure. It has neither budget nor applicants: those are in its documents."""
        page, mended = self.page_of(response)
        made.suspect = made.suspect or mended
        code, programme = _CODE.match(made.payload["line"]), plain(made.payload["programme"])
        about = page.css("div.procedure-info:has(> strong)")
        if not about:
            raise SourceError(f"a procedure has another shape: no div.procedure-info with its name ({response.url})")
        if code is None or not squeeze(about.css("strong").xpath("string()").get("")).startswith(code[1]):
            self.refuse(made, "no procedure's code before the title, or another one on its page")
            return
        text = from_html("".join(about.css("p").getall()))
        try:
            opens, closes = stamp(page, "Начален срок:"), stamp(page, "Краен срок:")
        except DateError as error:
            self.refuse(made, str(error))
            return
        made.fields = {
            "kind": "call",
            "title": code[3],
            "lang": "bg",
            "url": response.url,
            "identifier": code[1],
            "conditions": [{"heading": "Програма", "text": programme}],
            "description": text or None,
            "summary": lead(text) or None,
            "opening_date": opens[0] if opens else None,
            "deadlines": [{"date": closes[0], "time": closes[1], "zone": ZONE}] if closes else [],
            "deadline_kind": "fixed" if closes else "not-stated",
            "source_status": TABS[made.payload["tab"]],
            "documents": files(response, page.css("a[href*='/Procedure/InfoDownload/']"), "Документ"),
        }
        put(made.fields, "level", [Level.NATIONAL], programme, "programme managed by a ministry")
        put(made.fields, "country", [Country.BG], programme, "programme of Bulgaria")
        if code[2] in FUNDS:
            put(made.fields, "programme", [FUNDS[code[2]]], code[1], "letters of the programme's code")
        else:
            put(made.fields, "programme", [programme], programme, "programme of the procedure")
        yield made


def stated_number(tree: Selector | Any) -> int:
    """How many procedures the programmes of a tree say they have."""
    counts = [re.search(r"\((\d+)\)$", own_text(item)) for item in tree.css("li:not([data-href])")]
    return sum(int(count[1]) for count in counts if count)


def own_text(item: Any) -> str:
    """The text that stands in an element itself, not in those inside it."""
    return squeeze(" ".join(item.xpath("text()").getall()))


def stamp(page: Selector, label: str) -> tuple[str, str] | None:
    """Day and time after a label, Sofia's clock; None when the label is absent. Raises DateError."""
    said = page.xpath("string(//b[normalize-space()=$label]/following-sibling::span[1])", label=label).get("").strip()
    if not said:
        return None
    found = _STAMP.fullmatch(squeeze(said))
    if not found:
        raise DateError(f"{said[:60]!r} is not a stamp of the form dd.mm.yyyy г. hh:mm ч.")
    return parse_day(found[1], "%d.%m.%Y").isoformat(), found[2]
