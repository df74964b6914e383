"""The funding command: its answers, its exit codes, what it says when something is wrong."""

from __future__ import annotations

import json

import pytest

from crawler import fixture_server
from search import generations
from search.store import Store
from tests.conftest import Command, environment
from tests.search.test_changes import NOVEMBER, OCTOBER, call, run

# Source -> how many entries its samples give.
SAMPLES = {folder.name: len(json.loads((folder / "expected.json").read_text(encoding="utf-8"))["entries"]) for folder in fixture_server.folders()}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The sample records, crawled and published once."""
    command = Command(tmp_path_factory.mktemp("demo") / "data", environment())
    done = command.run("demo", "--no-serve")
    assert done.returncode == 0, done.stderr
    assert "sample records" in done.stderr
    command.environment["FUNDING_TODAY"] = "2026-11-20"
    return command


def test_the_demo_agrees_with_itself(demo):
    done = demo.run("check")
    assert done.returncode == 0
    assert f"agree on {sum(SAMPLES.values())} entries" in done.stdout


def test_sources_say_what_they_are(demo):
    listed = {row["source"]: row for row in demo.json("sources", "--json")}
    assert all(row["why_not"] and row["health"] == "never" for name, row in listed.items() if name not in SAMPLES)
    rows = {name: listed[name] for name in SAMPLES}
    needed = ("source", "title", "countries", "level", "kinds", "format_seen", "crawlable", "last_run", "last_good", "calls", "health", "reason")
    for row in rows.values():
        assert set(needed) <= row.keys()
        assert row["health"] == "ok"
    assert {name: row["calls"] for name, row in rows.items()} == SAMPLES
    assert "EU Funding & Tenders Portal" in demo.run("sources").stdout


def test_search_gives_the_answer_of_the_api(demo):
    answer = demo.json("search", "vocational", "training", "--country", "IT", "--json")
    assert answer["query"]["q"] == "vocational training"
    assert answer["query"]["country"] == ["IT"]
    assert answer["total"] == sum(answer["tiers"].values()) > 0
    record = answer["results"][0]
    wanted = (
        "id kind native_id title title_en lang gist summary level programme funding_type ecosystems countries regions areas beneficiaries",
        "skills status tier opening_date deadlines deadline_kind budget authority url also_at source first_seen last_seen last_changed",
        "no_longer_listed_since evidence licence attribution score",
    )
    assert set(" ".join(wanted).split()) <= record.keys()
    text = demo.run("search", "vocational training").stdout
    assert "results" in text.splitlines()[0]


def test_a_wrong_filter_is_named(demo):
    done = demo.run("search", "--country", "XX")
    assert done.returncode == 0
    assert "country=XX: there is no such value" in done.stderr


def test_export_writes_every_record_with_its_licence(demo, tmp_path):
    target = tmp_path / "all.jsonl"
    assert demo.run("export", str(target)).returncode == 0
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == sum(SAMPLES.values())
    assert all(row["licence"] and row["attribution"] and row["native_id"] and "no_longer_listed_since" in row for row in rows)


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "says"),
    [
        (["crawl", "atlantis", "--replay", "http://127.0.0.1:9"], {}, 2, "there is no source atlantis"),
        (["crawl"], {"FUNDING_CONTACT": ""}, 2, "FUNDING_CONTACT is not set"),
        (["search"], {"FUNDING_TODAY": "tomorrow"}, 2, "FUNDING_TODAY='tomorrow' is not a date"),
        (["search"], {"FUNDING_NOW": "2026-11-20T10:00:00"}, 2, "no offset"),
        (["search"], {"FUNDING_DELAY": "-1"}, 2, "FUNDING_DELAY"),
        (["search"], {"FUNDING_DELAY": "nan"}, 2, "FUNDING_DELAY"),
        (["search"], {"SEARCH_URL": "opensearch+http://127.0.0.1"}, 2, "SEARCH_URL"),
        (["search"], {}, 3, "nothing is published"),
        (["check"], {}, 3, "nothing is published"),
        (["serve"], {}, 3, "nothing is published"),
        (["export", "-"], {}, 3, "there is no store"),
        (["fly"], {}, 2, "No such command"),
        (["search", "--colour", "blue"], {}, 2, "No such option"),
        (["sources"], {"DATABASE_URL": "nonsense"}, 2, "DATABASE_URL cannot be used"),
        (["sources"], {"DATABASE_URL": "mysql+foo://user:secret@127.0.0.1/x"}, 2, "DATABASE_URL cannot be used"),
        (["crawl", "--replay", "notaurl"], {}, 2, "is no address"),
    ],
)
def test_what_is_wrong_is_said_and_has_its_exit_code(funding: Command, arguments, settings, code, says):
    done = funding.run(*arguments, **settings)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_sources_makes_no_store(funding: Command):
    assert {row["health"] for row in funding.json("sources", "--json")} == {"never"}
    assert not funding.data.exists()


def test_a_portal_that_does_not_answer_fails_the_source(funding: Command):
    done = funding.run("crawl", "eu_ftp", "--replay", "http://127.0.0.1:9")
    assert done.returncode == 3
    assert "FAILED" in done.stderr


@pytest.mark.shared
def test_quality_writes_what_the_scorer_reads(funding: Command, tmp_path):
    from tests.conftest import SHARED

    gold = SHARED / "gold"
    done = funding.run("quality", "--docs", f"{gold}/docs.jsonl", "--labels", f"{gold}/labels_dev.jsonl", "--queries", f"{gold}/queries_dev.jsonl",
                       "--out", str(tmp_path), "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    labels = [json.loads(line) for line in (gold / "labels_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    predictions = {row["id"]: row for row in map(json.loads, (tmp_path / "predictions.jsonl").read_text(encoding="utf-8").splitlines())}
    assert predictions.keys() == {row["id"] for row in labels}
    right = sum(predictions[row["id"]]["skills"] in row["skills"] for row in labels)
    assert right > 0.75 * len(labels)
    runs = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(runs) == len((gold / "queries_dev.jsonl").read_text(encoding="utf-8").splitlines())
    assert sum(bool(run["results"]) for run in runs) > 0.8 * len(runs)


def test_the_store_moves_to_another_database(demo, tmp_path):
    done = demo.run("migrate", "--to", f"sqlite:///{tmp_path}/other.db")
    assert f"entries: {sum(SAMPLES.values())} rows" in done.stdout
    again = demo.run("migrate", "--to", f"sqlite:///{tmp_path}/other.db")
    assert again.returncode == 3
    assert "must be empty" in again.stderr


def test_the_generations_are_listed_and_one_can_go_back(demo):
    assert demo.run("publish").returncode == 0
    done = demo.run("rollback")
    assert done.stdout == "generation-000001 is in use instead of generation-000002\n"
    assert [(g["name"], g["in_use"], g["withdrawn"]) for g in demo.json("generations", "--json")] == [
        ("generation-000002", False, True), ("generation-000001", True, False)]  # fmt: skip
    assert "taken back" in demo.run("generations").stdout
    assert demo.json("search", "--json")["generation"] == "generation-000001"
    done = demo.run("rollback")
    assert done.returncode == 3
    assert "there is no generation before generation-000001" in done.stderr
    done = demo.run("search", "--as-of", "2020-01")
    assert "as_of=2020-01: nothing is kept from so long ago" in done.stderr
    assert demo.run("rollback", "generation-000002").returncode == 0


def test_health_says_what_to_look_at(demo):
    done = demo.run("health", "--json")
    assert (done.returncode, json.loads(done.stdout)["problems"]) == (0, []), done.stdout
    late = demo.run("health", FUNDING_TODAY="2027-03-01")
    assert late.returncode == 1
    assert "days old" in late.stdout
    assert "behind" in late.stdout


def test_log_lines_as_json(demo):
    assert "FUNDING_LOG" in demo.run("search", FUNDING_LOG="loud").stderr


def test_changes_are_told_on_their_day_in_brussels(tmp_path):
    """A call that opens on the 10th does so at 23:00 UTC of the 9th."""
    command = Command(tmp_path / "data", environment(FUNDING_TODAY="2026-11-22"))
    command.data.mkdir()
    store = Store(f"sqlite:///{command.data}/funding.db")
    run(store, OCTOBER, call("opens", opening_date="2026-11-10"))
    generations.publish(store, command.data / "index", NOVEMBER)
    store.close()
    assert command.run("changes", "--since", "2026-11-01", "--until", "2026-11-30").stdout.startswith("2026-11-10  Open now")
