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
    # gunicorn's own answer to a long address is bare; ours names what was too long. 8190 is the most it allows.
    arguments = ["--bind", f"{host}:{port}", "--workers", str(workers), "--log-level", "warning", "--timeout", "30"]
    arguments += ["--limit-request-line", "8190"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments, "webapp:create_app()"])
