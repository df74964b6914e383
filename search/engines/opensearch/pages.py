"""The order of results in a cluster: they come in groups (by tier, block, and whether closed), and a page asks only for its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from search.engines.opensearch.filters import Filters, Query, but, every
from search.params import SearchParams, Sort
from search.query import Tier
from search.vocabulary import Kind, Status


@dataclass(frozen=True)
class Group:
    """Results that no sort tears apart: those of one tier and kind, closed or not. query: what passes the tiered filters so."""

    tier: Tier
    count: int
    query: Query


def grouping(asked: Filters) -> dict[str, Any]:
    """The aggregation that counts the groups: for each tier what passes in it or in a better one."""
    closed = {"closed": {"filter": asked.status[Status.CLOSED]}}
    blocks = {"blocks": {"terms": {"field": "block", "size": len(Kind)}, "aggs": closed}}
    filters = {str(tier): asked.narrow(lowest=tier) for tier in asked.tiers()}
    return {"filters": {"filters": filters}, "aggs": blocks}


def groups(buckets: Mapping[str, Any], asked: Filters) -> list[Group]:
    """The groups that have results, in order."""
    found, better = [], None
    before: dict[tuple[int, bool], int] = {}
    over = asked.status[Status.CLOSED]
    for tier in asked.tiers():
        counts: dict[tuple[int, bool], int] = {}
        for bucket in buckets[str(tier)]["blocks"]["buckets"]:
            shut = bucket["closed"]["doc_count"]
            counts |= {(bucket["key"], False): bucket["doc_count"] - shut, (bucket["key"], True): shut}
        passing = asked.narrow(lowest=tier)
        for block, shut in sorted(counts):
            if number := counts[block, shut] - before.get((block, shut), 0):
                query = every([passing, {"term": {"block": block}}, over if shut else but({"match_all": {}}, over)])
                found.append(Group(tier, number, but(query, better) if better else query))
        before, better = counts, passing
    return found


def ordering(params: SearchParams, now: datetime) -> Sequence[Any]:
    """The order within a group; the row, which is the order of the ids, breaks ties."""
    ahead = {"path": "until", "filter": {"range": {"until.at": {"gt": now.timestamp()}}}}
    orders: dict[Sort, Any] = {
        Sort.NEWEST: "newest_place",
        Sort.CHANGED: "changed_place",
        Sort.BUDGET: {"amount": "desc"},
        Sort.RELEVANCE: "_score",
        Sort.DEADLINE: {"until.at": {"order": "asc", "mode": "min", "missing": "_last", "nested": ahead}},
    }
    order = params.order if params.q or params.order is not Sort.RELEVANCE else Sort.DEADLINE
    return [orders[order], "row"]
