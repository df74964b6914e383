"""What of a generation every machine that reads it keeps: sent beside its index as one compressed file in parts, fetched once, and
again where it was damaged since."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import Any

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
    with TemporaryFile() as whole:
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


def fetched(client: Client, folder: Path, name: str, there: Mapping[str, Mapping[str, Any]]) -> Path:
    """The folder with the files of a generation, which are fetched when they are not there as they were sent; those of generations
    that are no longer there go. Raises GenerationError."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = there[name]
    wanted = folder / str(facts["sha256"]) / name  # the same name may come again in a cluster that was emptied
    if not damaged(wanted):
        return wanted
    with history.one_at_a_time(folder):
        if damaged(wanted):
            content = b"".join(_part(client, name, part) for part in range(facts["parts"]))
            if hashlib.sha256(content).hexdigest() != facts["sha256"]:
                raise GenerationError(f"the files of {name} in the search cluster are damaged: run `funding publish`")
            fresh = folder / "fetching"
            shutil.rmtree(fresh, ignore_errors=True)
            _extract(content, fresh / name)
            shutil.rmtree(wanted.parent, ignore_errors=True)
            fresh.rename(wanted.parent)
            opening.sync(folder)
            held = {each.get("sha256") for each in there.values()}
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


def _extract(content: bytes, folder: Path) -> None:
    """Write the files to the disk, each with the time at which it was first written: by that they are known for whole at opening."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    for name, (_, written, _) in _sent(folder)["files"].items():
        os.utime(folder / name, ns=(written, written))
    for path in [*folder.rglob("*"), folder, folder.parent]:
        opening.sync(path)


def _part(client: Client, name: str, part: int) -> bytes:
    return base64.b64decode(client.ask("GET", f"/{index_of(client, name)}/_doc/{part}")["_source"]["data"])


def lexicon(folder: Path, count: int) -> Lexicon:
    """The words of a generation from its fetched files."""
    terms = {field: mapped(folder / "postings" / f"{field}.terms.npy") for field in FIELDS}
    starts = {field: mapped(folder / "postings" / f"{field}.starts.npy") for field in FIELDS}
    return Lexicon(count, terms, starts)
