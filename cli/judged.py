"""A judged document as a call: its `meta`, the source's own labels, mapped where a spider of that source maps them.

Of other sources the labels are read by their names: places limit the call, applicants say who may apply, the rest is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from crawler.classify import classify
from crawler.classify_places import code_of, named_for
from crawler.language import language_of
from crawler.normalise import squeeze
from crawler.platforms.mapped import put, put_labels
from crawler.sedia import drafts
from crawler.spiders import es_bdns, it_emilia_romagna, it_incentivi, it_lazio, pt_2030, pt_prr
from search import records, regions
from search.vocabulary import Country, Level

Fields = dict[str, Any]
Meta = Mapping[str, Any]

# Names of labels that ask who may apply, that name places, and that give amounts, codes or the name of the call again.
WHO = re.compile(r"benefic|destinatari|applicant|subject_type|dimension|sizeclass", re.I)
WHERE = re.compile(r"regio", re.I)
NO_TEXT = re.compile(r"amount|importe|code$|identifier|call_title|destination", re.I)

# The language most calls of a country are published in.
LANGUAGE_OF = {
    "AT": "de", "BE": "nl", "BG": "bg", "CY": "el", "CZ": "cs", "DE": "de", "DK": "da", "EE": "et", "ES": "es", "FI": "fi", "FR": "fr",
    "GR": "el", "HR": "hr", "HU": "hu", "IE": "en", "IT": "it", "LT": "lt", "LU": "fr", "LV": "lv", "MT": "en", "NL": "nl", "PL": "pl",
    "PT": "pt", "RO": "ro", "SE": "sv", "SI": "sl", "SK": "sk",
}  # fmt: skip


def to_entry(document: dict[str, Any]) -> records.Call:
    """The classified call of a document (id, source, country, title, text, meta; lang where declared)."""
    source, _, native_id = document["id"].partition(":")
    country = {"EL": "GR"}.get(document.get("country") or "", document.get("country") or "")
    known = country in set(Country)
    title, text = document["title"], document.get("text") or ""
    otherwise = LANGUAGE_OF.get(country, "en")
    fields: Fields = {
        "kind": "call",
        "id": re.sub(r"[^a-z0-9_]", "_", source.lower()) + ":" + native_id.translate({ord(c): "_" for c in " /?#\\"}).strip(":"),
        "source": source,
        "native_id": native_id or document["id"],
        "title": title[:1000] or document["id"],
        "lang": document.get("lang") or language_of(f"{title}\n{text}"[:2000], otherwise),
        "url": document.get("url") or "https://example.org/",
        "countries": [country if known else Country.EU_WIDE],
    }
    label(fields, document, country if known else "")
    fields["description"] = "\n".join([text, *fields.pop("labels")]).strip() or None
    fields.setdefault("level", Level.NATIONAL if known else Level.EU)
    entry = records.load(fields)
    assert isinstance(entry, records.Call)
    return classify(entry)


def label(fields: Fields, document: Meta, country: str) -> None:
    """Facet values from a document's labels; what they do not decide stays as text (`labels`, `eligibility`)."""
    meta, source = document.get("meta") or {}, str(document.get("source") or "")
    who = [text for name, value in meta.items() if WHO.search(name) for text in _flat(value)]
    where = [text for name, value in meta.items() if WHERE.search(name) for text in _flat(value)]
    other = (value for name, value in meta.items() if not (WHO.search(name) or WHERE.search(name) or NO_TEXT.search(name)))
    fields["labels"] = [listed for value in other if (listed := ", ".join(_flat(value)))]
    fields["eligibility"] = "\n".join(who) or None
    if mapped := MAPPED.get(source):
        mapped(fields, meta)
    elif country:
        limit(fields, where, country)
        if not fields.get("regions") and (home := named_for(source, country)):
            put(fields, "region", [home], source, "region the source is named for")
            put(fields, "level", [Level.REGIONAL], source, "region the source is named for")


def limit(fields: Fields, places: list[str], country: str) -> None:
    """Regions and level by the places that labels name; one that is not known, or the whole country, limits nothing."""
    codes = {place: code_of(place, country) for place in places}
    if codes and all(codes.values()):
        for place, code in codes.items():
            put(fields, "region", [str(code)], place, "region named by the source")
        put(fields, "level", [Level.REGIONAL], ", ".join(places), "limited to regions by the source")


def _flat(value: Any) -> Iterator[str]:
    """The texts in a label's value; a programme's code and other keys are left out."""
    if isinstance(value, str):
        if squeeze(value):
            yield value
        return
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from _flat(item)


# -- sources that a spider of ours maps --------------------------------------------------------------------------------


def _eu_ftp(fields: Fields, meta: Meta) -> None:
    identifier = str(meta.get("identifier") or "")
    prefix, ecosystems = drafts.sector_of(identifier)
    put(fields, "ecosystem", ecosystems, prefix, "programme for this sector")
    fields["call_title"] = meta.get("call_title") or None


def _es_bdns(fields: Fields, meta: Meta) -> None:
    es_bdns.add_labels(fields, {**meta, "tiposBeneficiarios": meta.get("beneficiarios") or []})


def _it_incentivi(fields: Fields, meta: Meta) -> None:
    applicants = [*(meta.get("zm_field_subject_type_value") or []), *(meta.get("zm_field_dimensions_value") or [])]
    it_incentivi.label(fields, dict(meta), applicants)


def _it_lazio(fields: Fields, meta: Meta) -> None:
    it_lazio.ItLazioSpider.label(fields, list(meta.get("class_list") or []), "")


def _it_emilia_romagna(fields: Fields, meta: Meta) -> None:
    put(fields, "level", [Level.REGIONAL], it_emilia_romagna.REGION, "site of a region")
    put(fields, "region", [it_emilia_romagna.NUTS], it_emilia_romagna.REGION, "site of a region")
    _applicants(fields, meta.get("destinatari") or [], it_emilia_romagna.APPLICANTS)


def _pt_2030(fields: Fields, meta: Meta) -> None:
    pt_2030.add_place(fields, [str(meta["programa"])] if meta.get("programa") else [])
    _applicants(fields, meta.get("beneficiarios") or [], pt_2030.APPLICANTS)


def _pt_prr(fields: Fields, meta: Meta) -> None:
    component = str(meta.get("objetivoEstrategico") or "")
    put(fields, "ecosystem", pt_prr.ECOSYSTEMS.get(component.split(".")[0].casefold(), []), component, "component for this sector")
    _applicants(fields, meta.get("beneficiarios") or [], pt_prr.APPLICANTS)


def _applicants(fields: Fields, said: list[str], table: Mapping[str, Any]) -> None:
    """Mapped where the table knows every label, else left to the words."""
    if all(name.strip().casefold() in table for name in said):
        put_labels(fields, "beneficiary", said, table, "applicants named by the source")


MAPPED: dict[str, Callable[[Fields, Meta], None]] = {
    "eu_ftp": _eu_ftp, "es_bdns": _es_bdns, "it_incentivi": _it_incentivi, "it_lazio": _it_lazio,
    "it_emilia_romagna": _it_emilia_romagna, "pt_2030": _pt_2030, "pt_portugal 2030": _pt_2030, "pt_prr": _pt_prr,
}  # fmt: skip


def in_nuts_2021(codes: list[str]) -> list[str]:
    """The units of NUTS 2021, at level 2 at most, that these codes mean."""
    found = set()
    for code in codes:
        same = [c[:4] for c in regions.equivalents(code) if "2021" in regions.units()[c].versions]
        found.update(same)
    return sorted(found)
