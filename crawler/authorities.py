"""The Commission's pages on managing authorities and programmes: HTML into blocks, blocks and seed into drafts.

A country page lists, per period (h4), each authority (h3) with label/value pairs (dt, dd): the programme with its link
and its CCI. Contact persons and mail addresses stand there too; their labels are never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

from crawler.cohesion_data import FUND_CODES, Planned
from crawler.normalise import from_html, plain, squeeze, web_address
from crawler.seeds.reading import NO_SKILLS, ProgrammeKind, clean_authority, clean_title, countries_named, kind_of
from crawler.seeds.table import SeedProgramme
from crawler.source import Draft
from search import regions
from search.funds import FUND_TEXTS
from search.vocabulary import Area, Basis, DeadlineKind, Ecosystem, Fund, FundingType, Level, Origin, Skills

PERIOD = "2021-2027"
CCI = re.compile(r"2021[A-Z0-9]{11}")
CCI_LETTERS = {"RF": Fund.ERDF, "SF": Fund.ESF_PLUS, "JT": Fund.JTF, "CF": Fund.CF}

# What a fund can pay for of upskilling and reskilling, and the article that says so.
SKILLS_OF_FUND: dict[Fund, tuple[Skills, tuple[Area, ...], str]] = {
    Fund.ESF_PLUS: (Skills.CORE, (Area.UPSKILLING, Area.RESKILLING), "Regulation (EU) 2021/1057 art. 4(1)(g)"),
    Fund.JTF: (Skills.PART, (Area.UPSKILLING, Area.RESKILLING), "Regulation (EU) 2021/1056 art. 8(2)(k)"),
    Fund.ERDF: (Skills.PART, (Area.UPSKILLING,), "Regulation (EU) 2021/1058 art. 3(1)(a)(iv) and (d)(ii)"),
    Fund.RRF: (Skills.PART, (), "Regulation (EU) 2021/241 art. 3(f)"),
    Fund.CF: (Skills.NONE, (), "Regulation (EU) 2021/1058 art. 3(2)"),
}


class PageError(ValueError):
    """A page that does not have the known form; the message says what is missing."""


class EmptyPageError(PageError):
    """A page of the known form that lists no programme of the period."""


@dataclass(frozen=True)
class Block:
    """One programme as a country page lists it. mended: its CCI was taken from its link."""

    cci: str
    title: str
    authority: str
    url: str
    country: str
    suspect: bool = False
    mended: bool = False


@dataclass
class Known:
    """Everything read about the programmes by CCI: blocks, countries, funds, titles, pages, planned amounts in all and by field."""

    blocks: dict[str, Block] = field(default_factory=dict)
    listed_in: dict[str, set[str]] = field(default_factory=dict)
    funds: dict[str, list[Fund]] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    says: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    planned: Planned = field(default_factory=dict)
    fields: Planned = field(default_factory=dict)
    suspect: set[str] = field(default_factory=set)


# -- pages -------------------------------------------------------------------------------------------------------------


def _main(html: str) -> Tag:
    if "</html>" not in html[-2000:].casefold() and "</html>" not in html.casefold():
        raise PageError("the page ends early")
    main = BeautifulSoup(html, "lxml").find("main")
    if not isinstance(main, Tag):
        raise PageError("the page has another shape: no main part")
    return main


def read_country(html: str, url: str, country: str, suspect: bool) -> list[Block]:
    """The programmes of the period on a country page. Raises PageError, EmptyPageError."""
    period, authority = None, ""
    blocks: list[Block] = []
    labels: set[str] = set()
    for tag in _main(html).find_all(["h4", "h3", "dl"]):
        text = squeeze(tag.get_text(" "))
        if tag.name == "h4":
            period = text
        elif tag.name == "h3":
            authority = text
        elif period == PERIOD:
            pairs = {squeeze(dt.get_text(" ")): dd for dt in tag.find_all("dt") if isinstance(dd := dt.find_next_sibling("dd"), Tag)}
            labels |= pairs.keys()
            blocks.append(_block(pairs, authority, url, country, suspect))
    if period is None:
        raise PageError("the page has another shape: no period")
    if not blocks:
        raise EmptyPageError(f"no programme of {PERIOD} is listed")
    if "CCI" not in labels:
        raise PageError(f"the page has another shape: no CCI among its labels {sorted(labels)}")
    if not authority:
        raise PageError("the page has another shape: no authority")
    return _own_codes(blocks)


def _block(pairs: Mapping[str, Tag], authority: str, url: str, country: str, suspect: bool) -> Block:
    cci = squeeze(pairs["CCI"].get_text()).upper() if "CCI" in pairs else ""
    link = next((a for dd in pairs.values() for a in dd.select("a[href*='/programmes/']")), None)
    title = str(link.decode_contents()) if link else ""
    return Block(cci, title, clean_authority(authority), urljoin(url, str(link["href"])) if link else "", country, suspect)


def _own_codes(blocks: Sequence[Block]) -> list[Block]:
    """Where two programmes of a page claim one CCI, or one is no CCI, each takes the one in its own link."""
    claims = [b.cci for b in blocks]
    mended = []
    for block in blocks:
        linked = CCI.search(block.url.upper().rsplit("/", 1)[-1])
        doubtful = not CCI.fullmatch(block.cci) or claims.count(block.cci) > 1
        if doubtful and linked and linked.group() != block.cci:
            mended.append(replace(block, cci=linked.group(), mended=True))
        else:
            mended.append(block)
    return mended


def read_programme(html: str, cci: str) -> list[dict[str, str]]:
    """What a programme's page says, under its headings. Raises PageError when it is another programme's page."""
    main = _main(html)
    if cci not in main.get_text().upper():
        raise PageError(f"the page does not name {cci}")
    for pairs in main.find_all("dl"):
        pairs.decompose()
    parts = re.split(r"<h2[^>]*>(.*?)</h2>", main.decode_contents(), flags=re.S)
    sections = ((plain(heading), from_html(body)) for heading, body in zip(parts[1::2], parts[2::2], strict=True))
    return [{"heading": heading, "text": text} for heading, text in sections if text]


# -- drafts ------------------------------------------------------------------------------------------------------------


def drafts(known: Known, seed: Sequence[SeedProgramme]) -> Iterable[Draft]:
    """One draft per programme and fund: what the pages list, then what only the seed knows."""
    by_cci = {row.cci: row for row in seed if row.cci}
    for cci in sorted(known.blocks):
        yield from _programme(known, known.blocks[cci], by_cci.get(cci))
    for row in seed:
        if not row.cci or row.cci not in known.blocks:
            yield from _programme(known, None, row)


def _programme(known: Known, block: Block | None, row: SeedProgramme | None) -> Iterable[Draft]:
    key = block.cci if block else row.key  # type: ignore[union-attr]
    cci = block.cci if block else (row.cci or known.titles.get((row.country, row.title_en), ""))  # type: ignore[union-attr]
    title, _ = clean_title(plain(block.title)) if block and len(block.title) <= 2000 else ((block.title, "") if block else (row.title_en, ""))  # type: ignore[union-attr]
    kind = row.kind if row else kind_of(cci, title)
    funds = _funds(known, cci, row, kind)
    if not funds:
        yield Draft(key, {"kind": "fund", "title": title, "id": f"ec_authorities:{key}"}, payload={"cci": cci, "title": title})
        return
    for fund in funds:
        fields = _fields(known, block, row, cci, title, kind, fund)
        fields["id"] = f"ec_authorities:{key}:{fund.casefold().replace('+', '-plus')}"
        suspect = bool(block and block.suspect) or cci in known.suspect
        payload = {"cci": cci, "title": title[:2000], "authority": fields["authority"]["name"] if fields.get("authority") else None}
        yield Draft(key, {n: v for n, v in fields.items() if v not in (None, "", [])}, payload=payload, suspect=suspect)


def _funds(known: Known, cci: str, row: SeedProgramme | None, kind: ProgrammeKind) -> list[Fund]:
    """The funds of a programme: from the open data, else the seed, else the letters of its CCI."""
    if kind is ProgrammeKind.INTERREG:
        return [Fund.ERDF]
    if found := known.funds.get(cci):
        return sorted(found)
    if row and row.funds:
        return [FUND_CODES[f] for f in row.funds]
    letters = CCI_LETTERS.get(cci[8:10]) if len(cci) > 10 else None
    return [letters or CCI_LETTERS[cci[6:8]]] if letters or cci[6:8] in CCI_LETTERS else []


def _fields(known: Known, block: Block | None, row: SeedProgramme | None, cci: str, title: str, kind: ProgrammeKind, fund: Fund) -> dict[str, Any]:
    countries = list(row.countries) if row else sorted({*known.listed_in.get(cci, set()), *(countries_named(title) if cci[4:6] == "TC" else ())})
    area_en, area_original = _area(row, countries, title)
    level = Level(row.level) if row else (Level.REGIONAL if kind is ProgrammeKind.INTERREG else Level.NATIONAL)
    says = known.says.get(cci, [])
    links = _links(block, row)
    fields: dict[str, Any] = {
        "kind": "fund",
        "title": title,
        "lang": "en",
        "url": links[0]["url"] if links else "https://ec.europa.eu/regional_policy/in-your-country/managing-authorities_en",
        "level": level,
        "programme": "Interreg" if kind is ProgrammeKind.INTERREG else str(fund),
        "countries": countries,
        "regions": [code for code in row.nuts if len(code) > 2 and code in regions.units()] if row and level is Level.REGIONAL else [],
        "deadline_kind": DeadlineKind.PROGRAMME_END,
        "authority": _authority(block, row),
        "cci": cci or None,
        "fund": fund,
        "area_en": area_en,
        "area_original": area_original,
        "programme_title": title,
        "programme_title_original": row.title_original if row else None,
        "programme_title_original_basis": row.title_original_basis if row and row.title_original else None,
        "programme_says": says,
        "programme_says_url": block.url if block and says else None,
        "planned": known.planned.get((cci, fund), []),
        "planned_fields": known.fields.get((cci, fund), []),
        "links": links,
        "known_from": _known_from(known, block, row, cci),
        "known_from_text": row.evidence_text if row else None,
        "ends_on": FUND_TEXTS[fund].ends_on,
    }
    return fields | _labels(kind, fund, level, row)


def _known_from(known: Known, block: Block | None, row: SeedProgramme | None, cci: str) -> list[str]:
    places = (("ec-page", block), ("programme-page", known.says.get(cci)), ("open-data", known.funds.get(cci)), ("seed", row))
    return [name for name, there in places if there]


def _area(row: SeedProgramme | None, countries: Sequence[str], title: str) -> tuple[str, str]:
    if row and row.region_en:
        return row.region_en, row.region_original or row.region_en
    if len(countries) == 1:
        unit = regions.units()["EL" if countries[0] == "GR" else countries[0]]
        return unit.name_en, unit.name
    return title, title


def _authority(block: Block | None, row: SeedProgramme | None) -> dict[str, Any] | None:
    name = block.authority if block else (row.managing_authority if row else "")
    if not name:
        return None
    authority: dict[str, Any] = {"name": plain(name)[:500]}
    if row and row.managing_authority_url:
        authority |= {"url": row.managing_authority_url, "url_basis": row.managing_authority_url_basis}
    return authority


def _links(block: Block | None, row: SeedProgramme | None) -> list[dict[str, Any]]:
    found: list[tuple[str, str, str, str]] = []
    if block and block.url:
        found.append((block.url, "The programme on the Commission's site", Basis.CRAWLED, "linked on the Commission's list"))
    if row:
        if not block:
            found.append((row.programme_url, "The programme on the Commission's site", row.evidence, row.evidence_text))
        found.append((row.calls_url, "Where calls are published", row.calls_url_basis, row.calls_url_known_from))
        found.append((row.programme_site_url, "Site of the programme", row.programme_site_url_basis, row.programme_site_url_known_from))
        found.append((row.managing_authority_url, "Site of the authority", row.managing_authority_url_basis, ""))
    links = {}
    for url, label, basis, words in found:
        if (address := web_address(url)) and address not in links:
            links[address] = {"url": address, "label": label, "basis": basis if basis in set(Basis) else Basis.RECALLED, "basis_text": words or None}
    return list(links.values())


def _labels(kind: ProgrammeKind, fund: Fund, level: Level, row: SeedProgramme | None) -> dict[str, Any]:
    """Facet values that fund and kind decide, each with its evidence."""
    skills, areas, article = SKILLS_OF_FUND[fund]
    reason = article
    if kind in NO_SKILLS:
        skills, areas, reason = Skills.NONE, (), f"the programme is for {kind.replace('-', ' ')}"

    def because(value: str, quote: str, rule: str) -> dict[str, Any]:
        return {"value": value, "origin": Origin.MAPPED, "quote": quote, "rule": rule}

    support = "Regulation (EU) 2021/241" if fund is Fund.RRF else "Regulation (EU) 2021/1060 art. 52"
    evidence = {
        "type": [because(FundingType.GRANT, support, "the usual form of support of the fund")],
        "skills": [because(skills, str(fund), reason)],
        "ecosystem": [because(Ecosystem.CROSS_SECTORAL, str(fund), "the fund is open to every sector")],
        "level": [because(level, (row.region_en if row else "") or str(level), "area of the programme")],
    }
    if areas:
        evidence["area"] = [because(area, str(fund), article) for area in areas]
    return {"skills": skills, "areas": list(areas), "funding_type": FundingType.GRANT, "ecosystems": [Ecosystem.CROSS_SECTORAL], "evidence": evidence}
