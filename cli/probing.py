"""One polite request to a source: may we, does it answer, and does its answer still have the form we know?"""

from __future__ import annotations

import json
from typing import Any

import click

from crawler import registry
from crawler.platforms.by_hand import ByHand
from crawler.watching import ROBOTS, Answer, Watched, watch
from search.locks import AlreadyRunningError
from search.settings import Settings


def probe_source(config: Settings, name: str, replay: str | None, as_json: bool) -> int:
    """Ask once and say what was seen; the exit code: 0 the form holds, 1 it does not, 2 nothing can be asked, 3 not now."""
    if hindrance := registry.hindrance(name):
        click.echo(f"funding: not asked: {hindrance}", err=True)
        return 2
    spider_class = registry.spiders()[name]
    if issubclass(spider_class, ByHand):
        click.echo(f"{name}: no request: its tables are kept by hand (funding review)")
        return 0
    try:
        report = judge(name, watch(config, spider_class, replay, None))
    except AlreadyRunningError as error:
        click.echo(f"funding: not asked: {error}", err=True)
        return 3
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(lines(report)))
    return 0 if report["holds"] else 1


def judge(name: str, watched: Watched) -> dict[str, Any]:
    """What a probe saw: robots.txt and page as (address, status, type, bytes), what the page led to, whether the form holds and why not."""
    robots = [_seen(answer) for answer in watched.answers if answer.kind == ROBOTS]
    pages = [_seen(answer) for answer in watched.answers if answer.kind != ROBOTS]
    reason = watched.failure
    if reason is None and watched.asked_again:
        reason = "the answer came empty"
    if reason is None and pages and not watched.drafts and not watched.followers:
        reason = "the page was read, but led to nothing"
    return {
        "source": name,
        "robots": robots,
        "pages": pages,
        "entries": watched.drafts,
        "further_requests": watched.followers,
        "warnings": watched.warnings,
        "holds": reason is None,
        "reason": reason,
    }


def _seen(answer: Answer) -> dict[str, Any]:
    return {"url": answer.url, "status": answer.status, "content_type": answer.content_type, "bytes": len(answer.body)}


def lines(report: dict[str, Any]) -> list[str]:
    """The report for people."""
    told = [f"{kind}: {seen['url']}: HTTP {seen['status']}, {seen['content_type'] or 'no type'}, {seen['bytes']} bytes"
            for kind in ("robots", "pages") for seen in report[kind]]  # fmt: skip
    told.append(f"it gave {report['entries']} entries and {report['further_requests']} further requests, which were not sent")
    told += [f"  {times} x {what}" for what, times in sorted(report["warnings"].items())]
    told.append(f"{report['source']}: the form holds" if report["holds"] else f"{report['source']}: the form does NOT hold: {report['reason']}")
    return told
