"""Replay a source's fixture folder, and write what it should give: `python -m tests.replaying [SOURCE…]`.

Run the command after reading what changed; the tests only compare.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from crawler import fixture_server
from search import records
from search.store import Store
from tests.conftest import environment

FIXTURES = fixture_server.FIXTURES


def replay(folder: Path, data: Path) -> tuple[dict[str, Any], list[str], list[str]]:
    """Crawl a folder's source from its pages: {entries, warnings}, what it asked that is not recorded, recorded pages it never asked for."""
    recorded = json.loads((folder / "fixture.json").read_text(encoding="utf-8"))
    settings = environment(FUNDING_DELAY="0", FUNDING_TODAY=recorded["recorded_on"], **fixture_server.environment([folder]))
    with fixture_server.serving([folder]) as server:
        command = [sys.executable, "-m", "crawler.run", folder.name, "--replay", server.url, "--data", str(data)]
        done = subprocess.run(command, capture_output=True, text=True, env=settings, timeout=120, check=False)
        missed, unasked = server.missed, sorted(url for key, (_, page) in server.pages.items() if key not in server.asked for url in [page["url"]])
    outcome = json.loads(done.stdout.splitlines()[-1])
    if not outcome["good"]:
        raise AssertionError(f"{folder.name}: {outcome['reason']}\n{done.stderr}")
    store = Store(f"sqlite:///{data}/funding.db")
    entries = [records.dump(stored.entry) for stored in store.all_entries()]
    store.close()
    return {"entries": entries, "warnings": outcome["warnings"]}, missed, unasked


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
