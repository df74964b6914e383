"""From a hit to the draft of a call: the portal's codes as our facet values, each with its evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from crawler.normalise import from_html, lead, plain, squeeze, web_address
from crawler.sedia.hits import CASCADE, PROSPECT, TOPIC, FormatError, Hit
from crawler.sedia.parts import conditions, deadline_kind, deadlines, description, parse_stamp, plain_budget, topic_budget
from crawler.source import Draft
from search.vocabulary import Country, Ecosystem, FundingType, Level, Origin

PORTAL = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities"
STATUS = {"31094501": "forthcoming", "31094502": "open", "31094503": "closed"}

# The facet's labels are dirty ("+" became a space), so the large programmes have their names here.
PROGRAMMES = {
    "43108390": "Horizon Europe", "43152860": "Digital Europe", "44181033": "European Defence Fund", "43252405": "LIFE",
    "43252476": "Single Market Programme", "111111": "External action", "43298916": "Euratom", "43251589": "CERV",
    "43251567": "Connecting Europe Facility", "43251814": "Creative Europe", "43353764": "Erasmus+", "31045243": "Horizon 2020",
    "43252449": "Research Fund for Coal and Steel", "43254019": "ESF+", "43637601": "Pilot projects and preparatory actions",
    "44416173": "I3", "43252368": "Internal Security Fund", "44773066": "Just Transition Mechanism", "31059643": "COSME",
    "43252386": "Justice", "45532249": "EU bodies and agencies", "43252433": "Pericles IV", "43252517": "Social prerogatives",
    "43253967": "Renewable Energy Financing Mechanism", "43254037": "European Solidarity Corps", "43697167": "European Parliament",
    "43089234": "Innovation Fund", "43392145": "EMFAF", "45876777": "NDICI", "46324255": "ERDF technical assistance",
    "43298664": "AGRIP", "43332642": "EU4Health",
}  # fmt: skip
JUST_TRANSITION_MECHANISM = "44773066"  # its public-sector loan facility blends a grant with a loan

_LEAST = re.compile(r"\b(?:at least|minimum)\b.{0,40}?\b(?:\d+|one|two|three|four|five|six)\b", re.I)
_PARTNERS = re.compile(r"\b(?:entit|applicant|partner|organi[sz]ation|countr|beneficiar)", re.I)

# Programmes for education, training or workers: their topics are worth a look at the details whatever the title says.
SKILLS_PROGRAMMES = ("ERASMUS-EDU", "HORIZON-MSCA", "ESF-", "SOCPL-")

# Identifier prefix -> ecosystems: the programme or partnership is for that sector as a whole.
ECOSYSTEMS: tuple[tuple[str, tuple[Ecosystem, ...]], ...] = (
    ("HORIZON-HLTH", (Ecosystem.HEALTH,)),
    ("HORIZON-JU-IHI", (Ecosystem.HEALTH,)),
    ("HORIZON-JU-GH-EDCTP3", (Ecosystem.HEALTH,)),
    ("EU4H", (Ecosystem.HEALTH,)),
    ("EDF", (Ecosystem.AEROSPACE_DEFENCE,)),
    ("HORIZON-JU-CLEAN-AVIATION", (Ecosystem.AEROSPACE_DEFENCE, Ecosystem.MOBILITY)),
    ("HORIZON-JU-SESAR", (Ecosystem.AEROSPACE_DEFENCE, Ecosystem.MOBILITY)),
    ("HORIZON-JU-ER", (Ecosystem.MOBILITY,)),
    ("CEF-T", (Ecosystem.MOBILITY,)),
    ("CEF-E", (Ecosystem.ENERGY_RENEWABLES,)),
    ("CEF-DIG", (Ecosystem.DIGITAL,)),
    ("HORIZON-JU-CLEANH2", (Ecosystem.ENERGY_RENEWABLES,)),
    ("HORIZON-EURATOM", (Ecosystem.ENERGY_RENEWABLES,)),
    ("LIFE-2026-CET", (Ecosystem.ENERGY_RENEWABLES,)),
    ("RFCS", (Ecosystem.ENERGY_INTENSIVE,)),
    ("CREA", (Ecosystem.CREATIVE_CULTURAL,)),
    ("DIGITAL-JU-CHIPS", (Ecosystem.ELECTRONICS, Ecosystem.DIGITAL)),
    ("HORIZON-JU-CHIPS", (Ecosystem.ELECTRONICS, Ecosystem.DIGITAL)),
    ("DIGITAL", (Ecosystem.DIGITAL,)),
    ("AGRIP", (Ecosystem.AGRI_FOOD,)),
    ("EMFAF", (Ecosystem.AGRI_FOOD,)),
)


def address(hit: Hit) -> str:
    """The page for people."""
    identifier = hit.first("identifier")
    url = web_address(hit.first("url")) or ""
    if hit.type == TOPIC and (not url or "/topicDetails/" in url):
        return f"{PORTAL}/topic-details/{identifier}"
    if hit.type == PROSPECT and not url:
        return f"{PORTAL}/topic-details/{hit.reference}"
    return url or f"{PORTAL}/topic-details/{identifier}"


def draft(hit: Hit, labels: Mapping[str, str], today: date) -> tuple[Draft, list[str]]:
    """The draft of one call, and what had to be mended. Raises FormatError or ValueError for a hit that cannot be read.

    labels: the portal's programme labels by code, for programmes without a name of ours.
    """
    mended = ["references taken from the record itself"] if hit.mended else []
    model, identifier = hit.first("deadlineModel"), hit.first("identifier")
    dates, repaired = deadlines(hit, today)
    mended += ["deadlines with an impossible year, read from the topic's actions"] if repaired else []
    code = next((c for c in hit.all("frameworkProgramme") if c in PROGRAMMES or c in labels), "")
    start = hit.first("startDate")
    title = (hit.first("callTitle") if hit.type == CASCADE else hit.first("title")) or hit.first("summary")
    fields: dict[str, Any] = {
        "kind": "call",
        "title": title,
        "lang": "en",
        "url": address(hit),
        "level": Level.EU,
        "programme": PROGRAMMES.get(code) or labels.get(code),
        "identifier": identifier or None,
        "call_title": hit.first("title" if hit.type == CASCADE else "callTitle") or None,
        "opening_date": parse_stamp(start)[0].isoformat() if start else None,
        "deadlines": dates,
        "deadline_kind": deadline_kind(model, len(dates)),
        "deadline_model": model or None,
        "source_status": STATUS.get(hit.first("status")),
        "types_of_action": [squeeze(t) for t in hit.all("typesOfAction")],
    }
    fields |= _labels(hit, code, fields["programme"])
    fields |= _topic_texts(hit, identifier) if hit.type == TOPIC else _other_texts(hit)
    return Draft(hit.reference, finish(fields), payload=hit.raw), mended


def finish(fields: dict[str, Any]) -> dict[str, Any]:
    """What follows from the texts: the summary and the words on the smallest consortium."""
    body = next((fields[name] for name in ("objectives", "expected_outcomes", "scope", "description") if fields.get(name)), None)
    fields["summary"] = lead(body) if body else None
    sentences = re.split(r"(?<=[.;])\s|\n", fields.get("eligibility") or "")
    fields["smallest_consortium"] = next((squeeze(s) for s in sentences if _LEAST.search(s) and _PARTNERS.search(s)), None)
    return {name: value for name, value in fields.items() if value not in (None, "", [])} | {"title": fields["title"]}


def _labels(hit: Hit, code: str, programme: str | None) -> dict[str, Any]:
    """Facet values that the portal's codes decide, each with its evidence."""
    identifier = hit.first("identifier")
    loan = code == JUST_TRANSITION_MECHANISM and "PSLF" in identifier
    funding = FundingType.LOAN if loan else FundingType.GRANT
    words = f"{programme or code}, type {hit.type}"
    evidence = {
        "type": [{"value": funding, "origin": Origin.MAPPED, "quote": words, "rule": "EU programme and type of call"}],
        "level": [{"value": Level.EU, "origin": Origin.MAPPED, "quote": words, "rule": "managed by EU institutions"}],
    }
    out: dict[str, Any] = {"funding_type": funding, "evidence": evidence}
    if hit.type != PROSPECT:  # external action: who may apply differs from call to call
        out["countries"] = [Country.EU_WIDE]
        evidence["country"] = [{"value": Country.EU_WIDE, "origin": Origin.MAPPED, "quote": words, "rule": "open to every Member State"}]
    prefix, ecosystems = sector_of(identifier)
    if ecosystems:
        out["ecosystems"] = list(ecosystems)
        evidence["ecosystem"] = [{"value": e, "origin": Origin.MAPPED, "quote": prefix, "rule": "programme for this sector"} for e in ecosystems]
    return out


