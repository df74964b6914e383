"""Greece, ΕΣΠΑ (espa.gr): proclamations of all EU programmes, in Greek.

List of ten a page by `start`, with a choice of pages -> one page per proclamation: labels with their values, a text, files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parsel import Selector
from scrapy.http import Response

from crawler.normalise import from_html, lead, parse_day, plain, web_address
from crawler.platforms import INFERRED, NATIONAL, ListAndPage, Page, Paged, calls_of, put, put_labels, put_places, table, words
from crawler.platforms.fields import budget, conditions, window
from crawler.source import Draft, SourceError, needed
from search.vocabulary import Beneficiary, Country, Fund

LIST = "https://www.espa.gr/el/Pages/Proclamations.aspx?start={}"
PAGE = "https://www.espa.gr/el/Pages/ProclamationsFS.aspx?item={}"
PER_PAGE = 10
PERIOD = "Περίοδος υποβολής"
LABELS = (PERIOD, "Επιχειρησιακό πρόγραμμα", "Περιοχή εφαρμογής", "Σε ποιους απευθύνεται", "Προϋπολογισμός")
PLACES = {"όλη η ελλάδα": ["EL"], "όλη η χώρα": ["EL"], "αττική": ["EL30"]}
FUNDS = table(  # programmes of one fund; others keep their own name
    Fund, ESF_PLUS="ανθρώπινο δυναμικό και κοινωνική συνοχή", JTF="δίκαιη αναπτυξιακή μετάβαση", RRF="ταμείο ανάκαμψης και ανθεκτικότητας"
)
APPLICANTS = table(
    Beneficiary, LARGE_COMPANY="επιχειρήσεις", SME="επιχειρήσεις; μμε", PROVIDER="φορείς κατάρτισης", CHAMBER="επιμελητήρια",
    PUBLIC_AUTHORITY="δήμοι και δημόσιοι φορείς; δήμοι; περιφέρειες; δημόσιοι φορείς", SOCIAL_PARTNER="κοινωνικοί εταίροι",
)  # fmt: skip
_UNTIL = re.compile(r"(?:έως|ως|μέχρι)(?: και)?(?: (?:τις|την|στις))? \d", re.I)  # one date alone is an opening unless these words make it the end


class ElEspaSpider(Paged, ListAndPage):
    name = "el_espa"
    allowed_domains = ["www.espa.gr"]
    facts = calls_of(
        Country.EL, name, "ΕΣΠΑ, προσκλήσεις", "https://www.espa.gr/el/Pages/Proclamations.aspx", attribution="ΕΣΠΑ, espa.gr", format_seen=INFERRED
    )
    min_entries = 6
    min_dated = 0.4

    list_url = LIST.format(0)

    def read_page(self, response: Response, number: int) -> Page:
        """The choice of pages says how many there are."""
        html, mended = self.text_of(response)
        page = Selector(html)
        pages, items = len(page.css("select[name*=DropDownListPages] option")), page.css("div.item")
        needed(items or "item=" not in html, "the list", "div.item")
        keys = [item_of(item.css(".more a::attr(href)").get("")) for item in items]
        if keys and all(key in self.listed for key in keys):
            raise SourceError(f"page {number} of the list repeats proclamations of earlier pages")
        following = LIST.format(number * PER_PAGE) if number < pages or (not pages and len(items) == PER_PAGE) else None
        return Page(list(zip(keys, items, strict=True)), 0, following, mended)

    def take(self, row: tuple[str, Selector], suspect: bool) -> Iterator[Any]:
        key, title, about = row[0], words(row[1].css("h3")), from_html(row[1].css("p").get(""))
        made = Draft(key, {"title": title, "summary": lead(about) or None}, payload={"item": key, "title": title}, suspect=suspect)
        yield from self.ask_call(PAGE.format(key), made, f"{title}\n{about}")

    def read_call(self, page: Selector, response: Response, made: Draft) -> dict[str, Any]:  # noqa: ARG002 the list's words are in it already
        said = {label: value_of(page, label) for label in LABELS}
        needed(said[PERIOD] is not None, f"a proclamation ({response.url})", repr(PERIOD))
        links = ((web_address(response.urljoin(link.attrib["href"])), words(link)) for link in page.css("ul.files li a[href]"))
        documents = [{"url": url, "label": plain(label) or url, "basis": "crawled"} for url, label in links if url]
        text = from_html(page.css("div.content").get("")) or None
        return read({label: value or "" for label, value in said.items()}) | {"url": response.url, "description": text, "documents": documents}


def item_of(href: str) -> str:
    """The number of a proclamation in its link. Raises SourceError."""
    found = parse_qs(urlsplit(href).query).get("item", [""])[0]
    if not re.fullmatch(r"[\w-]+", found):
        raise SourceError(f"the list has another shape: a link without its item ({href[:100]!r})")
    return found


def value_of(page: Selector, label: str) -> str | None:
    """The text of the element after the one that holds a label, None without the label."""
    node = page.xpath("//*[normalize-space(translate(text(), ':', '')) = $label]/following-sibling::*[1]", label=label)
    return words(node) if node else None


def read(said: dict[str, str]) -> dict[str, Any]:
    """The fields of a proclamation. Raises ValueError."""
    period, programme = said[PERIOD], said["Επιχειρησιακό πρόγραμμα"]
    days = [parse_day(found, "%d/%m/%Y").isoformat() for found in re.findall(r"\d{1,2}/\d{1,2}/\d{4}", period)]
    if len(days) > 2:
        raise ValueError(f"{period[:80]!r} holds more than an opening and a deadline")
    opens, closes = (None, days[0]) if len(days) == 1 and _UNTIL.search(period) else [*days, None, None][:2]
    fields: dict[str, Any] = {
        "kind": "call", "lang": "el", "eligibility": said["Σε ποιους απευθύνεται"] or None, "budget": budget(said["Προϋπολογισμός"], "(?:€|ευρώ)?"),
        "conditions": conditions({label: said[label] for label in LABELS[:2]}),
        **window("Europe/Athens", opens, closes, otherwise="until-exhausted" if "εξαντλ" in period else "not-stated"),
    }  # fmt: skip
    put(fields, "country", [Country.EL], "ΕΣΠΑ", "EU money managed by Greece")
    put_labels(fields, "programme", [programme], FUNDS, "the programme's fund")
    fields.setdefault("programme", programme or None)
    put_places(fields, said["Περιοχή εφαρμογής"].split(","), "GR", PLACES)
    put(fields, "level", [NATIONAL], "ΕΣΠΑ", "EU money managed by Greece")
    put_labels(fields, "beneficiary", said["Σε ποιους απευθύνεται"].split(","), APPLICANTS, "applicants named by the source")
    return fields
