"""What of a generation every machine that reads it keeps: sent beside its index as one compressed file in parts, fetched once, and
again where it was damaged since."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO, Any

from search import history, opening
from search.arrays import mapped
from search.engines.opensearch.client import Client
from search.lexicon import Lexicon
from search.opening import Embedded, GenerationError
from search.ranking import FIELDS

PART = 6_000_000  # bytes of one document, before it is written as text
SENT = ("manifest.*", "digests.json", "columns/*", "titles/*", "records/copies.json", "postings/*.terms.npy", "postings/*.starts.npy")


def index_of(client: Client, name: str) -> str:
    """The index that holds the files of a generation."""
    return f"{client.prefix}-files-{name}"


def send(client: Client, built: Embedded) -> dict[str, Any]:
    """Write the files of a generation into an index of their own; returns what must be known to fetch them."""
    index, digest, parts = index_of(client, built.name), hashlib.sha256(), 0
    with TemporaryFile(dir=built.folder.parent) as whole:  # where there is room for generations; /tmp is often memory
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for path in sorted(path for pattern in SENT for path in built.folder.glob(pattern)):
                archive.write(path, path.relative_to(built.folder).as_posix())
        settings = {"number_of_shards": 1, "auto_expand_replicas": client.replicas}
        client.write("PUT", f"/{index}", {"settings": settings, "mappings": {"dynamic": False}})
        whole.seek(0)
        while content := whole.read(PART):
            client.write("PUT", f"/{index}/_doc/{parts}?refresh=true", {"data": base64.b64encode(content).decode()})
            digest.update(content)
            parts += 1
    return {"parts": parts, "sha256": digest.hexdigest()}


def fetched(client: Client, folder: Path, name: str, facts: Mapping[str, Any], there: Callable[[], Mapping[str, Mapping[str, Any]]]) -> Path:
    """The folder with the files of a generation, which are fetched when they are not there as they were sent; those of generations
    that are no longer there go. Raises GenerationError.

    facts: what `send` said of it; there: asks the cluster for those of every generation.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = folder / str(facts["sha256"]) / name  # the same name may come again in a cluster that was emptied
    if not damaged(wanted):
        return wanted
    with history.one_at_a_time(folder):
        if damaged(wanted):
            fresh = folder / "fetching"
            shutil.rmtree(fresh, ignore_errors=True)
            with TemporaryFile(dir=folder) as whole:
                _receive(client, name, facts, whole)
                _extract(whole, fresh / name)
            shutil.rmtree(wanted.parent, ignore_errors=True)
            fresh.rename(wanted.parent)
            opening.sync(folder)
            held = {each.get("sha256") for each in there().values()}  # asked now: what another process has just fetched is among them
            for old in (path for path in folder.iterdir() if path.is_dir() and path.name not in held):
                shutil.rmtree(old)
    return wanted


def damaged(folder: Path, whole: bool = False) -> list[str]:
    """The fetched files of a generation that are not as they were published; see search.opening.damaged_files."""
    try:
        return sorted(opening.damaged_files(folder, _sent(folder), whole))
    except (OSError, ValueError):
        return [opening.MANIFEST]


def _sent(folder: Path) -> dict[str, Any]:
    """The manifest of a fetched generation, with those of its files that are sent. Raises OSError, ValueError."""
    manifest = opening.read_manifest(folder)
    files = {name: facts for name, facts in manifest["files"].items() if any(PurePosixPath(name).match(pattern) for pattern in SENT)}
    return manifest | {"files": files}


def _receive(client: Client, name: str, facts: Mapping[str, Any], whole: IO[bytes]) -> None:
    """Write to the disk what was sent of a generation, a part at a time."""
    digest = hashlib.sha256()
    for part in range(facts["parts"]):
        content = base64.b64decode(client.ask("GET", f"/{index_of(client, name)}/_doc/{part}")["_source"]["data"])
        digest.update(content)
        whole.write(content)
    if digest.hexdigest() != facts["sha256"]:
        raise GenerationError(f"the files of {name} in the search cluster are damaged: run `funding publish`")


def _extract(whole: IO[bytes], folder: Path) -> None:
    """Write the files to the disk, each with the time at which it was first written: by that they are known for whole at opening."""
    with zipfile.ZipFile(whole) as archive:
        archive.extractall(folder)
    for name, (_, written, _) in _sent(folder)["files"].items():
        os.utime(folder / name, ns=(written, written))
    for path in [*folder.rglob("*"), folder, folder.parent]:
        opening.sync(path)


def lexicon(folder: Path, count: int) -> Lexicon:
    """The words of a generation from its fetched files."""
    terms = {field: mapped(folder / "postings" / f"{field}.terms.npy") for field in FIELDS}
    starts = {field: mapped(folder / "postings" / f"{field}.starts.npy") for field in FIELDS}
    return Lexicon(count, terms, starts)
