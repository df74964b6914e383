"""A recorded run of a source as a fixture folder: fixture.json and pages/, as the fixture server serves them.

Mail addresses, telephone numbers, what stands beside a label for a contact person, and keys are left out. Names in running text
cannot be told from other words: who records reads the pages before they go anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.normalise import scrub
from crawler.watching import ROBOTS, Answer

LEFT_OUT = "(left out)"
_PERSON = (
    r"contacts?|contact person|kontakt\w*|ansprech\w*|contatt[oi]|referente|responsabile|contactos?|persona de contacto|personne à contacter|"
    r"interlocuteur|yhteyshenkil\w*|lisätietoj\w*|kontaktisik\w*|kontaktpers\w*|osoba kontaktowa|kapcsolattart\w*|επικοινων\w*|лице за контакт"
)
_LABELLED = re.compile(
    rf"(<(dt|th|td|b|strong|span|label|h[2-6])\b[^>]*>\s*(?:{_PERSON})\b[^<]{{0,40}}</\2>\s*:?\s*<(dd|td|span|p|div)\b[^>]*>)(.*?)(</\3>)",
    re.I | re.S,
)
_SECRET = r"(?:access_|refresh_|id_)?token|jwt|api[-_]?key|password|secret"
_KEY = re.compile(rf"^(?:{_PERSON}|{_SECRET}|e[-_]?mails?|mail|phone|tel|telefon\w*|telephone|fax)$", re.I)
_PHONE = re.compile(r"(?<![\w/.-])(?:\+|00)\d{1,3}[\s()/.-]{0,3}(?:\d[\s()/.-]{0,2}){6,12}\d(?![\w/-])")
_ENDINGS = {"json": "json", "html": "html", "xml": "xml", "csv": "csv", "plain": "txt", "spreadsheetml": "xlsx"}


def without_persons(body: bytes, content_type: str) -> bytes:
    """A page without mail addresses, telephone numbers and labelled contact persons; what is no text is left as it is."""
    if not re.search(r"text|json|xml|html", content_type) or "spreadsheet" in content_type:
        return body
    charset = re.search(r"charset=([\w-]+)", content_type)
    encoding = charset.group(1) if charset else "utf-8"
    text = body.decode(encoding, errors="surrogateescape")
    if "json" in content_type:
        with suppress(ValueError):  # not the JSON it says it is: as text
            text = json.dumps(_bare(json.loads(text)), ensure_ascii=False, indent=1)
    text = _LABELLED.sub(rf"\1{LEFT_OUT}\5", text)
    return _PHONE.sub(LEFT_OUT, scrub(text)).encode(encoding, errors="surrogateescape")


def _bare(value: Any) -> Any:
    """JSON values without what stands under a name for contact persons or for secrets."""
    if isinstance(value, dict):
        return {key: LEFT_OUT if _KEY.match(key) and isinstance(inner, str) and inner else _bare(inner) for key, inner in value.items()}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value


def write(folder: Path, source: str, answers: Sequence[Answer], today: date, live: bool) -> int:
    """Write a fixture folder from the answers of a run; returns the number of pages. Raises FileExistsError for a folder with pages."""
    pages = folder / "pages"
    if pages.is_dir() and any(pages.iterdir()):
        raise FileExistsError(f"{pages} holds pages already: name another folder with --to, or move them away")
    pages.mkdir(parents=True, exist_ok=True)
    listed: dict[tuple[str, str], dict[str, Any]] = {}
    again = 0
    for answer in answers:
        if (answer.method, answer.url) in listed:
            again += 1  # the same address with another body, or asked twice: the fixture server tells them apart by address
            continue
        name = f"{len(listed):02d}-{_slug(answer)}"
        (pages / name).write_bytes(without_persons(answer.body, answer.content_type))
        listed[answer.method, answer.url] = {"method": answer.method, "url": answer.url, "file": f"pages/{name}", "status": answer.status,
                                             "content_type": answer.content_type or "text/html", "headers": {}}  # fmt: skip
    where = "the live portal" if live else "a replayed portal"
    note = (f"Recorded from {where} by `funding record {source}`, mail addresses, telephone numbers and labelled contact persons left out. "
            "Not for committing as it is: trim the lists to the calls whose pages are here, and replace the texts by your own."
            + (f" {again} further answers to the same addresses were not kept." if again else ""))  # fmt: skip
    confirmed = f"funding record, {where}, {today}"
    fixture = {"recorded_on": str(today), "confirmed": confirmed, "note": note, "pages": list(listed.values())}
    (folder / "fixture.json").write_text(json.dumps(fixture, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(listed)


def _slug(answer: Answer) -> str:
    """A file name that tells what the page is."""
    parts = urlsplit(answer.url)
    words = "robots" if answer.kind == ROBOTS else re.sub(r"[^a-z0-9]+", "-", parts.path.casefold()).strip("-")[-40:] or "start"
    ending = next((ending for mark, ending in _ENDINGS.items() if mark in answer.content_type), "bin")
    return f"{words.removesuffix('-' + ending)}.{ending}"
