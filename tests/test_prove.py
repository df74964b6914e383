"""The frame of the proofs: figures go to the section of their part and touch no other."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import nullcontext

import pytest

from search import generations
from search.store import Harvest, Store
from tests.conftest import environment
from tests.prove import __main__ as prove
from tests.prove import disks, kills, licences, supply
from tests.prove.figures import PAGE, ROOT, Figure, write
from tests.search.test_changes import OCTOBER, call


def test_figures_replace_those_of_their_part_only(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A\nby hand\n<!-- crash: figures -->\nearlier\n<!-- crash: end -->\n<!-- load: figures -->\nearlier\n<!-- load: end -->\n")
    write("crash", [Figure("300 kills", "nothing | lost"), Figure("flips", "one passed", holds=False)], page)
    text = page.read_text()
    assert "| 300 kills | nothing \\| lost | yes |\n| flips | one passed | **no** |" in text
    assert "by `make prove PART=crash`" in text
    assert text.startswith("# A\nby hand\n")
    assert text.endswith("<!-- load: figures -->\nearlier\n<!-- load: end -->\n")
    assert text.count("earlier") == 1
    write("crash", [], page)
    assert "300 kills" not in page.read_text()
    with pytest.raises(ValueError, match="no place"):
        write("web", [], page)


def test_every_part_has_its_place_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    for part in prove.PARTS:
        assert text.count(f"<!-- {part}: figures -->\n") == text.count(f"<!-- {part}: end -->\n") == 1, part


def test_an_unknown_part_is_wrong_use(capsys):
    assert prove.main(["crahs"]) == 2
    assert "no such part: crahs; there are crash, sources" in capsys.readouterr().err


def test_after_a_kill_only_the_generation_switched_to_or_the_next_will_do(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'funding.db'}")
    store.finish_run(store.start_run("s", OCTOBER), Harvest([call("one")]), OCTOBER, {}, {})
    names = [generations.publish(store, tmp_path / "index", OCTOBER) for _ in range(3)]
    store.close()
    bench = kills.Bench(tmp_path, "")

    def will_do(switched: str, found: str) -> bool:
        return kills.holds(bench, kills.State([], [], [], set(), found, found, 1), "switched", switched)

    assert [[will_do(switched, found) for found in names] for switched in names] == [[True, True, False], [False, True, True], [True, False, True]]


def test_what_was_not_tried_does_not_hold(tmp_path, monkeypatch):
    monkeypatch.setattr(disks, "mounted", lambda _: nullcontext(False))  # as without root
    (figure,) = disks.full(1, tmp_path, "", random.Random(1))
    assert (figure.holds, figure.found[:9]) == (False, "not tried")


@pytest.mark.parametrize(("end", "said"), [(SystemExit("given up"), "given up"), (RuntimeError("no room"), "no room"), (KeyboardInterrupt(), "Keyb")])
def test_work_that_ends_otherwise_is_told_with_its_words(tmp_path, monkeypatch, capsys, end, said):
    def work(*_: object) -> None:
        raise end

    monkeypatch.setitem(kills.WORK, "publish", work)
    with capsys.disabled(), pytest.raises(RuntimeError, match=said):  # what a copy of this process prints goes where it says
        kills.whole(kills.Bench(tmp_path / "data", ""), "publish")


def test_a_few_kills_and_damaged_files():
    """The whole of it is `make prove PART=crash`."""
    assert proven("crash")


@pytest.mark.shared
def test_a_sample_of_the_faults_and_attacks_of_portals():
    """Another one every day; the whole of it is `make prove PART=sources`."""
    assert proven("sources")


def proven(part: str) -> bool:
    """Whether the short run of a part holds, in a process of its own: it is copied, and must have one thread."""
    command = [sys.executable, "-m", "tests.prove", part, "--quick"]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=900, check=False)
    print(done.stdout, done.stderr)
    return done.returncode == 0


def test_no_package_is_locked_without_hashes():
    for name in supply.LOCKS:
        assert not supply.unhashed((ROOT / name).read_text(encoding="utf-8"))
        assert len(licences.locked(name)) > 40
    assert supply.unhashed("a==1 \\\n    --hash=sha256:0\nb==2\nc>=3 \\\n    --hash=sha256:0\n-e .") == ["b==2", "c>=3", "-e"]


def test_the_licences_are_those_of_the_page_and_none_is_unexpected():
    assert licences.PAGE.read_text(encoding="utf-8") == licences.markdown(), "run: python -m tests.prove.licences > docs/licences.md"
    assert not [row for row in licences.rows() if licences.unexpected(row[2], row[3])]


@pytest.mark.parametrize(
    ("stated", "development", "refused"),
    [
        ("MIT", False, False),
        ("Apache-2.0 OR GPL-3.0-only", False, False),
        ("MIT AND GPL-3.0-only", False, True),
        ("LGPL-3.0-only", False, True),
        ("LGPL-3.0-only", True, False),
        ("not stated", True, True),
    ],
)
def test_which_licences_may_come_in(stated, development, refused):
    assert licences.unexpected(stated, development) is refused


def test_other_environments_need_no_browser():
    """Collected only; what the tests would use is in the plan."""
    some = [argument for argument in supply.SOME if argument != "tests/search"]
    command = [sys.executable, "-m", "pytest", "--setup-plan", "-q", "-p", "no:cacheprovider", *some]
    plan = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=300, check=False).stdout
    assert "tests/webapp/test_attacks.py::test_pages_of_hostile_entries_hold_no_markup_of_theirs" in plan
    assert not [line for line in plan.splitlines() if "fixtures used" in line and "browser" in line.partition("fixtures used")[2]]


def test_the_peak_of_one_measurement_is_not_that_of_the_one_before():
    """Of the processes it starts too: the larger one has ended when the second begins."""
    done = subprocess.run([sys.executable, "-c", TWO_PEAKS], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    one, after = map(float, done.stdout.split())
    assert one - after > 50


TWO_PEAKS = """
import subprocess, sys
from tests.bench_search.memory import Peak

for size in (300_000_000, 1):
    with Peak() as peak:
        subprocess.run([sys.executable, "-c", f"import time; held = b'x' * {size}; time.sleep(1)"], check=True)
    print(peak.megabytes)
"""
