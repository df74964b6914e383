"""gunicorn's settings (`--config python:webapp.server`); address and number of workers come from the command.

An address may be up to 32 kB long, so that our own page can say which parameter was too long; gunicorn alone allows at
most 8190 bytes, and answers a longer one with a bare page.
"""

from __future__ import annotations

import gc
from typing import Any

from gunicorn.http import message

from search import logs, matching, settings

LONGEST_ADDRESS = 32 * 1024

logs.set_up(settings.load().log)
message.MAX_REQUEST_LINE = LONGEST_ADDRESS
limit_request_line = LONGEST_ADDRESS
loglevel = "warning"
timeout = 30
# One request at a time per worker, beside the thread that says that the worker is alive: a long file is sent for as long as it takes.
worker_class = "gthread"
threads = 1


def when_ready(_: Any) -> None:
    """Before the workers are forked: the tables of the search are read once, and their memory is shared."""
    matching.warm()
    gc.freeze()
