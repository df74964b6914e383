"""Italy, Lazio Innova: the calls of the Lazio region's agency, in Italian.

Pages of the WordPress REST list `bandi`, 100 posts each, with the total in a header. Classes name themes, applicants and
form; dates and money stand in the text: `entro le ore 17:00 del 24 giugno 2026`, `fino al 06/01/2027`, `40 milioni di euro`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, parse_day, squeeze
from crawler.platforms.mapped import put, put_labels
from crawler.source import Draft, Source, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, Ecosystem, Fund, FundingType, Kind, Level, TextUse

LIST = "https://www.lazioinnova.it/wp-json/wp/v2/bandi?per_page=100&page={}&orderby=id&order=asc&_fields=id,date,link,title,content,class_list"
REGION, NUTS, ZONE = "Regione Lazio", "ITI4", "Europe/Rome"
FORMS = {
    "tipologie-agevolazioni-a-fondo-perduto": [FundingType.GRANT], "tipologie-finanziamenti-agevolati": [FundingType.LOAN],
    "tipologie-agevolazioni-venture-capital": [FundingType.LOAN],
}  # fmt: skip
APPLICANTS = {
    "destinatari-micro-imprese": [Beneficiary.SME], "destinatari-piccole-imprese": [Beneficiary.SME], "destinatari-medie-imprese": [Beneficiary.SME],
    "destinatari-startup-e-spinoff": [Beneficiary.SME], "destinatari-grandi-imprese": [Beneficiary.LARGE_COMPANY],
    "destinatari-imprese": [Beneficiary.SME, Beneficiary.LARGE_COMPANY], "destinatari-pubblica-amministrazione": [Beneficiary.PUBLIC_AUTHORITY],
    "destinatari-no-profit": [Beneficiary.OTHER], "destinatari-altri-enti": [Beneficiary.OTHER],
    "destinatari-liberi-professionisti": [Beneficiary.OTHER], "destinatari-persone-fisiche": [Beneficiary.OTHER],
}  # fmt: skip
SECTORS = {
    "tematiche-aerospazio": [Ecosystem.AEROSPACE_DEFENCE], "tematiche-agrifood": [Ecosystem.AGRI_FOOD], "tematiche-ict": [Ecosystem.DIGITAL],
    "tematiche-creativita": [Ecosystem.CREATIVE_CULTURAL], "tematiche-cultura": [Ecosystem.CREATIVE_CULTURAL],
    "tematiche-spettacolo-dal-vivo": [Ecosystem.CREATIVE_CULTURAL], "tematiche-mobilita": [Ecosystem.MOBILITY],
    "tematiche-scienze-della-vita": [Ecosystem.HEALTH], "tematiche-turismo": [Ecosystem.TOURISM],
}  # fmt: skip
MOST_ECOSYSTEMS = 3  # a post that ticks more says nothing about a sector
FUNDS = {"FSE": Fund.ESF_PLUS, "FESR": Fund.ERDF}
MONTHS = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()
BEFORE = 70  # characters before a date that may say what the date is

_DATE = re.compile(rf"(\d{{1,2}})[°º]? ({'|'.join(MONTHS)})(?: (\d{{4}}))?|\b(\d{{2}})[/.](\d{{2}})[/.](\d{{4}})")
_UNTIL = re.compile(r"\bentro\b|\bfino a|\balle (?:ore )?\d", re.I)
_ENDS = re.compile(r"\bscaden|\btermine\b|\bchiusura\b", re.I)
_OTHER = re.compile(r"completat|realizzat|rendicont|sostenut", re.I)  # an end of projects, not of applying
_FROM = re.compile(r"\bdal(?:le ore \d{1,2}(?:[:.]\d{2})? del)? ?$", re.I)
_HOUR = re.compile(r"\b(?:ore|alle) (\d{1,2})(?:[:.](\d{2}))?", re.I)
_AMOUNT = re.compile(r"(?:\bdotazione\b[^.;€]{0,80}?|^)(\d[\d.,]*)( milioni di)? euro\b", re.I)


class ItLazioSpider(Source):
    name = "it_lazio"
    allowed_domains = ["www.lazioinnova.it"]
    facts = SourceFacts(
        source="it_lazio",
        title="Lazio Innova, calls of the Lazio region (Italy)",
        homepage="https://www.lazioinnova.it/bandi/",
        countries=[Country.IT],
        level=[Level.REGIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.RECORDED,
        licence="not stated",
        attribution="Lazio Innova, Regione Lazio",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 6
    min_dated = 0.4

    def first(self) -> Iterator[Request]:
        yield self.ask(LIST.format(1), self.parse, cb_kwargs={"page": 1, "read": 0})

    async def parse(self, response: Response, page: int, read: int) -> AsyncIterator[Any]:
        """A page of posts. read: how many the pages before had."""
        posts, mended = self.json_of(response)
        total, pages = (int(response.headers.get(name) or b"-1") for name in ("X-WP-Total", "X-WP-TotalPages"))
        if not isinstance(posts, list) or total < 0 or pages < 0:
            raise SourceError(f"page {page} of the list has another shape: no list of posts with X-WP-Total and X-WP-TotalPages")
        if not posts:
            yield await self.again(response, f"page {page} of the list came empty")
            return
        for post in posts:
            if "content" not in post or "title" not in post or not post.get("id"):
                raise SourceError(f"a post has another shape: no id, title or content ({str(post.get('link'))[:150]})")
            made = Draft(str(post["id"]), {}, payload=post, suspect=mended)
            try:
                made.fields = fields_of(post)
            except (DateError, KeyError) as error:
                self.refuse(made, f"{type(error).__name__}: {error}")
                continue
            yield made
        read += len(posts)
        if page < pages:
            yield self.ask(LIST.format(page + 1), self.parse, cb_kwargs={"page": page + 1, "read": read})
        elif read != total:
            raise SourceError(f"the list ends after {read} of {total} posts")


def fields_of(post: dict[str, Any]) -> dict[str, Any]:
    """The fields of a post. Raises DateError or KeyError."""
    html = post["content"]["rendered"]
    text, line = from_html(html), squeeze(from_html(html))
    opens, ends = window(line)
    fields: dict[str, Any] = {
        "kind": "call",
        "title": post["title"]["rendered"],
        "lang": "it",
        "url": post["link"],
        "description": text or None,
        "summary": lead(text) or None,
        "opening_date": opens,
        "deadlines": ends,
        "deadline_kind": kind_of(line, ends),
        "budget": budget(html, line),
        "authority": {"name": REGION},
    }
    label(fields, post.get("class_list") or [], f"{post['title']['rendered']} {line}")
    return fields


def window(line: str) -> tuple[str | None, list[dict[str, Any]]]:
    """The opening day and the days until which one may apply, by the words before each date. Raises DateError."""
    sure: list[dict[str, Any]] = []
    likely: list[dict[str, Any]] = []
    opens, before = None, None
    for found in _DATE.finditer(line):
        words = line[max(found.start() - BEFORE, before.end() if before else 0) : found.start()]
        about = line[max(found.start() - BEFORE, 0) : found.start()]
        day = day_of(found)
        if day and not _OTHER.search(about) and (_UNTIL.search(words) or _ENDS.search(words)):
            strong = bool(_UNTIL.search(words))
            (sure if strong else likely).append(deadline(day, words, found[0]))
            if strong and before and _FROM.search(line[: before.start()]):
                opens = opens or day_of(before)
        before = found
    start = re.search(r"[Ss]portello aperto dal ", line)
    if start and not opens and (first := _DATE.match(line, start.end())):
        opens = day_of(first)
    ends = {end["date"]: end for end in sure or likely}
    if opens and ends and opens > min(ends):
        opens = None  # of a later round
    return opens, list(ends.values())


def day_of(found: re.Match[str]) -> str | None:
    """A date in words or digits; None where its year is left out. Raises DateError."""
    if found[6]:
        return parse_day(f"{found[4]}.{found[5]}.{found[6]}", "%d.%m.%Y").isoformat()
    return parse_day(f"{found[1]}.{MONTHS.index(found[2]) + 1}.{found[3]}", "%d.%m.%Y").isoformat() if found[3] else None


def deadline(day: str, words: str, date_words: str) -> dict[str, Any]:
    hours = _HOUR.findall(words)
    time = f"{int(hours[-1][0]):02d}:{hours[-1][1] or '00'}" if hours and int(hours[-1][0]) < 24 else None
    cue = max((m.start() for m in [*_UNTIL.finditer(words), *_ENDS.finditer(words)]), default=0)
    return {"date": day, "time": time, "zone": ZONE, "text": f"{words[cue:]}{date_words}".strip()}


def kind_of(line: str, ends: list[dict[str, Any]]) -> str:
    """What sort of end a call has."""
    if ends:
        return "fixed" if len(ends) == 1 else "cut-offs"
    if any(not day_of(found) and _UNTIL.search(line[max(found.start() - BEFORE, 0) : found.start()]) for found in _DATE.finditer(line)):
        return "not-stated"  # a date without its year is none
    if re.search(r"esaurimento (?:delle risorse|dei fondi|della dotazione)", line, re.I):
        return "until-exhausted"
    return "rolling" if re.search(r"\bsportello aperto\b", line, re.I) else "not-stated"


def budget(html: str, line: str) -> dict[str, Any] | None:
    """The money: a heading such as `40 milioni di euro`, else what the text calls its `dotazione`."""
    headings = [squeeze(heading) for heading in Selector(html or "<p/>").css("h2").xpath("string()").getall()]
    found = next((match for text in [*headings, line] if (match := _AMOUNT.search(text))), None)
    if not found or not re.fullmatch(r"\d{1,3}(?:\.\d{3})*(?:,\d+)?|\d+(?:,\d+)?", found[1].rstrip(".,")):
        return None
    total = float(found[1].rstrip(".,").replace(".", "").replace(",", ".")) * (1e6 if found[2] else 1)
    return {"total": total, "scope": "call", "text": found[0]}


def label(fields: dict[str, Any], classes: list[str], words: str) -> None:
    """What the post's classes and the funds it names decide."""
    put(fields, "level", [Level.REGIONAL], REGION, "agency of a region")
    put(fields, "country", [Country.IT], REGION, "agency of a region of Italy")
    put(fields, "region", [NUTS], REGION, "agency of a region")
    put_labels(fields, "type", [c for c in classes if c.startswith("tipologie-")], FORMS, "form of the support")
    put_labels(fields, "beneficiary", [c for c in classes if c.startswith("destinatari-")], APPLICANTS, "applicants named by the source")
    if len({value for c in classes for value in SECTORS.get(c, [])}) <= MOST_ECOSYSTEMS:
        put_labels(fields, "ecosystem", classes, SECTORS, "themes of the call")
    named = set(re.findall(r"\b(FSE|FESR)\b", words))
    if len(named) == 1:
        put(fields, "programme", [FUNDS[next(iter(named))]], next(iter(named)), "the one fund that the text names")
