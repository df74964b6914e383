"""Persons and secrets in what a source sent: left out of recordings and of the quarantine.

Mail addresses, telephone numbers, what stands beside a label or under a name for contact persons, and keys.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

from crawler.normalise import scrub

LEFT_OUT = "(left out)"
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
_PHONE = re.compile(r"(?<![\w/.-])(?:\+|00)\d{1,3}[\s()/.-]{0,3}(?:\d[\s()/.-]{0,2}){6,12}\d(?![\w/-])")


def without_persons(body: bytes, content_type: str) -> bytes:
    """A page without persons and keys; what is no text is left as it is."""
    if not re.search(r"text|json|xml|html", content_type) or "spreadsheet" in content_type:
        return body
    charset = re.search(r"charset=([\w-]+)", content_type)
    encoding = charset.group(1) if charset else "utf-8"
    text = body.decode(encoding, errors="surrogateescape")
    if "json" in content_type:
        with suppress(ValueError):  # not the JSON it says it is: as text
            text = json.dumps(_bare(json.loads(text)), ensure_ascii=False, indent=1)
    return _of_text(text).encode(encoding, errors="surrogateescape")


def record_without_persons(payload: Any) -> str:
    """A record as JSON, without persons and keys."""
    return _of_text(json.dumps(_bare(payload), ensure_ascii=False, default=str))


def _of_text(text: str) -> str:
    return _PHONE.sub(LEFT_OUT, scrub(_LABELLED.sub(rf"\1{LEFT_OUT}\5", text)))


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
