"""Slovenia, evropskasredstva.si: calls with EU money, in Slovene.

One page per status. Per call the word of its status, the title, then labels each followed by its value; only these words are
known, not the markup, so the pages are read as lines of text. There is no page per call: each links to its own site.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.normalise import defuse, lead, parse_day, tidy, web_address
from crawler.platforms import INFERRED, NATIONAL, budget, call, calls_of, conditions, put, put_labels, put_places, table, window
from crawler.source import Source, SourceError, needed
from search.vocabulary import Beneficiary, Country, Fund

PORTAL = "evropskasredstva.si"
PAGE = "https://evropskasredstva.si/razpisi/{}"
PAGES = {"aktualen": "Aktualno", "napovedan": "Napovedano", "zakljucen": "Zaključeno"}  # the last one is a guess
UNTIL = "Rok za prijavo na javni razpis"
LABELS = {
    "Razpisovalec", "Program EU", "Razpisana vrednost", "Prispevek EU", "Veljavno", UNTIL, "Cilj politike oz. specifični cilj",
    "Upravičeni prijavitelji", "Opis upravičenih prijaviteljev", "Geografsko območje", "Datum objave javnega razpisa", "Namen",
    "Povezava do strani",
}  # fmt: skip
FUNDS = table(Fund, ESF_PLUS="esf+", ERDF="erdf; esrr", JTF="jtf; spp", RRF="rrf", CF="ks")
PLACES = {"celotna slovenija": ["SI"], "vsa slovenija": ["SI"]}
APPLICANTS = table(
    Beneficiary, SME="mikro, mala in srednja podjetja", LARGE_COMPANY="velika podjetja", PROVIDER="izobraževalne ustanove; visokošolski zavodi",
    OTHER="nevladne organizacije", PUBLIC_AUTHORITY="občine", SOCIAL_PARTNER="socialni partnerji", CHAMBER="zbornice",
    EMPLOYMENT_SERVICE="zavod republike slovenije za zaposlovanje",
)  # fmt: skip
_DAY = re.compile(r"\d{1,2}\. ?\d{1,2}\. ?\d{4}")


class SiEvropskasredstvaSpider(Source):
    name = "si_evropskasredstva"
    allowed_domains = ["evropskasredstva.si"]
    facts = calls_of(
        Country.SI, name, "Evropska sredstva, razpisi", PAGE.format("aktualen"), attribution=f"{PORTAL}, Republika Slovenija", format_seen=INFERRED
    )
    min_entries = 6
    min_dated = 0.4

    def first(self) -> Iterator[Request]:
        for name in PAGES:
            yield self.ask(PAGE.format(name), self.parse, cb_kwargs={"name": name})

    def failed(self, failure: Any) -> None:
        """The page of closed calls may not exist: without it they are simply no longer listed."""
        error = failure.value
        if isinstance(error, HttpError) and error.response.status == 404 and failure.request.cb_kwargs["name"] == "zakljucen":
            self.warn("there is no page of closed calls")
            return
        super().failed(failure)

    async def parse(self, response: Response, name: str) -> AsyncIterator[Any]:
        """A page; only that of open calls must have some."""
        html, mended = self.text_of(response)
        if "</html>" not in html[-1000:].lower():
            raise SourceError(f"the page {name} ends in the middle")
        found = blocks(lines_of(html, response), PAGES[name])
        if not found and (name == "aktualen" or not response.meta.get("empty_tries")):
            yield await self.again(response, f"the page {name} came without calls")
            return
        needed(not found or any(UNTIL in said for said in found), f"the page {name}", repr(UNTIL))
        for said in found:
            for made in self.drafted(key_of(said, said_url(said)), said, lambda said: read(said, said_url(said) or response.url), mended):
                yield made


def said_url(said: dict[str, str]) -> str:
    """The address of a call's own site, or nothing."""
    return web_address(said.get("Povezava do strani", "").split("\n")[0]) or ""


def lines_of(html: str, response: Response) -> list[str]:
    """The page as lines of text, with the address in place of every link's words."""
    soup = BeautifulSoup(html, "html.parser")  # the faster one drops what follows a very long text
    for link in soup.find_all("a", href=True):
        link.string = response.urljoin(str(link["href"]))
    return [defuse(line) for line in tidy((soup.body or soup).get_text("\n")).split("\n") if line]


def blocks(lines: list[str], status: str) -> list[dict[str, str]]:
    """What the page says of each call, by label."""
    found: list[dict[str, str]] = []
    label = ""
    for line in lines:
        if line == status:
            found.append({"status": status})
            label = "title"
        elif found and line.rstrip(":") in LABELS:
            label = line.rstrip(":")
        elif found:
            found[-1][label] = f"{found[-1][label]}\n{line}" if label in found[-1] else line
    return found


def key_of(said: dict[str, str], url: str) -> str:
    """The end of the address of the call's own site; without one, a hash of who publishes it and its title."""
    parts = urlsplit(url)
    ends = re.sub(r"[\s:/?#\\]+", "-", f"{parts.path.rstrip('/').rsplit('/', 1)[-1]}{parts.query and '-'}{parts.query}")
    return ends or hashlib.sha256(f"{said.get('Razpisovalec')}|{said.get('title')}".encode()).hexdigest()[:16]


def read(said: dict[str, str], url: str) -> dict[str, Any]:
    """The fields of a call. Raises ValueError."""
    until, purpose = said.get(UNTIL, ""), said.get("Namen", "")
    opens, closes = _DAY.search(said.get("Veljavno", "")), _DAY.search(until)
    who = "\n".join(said[label] for label in ("Upravičeni prijavitelji", "Opis upravičenih prijaviteljev") if label in said)
    budget_words, by = said.get("Razpisana vrednost", ""), said.get("Razpisovalec")
    headings = ("Program EU", "Prispevek EU", "Cilj politike oz. specifični cilj", *(() if closes else (UNTIL,)))
    fields = call(
        "sl", said.get("title", ""), url, summary=lead(purpose) or None, objectives=purpose or None, eligibility=who or None,
        **window(
            "Europe/Ljubljana", day(opens[0]) if opens else None, day(closes[0]) if closes else None,
            otherwise="until-exhausted" if "do porabe sredstev" in until else "not-stated",
        ),
        budget=budget(budget_words, "(?:EUR|€)?"), authority={"name": by} if by else None, source_status=said["status"],
        conditions=conditions({label: said.get(label) for label in headings}),
    )  # fmt: skip
    put(fields, "country", [Country.SI], PORTAL, "EU money managed by Slovenia")
    put_labels(fields, "programme", re.split(r"[,;\n]", said.get("Program EU", "")), FUNDS, "fund named by the source")
    put_places(fields, re.split(r"[,;\n]", said.get("Geografsko območje", "")), "SI", PLACES)
    put(fields, "level", [NATIONAL], PORTAL, "EU money managed by Slovenia")
    rest = who.casefold()
    for label in sorted(APPLICANTS, key=len, reverse=True):  # one of them has a comma of its own
        if label in rest:
            put(fields, "beneficiary", APPLICANTS[label], label, "applicants named by the source")
            rest = rest.replace(label, "")
    return fields


def day(words: str) -> str:
    """Raises DateError."""
    return parse_day(words.replace(" ", ""), "%d.%m.%Y").isoformat()
