"""Logs: a line per event on standard error, for people or (`FUNDING_LOG=json`) as JSON for programs. No addresses of visitors.

What a crawl asks and meets is also written down in a file of its own, for whoever looks why it went as it did.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

FOLDER = "logs"  # in the data folder
KEPT = 90 * 86_400.0  # seconds the log of a crawl is kept
TOLD = ("scrapy.core.engine", "scrapy.statscollectors", "funding.")  # loggers whose every line the log of a crawl holds
LINES = "%(asctime)s %(name)s %(levelname)s %(message)s"


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level, logger, message, what `extra={"data": {…}}` adds, and a traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        row = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.casefold(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "data", {}),
        }
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=False, default=str)


def set_up(form: str) -> None:
    """Have what matters logged to standard error; form: "text" (warnings, and what the scheduler does) or "json" (requests and crawls too)."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(LINES))
    own = ("funding.",) if form == "json" else ("funding.schedule",)
    # By a filter, as Scrapy sets the levels of its loggers itself, each time it begins.
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or record.name.startswith(own))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("funding").setLevel(logging.INFO)
    logging.getLogger("funding.web").setLevel(logging.INFO if form == "json" else logging.WARNING)


# -- crawls ----------------------------------------------------------------------------------------------------------


def of_crawl(data: Path, number: int) -> Path:
    """Where the log of a crawl is written."""
    return data / FOLDER / f"crawl-{number:06d}.log"


@contextmanager
def written_down(file: Path) -> Iterator[None]:
    """Write what is logged to a file too, every request included; logs of crawls of long ago are removed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    for old in file.parent.glob("crawl-*.log"):
        if time.time() - old.stat().st_mtime > KEPT:
            old.unlink(missing_ok=True)
    handler = logging.FileHandler(file, mode="a", encoding="utf-8")  # Scrapy closes every handler as it begins; this mode opens again
    handler.setFormatter(logging.Formatter(LINES))
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or record.name.startswith(TOLD))
    logging.getLogger().addHandler(handler)
    logging.getLogger("funding").setLevel(logging.INFO)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
