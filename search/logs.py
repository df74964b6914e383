"""Logs: a line per event on standard error, for people or (`FUNDING_LOG=json`) as JSON for programs. No addresses of visitors."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime


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
    """Have everything logged to standard error; form: "text" (warnings, and what the scheduler does) or "json" (requests too)."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("funding").setLevel(logging.INFO)
    logging.getLogger("funding.web").setLevel(logging.INFO if form == "json" else logging.WARNING)