def sector_of(identifier: str) -> tuple[str, tuple[Ecosystem, ...]]:
    """The start of an identifier that stands for a programme of one sector, and the ecosystems; empty where there is none."""
    return next(((p, e) for p, e in ECOSYSTEMS if identifier.startswith(p)), ("", ()))


def _topic_texts(hit: Hit, identifier: str) -> dict[str, Any]:
    out: dict[str, Any] = description(hit.first("descriptionByte")) | conditions(hit.first("topicConditions"))
    out["budget"] = topic_budget(hit.nested("budgetOverview"), identifier)
    if out["budget"] is None:
        del out["budget"]
    links = [web_address(str(link.get("url", ""))) for link in hit.nested("links") or []]
    out["apply_url"] = next((url for url in links if url), None)
    out["notices"] = [text for note in hit.nested("latestInfos") or [] if (text := from_html(str(note.get("content", ""))))]
    return out


def _other_texts(hit: Hit) -> dict[str, Any]:
    documents = []
    for entry in hit.nested("publicationDocuments") or []:
        if url := web_address(str(entry.get("docUrl", ""))):
            documents.append({"url": url, "label": plain(str(entry.get("nameDoc") or "Document")), "basis": "crawled"})
    return {
        "description": from_html(hit.first("description")),
        "eligibility": from_html(hit.first("beneficiaryAdministration")),
        "application_procedure": from_html(hit.first("furtherInformation")),
        "budget": plain_budget(hit),
        "documents": documents,
    }


def add_details(fields: dict[str, Any], details: Mapping[str, Any]) -> dict[str, Any]:
    """A draft's fields with the texts of a topicDetails answer where the hit had none. Raises FormatError.

    Its spelling differs from the search: description, conditions, budgetOverviewJSONItem, deadlines in epoch milliseconds.
    """
    topic = details.get("TopicDetails")
    if not isinstance(topic, Mapping):
        raise FormatError("no TopicDetails in the topic's details")
    more: dict[str, Any] = description(str(topic.get("description") or "")) | conditions(str(topic.get("conditions") or ""))
    more["budget"] = topic_budget(topic.get("budgetOverviewJSONItem"), fields.get("identifier") or "")
    links = [web_address(str(link.get("url", ""))) for link in topic.get("links") or []]
    more["apply_url"] = next((url for url in links if url), None)
    for name, value in more.items():
        if value and not fields.get(name):
            fields[name] = value
    return finish(fields)
