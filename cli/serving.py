"""Serve the web application: gunicorn, or Flask's own server for development."""

from __future__ import annotations

import os
import sys

from search.settings import Settings

# From how many places glibc takes memory: by default each of a worker's threads has one of its own, up to eight per core, and keeps what
# its largest answer took. Python's threads take it one after the other anyway.
ARENAS = "2"


def serve_pages(config: Settings, host: str, port: int, workers: int, debug: bool = False) -> None:
    """Serve until stopped. gunicorn takes over this process, so signals and exit code are its own."""
    os.environ["FUNDING_DATA"] = str(config.data)
    os.environ["DATABASE_URL"] = config.database_url
    if debug:
        from webapp import create_app

        create_app(config).run(host=host, port=port, debug=True)
        return
    os.environ.setdefault("MALLOC_ARENA_MAX", ARENAS)
    arguments = ["-m", "gunicorn", "--config", "python:webapp.server", "--bind", f"{host}:{port}", "--workers", str(workers)]
    os.execv(sys.executable, [sys.executable, *arguments, "webapp:create_app()"])
