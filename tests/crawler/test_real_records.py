"""Calls that somebody recorded at the portals, as the simulator serves them, against the recordings: ten per source where there are as many."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from parsel import Selector

from tests.conftest import SHARED
from tests.crawler.portals import REGIONS, Months

pytestmark = pytest.mark.shared

PORTALS = SHARED / "data" / "portals"
Facts = Iterator[tuple[str, dict[str, Any]]]  # (the source's key, what our record must say)


def payload(path: str) -> Any:
    return json.loads((PORTALS / path).read_text(encoding="utf-8"))


def day(instant: str | None) -> str | None:
    return instant[:10] if instant else None


def es_bdns() -> Facts:
    for call in payload("spain/bdns_convocatoria_details.json"):
        yield (
            call["codigoBDNS"],
            {
                "title": call["descripcion"],
                "opening_date": day(call["fechaInicioSolicitud"]),
                "closes": day(call["fechaFinSolicitud"]),
                "total": call["presupuestoTotal"],
            },
        )


def it_incentivi() -> Facts:
    for call in payload("italy/bandiradar/incentivi.json")["docs"]:
        yield (
            call["zs_nid"],
            {
                "title": call["zs_title"],
                "opening_date": day(call.get("zs_field_open_date")),
                "closes": day(call.get("zs_field_close_date")),
                "total": float(call.get("zs_field_budget_allocation") or 0) or None,
            },
        )


def it_emilia_romagna() -> Facts:
    for call in payload("italy/bandiradar/emilia_romagna.json")["items"]:
        yield (
            call["UID"],
            {
                "title": call["title"],
                "url": call["@id"],
                "opening_date": day(call["apertura_bando"]),
                "closes": day(call["scadenza_bando"]),  # no recorded deadline is so late in UTC that it is the next day in Italy
                "source_status": call["bando_state"][1],
            },
        )


def posts(calls: list[dict[str, Any]]) -> Facts:
    for call in calls:
        yield str(call["id"]), {"title": html.unescape(call["title"]["rendered"]), "url": call["link"]}


def it_lazio() -> Facts:
    yield from posts(payload("italy/bandiradar/lazio.json")["posts"])


def it_basilicata() -> Facts:
    yield from posts(payload("italy/bandiradar/cassette_basilicata_listing.json"))


def it_calabria() -> Facts:
    yield from posts(payload("italy/bandiradar/cassette_calabria_listing.json"))


def it_sicilia() -> Facts:
    listed = payload("italy/bandiradar/sicilia.json")["posts"]
    yield from posts([post for post in listed if "graduatoria" not in post["title"]["rendered"].casefold()])


def avisos(portal: str) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = payload("portugal/pt2030_prr_subset.json")["avisos"]
    return [call for call in calls if call["portal"] == portal]


def pt_2030() -> Facts:
    for call in avisos("PT2030"):
        yield (
            call["id"].removeprefix("PT2030-"),
            {
                "title": call["titulo"],
                "identifier": call["codigo"],
                "url": call["url"],
                "opening_date": call["dataAbertura"],
                "closes": call["dataFecho"],
            },
        )


def pt_prr() -> Facts:
    for call in avisos("PRR"):
        yield call["id"].removeprefix("PRR-"), {"title": call["titulo"], "url": call["url"], "programme": "RRF"}


def bg_isun() -> Facts:
    for call in payload("bulgaria/isun_records_EXCERPT.json")["calls"]:
        yield (
            call["sourceKey"],
            {
                "title": call["title"],
                "identifier": call["code"],
                "url": call["sourceUrl"],
                "opening_date": day(call["opensAt"]),
                "closes": day(call["closesAt"]),
            },
        )


def de_foerderdatenbank() -> Facts:
    """What the recorded list shows; the site states no dates."""
    page = Selector((PORTALS / "germany/foerderdatenbank_overview.html").read_text(encoding="utf-8"))
    for link in page.css("div.card--fundingprogram p.card--title a"):
        path = urlsplit(link.attrib["href"]).path.lstrip("/")
        yield path, {"title": " ".join(link.css("span.link--label ::text").getall()), "deadline_kind": "not-stated", "closes": None}


def fi_eura() -> Facts:
    for call in payload("finland/eura2021_page_data.json")["preRenderData"]["hankehaku"][:1]:
        yield (
            call["id"],
            {
                "title": call["otsikko"],
                "identifier": call["hakutunnus"],
                "opening_date": call["hakuaika"]["alku"],
                "closes": call["hakuaika"]["loppu"],
                "programme": "ESF+",
            },
        )


def fi_haeavustuksia() -> Facts:
    for call in payload("finland/haeavustuksia_list-items_page1.json")["hakuilmoitukset"]:
        yield call["hakuasianAsianumero"], {"title": call["nimi"]["fi"]}


_NATIONAL = (bg_isun, de_foerderdatenbank, es_bdns, fi_eura, fi_haeavustuksia, it_emilia_romagna, it_incentivi, it_lazio, pt_2030, pt_prr)
_REGIONAL = (it_basilicata, it_calabria, it_sicilia)
READERS = {reader.__name__: reader for reader in (*_NATIONAL, *_REGIONAL)}
MOST = 10


def held(row: dict[str, Any], name: str) -> Any:
    if name == "closes":
        return row["deadlines"][-1]["date"] if row["deadlines"] else None
    return (row["budget"] or {}).get("total") if name == "total" else row[name]


@pytest.mark.parametrize("source", READERS)
def test_recorded_calls_say_what_was_recorded(months: Months, source):
    rows = {row["native_id"]: row for row in months.rows[source]}
    recorded = dict(READERS[source]())
    compared = [key for key in recorded if key in rows][:MOST]
    assert len(compared) == min(MOST, len(recorded)) > 0
    for key in compared:
        ours = {name: held(rows[key], name) for name in recorded[key]}
        assert {**ours, "title": ours["title"].split()} == {**recorded[key], "title": recorded[key]["title"].split()}


@pytest.mark.parametrize("source", REGIONS)
def test_a_recorded_region_lists_exactly_its_calls(months: Months, source):
    """Rankings, which the Sicilian portal lists among its calls, are none."""
    assert {row["native_id"] for row in months.listed(source)} == dict(READERS[source]()).keys()


def test_estonian_rounds(months: Months):
    """They have no key: an address may stand for several rounds."""
    rows = [(row["url"], row["opening_date"], held(row, "closes")) for row in months.rows["ee_rtk"]]
    for call in payload("estonia/rtk_calls_EXCERPT.json")["calls"]:
        days = re.findall(r"(\d\d)\.(\d\d)\.(\d{4})", call["application_period"])  # the recorder missed the second of some
        opens, closes = (["-".join(reversed(found)) for found in days] + [None, None])[:2]
        assert (call["detail_url"], opens, closes) in rows
