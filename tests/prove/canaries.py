"""Persons, mail addresses and telephone numbers in everything a portal sends: none may be found in anything a crawl leaves behind."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from crawler import fixture_server
from search import generations, opening, records, settings
from search.store import Store
from tests.prove.attacks import everything
from tests.prove.figures import Figure
from tests.prove.hostile import Answer, crawled, recorded

FEW = ("be_1890", "ie_enterprise_hub", "dk_tilskudspuljer", "pl_dane")  # JSON, web pages, a table of text, a workbook
LABELS = ("Contact person", "Ansprechpartnerin", "Responsabile del procedimento", "Persona de contacto", "Osoba kontaktowa", "Kontakt")
LONG = 40  # letters; shorter texts are names, codes and dates that the source's own reader checks
_TEXT = re.compile(r"(?<=<p>)(?=[^<]{40})|(?<=[a-zà-ÿ]{3}\. )(?=[A-ZÀ-Ý])")
_CELL = re.compile(rf'(?<=[;"])([^;"\n]{{{LONG},}})(?=[;"])')


class Canaries:
    """Makes words that must never be seen again, each another one."""

    def __init__(self) -> None:
        self.made = 0

    def words(self, line_break: str = "\n") -> str:
        """A sentence with a person, a mail address and two telephone numbers, on a line of its own."""
        self.made += 1
        n, label = self.made, LABELS[self.made % len(LABELS)]
        return (
            f"{line_break}{label}: Erika Canary-{n}, tel. 030 777 {1000 + n}{line_break}"
            f"canary.{n}@officials.example, canary{n} (at) officials.example, +32 2 777 {1000 + n}{line_break}"
        )

    def in_json(self, value: Any, key: str = "") -> Any:
        """In every longer text, and under names of their own in every record."""
        if isinstance(value, dict):
            return {name: self.in_json(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.in_json(inner, key) for inner in value]
        longer = isinstance(value, str) and len(value) >= LONG and " " in value and "title" not in key.casefold()
        return value + self.words("<br>" if "<" in value else "\n") if longer else value

    def in_sheet(self, body: bytes) -> bytes:
        """In every longer cell of a workbook."""
        book, out = load_workbook(BytesIO(body)), BytesIO()
        for row in book.worksheets[0].iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and len(cell.value) >= LONG and cell.row > 3:
                    cell.value += self.words()
        book.save(out)
        return out.getvalue()

    def harm(self, address: str, _: int, answer: Answer) -> Answer:
        """In an answer of whatever kind."""
        if address.endswith("robots.txt") or answer.status != 200:
            return answer
        if answer.body[:2] == b"PK":
            return answer.but(body=self.in_sheet(answer.body))
        text = answer.body.decode("utf-8", "surrogateescape")
        if text.lstrip()[:1] in ("{", "["):
            return answer.but(body=json.dumps(self.in_json(json.loads(text)), ensure_ascii=False).encode("utf-8", "surrogateescape"))
        if "<" in text[:500]:
            return answer.but(body=_TEXT.sub(lambda _: self.words("<br>"), text).encode("utf-8", "surrogateescape"))
        spoilt = _CELL.sub(lambda found: found[1] + self.words(" ").replace(";", ","), text)
        return answer.but(body=spoilt.encode("utf-8", "surrogateescape"))


def seen(data: Path, log: str) -> list[str]:
    """Where a canary is seen: in the store, the quarantine, the pages kept, the index, the export or the log."""
    places = {"files, store and quarantine": everything(data), "log": log.encode()}
    store = Store(settings.load(data).database_url)
    places["export"] = b"\n".join(json.dumps(records.dump(item.entry), ensure_ascii=False).encode() for item in store.all_entries())
    if places["export"]:
        generations.publish(store, data / "index", datetime(2026, 11, 20, 12, tzinfo=UTC))
        opened = opening.open_current(data / "index")
        places["index"] = b"\n".join(opened.stored(row).entry.model_dump_json().encode() for row in range(len(opened.columns)))
        places["index"] += b"\n".join(path.read_bytes() for path in (data / "index").rglob("*") if path.is_file())
        opened.close()
    store.close()
    found = []
    for place, content in places.items():
        for what, mark in (("a name", rb"erika|canary-\d"), ("a mail address", rb"officials\.example"), ("a number", rb"777 1\d\d\d")):
            if hit := re.search(mark, content, re.I):
                found.append(f"{what} in {place}: {content[max(0, hit.start() - 60) : hit.end() + 20]!r}")
    return found


def figures(quick: bool, sources: Sequence[str] = ()) -> Iterator[Figure]:
    """Every source with canaries in all that it sends."""
    asked = sources or (FEW if quick else [folder.name for folder in fixture_server.folders()])
    wrong, silent, good, planted = [], [], 0, 0
    for source in asked:
        canaries = Canaries()
        with tempfile.TemporaryDirectory() as folder:
            # The portal runs in a process of its own: how many were planted is counted again here.
            done = crawled(source, canaries.harm, Path(folder) / "data")
            wrong += [f"{source}: {place}" for place in seen(Path(folder) / "data", done.log)]
        for page in recorded(source):
            body = (fixture_server.FIXTURES / source / page["file"]).read_bytes()
            canaries.harm(page["url"], 0, Answer(page.get("status", 200), page.get("content_type", ""), body))
        good, planted = good + (done.outcome.good and canaries.made > 0), planted + canaries.made
        silent += [source] if not canaries.made else []
    said = "; ".join(wrong[:8]) or "none seen in store, index, quarantine, kept pages, export or log"
    nothing = f" (no longer text to plant one in: {', '.join(silent)})" if silent else ""
    sown = len(asked) - len(silent)
    what = f"{planted} persons with mail address and telephone number planted in {sown} sources, of which {good} were taken over{nothing}"
    yield Figure(what, said, not wrong)
