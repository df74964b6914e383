"""What a source says of itself, and its health.

The facts are written by the crawler when a source is registered; store, search and pages read them from the store,
so that neither has to know the spiders.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from search.vocabulary import Basis, Level, TextUse

STALE_AFTER = timedelta(days=35)


class Health(StrEnum):
    """ok: the last run was good and is at most 35 days old; stale: good, but older; failing: the last run was not good."""

    OK = "ok"
    FAILING = "failing"
    STALE = "stale"
    NEVER = "never"


class FormatSeen(StrEnum):
    """How sure we are of a source's wire format."""

    RECORDED = "recorded"
    DOCUMENTED = "documented"
    INFERRED = "inferred"


class SourceFacts(BaseModel):
    """Constants of a source.

    format_seen: None = nobody has seen its format; crawlable: whether a spider reads it, else why_not and what would be
    needed; homepage_basis: how the address of a source that is not crawled is known; checked: the day people last looked at the
    facts of a source kept by hand.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    title: str
    homepage: str
    countries: list[str]
    level: list[Level]
    kinds: list[str]
    format_seen: FormatSeen | None
    licence: str
    attribution: str
    text_use: TextUse
    crawlable: bool = True
    why_not: str | None = None
    needed: str | None = None
    homepage_basis: Basis | None = None
    checked: str | None = None


class SourceState(BaseModel):
    """One row of `funding sources`: the facts, and how the last crawls went. Instants are ISO 8601 UTC.

    paused_since, paused_why: when and why a maintainer had it left out of crawls; None when it is not.
    """

    facts: SourceFacts
    last_run: str | None
    last_good: str | None
    calls: int
    health: Health
    reason: str | None
    warnings: dict[str, int] = {}
    counts: dict[str, float] = {}
    paused_since: str | None = None
    paused_why: str | None = None

    def row(self) -> dict[str, Any]:
        """As shown by `funding sources --json`."""
        facts = self.facts.model_dump(mode="json")
        return {**facts, **self.model_dump(mode="json", exclude={"facts"})}


def health(last_state: str | None, last_good: str | None, now: datetime) -> Health:
    """The health of a source from the state of its last run and the instant of its last good one."""
    if last_state is None:
        return Health.NEVER
    if last_state != "good":
        return Health.FAILING
    if last_good and now - datetime.fromisoformat(last_good) > STALE_AFTER:
        return Health.STALE
    return Health.OK


def never_read(facts: SourceFacts) -> SourceState:
    """The state of a source that no crawl has touched."""
    return SourceState(facts=facts, last_run=None, last_good=None, calls=0, health=Health.NEVER, reason=facts.why_not)
