"""What may be shown of a source's texts: one function for page, feed, file, API and export."""

from __future__ import annotations

from search.records import Call, Fund, Product, Section
from search.vocabulary import TextUse

EXTRACT_LENGTH = 300
_TEXTS = {"summary", "objectives", "expected_outcomes", "scope", "description", "eligibility", "award_criteria",
          "application_procedure", "smallest_consortium", "final_recipients", "conditions_text"}  # fmt: skip
_SECTIONS = ("conditions", "programme_says", "notices")


def extract(text: str, length: int = EXTRACT_LENGTH) -> str:
    """The beginning of a text, cut between words, with an ellipsis where it was cut."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return cut[: cut.rfind(" ") if " " in cut else None].rstrip(" ,;:.") + "…"


def apply(entry: Call | Fund | Product, use: TextUse) -> Call | Fund | Product:
    """The entry as the licence lets us show it: whole, with the summary as an extract only, or facts without texts.

    Where texts are held back, so are the words quoted as evidence.
    """
    if use is TextUse.FULL:
        return entry
    texts = {name: None for name in _TEXTS if name in type(entry).model_fields}
    sections: dict[str, list[Section]] = {name: [] for name in _SECTIONS if name in type(entry).model_fields}
    summary = extract(entry.summary) if entry.summary and use is TextUse.EXTRACT else None
    evidence = {
        facet: [q.model_copy(update={"quote": None, "start": None, "end": None}) if q.field else q for q in quotes]
        for facet, quotes in entry.evidence.items()
    }
    return entry.model_copy(update={**texts, **sections, "summary": summary, "evidence": evidence})


def shows(field: str, use: TextUse) -> bool:
    """Whether the licence lets us show what stands in a field of a record, as it was and as it is."""
    return use is TextUse.FULL or field not in {*_TEXTS, *_SECTIONS}
