"""`funding record`, `probe` and `new-source`: from a portal to a fixture folder, one polite question, and the beginning of a source."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from cli.probing import probe_source
from cli.recording import record_source
from cli.scaffold import new_source
from crawler import fixture_server, persons, recording, registry
from crawler.source import Draft
from crawler.watching import ROBOTS, Answer
from search.locks import locked
from search.settings import load as load_settings
from tests.conftest import Command, Simulator, environment
from tests.replaying import FIXTURES, replay

ROOT = Path(__file__).parents[2]


def test_what_was_recorded_gives_what_the_portal_gave(funding: Command, tmp_path):
    source = "dk_tilskudspuljer"
    target = funding.data / "recorded" / source
    with fixture_server.serving([FIXTURES / source]) as server:
        done = funding.run("record", source, "--replay", server.url, FUNDING_TODAY="2026-11-20")
    assert done.returncode == 0, done.stderr
    fixture = json.loads((target / "fixture.json").read_text(encoding="utf-8"))
    assert (fixture["recorded_on"], fixture["confirmed"]) == ("2026-11-20", "funding record, a replayed portal, 2026-11-20")
    assert fixture["pages"][0]["url"].endswith("/robots.txt")
    got, missed, unasked = replay(target, tmp_path / "data")
    expected = json.loads((FIXTURES / source / "expected.json").read_text(encoding="utf-8"))
    assert (missed, unasked) == ([], [])
    assert got["entries"] == expected["entries"]


def test_a_recording_has_pages_of_every_kind(funding: Command):
    """Three feeds of lists, of which two pages are asked for, do not keep the pages of the calls from being recorded."""
    with fixture_server.serving([FIXTURES / "cz_dotaceeu"]) as server:
        done = funding.run("record", "cz_dotaceeu", "--replay", server.url, "--pages", "2", FUNDING_TODAY="2026-11-20")
    assert (done.returncode, "ended early" in done.stdout) == (0, False), done.stderr
    fixture = json.loads((funding.data / "recorded" / "cz_dotaceeu" / "fixture.json").read_text(encoding="utf-8"))
    kinds = ["feed" if "ajax-pages" in page["url"] else page["url"].rsplit("/", 1)[-1][:6] for page in fixture["pages"]]
    assert sorted(kinds)[:2] == ["feed", "feed"]
    assert len(kinds) == 5, "robots.txt, two of the feeds, two calls"


@pytest.mark.shared
def test_a_recording_is_short_and_knows_nobody(simulator: Simulator, funding: Command, tmp_path):
    simulator.at("2026-03-21")
    target = tmp_path / "recorded"
    done = funding.run("record", "ec_authorities", "--replay", simulator.url, "--pages", "2", "--to", str(target))
    assert done.returncode == 0, done.stderr
    pages = json.loads((target / "fixture.json").read_text(encoding="utf-8"))["pages"]
    assert [page["url"].rsplit("/", 1)[-1] for page in pages][:3] == ["robots.txt", "austria_en", "belgium_en"]
    assert len(pages) == 8, "two countries, two programmes, a part of each table of the open data, with its own robots.txt"
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((target / "pages").iterdir()))
    assert "2021AT05FFPR001" in text
    assert "canary" not in text.casefold()
    assert "@" not in text
    again = funding.run("record", "ec_authorities", "--replay", simulator.url, "--to", str(target))
    assert again.returncode == 3
    assert "holds pages already" in again.stderr


def page(body: str, content_type: str) -> str:
    return persons.without_persons(body.encode(), content_type).decode()


@pytest.mark.parametrize(
    ("body", "content_type", "left"),
    [
        ("<dt>Ansprechpartnerin:</dt> <dd class='x'>Dr. Erika Muster</dd><dt>Art</dt><dd>Zuschuss</dd>", "text/html", "Erika"),
        ("<th>Contact person</th>\n<td><b>Jane Doe</b></td>", "text/html; charset=utf-8", "Jane"),
        ('{"contact": "Jane Doe", "email": "j@x.eu", "title": "Call"}', "application/json", "Jane"),
        ('{"contact": {"name": "Jane Doe", "open": true}, "title": "Call"}', "application/json", "Jane"),
        ('{"contactName": "Jane Doe", "title": "Call"}', "application/json", "Jane"),
        ('{"contacts": ["Jane Doe"], "title": "Call"}', "application/json", "Jane"),
        ('{"creators": ["jdoe"], "title": "Call"}', "application/json", "jdoe"),
        ('{"phone_number": 25551234, "title": "Call"}', "application/json", "2555"),
        ('{"token": "eyJ.secret.jwt", "title": "Call"}', "application/json", "secret"),
        ('{"accessToken": "eyJ.secret.jwt", "title": "Call"}', "application/json", "secret"),
        ('{"title": "Call", "text": "ask jane.doe@example.org"}', "application/json", "jane.doe"),
        ("ask +32 (0)2 555 12 34 or come", "text/plain", "555"),
    ],
)
def test_persons_are_left_out(body, content_type, left):
    bare = page(body, content_type)
    assert left not in bare
    assert any(kept in bare for kept in ("Zuschuss", "<th>", "Call", "or come"))


def test_names_that_only_sound_like_it_stay():
    record = {"iterationNextToken": "abc", "television": "x", "creation": "2026", "country": "IT", "id": 7}
    assert json.loads(page(json.dumps(record), "application/json")) == record


def test_a_refused_record_is_kept_without_persons():
    """Of a portal's whole record more than a mail address may be a person."""
    source = registry.spiders()["it_emilia_romagna"]()
    source.refuse(Draft("1", {}, payload={"title": "Bando", "contactPoint": {"fn": "Jane Doe"}, "text": "tel. +39 051 527 1234"}), "no date")
    assert json.loads(source.account.refused[0].payload) == {
        "title": "Bando", "contactPoint": {"fn": persons.LEFT_OUT}, "text": persons.PHONE_LEFT_OUT
    }  # fmt: skip


