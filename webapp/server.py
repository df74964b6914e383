"""gunicorn's settings (`--config python:webapp.server`); address and number of workers come from the command.

An address may be up to 32 kB long, so that our own page can say which parameter was too long; gunicorn alone allows at
most 8190 bytes, and answers a longer one with a bare page.
"""

from __future__ import annotations

import logging
import socket
import struct
from typing import Any

from gunicorn import glogging
from gunicorn.http import message

from search import collector, logs, matching, settings
from webapp import shedding

LONGEST_ADDRESS = 32 * 1024
STALLED = 20  # seconds without a byte from, or taken by, a visitor after which the connection is closed
SPARE = 4  # threads that send away whom the lanes have no place for

logs.set_up(settings.load().log)
message.MAX_REQUEST_LINE = LONGEST_ADDRESS
limit_request_line = LONGEST_ADDRESS
limit_request_fields = 60
loglevel = "warning"
timeout = 30
# Threads wait: for a visitor's next bytes, for a place in a lane. What is worked on at the same time, webapp.shedding bounds.
worker_class = "gthread"
threads = shedding.PLACES + SPARE


class Silent(logging.Filter):
    """Keeps the addresses and the words of visitors out of gunicorn's own lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        if str(record.msg).startswith("Invalid request from"):
            record.msg, record.args = "A request that is not HTTP was refused", ()
        elif isinstance(record.args, tuple):
            record.args = tuple(arg.split("?")[0] if isinstance(arg, str) else arg for arg in record.args)
        return True


class Logger(glogging.Logger):
    """gunicorn's log without visitors."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.addFilter(Silent())


logger_class = Logger


def post_worker_init(worker: Any) -> None:
    """When a worker has loaded the application: the lanes in front of it."""
    worker.wsgi = shedding.Shedding(worker.wsgi)


def when_ready(server: Any) -> None:
    """Before the workers are forked: the tables of the search are read once, and their memory is shared."""
    for listener in server.LISTENERS:  # its connections inherit this
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", STALLED, 0))
    matching.warm()
    collector.settle()
