"""Persons and secrets in what a source sent: left out of records, of recordings and of the quarantine.

Mail addresses, telephone numbers, what stands beside a label or under a name for contact persons, and keys. A person's name that
stands in a text without any of these cannot be told from other words.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

LEFT_OUT = "(left out)"
LONGEST = 250_000  # letters; a record keeps fewer of a text
MAIL_LEFT_OUT, PHONE_LEFT_OUT, PERSON_LEFT_OUT = "[mail address left out]", "[telephone number left out]", "[contact left out]"
_MAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,80}(?:@|\s?\(at\)\s?|\s?\[at\]\s?)[\w-]+(?:\.[\w-]+)+", re.I)
_PERSON = (
    r"contacts?|contact person|kontakt\w*|ansprech\w*|contatt[oi]|referente|responsabile|contactos?|persona de contacto|personne à contacter|"
    r"interlocuteur|yhteyshenkil\w*|lisätietoj\w*|kontaktisik\w*|kontaktpers\w*|osoba kontaktowa|kapcsolattart\w*|επικοινων\w*|лице за контакт"
)
_LABELLED = re.compile(
    rf"(<(dt|th|td|b|strong|span|label|h[2-6])\b[^>]*>\s*(?:{_PERSON})\b[^<]{{0,40}}</\2>\s*:?\s*<(dd|td|span|p|div)\b[^>]*>)(.*?)(</\3>)",
    re.I | re.S,
)
_REACHED = r"e ?mails?|mail|phones?|mobile|tel|telefon\w*|telephone|fax"
_SECRET = r"(?:access |refresh |id )?token|jwt|api ?key|password|(?:client )?secret"
_KEY = re.compile(rf"(?:{_PERSON}|{_REACHED})\b|(?:{_SECRET}|creators?)$", re.I)  # of names in words: "contact name" of contactName
_JOINTS = re.compile(r"[-_]+|(?<=[a-z])(?=[A-Z])")
_CALLED = r"t[eé]l|t[eé]l[eé]f\w*|t[eé]l[eé]phone|phone|mobile|fax|tfno|tlf|puh|puhelin|тел|телефон|τηλ|τηλέφωνο"
# A number after a word for telephones, or one that begins as numbers abroad do.
_SPOKEN = re.compile(rf"\b(?:{_CALLED})\b\.?\s?:?\s?(?:\(?\+?\d[\d\s()/.-]{{5,22}}\d)(?![\w/-])", re.I)
# What follows a label for contact persons, in its line or alone in the next one.
_NAMED = re.compile(rf"(?<!\w)((?:{_PERSON})(?:[ /][^\W\d_]+){{0,5}}\s?:[^\S\n]*\n?)([^\n;<]{{2,120}})", re.I)
_PHONE = re.compile(r"(?<![\w/.-])(?<!\d\s)(?:\+|00(?=[1-9]))\d{1,3}[\s()/.-]{0,3}(?:\d[\s()/.-]{0,2}){6,12}\d(?![\w/-])")


def scrub(text: str) -> str:
    """The text without mail addresses, telephone numbers and contact persons: we keep no personal data of officials, and cannot
    tell a person's from an office's. Of a text longer than any that is kept only the beginning is left."""
    text = _MAIL.sub(MAIL_LEFT_OUT, text[:LONGEST])
    if ":" in text:
        text = _NAMED.sub(_unnamed, text)
    return _PHONE.sub(PHONE_LEFT_OUT, _SPOKEN.sub(PHONE_LEFT_OUT, text))


def _unnamed(found: re.Match[str]) -> str:
    """A label without the person; what begins with a small letter is no name."""
    return f"{found[1]}{PERSON_LEFT_OUT}" if found[2].lstrip()[:1].isupper() else found[0]


def without_persons(body: bytes, content_type: str) -> bytes:
    """A page without persons and keys; what is no text is left as it is."""
    if not re.search(r"text|json|xml|html", content_type) or "spreadsheet" in content_type:
        return body
    charset = re.search(r"charset=([\w-]+)", content_type)
    encoding = charset.group(1) if charset else "utf-8"
    text = body.decode(encoding, errors="surrogateescape")
    if "json" in content_type:
        with suppress(ValueError):  # not the JSON it says it is: as text
            return json.dumps(_scrubbed(_bare(json.loads(text))), ensure_ascii=False, indent=1).encode(encoding, errors="surrogateescape")
    return _of_text(text).encode(encoding, errors="surrogateescape")


def record_without_persons(payload: Any) -> str:
    """A record as JSON, without persons and keys."""
    return _PHONE.sub(LEFT_OUT, json.dumps(_scrubbed(_bare(payload)), ensure_ascii=False, default=lambda value: scrub(str(value))))


def _of_text(text: str) -> str:
    text = _NAMED.sub(_unnamed, _LABELLED.sub(rf"\1{LEFT_OUT}\5", text))
    return _PHONE.sub(LEFT_OUT, _SPOKEN.sub(LEFT_OUT, _MAIL.sub(MAIL_LEFT_OUT, text)))


def _scrubbed(value: Any) -> Any:
    """JSON values, every text of theirs scrubbed."""
    if isinstance(value, str):
        return scrub(_LABELLED.sub(rf"\1{LEFT_OUT}\5", value))
    if isinstance(value, dict):
        return {key: _scrubbed(inner) for key, inner in value.items()}
    return [_scrubbed(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _bare(value: Any) -> Any:
    """JSON values; of what stands under a name for contact persons or for secrets the shape alone."""
    if isinstance(value, dict):
        return {key: _emptied(inner) if _KEY.match(_JOINTS.sub(" ", str(key))) else _bare(inner) for key, inner in value.items()}
    return [_bare(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _emptied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _emptied(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_emptied(inner) for inner in value]
    return value if value in (None, "") or isinstance(value, bool) else LEFT_OUT
