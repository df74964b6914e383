"""What a crawl hands over to the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from search.records import Entry


@dataclass
class Harvest:
    """What one crawl of a source brings.

    entries: looked at once, one after the other; held: ids that are listed but whose record was quarantined; complete: whether the
    absence of an entry means anything.
    """

    entries: Iterable[Entry] = ()
    held: set[str] = field(default_factory=set)
    complete: bool = True


@dataclass(frozen=True)
class Refused:
    """A record that could not be used, with the reason and what the source sent (persons scrubbed)."""

    native_id: str | None
    reason: str
    payload: bytes
