"""Manners as a portal sees them, delays on: judged from the simulator's request log, and by a portal that asks for more."""

from __future__ import annotations

import importlib.util
import json
import shutil
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from crawler import fixture_server
from search import __version__
from tests.conftest import SHARED, Command, Simulator
from tests.crawler.portals import NOVEMBER, settings

CONTACT = "https://example.org/contact"
DELAY = 0.25  # seconds
SMALL = ("dk_tilskudspuljer", "ee_rtk", "fi_haeavustuksia", "it_emilia_romagna", "pl_dane", "si_evropskasredstva", "ted")


@pytest.mark.shared
def test_the_log_of_the_simulator_is_polite(portals: Simulator, tmp_path):
    """robots.txt first, the pause kept, one at a time per host, a 429 with Retry-After obeyed, no private address, our name and contact."""
    spec = importlib.util.spec_from_file_location("check_log", SHARED / "portal_sim" / "check_log.py")
    check_log = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check_log)
    portals.at(NOVEMBER)
    last = max((entry["seq"] for entry in portals.get("log")), default=0)
    portals.faults("http429-html:fi_haeavustuksia:1", "redirect-to-private-address:ee_rtk")
    funding = Command(tmp_path / "data", settings(NOVEMBER, FUNDING_DELAY=str(DELAY), FUNDING_CONTACT=CONTACT))
    done = funding.run("crawl", *SMALL, "--replay", portals.url, "--json")
    portals.faults()
    outcomes = {outcome["source"]: outcome for outcome in json.loads(done.stdout)["sources"]}
    assert {source for source, outcome in outcomes.items() if not outcome["good"]} == {"ee_rtk"}
    log = [entry for entry in portals.get("log") if entry["seq"] > last]
    assert len({entry["host"] for entry in log}) == len(SMALL)
    problems, summary = check_log.judge(log, delay=DELAY)
    assert problems == [], summary
    assert {entry["user_agent"] for entry in log} == {f"Mozilla/5.0 (compatible; SkillsFundingFinder/{__version__}; +{CONTACT})"}
    assert max(entry["parallel"] for entry in log) == 1
    pages = [entry for entry in log if entry["host"] == "www.haeavustuksia.fi" and not entry["robots"]]
    assert pages[0]["status"] == 429
    assert pages[1]["time"] - pages[0]["time"] >= 3


class Asked(set):
    """What is asked of a fixture server, with the moments; `busy` is answered 429 the first time, with a date to come back at."""

    def __init__(self, busy: dict) -> None:
        super().__init__()
        self.busy, self.times, self.until = busy, [], None

    def add(self, key) -> None:
        self.times.append((key[1], time.time()))
        if key[1] == self.busy["url"]:
            if self.until is None:
                self.until = (datetime.now(UTC) + timedelta(seconds=3)).replace(microsecond=0)
                self.busy |= {"status": 429, "headers": {"Retry-After": format_datetime(self.until, usegmt=True)}}
            else:
                self.busy |= {"status": 200, "headers": {}}
        super().add(key)


def test_a_crawl_delay_and_a_date_to_come_back_at_are_kept(tmp_path):
    """The pause that robots.txt asks for wins over a shorter one of ours; a page asked again waits for the date it was told."""
    folder = tmp_path / "ie_enterprise_hub"
    shutil.copytree(fixture_server.FIXTURES / folder.name, folder)
    (folder / "robots.txt").write_text("User-agent: *\nCrawl-delay: 1\n", encoding="utf-8")
    with fixture_server.serving([folder]) as server:
        (robots,) = [page for _, page in server.pages.values() if page["url"].endswith("/robots.txt")]
        server.pages["GET", robots["url"]] = (folder / "robots.txt", robots | {"status": 200, "content_type": "text/plain"})
        (busy,) = [page for _, page in server.pages.values() if "pageNum=1" in page["url"]]
        server.asked = Asked(busy)
        funding = Command(tmp_path / "data", settings(NOVEMBER, FUNDING_DELAY="0.1"))
        done = funding.run("crawl", folder.name, "--replay", server.url, "--json")
    assert done.returncode == 0, done.stdout
    assert [warning for warning in json.loads(done.stdout)["sources"][0]["warnings"] if warning.startswith("asked again after 429")]
    (first, _), *pages = server.asked.times
    assert first.endswith("/robots.txt")
    assert [later - earlier >= 0.99 for (_, earlier), (_, later) in pairwise(pages)] == [True] * (len(pages) - 1)
    again = [moment for url, moment in pages if url == busy["url"]][1]
    assert again >= server.asked.until.timestamp() - 0.05
