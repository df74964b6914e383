"""Random bits flipped and files cut: a published generation, the store's database, a backup. Nothing damaged may be shown as right."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler import fixture_server
from search import backup, generations, records
from search.settings import load
from search.store import Store, StoreError
from tests.prove.faults import crawled, pinned
from tests.prove.figures import Figure

SOURCE = "eu_ftp"
FILES = {
    "columns": ("columns/*",),
    "postings": ("postings/*",),
    "records": ("records/*",),
    "Whoosh's index": ("whoosh/*",),
    "words of titles": ("titles/*",),
    "manifest, its seal, digests": ("manifest.json", "manifest.sha256", "digests.json"),
}
DAY = "2026-03-21"


def flip(path: Path, rng: random.Random) -> None:
    """Change one random bit of a file."""
    with path.open("r+b") as file:
        file.seek(rng.randrange(path.stat().st_size))
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1 << rng.randrange(8)]))


def cut(path: Path, rng: random.Random) -> None:
    """Leave a random beginning of a file."""
    os.truncate(path, rng.randrange(path.stat().st_size))


def made(folder: Path) -> Path:
    """A data folder with a crawl and two generations of it."""
    data = folder / "data"
    with fixture_server.serving_apart([fixture_server.FIXTURES / SOURCE]) as url, pinned(DAY):
        outcome, _ = crawled(data, SOURCE, url)
    if not outcome.good:
        raise RuntimeError(outcome.reason)
    store = Store(load(data).database_url)
    for month in (3, 4):
        generations.publish(store, data / "index", datetime(2026, month, 21, 12, tzinfo=UTC))
    store.close()
    with closing(sqlite3.connect(data / "funding.db")) as database, database:
        database.execute("pragma wal_checkpoint(truncate)")
    return data


# -- a generation --------------------------------------------------------------------------------------------------------------


@contextmanager
def damaged(path: Path, rng: random.Random, unseen: bool = False) -> Iterator[None]:
    """The file with a bit flipped, or once in four times cut. unseen: only the bit, and the file's time stays as it was."""
    content, written = path.read_bytes(), path.stat()
    flip(path, rng) if unseen or rng.random() < 0.75 else cut(path, rng)
    if unseen:
        os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))
    yield
    path.write_bytes(content)
    os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))


def opened(index: Path) -> str:
    """The name of the generation that opens, "refused" where none does."""
    try:
        found = generations.open_current(index)
    except generations.GenerationError:
        return "refused"
    found.close()
    return found.name


def files(newest: Path, patterns: tuple[str, ...]) -> list[Path]:
    return [path for pattern in patterns for path in sorted(newest.glob(pattern)) if path.stat().st_size]


def of_the_index(data: Path, number: int, rng: random.Random) -> Iterator[Figure]:
    """Every kind of file of the newest generation, damaged so many times by being written to, and decayed a third as many times."""
    index = data / "index"
    newest = index / generations.current_name(index)
    store = Store(load(data).database_url, migrate=False)
    for kind, patterns in FILES.items():
        paths, found, decayed = files(newest, patterns), Counter[str](), Counter[str]()
        for _ in range(number):
            with damaged(rng.choice(paths), rng):
                found[opened(index)] += 1
        for _ in range(number // 3):
            path = rng.choice(paths)
            with damaged(path, rng, unseen=True):
                decayed[checked(store, index, newest.name, path)] += 1
        before = found.total() - found["refused"] - found[newest.name]
        said = f"the generation before answered {before} times, none {found['refused']}, the damaged one {found[newest.name]}"
        yield Figure(f"{kind}: a bit flipped or the file cut, {number} times", said, not found[newest.name])
        said = ", ".join(f"{what} {times}" for what, times in decayed.most_common())
        yield Figure(f"{kind}: a bit decayed without a trace in size and time, {number // 3} times", said, not decayed["not found"])
    found = Counter()
    for _ in range(number):
        with damaged(index / "CURRENT", rng):
            found[opened(index)] += 1
    wrong = {name: times for name, times in found.items() if name not in (newest.name, "refused")}
    yield Figure(f"CURRENT: a bit flipped or cut, {number} times", ", ".join(f"{name} {times}" for name, times in found.most_common()), not wrong)
    store.close()


def checked(store: Store, index: Path, newest: str, path: Path) -> str:
    """How damage that leaves no trace is found: when the generation is opened, or by `funding check`."""
    try:
        found = generations.open_current(index)
    except generations.GenerationError:
        return "refused when opened"
    try:
        if found.name != newest:
            return "found when opened"
        problems = generations.differences(store, found)
        return "found by `funding check`" if any(str(path.relative_to(found.folder)) in problem for problem in problems) else "not found"
    finally:
        found.close()


# -- the database, a backup -------------------------------------------------------------------------------------------------------


def read(url: str) -> Any:
    """Everything of the store that is published."""
    store = Store(url)
    try:
        return [(records.dump(stored.entry), stored.first_seen, stored.last_seen, stored.last_changed, stored.no_longer_listed_since, digest)
                for stored, digest in store.all_with_digests()]  # fmt: skip
    finally:
        store.close()


Harm = Callable[[Path, random.Random], None]
Look = Callable[[Path, Path], Any]


def outcomes(original: Path, number: int, rng: random.Random, how: Harm, look: Look) -> Counter[str]:
    """What came of so many damaged copies of a file: refused, as it was, wrong, or an error without a name."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        truth = look(Path(shutil.copy(original, folder)), Path(folder) / "truth")
        for turn in range(number):
            work = Path(folder) / str(turn)
            work.mkdir()
            copy = Path(shutil.copy(original, work))
            how(copy, rng)
            try:
                found["as it was" if look(copy, work / "data") == truth else "wrong"] += 1
            except StoreError:
                found["refused"] += 1
            except Exception as error:
                found[f"error without a name: {type(error).__name__}"] += 1
            shutil.rmtree(work)
    return found


def of_the_store(data: Path, number: int, rng: random.Random) -> Iterator[Figure]:
    """The database and a backup, each flipped and cut so many times."""
    archive = data.with_name("backup.zip")
    backup.back_up(load(data).database_url, data, archive, datetime(2026, 4, 22, tzinfo=UTC))

    def restored(file: Path, into: Path) -> Any:
        backup.restore(file, f"sqlite:///{into}.db", into)
        kept = {str(path.relative_to(into)): path.read_bytes() for path in sorted(into.rglob("*")) if path.is_file()}
        return read(f"sqlite:///{into}.db"), kept

    looks: list[tuple[str, Path, Look]] = [
        ("the store's database, read for publishing", data / "funding.db", lambda file, _: read(f"sqlite:///{file}")),
        ("a backup, restored", archive, restored),
    ]
    for what, path, look in looks:
        for how in (flip, cut):
            found = outcomes(path, number if how is flip else number // 4, rng, how, look)
            said = ", ".join(f"{name} {times}" for name, times in found.most_common())
            yield Figure(
                f"{what}: {'a bit flipped' if how is flip else 'cut'}, {found.total()} times", said, found.keys() <= {"refused", "as it was"}
            )


def figures(quick: bool) -> Iterator[Figure]:
    """All trials of damage."""
    rng = random.Random(11)
    with tempfile.TemporaryDirectory() as folder:
        data = made(Path(folder))
        yield from of_the_index(data, 12 if quick else 300, rng)
        yield from of_the_store(data, 24 if quick else 400, rng)
