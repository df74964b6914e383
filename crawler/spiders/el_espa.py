"""Greece, ΕΣΠΑ (espa.gr): proclamations of all EU programmes, in Greek.

List of ten a page by `start`, with a choice of pages -> one page per proclamation: labels with their values, a text, files.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import from_html, lead, parse_amount, parse_day, plain, squeeze, web_address
from crawler.platforms.list_and_page import ListAndPage
from crawler.platforms.mapped import put, put_labels
from crawler.platforms.places import put_places
from crawler.source import Draft, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, Fund, Kind, Level, TextUse

LIST = "https://www.espa.gr/el/Pages/Proclamations.aspx?start={}"
PAGE = "https://www.espa.gr/el/Pages/ProclamationsFS.aspx?item={}"
PER_PAGE = 10
PERIOD = "Περίοδος υποβολής"
LABELS = (PERIOD, "Επιχειρησιακό πρόγραμμα", "Περιοχή εφαρμογής", "Σε ποιους απευθύνεται", "Προϋπολογισμός")
PLACES = {"όλη η ελλάδα": ["EL"], "όλη η χώρα": ["EL"], "αττική": ["EL30"]}
FUNDS = {  # programmes of one fund; others keep their own name
    "ανθρώπινο δυναμικό και κοινωνική συνοχή": [Fund.ESF_PLUS],
    "δίκαιη αναπτυξιακή μετάβαση": [Fund.JTF],
    "ταμείο ανάκαμψης και ανθεκτικότητας": [Fund.RRF],
}
APPLICANTS = {
    "επιχειρήσεις": [Beneficiary.LARGE_COMPANY, Beneficiary.SME],
    "μμε": [Beneficiary.SME],
    "φορείς κατάρτισης": [Beneficiary.PROVIDER],
    "δήμοι και δημόσιοι φορείς": [Beneficiary.PUBLIC_AUTHORITY],
    "δήμοι": [Beneficiary.PUBLIC_AUTHORITY],
    "περιφέρειες": [Beneficiary.PUBLIC_AUTHORITY],
    "δημόσιοι φορείς": [Beneficiary.PUBLIC_AUTHORITY],
    "επιμελητήρια": [Beneficiary.CHAMBER],
    "κοινωνικοί εταίροι": [Beneficiary.SOCIAL_PARTNER],
}


class ElEspaSpider(ListAndPage):
    name = "el_espa"
    allowed_domains = ["www.espa.gr"]
    facts = SourceFacts(
        source="el_espa",
        title="ΕΣΠΑ, προσκλήσεις",
        homepage="https://www.espa.gr/el/Pages/Proclamations.aspx",
        countries=[Country.EL],
        level=[Level.NATIONAL, Level.REGIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.INFERRED,
        licence="not stated",
        attribution="ΕΣΠΑ, espa.gr",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 6
    min_dated = 0.4

    def first(self) -> Iterator[Request]:
        yield self.ask_list(0)

    def ask_list(self, number: int) -> Request:
        return self.ask(LIST.format(number * PER_PAGE), self.parse, cb_kwargs={"number": number})

    async def parse(self, response: Response, number: int) -> AsyncIterator[Any]:
        """A page of the list; the choice of pages says how many there are."""
        html, mended = self.text_of(response)
        page = Selector(html)
        pages, items = len(page.css("select[name*=DropDownListPages] option")), page.css("div.item")
        if not items and "item=" in html:
            raise SourceError("the list has another shape: no div.item")
        if not items:
            yield await self.again(response, f"page {number + 1} of the list came empty")
            return
        keys = [item_of(item.css(".more a::attr(href)").get("")) for item in items]
        if all(key in self.listed for key in keys):
            raise SourceError(f"page {number + 1} of the list repeats proclamations of earlier pages")
        for key, item in zip(keys, items, strict=True):
            title, about = squeeze(item.css("h3").xpath("string()").get("")), from_html(item.css("p").get(""))
            made = Draft(key, {"title": title, "summary": lead(about) or None}, payload={"item": key, "title": title}, suspect=mended)
            for request in self.ask_call(PAGE.format(key), made, f"{title}\n{about}", self.parse_call):
                yield request
        if number + 1 < pages or (not pages and len(items) == PER_PAGE):
            yield self.ask_list(number + 1)

    def parse_call(self, response: Response, made: Draft) -> Iterator[Draft]:
        """The page of a proclamation."""
        html, mended = self.text_of(response)
        made.suspect = made.suspect or mended
        page = Selector(html)
        said = {label: value_of(page, label) for label in LABELS}
        if said[PERIOD] is None:
            raise SourceError(f"a proclamation has another shape: no {PERIOD!r} ({response.url})")
        try:
            made.fields |= read({label: value or "" for label, value in said.items()}, response.url)
        except ValueError as error:
            self.refuse(made, str(error))
            return
        made.fields["description"] = from_html(page.css("div.content").get("")) or None
        made.fields["documents"] = [
            {"url": url, "label": plain(link.xpath("string()").get("")) or url, "basis": "crawled"}
            for link in page.css("ul.files li a[href]")
            if (url := web_address(response.urljoin(link.attrib["href"])))
        ]
        yield made


def item_of(href: str) -> str:
    """The number of a proclamation in its link. Raises SourceError."""
    found = parse_qs(urlsplit(href).query).get("item", [""])[0]
    if not re.fullmatch(r"[\w-]+", found):
        raise SourceError(f"the list has another shape: a link without its item ({href[:100]!r})")
    return found


def value_of(page: Selector, label: str) -> str | None:
    """The text of the element after the one that holds a label, None without the label."""
    node = page.xpath("//*[normalize-space(translate(text(), ':', '')) = $label]/following-sibling::*[1]", label=label)
    return squeeze(node.xpath("string()").get("")) if node else None


def read(said: dict[str, str], url: str) -> dict[str, Any]:
    """The fields of a proclamation. Raises ValueError."""
    period, programme = said[PERIOD], said["Επιχειρησιακό πρόγραμμα"]
    days = [parse_day(words, "%d/%m/%Y").isoformat() for words in re.findall(r"\d{1,2}/\d{1,2}/\d{4}", period)]
    if len(days) > 2:
        raise ValueError(f"{period[:80]!r} holds more than an opening and a deadline")
    fields: dict[str, Any] = {
        "kind": "call",
        "lang": "el",
        "url": url,
        "opening_date": days[0] if days else None,
        "deadlines": [{"date": days[1], "zone": "Europe/Athens", "kind": "fixed"}] if len(days) == 2 else [],
        "deadline_kind": "fixed" if len(days) == 2 else "until-exhausted" if "εξαντλ" in period else "not-stated",
        "eligibility": said["Σε ποιους απευθύνεται"] or None,
        "budget": budget(said["Προϋπολογισμός"]),
        "conditions": [{"heading": label, "text": said[label]} for label in LABELS[:2] if said[label]],
    }
    put(fields, "country", [Country.EL], "ΕΣΠΑ", "EU money managed by Greece")
    put_labels(fields, "programme", [programme], folded(FUNDS), "the programme's fund")
    fields.setdefault("programme", programme or None)
    put_places(fields, said["Περιοχή εφαρμογής"].split(","), "GR", PLACES)
    put(fields, "level", [Level.NATIONAL], "ΕΣΠΑ", "EU money managed by Greece")
    put_labels(fields, "beneficiary", said["Σε ποιους απευθύνεται"].split(","), folded(APPLICANTS), "applicants named by the source")
    return fields


def folded(table: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """A table of labels as they are compared: the sigma at the end of a word is folded too."""
    return {label.casefold(): values for label, values in table.items()}


def budget(words: str) -> dict[str, Any] | None:
    """An amount of the form 1.234,56 in euro; other words stay words."""
    found = re.fullmatch(r"([\d.]+(?:,\d+)?) ?(?:€|ευρώ)?", words)
    if not found:
        return {"text": words} if words else None
    total = parse_amount(found[1].replace(".", "").replace(",", "."))
    return {"total": total, "currency": "EUR", "scope": "call"} if total else None
