"""Pictures of the pages at phone and desk width: `python -m tests.screenshots FOLDER` (make screenshots)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import free_port

PAGES = {
    "start": "/",
    "results": "/?q=vocational+training&where=Lombardia",
    "filtered": "/?ecosystem=construction&country=IT&beneficiary=sme",
    "empty": "/?q=underwater+basket+weaving&country=MT",
    "call": "/calls/eu_ftp:59000001TOPICSen",
    "fund": "/funds/ec_authorities:2021IT05SFPR008:esf-plus",
    "product": "/products/loan_products:de-aufstiegs-bafoeg",
    "changes": "/changes?since=2020-01-01",
    "sources": "/sources",
    "about": "/about",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "error": "/nothing",
    "filters": "/?country=IT#filters",
    "results-de": "/de/?q=Weiterbildung&where=Bayern",
    "results-fi": "/fi/?q=koulutus&country=FI",
    "results-el": "/el/?country=GR",
    "results-bg": "/bg/?country=BG",
    "call-de": "/de/calls/eu_ftp:59000001TOPICSen",
}
WIDTHS = {"desk": 1280, "phone": 390}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Serve the demo and take the pictures."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "cli.main", "--data", data, "demo", "--port", str(port)]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True, cwd=Path(__file__).parents[1])
        try:
            _take(folder, f"http://127.0.0.1:{port}")
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(10)


def _take(folder: Path, url: str) -> None:
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).read()
            break
        except OSError:
            time.sleep(0.1)
    browser_path = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=browser_path, args=flags)
        for width_name, width in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": 900})
            for name, address in PAGES.items():
                page.goto(url + address)
                page.screenshot(path=str(folder / f"{name}-{width_name}.png"), full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