@pytest.mark.parametrize("body", ["EUR 1 000 000 until 2026-11-30", "2021AT05FFPR001 and 49669831TOPICSen", "<td>10.07.2026 14:00</td>"])
def test_amounts_dates_and_codes_are_no_telephone_numbers(body):
    assert page(body, "text/html") == body


def test_a_sheet_is_left_as_it_is():
    body = b"PK\x03\x04 a@b.eu"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert persons.without_persons(body, kind) == body


def test_an_address_asked_twice_is_kept_once(tmp_path):
    first = Answer("POST", "https://p.example.org/list", "parse", 200, "application/json", b"[1]")
    robots = Answer("GET", "https://p.example.org/robots.txt", ROBOTS, 404, "text/html", b"")
    assert recording.write(tmp_path, "xx", [robots, first, first], date(2026, 11, 20), live=True) == 2
    fixture = json.loads((tmp_path / "fixture.json").read_text(encoding="utf-8"))
    assert "1 further answers" in fixture["note"]
    assert fixture["pages"][0]["status"] == 404


@pytest.mark.shared
def test_a_probe_asks_once_and_says_what_it_saw(simulator: Simulator, funding: Command):
    simulator.at("2026-03-21")
    before = len(simulator.get("log"))
    done = funding.run("probe", "ec_authorities", "--replay", simulator.url)
    assert done.returncode == 0, done.stdout
    assert "ec_authorities: the form holds" in done.stdout
    assert [entry["path"].rsplit("/", 1)[-1] for entry in simulator.get("log")[before:]] == ["robots.txt", "austria_en"]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("fault", "reason"),
    [("schema-drift", "the page has another shape"), ("robots-disallow", "robots.txt forbids it")],
)
def test_a_probe_says_what_is_wrong(simulator: Simulator, funding: Command, fault, reason):
    simulator.at("2026-03-21")
    simulator.faults(f"{fault}:ec_authorities")
    done = funding.run("probe", "ec_authorities", "--replay", simulator.url, "--json")
    simulator.faults()
    report = json.loads(done.stdout)
    assert (done.returncode, report["holds"]) == (1, False)
    assert reason in report["reason"]
    assert not (funding.data / "funding.db").exists()


