"""A backup restores every record into an empty place, and only a whole one is taken."""

from __future__ import annotations

import zipfile

import pytest
import sqlalchemy as sa

from search import backup, generations, tables
from search.backup import BackupError
from search.database import NoStoreError, open_engine, upgrade
from search.store import Store
from tests.search import meanwhile
from tests.search.test_changes import DECEMBER
from tests.search.test_report import store as filled  # noqa: F401 (a fixture)
from tests.search.test_store import AUGUST, MARCH, call, run


def everything(url: str):
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = {t.name: connection.execute(sa.select(t).order_by(*t.primary_key)).all() for t in tables.metadata.sorted_tables}
    engine.dispose()
    return rows


@pytest.fixture(scope="module")
def made(filled, tmp_path_factory):  # noqa: F811
    """A backup of a store with runs, versions and quarantined payloads, and of a published generation."""
    folder = tmp_path_factory.mktemp("backup")
    data = folder / "data"
    generations.publish(filled, data / "index", DECEMBER)
    url = filled.engine.url.render_as_string(hide_password=False)
    return url, data, backup.back_up(url, data, folder / "all.zip", DECEMBER), folder / "all.zip"


def test_every_record_comes_back(made, store_url, tmp_path):
    url, data, summary, file = made
    assert backup.restore(file, store_url, tmp_path / "fresh") == summary
    before, after = everything(url), everything(store_url)
    assert before == after
    assert all(before[name] for name in ("sources", "runs", "entries", "versions", "quarantine"))
    assert {name: len(rows) for name, rows in before.items()} == dict(summary.records)
    store = Store(store_url)
    generation = generations.open_current(tmp_path / "fresh" / "index")
    assert generations.differences(store, generation) == []
    generation.close()
    assert store.start_run("s", DECEMBER) > max(row.id for row in before["runs"]), "numbers go on after those restored"
    store.close()
    for path in (p for p in (data / "index").rglob("*") if p.is_file() and p.name != "publish.lock" and p.suffix != ".lock"):
        assert (tmp_path / "fresh" / "index" / path.relative_to(data / "index")).read_bytes() == path.read_bytes()


def test_one_that_is_made_while_a_crawl_ends_shows_the_instant_before(store_url, tmp_path):
    store = Store(store_url)
    run(store, MARCH, call(1))
    before = everything(store_url)
    with meanwhile.before("FROM versions ORDER BY", lambda: run(store, AUGUST, call(1, "2027-01-15"), call(2))):
        backup.back_up(store_url, tmp_path, tmp_path / "all.zip", AUGUST)
    store.close()
    fresh = f"sqlite:///{tmp_path}/fresh.db"
    backup.restore(tmp_path / "all.zip", fresh, tmp_path / "fresh")
    assert everything(fresh) == before != everything(store_url)


def test_only_into_an_empty_place(made, tmp_path):
    url, data, _, file = made
    with pytest.raises(BackupError, match="must be empty"):
        backup.restore(file, url, tmp_path / "fresh")
    with pytest.raises(BackupError, match="already holds an index"):
        backup.restore(file, f"sqlite:///{tmp_path}/other.db", data)
    assert not (tmp_path / "other.db").exists()


@pytest.mark.parametrize("part", ["records/entries.jsonl", "files/index/CURRENT", "manifest.json"])
def test_a_damaged_backup_changes_nothing(made, tmp_path, part):
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(made[3]) as good, zipfile.ZipFile(damaged, "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            bad.writestr(name, content[: len(content) // 2] if name == part else content)
    with pytest.raises(BackupError, match="damaged"):
        backup.restore(damaged, f"sqlite:///{tmp_path}/other.db", tmp_path / "fresh")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(made[3].read_bytes()[:-100])
    with pytest.raises(BackupError, match="damaged"):
        backup.restore(cut, f"sqlite:///{tmp_path}/other.db", tmp_path / "fresh")
    assert not (tmp_path / "other.db").exists()
    assert not (tmp_path / "fresh").exists()


def test_no_flipped_bit_is_restored(made, tmp_path):
    """Each of 60 backups with one bit flipped, wherever that is, is refused by name or restores what was saved."""
    whole, before = made[3].read_bytes(), everything(made[0])
    for number in range(60):
        place, folder = len(whole) * number // 60, tmp_path / str(number)
        folder.mkdir()
        (folder / "flipped.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 1 << number % 8]) + whole[place + 1 :])
        try:
            backup.restore(folder / "flipped.zip", f"sqlite:///{folder}/x.db", folder / "data")
        except BackupError:
            assert not (folder / "data").exists()
        else:
            assert everything(f"sqlite:///{folder}/x.db") == before


def test_one_of_an_earlier_version_is_brought_up_to_date(tmp_path):
    url = f"sqlite:///{tmp_path}/old.db"
    engine = open_engine(url, migrate=False, create=True)
    upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.execute(sa.insert(tables.sources).values(name="s", facts={}))
    engine.dispose()
    backup.back_up(url, tmp_path, tmp_path / "old.zip", DECEMBER)
    fresh = f"sqlite:///{tmp_path}/new.db"
    backup.restore(tmp_path / "old.zip", fresh, tmp_path / "fresh")
    assert everything(fresh)["corrections"] == []
    assert len(everything(fresh)["sources"]) == 1


def test_without_a_store_there_is_nothing_to_save(tmp_path):
    with pytest.raises(NoStoreError):
        backup.back_up(f"sqlite:///{tmp_path}/none.db", tmp_path, tmp_path / "x.zip", DECEMBER)
    assert not list(tmp_path.iterdir())


def test_what_the_schedule_remembers_is_saved_before_anything_is_published(filled, tmp_path):  # noqa: F811
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "schedule.json").write_text("{}", encoding="utf-8")
    url = filled.engine.url.render_as_string(hide_password=False)
    assert backup.back_up(url, tmp_path / "data", tmp_path / "all.zip", DECEMBER).files == 1
