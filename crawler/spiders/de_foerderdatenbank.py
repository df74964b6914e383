"""Germany, Förderdatenbank des Bundes: funding programmes of the Federation, the Länder and the EU. Facts only.

List of cards, 10 a page, with the number of hits; the next page is behind the link "weiter", whose address cannot be built ->
one page per programme with pairs of label and value. The portal has no dates, and its pages are CC BY-ND: facts and link,
no derived text, so no sentence of its descriptions is read.

What holds of reaching it, as public clients told in July 2026: the portal answers many programs with a captcha page (200,
titled "Radware Captcha Page"), which fails a run here; its robots.txt asks for 30 seconds between two requests, with which
2500 programmes take longer than a run may. An official XML export exists at /FDB/WS/export (a ZIP of 28 to 50 MB with one
file per programme, without a key, behind the same wall; CC BY 4.0 by the portal's questions and answers, as clients cite
them). It is not read: its files were described to us, not seen, and one client found the address redirected.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector
from scrapy import Request
from scrapy.http import Response, TextResponse

from crawler.normalise import plain, squeeze, web_address
from crawler.platforms import EU, NATIONAL, RECORDED, REGIONAL, ListAndPage, call, calls_of, conditions, put, put_labels, table
from crawler.platforms.places import codes_of
from crawler.source import Draft, SourceError, needed
from search.vocabulary import Beneficiary, Country, Ecosystem, FundingType, Skills, TextUse

PORTAL = "Förderdatenbank des Bundes"
START = "https://www.foerderdatenbank.de/SiteGlobals/FDB/Forms/Suche/Foederprogrammsuche_Formular.html?filterCategories=FundingProgram"
MOST_MISSING = 0.01  # programmes come and go while the pages are read
LEVELS = {"Bund": NATIONAL, "Land": REGIONAL, "EU": EU}
CLOSED = "Antragsstellung nicht mehr möglich"
PLACES = {"bundesweit": ["DE"], "nrw": ["DEA"]}
TRAINING, WORK = "Aus- & Weiterbildung", "Arbeit"
TYPES = table(FundingType, GRANT="zuschuss", LOAN="darlehen; bürgschaft; garantie; beteiligung")
APPLICANTS = table(
    Beneficiary, LARGE_COMPANY="unternehmen", SME="unternehmen; existenzgründer/in", PROVIDER="bildungseinrichtung; hochschule",
    PUBLIC_AUTHORITY="kommune; öffentliche einrichtung", OTHER="forschungseinrichtung; verband/vereinigung; privatperson",
)  # fmt: skip
AREAS = {
    "Energieeffizienz & Erneuerbare Energien": Ecosystem.ENERGY_RENEWABLES, "Kultur, Medien & Sport": Ecosystem.CREATIVE_CULTURAL,
    "Landwirtschaft & Ländliche Entwicklung": Ecosystem.AGRI_FOOD, "Digitalisierung": Ecosystem.DIGITAL,
}  # fmt: skip


class DeFoerderdatenbankSpider(ListAndPage):
    name = "de_foerderdatenbank"
    allowed_domains = ["www.foerderdatenbank.de"]
    facts = calls_of(
        Country.DE, name, PORTAL, "https://www.foerderdatenbank.de/", attribution=PORTAL, format_seen=RECORDED,
        level=(NATIONAL, REGIONAL, EU), licence="CC BY-ND 3.0 DE", text_use=TextUse.FACTS,
    )  # fmt: skip
    min_entries = 6

    def first(self) -> Iterator[Request]:
        self.cards = 0
        yield self.ask(START, self.parse)

    async def parse(self, response: Response) -> AsyncIterator[Any]:
        """A page of cards; all pages together must bring the number of hits."""
        html, mended = self.text_of(response)
        page = Selector(html)
        hits, cards = page.css("span#hits--count::text").get("").strip().replace(".", ""), page.css("div.card--fundingprogram")
        needed(hits.isdigit(), "the list", "span#hits--count")
        if not cards and int(hits) == 0:
            yield await self.again(response, "the list came empty")
            return
        needed(cards, f"the list of {hits} hits", "div.card--fundingprogram")
        assert isinstance(response, TextResponse)
        for card in cards:
            href, title = card.css("p.card--title a::attr(href)").get(""), words(card.css("p.card--title .link--label"))
            own = {"id": f"{self.name}:{key_of(href)}", "title": title}
            made = Draft(urlsplit(href).path.lstrip("/"), own, payload=href, suspect=mended)
            for request in self.ask_call(response.urljoin(href), made, title):
                yield request
        self.cards += len(cards)
        if following := page.css("a.forward.button::attr(href)").get():
            yield self.ask(response.urljoin(following), self.parse)
        elif self.cards < int(hits) * (1 - MOST_MISSING):
            raise SourceError(f"the list states {hits} programmes and brings {self.cards}")

    def read_call(self, page: Selector, response: Response, made: Draft) -> dict[str, Any]:
        """The page of a programme: its title and its labels with their values."""
        title, pairs = words(page.css("h1.title")), page.css("dl.document-info-fundingprogram > dt")
        needed(title and pairs, f"a programme ({response.url})", "h1.title or no dl.document-info-fundingprogram")
        values = {words(dt).rstrip(":").strip(): dt.xpath("following-sibling::*[1][self::dd]") for dt in pairs}
        said = {label: words(dd) for label, dd in values.items() if label.startswith("Förder") and label != "Fördergeber"}
        fields = call(
            "de", title, response.url, deadline_kind="not-stated", eligibility=said.get("Förderberechtigte") or None,
            source_status=CLOSED if CLOSED in words(page.css("p.subtitle--text")) else None, authority=giver(values.get("Fördergeber")),
            conditions=conditions(said), documents=links(values.get("Weiterführende Links")),
        )  # fmt: skip
        add_labels(fields, said, made.native_id)
        return fields


def words(nodes: Any) -> str:
    """The text of nodes on one line."""
    return squeeze(" ".join(node.xpath("string()").get("") for node in (nodes if isinstance(nodes, list) else [nodes])))


def key_of(href: str) -> str:
    """The end of a programme's address: who runs it, and its name."""
    found = re.search(r"/Foerderprogramm/([^?#]+?)(?:\.html)?(?:[?#]|$)", href)
    if not found:
        raise SourceError(f"a card has another shape: its link does not lead to a programme ({href[:100]})")
    return re.sub(r"[\s:\\]+", "-", found[1]).replace("/", ":")


