"""Replay a source's fixture folder, and write what it should give: `python -m tests.replaying [SOURCE…]`.

Run the command after reading what changed; the tests only compare.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from crawler import fixture_server
from crawler.run import PROCESSES, crawl, warm
from search import records, settings
from search.store import Store

FIXTURES = fixture_server.FIXTURES


def replay(folder: Path, data: Path) -> tuple[dict[str, Any], list[str], list[str]]:
    """Crawl a folder's source from its pages: {entries, warnings}, what it asked that is not recorded, recorded pages it never asked for."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    warm()
    process = PROCESSES.Process(target=_replay, args=(folder, data, theirs))
    process.start()
    theirs.close()
    outcome, missed, unasked = ours.recv()
    process.join()
    if not outcome.good:
        raise AssertionError(f"{folder.name}: {outcome.reason}")
    store = Store(settings.load(data).database_url)
    entries = [records.dump(stored.entry) for stored in store.all_entries()]
    store.close()
    return {"entries": entries, "warnings": outcome.warnings}, missed, unasked


def _replay(folder: Path, data: Path, told: Connection) -> None:
    """The crawl and the server of its pages, in a process of their own."""
    os.environ["FUNDING_DELAY"] = "0"
    os.environ["FUNDING_TODAY"] = json.loads((folder / "fixture.json").read_text(encoding="utf-8"))["recorded_on"]
    os.environ |= fixture_server.environment([folder])
    with fixture_server.serving([folder]) as server:
        outcome = crawl(settings.load(data), folder.name, server.url)
        told.send((outcome, server.missed, sorted(page["url"] for key, (_, page) in server.pages.items() if key not in server.asked)))


def main() -> None:
    """Write expected.json of the named sources, or of all."""
    for folder in fixture_server.folders():
        if sys.argv[1:] and folder.name not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory() as data:
            got, _, _ = replay(folder, Path(data))
        lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in got["entries"])
        text = f'{{"warnings": {json.dumps(got["warnings"], ensure_ascii=False)},\n"entries": [\n{lines}\n]}}\n'
        (folder / "expected.json").write_text(text, encoding="utf-8")
        print(folder.name, len(got["entries"]), "entries")


if __name__ == "__main__":
    main()
