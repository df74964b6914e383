"""How a fact is known: one basis word, and a few words on the kind of source and its date.

The source folder words this in its own way; the committed tables keep kind and date of a source, not its address.
"""

from __future__ import annotations

import re

LIST_READ = "EC list of managing authorities, read 2026-06-14"

_DATE = re.compile(r"\b(early )?(20\d\d)\)")
# Wording of the source folder -> ours, for sources that deserve their own words; the first that fits.
_KNOWN = (
    ("managing-authorities pages", LIST_READ),
    ("Partnership Agreement", "French Partnership Agreement, table of programmes, June 2022"),
    ("cohesion open data", "title in the Commission's cohesion open data"),
    ("table of Italian programmes", "public table of the Italian programmes"),
    ("five JTF voivodeships", "public pages on the Polish regions with Just Transition money"),
    ("list of the 16 regional programmes", "public list of the Polish regional programmes"),
    ("Bulgarian IISUN names", "names in the Bulgarian fund management system"),
    ("BOE-A-2024-14723", "Spanish official gazette, BOE-A-2024-14723"),
    ("meritum-lublin", "public page on the programme"),
    ("named as redirect target", "public list of call pages, early 2026: the address it leads on to"),
    ("announcement of the programme", "public announcement of the programme"),
    ("programme-level site not seen", "public lists of funding portals: national portal; the programme's own site was not seen"),
)
_RECALLED = {
    "MA site": "the authority's site",
    "State Shared Service Centre (MA)": "State Shared Service Centre, the authority",
    "joint ERDF/ESF portal of Saxony (host seen for ERDF)": "joint ERDF and ESF+ portal of Saxony",
}


def basis(text: str) -> str:
    """The basis word: seen, recalled, pattern, inferred, same, title, cci-code, definition; empty for an empty text."""
    if "CCI inferred" in text or "number inferred" in text:
        return "inferred"
    return "definition" if text == "by definition" else re.split(r"[:\s(]", text, maxsplit=1)[0].rstrip(";,")


def known_from(text: str, kind: str) -> str:
    """Kind and date of the source; `kind` = what a source without words of its own is, such as "public list of call pages"."""
    for fragment, words in _KNOWN:
        if fragment in text:
            return words
    if basis(text) == "recalled":
        remark = text.removeprefix("recalled: ") if text.startswith("recalled: ") else ""
        return _RECALLED.get(remark, remark)
    if basis(text) != "seen":
        return ""
    date = _DATE.search(text)
    words = f"{kind}, {''.join(part or '' for part in date.groups())}" if date else kind
    return f"{words}: national portal" if "national portal" in text else words


def evidence(text: str, cci: str) -> str:
    """Where a whole row is from."""
    if basis(text) == "inferred":
        return "programme recalled, number concluded from the gap in its series; not on the EC list"
    if text.startswith("recalled (plan"):
        return "plan and coordinating body recalled; such plans have no CCI"
    if basis(text) == "recalled":
        return f"programme and authority recalled, not on the EC list{'' if cci else '; CCI not known'}"
    words = known_from(text, "")
    return words if words == LIST_READ else f"{words}; not on the EC list"


def note(text: str) -> str:
    """A remark without the addresses of the sources behind it."""
    text = re.sub(r" \(both quoted in [^)]*\)|; low relevance to skills", "", text)
    text = re.sub(r"(?:missing from|not on) the scraped EC page", "not on the EC list", text)
    return re.sub(r"seen: meritum-lublin.pl page", "seen on a public page on the programme", text)
