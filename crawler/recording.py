"""A recorded run of a source as a fixture folder: fixture.json and pages/, as the fixture server serves them.

Persons and keys are left out (crawler.persons). Names in running text cannot be told from other words: who records reads the
pages before they go anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.persons import without_persons
from crawler.watching import ROBOTS, Answer

_ENDINGS = {"json": "json", "html": "html", "xml": "xml", "csv": "csv", "plain": "txt", "spreadsheetml": "xlsx"}


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
