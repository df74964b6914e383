"""Lists in a workbook (XLSX): the rows of its first sheet, within bounds."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from crawler.source import SourceError

LARGEST = 64 * 1024 * 1024  # bytes, unpacked
MOST_ROWS, MOST_COLUMNS = 5000, 40


def sheet(body: bytes) -> list[tuple[Any, ...]]:
    """The rows of the first sheet. Raises SourceError for what is no workbook, or one too large unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            size = sum(member.file_size for member in archive.infolist())  # no member is read beyond the size it states
        if size > LARGEST:
            raise SourceError(f"the schedule is a workbook of {size} bytes unpacked, at most {LARGEST} are read")
        book = load_workbook(BytesIO(body), read_only=True, data_only=True)
        rows = [tuple(row) for row in book.worksheets[0].iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, SyntaxError) as error:
        raise SourceError(f"the schedule is no workbook: {str(error)[:120]}") from error
    if len(rows) > MOST_ROWS and any(rows[MOST_ROWS]):
        raise SourceError(f"the schedule has more than {MOST_ROWS} rows")
    return rows
