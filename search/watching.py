"""Is everything as it should be? What a monitor asks: fresh enough, index equal to store, sources read, room on the disk."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from search.generations import Generation
from search.sources import STALE_AFTER, Health, SourceState
from search.store import Store

LEAST_FREE = 0.05  # of the disk
PARTS = {"store": "funding.db*", "index": "index", "http cache": "httpcache"}


@dataclass(frozen=True)
class Condition:
    """The state of an installation at an instant. problems: what somebody should look at, in words; empty when all is well.

    published: ISO 8601 UTC; ahead: how many entries of the store differ from the index; disk: part of the data folder -> bytes;
    free: bytes free on its disk; sources: health -> how many sources that can be crawled.
    """

    generation: str
    published: str
    entries: int
    ahead: int
    sources: Mapping[str, int]
    disk: Mapping[str, int]
    free: int
    problems: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {"status": "degraded" if self.problems else "ok", **asdict(self)}


def condition(store: Store, generation: Generation, in_use: str, data: Path, states: list[SourceState], now: datetime) -> Condition:
    """Look at everything. in_use: the name of the generation that should answer. Raises StoreError when the store cannot be read."""
    differing = len(ahead(store, generation))
    age = now - datetime.fromisoformat(generation.manifest["published"])
    sources = Counter(str(s.health) for s in states if s.facts.crawlable)
    disk, (size, _, free) = disk_use(data), shutil.disk_usage(data)
    problems = []
    if age > STALE_AFTER:
        problems.append(f"what is published is {age.days} days old")
    if generation.name != in_use:
        problems.append(f"this machine answers from {generation.name} although {in_use} is in use: look into its log")
    if differing:
        problems.append(f"store and index differ in {differing} entries: run `funding publish`")
    for health, words in ((Health.FAILING, "failing"), (Health.STALE, "behind")):
        if those := [s.facts.source for s in states if s.health is health and s.facts.crawlable and not s.paused_since]:
            number = "1 source is" if len(those) == 1 else f"{len(those)} sources are"
            problems.append(f"{number} {words}: {', '.join(those)}")
    if free < LEAST_FREE * size:
        problems.append(f"only {free / 1e9:.1f} GB are free on the disk")
    return Condition(
        generation=generation.name,
        published=generation.manifest["published"],
        entries=len(generation.columns),
        ahead=differing,
        sources={str(health): sources[str(health)] for health in Health},
        disk=disk,
        free=free,
        problems=tuple(problems),
    )


def ahead(store: Store, generation: Generation) -> set[str]:
    """The ids of the entries that are other ones in the store than in the index, new or gone. Raises StoreError."""
    return {entry_id for entry_id, _ in store.digests().items() ^ generation.digests.items()}


def disk_use(data: Path) -> dict[str, int]:
    """Bytes of each part of the data folder."""
    return {part: sum(_size(path) for path in data.glob(pattern)) for part, pattern in PARTS.items()}


def _size(path: Path) -> int:
    """Bytes of a file or of all in a folder; what is removed meanwhile counts nothing."""
    total = 0
    for file in path.rglob("*") if path.is_dir() else [path]:
        try:
            total += file.stat().st_size if file.is_file() else 0
        except OSError:
            continue
    return total