def test_what_has_no_spider_no_key_or_no_portal_is_not_asked(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("AIDES_TERRITOIRES_TOKEN", raising=False)
    config = load_settings(str(tmp_path))
    for name in ("at_ffg", "nobody", "fr_aides_territoires"):
        assert probe_source(config, name, None, as_json=False) == 2
        assert record_source(config, name, None, 3, None) == 2
    assert probe_source(config, "loan_products", None, as_json=False) == 0
    told = capsys.readouterr()
    assert "kept by hand" in told.out
    assert "funding new-source at_ffg URL" in told.err
    assert "there is no source nobody" in told.err
    assert "AIDES_TERRITOIRES_TOKEN is not set" in told.err


def test_a_source_that_is_crawled_is_not_asked_meanwhile(tmp_path, capsys):
    """A host gets one request at a time."""
    config = load_settings(str(tmp_path))
    with locked(tmp_path / "locks", "ted"):
        assert probe_source(config, "ted", "http://127.0.0.1:1", as_json=False) == 3
        assert record_source(config, "ted", "http://127.0.0.1:1", 3, None) == 3
    assert capsys.readouterr().err.count("not asked: another process is at work on ted") == 2


@pytest.fixture
def checkout(tmp_path) -> Path:
    for package in ("crawler", "search", "webapp", "cli"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "fixtures").mkdir()
    return tmp_path


def test_a_new_source_fails_and_says_what_is_next(checkout: Path, capsys):
    url = "https://portal.example.org/calls"
    assert new_source(checkout, "lv_portal", url, date(2026, 11, 20)) == 0
    told = capsys.readouterr().out
    assert "funding record lv_portal" in told
    folder = checkout / "fixtures" / "lv_portal"
    fixture = json.loads((folder / "fixture.json").read_text(encoding="utf-8"))
    (folder / "pages" / "calls.html").write_text("<html>calls</html>", encoding="utf-8")
    fixture["pages"] = [{"method": "GET", "url": url, "file": "pages/calls.html"}]
    (folder / "fixture.json").write_text(json.dumps(fixture), encoding="utf-8")
    with fixture_server.serving([folder]) as server:
        command = [sys.executable, "-m", "cli.main", "--data", str(checkout / "data"), "crawl", "lv_portal", "--replay", server.url, "--json"]
        settings = {**environment(FUNDING_DELAY="0", FUNDING_TODAY="2026-11-20"), "PYTHONPATH": str(checkout)}
        done = subprocess.run(command, capture_output=True, text=True, env=settings, cwd=checkout, timeout=120, check=False)
    assert done.stdout, done.stderr
    (outcome,) = json.loads(done.stdout)["sources"]
    assert (done.returncode, outcome["good"]) == (3, False)
    assert "lv_portal is not written yet: see parse in crawler/spiders/lv_portal.py" in outcome["reason"]
    assert new_source(checkout, "lv_portal", url, date(2026, 11, 20)) == 2


def test_the_beginning_of_a_source_is_in_order(checkout: Path):
    assert new_source(checkout, "eu_other_portal", "https://other.example.org/", date(2026, 11, 20)) == 0
    command = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), str(checkout / "crawler" / "spiders")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("name", "url"), [("portal", "https://x.example.org"), ("xx_portal", "https://x.example.org"), ("fr_x", "ftp://x")])
def test_a_new_source_needs_a_name_and_an_address(checkout: Path, capsys, name, url):
    assert new_source(checkout, name, url, date(2026, 11, 20)) == 2
    assert "is no" in capsys.readouterr().err
