"""A search as rows: CSV and Excel, every result, one row each, with the licence it is under.

Neither file can run anything: a text that a spreadsheet would take for a formula stays a text in both.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from search.i18n import gettext as _
from webapp import xml

Record = dict[str, Any]
Value = str | float | None
COLUMNS = ("id", "page", "kind", "title", "title_en", "lang", "gist", "status", "tier", "level", "programme", "funding_type",
           "ecosystems", "countries", "regions", "areas", "beneficiaries", "skills", "opening_date", "deadlines", "deadline_kind",
           "budget_total", "budget_currency", "budget_scope", "per_project_min", "per_project_max", "authority", "url", "also_at",
           "summary", "native_id", "source", "first_seen", "last_seen", "last_changed", "no_longer_listed_since", "licence",
           "attribution")  # fmt: skip
# What a spreadsheet reads as the beginning of a formula (OWASP, CSV injection), also after blanks. Where it parts cells at semicolons,
# as most do on the continent, a text may hold the beginning of a cell, and every line of it begins a row.
_FORMULA = re.compile(r"(^|;)(?=\s*[=+\-@]|[\t\r])")
_BREAKS = re.compile(r"[\r\n\v\f\x85\u2028\u2029]+")
LONGEST_NAME = 31  # of a sheet
WIDTHS = {"id": 24, "title": 60, "gist": 60, "summary": 60, "url": 40, "page": 40}


def row(record: Record, page: str) -> dict[str, Value]:
    """A record of the API as one flat row; several values are parted by semicolons."""
    budget = record["budget"] or {}
    out: dict[str, Value] = {name: record.get(name) for name in COLUMNS}
    out |= {name: "; ".join(record[name]) for name in ("ecosystems", "countries", "areas", "beneficiaries", "also_at")}
    return out | {
        "page": page,
        "regions": "; ".join(region["code"] for region in record["regions"]),
        "deadlines": "; ".join(" ".join(filter(None, (d["date"], d["time"], d["zone"]))) for d in record["deadlines"]),
        "budget_total": budget.get("total"),
        "budget_currency": budget.get("currency"),
        "budget_scope": budget.get("scope"),
        "per_project_min": budget.get("per_project_min"),
        "per_project_max": budget.get("per_project_max"),
        "authority": record["authority"]["name"] if record["authority"] else None,
    }


def harmless(value: Value) -> Value:
    """A text in one line that a spreadsheet does not take for a formula: what could be one gets an apostrophe in front."""
    return _FORMULA.sub(r"\1'", _BREAKS.sub(" ", value)) if isinstance(value, str) else value


class _Line:
    """Takes what csv writes, and gives it back."""

    def write(self, text: str) -> str:
        return text


def as_csv(rows: Iterable[dict[str, Value]]) -> Iterator[bytes]:
    """The rows as CSV (RFC 4180) in UTF-8, line by line; the mark in front tells Excel so."""
    writer = csv.writer(_Line())
    yield b"\xef\xbb\xbf" + str(writer.writerow(COLUMNS)).encode()
    for values in rows:
        yield str(writer.writerow([harmless(values[name]) for name in COLUMNS])).encode()


def as_xlsx(rows: Iterable[dict[str, Value]]) -> IO[bytes]:
    """The rows as an Excel workbook, written row by row into a temporary file that vanishes when it is closed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Calls and funds")[:LONGEST_NAME])
    sheet.freeze_panes = "A2"
    for number, name in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(name, 18)
    heads = [WriteOnlyCell(sheet, name) for name in COLUMNS]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for values in rows:
        sheet.append([_cell(sheet, values[name]) for name in COLUMNS])
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book.save(file)
    file.seek(0)
    return file


def _cell(sheet: Any, value: Value) -> Any:
    """A cell whose text is never a formula, and whose words are kept as they are."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, xml.allowed(value))
    cell.data_type = "s"
    return cell