def giver(dd: Any) -> dict[str, str] | None:
    """Who gives the money; who answers questions is never read."""
    name = plain(words(dd.css(".link--label")[:1] or dd.css("p")[:1] or dd)) if dd else ""
    return {"name": name[:300]} if name else None


def links(dd: Any) -> list[dict[str, str]]:
    """Further pages about a programme."""
    found = [(web_address(a.attrib.get("href", "")), plain(words(a))) for a in (dd.css("a") if dd else [])]
    return [{"url": url, "label": label[:200] or url, "basis": "crawled"} for url, label in found if url]


def add_labels(fields: dict[str, Any], said: dict[str, str], key: str) -> None:
    """What the portal's own labels and its address decide."""
    runs, *rest = key.split(":")
    if runs in LEVELS:
        put(fields, "level", [LEVELS[runs]], f"Foerderprogramm/{runs}", "who runs the programme, from its address")
    put(fields, "level", [NATIONAL], PORTAL, "database of the Federation")
    put(fields, "country", [Country.DE], PORTAL, "database of Germany")
    where = rest[0].replace("ue", "ü") if runs == "Land" and rest else said.get("Fördergebiet", "")
    codes = {place.strip(): codes_of(place.strip(), "DE", PLACES) for place in where.split(",")}
    if all(codes.values()) and all(len(code) > 2 for found in codes.values() for code in found):
        for place, found in codes.items():
            put(fields, "region", found, place, "region named by the source")
    put_labels(fields, "type", said.get("Förderart", "").split(","), TYPES, "kind of support of the source")
    put_labels(fields, "beneficiary", said.get("Förderberechtigte", "").split(","), APPLICANTS, "applicants named by the source")
    area = said.get("Förderbereich", "")
    if TRAINING in area:
        alone = not area.replace(TRAINING, "").replace(WORK, "").strip(" ,")
        put(fields, "skills", [Skills.CORE if alone else Skills.PART], area, "area of the source")
    for label, ecosystem in AREAS.items():
        if label in area:
            put(fields, "ecosystem", [ecosystem], label, "area of the source")
