"""Serve the web application: gunicorn, or Flask's own server for development."""

from __future__ import annotations

import os
import sys

from search.settings import Settings


def serve_pages(config: Settings, host: str, port: int, workers: int, debug: bool = False) -> None:
    """Serve until stopped. gunicorn takes over this process, so signals and exit code are its own."""
    os.environ["FUNDING_DATA"] = str(config.data)
    os.environ["DATABASE_URL"] = config.database_url
    if debug:
        from webapp import create_app

        create_app(config).run(host=host, port=port, debug=True)
        return
    arguments = ["-m", "gunicorn", "--config", "python:webapp.server", "--bind", f"{host}:{port}", "--workers", str(workers)]
    os.execv(sys.executable, [sys.executable, *arguments, "webapp:create_app()"])
