"""For monitors: is it alive, is all well, and the figures for Prometheus; and a log line per request."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Response, g, jsonify, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from search.generations import GenerationError
from search.sources import Health, SourceState
from search.store import StoreError
from search.watching import Condition
from webapp import state

watch = Blueprint("watch", __name__)
log = logging.getLogger("funding.web")
TYPE = "text/plain; version=0.0.4; charset=utf-8"


@watch.get("/healthz/live")
def live() -> tuple[Response, int]:
    """200 as long as pages can be served: for load balancers. Nothing published: 503."""
    try:
        return jsonify({"status": "ok", "generation": state.generation().name}), 200
    except GenerationError as error:
        return jsonify({"status": "failing", "problems": [str(error)]}), 503


@watch.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 when all is well, else 503 with what somebody should look at."""
    try:
        found = state.condition()
    except (StoreError, GenerationError) as error:
        return jsonify({"status": "failing", "problems": [str(error)]}), 503
    return jsonify(found.row()), 503 if found.problems else 200


@watch.get("/metrics")
def metrics() -> Response:
    """The same in figures, reckoned when asked: every worker answers the same."""
    registry = CollectorRegistry()
    registry.register(_Figures(state.condition(), state.source_states()))
    return Response(generate_latest(registry), content_type=TYPE)


class _Figures(Collector):
    def __init__(self, condition: Condition, sources: list[SourceState]) -> None:
        self.condition = condition
        self.sources = [s for s in sources if s.facts.crawlable]

    def collect(self) -> Iterator[Metric]:
        c = self.condition
        yield GaugeMetricFamily("funding_entries", "Entries that are published.", c.entries)
        yield GaugeMetricFamily("funding_published_timestamp_seconds", "When the published state was built.", _seconds(c.published))
        yield GaugeMetricFamily("funding_unpublished_entries", "Entries in which store and index differ.", c.ahead)
        yield GaugeMetricFamily("funding_problems", "Problems named by /healthz.", len(c.problems))
        yield GaugeMetricFamily("funding_disk_free_bytes", "Free on the disk of the data folder.", c.free)
        disk = GaugeMetricFamily("funding_disk_bytes", "Disk use of the data folder.", labels=["part"])
        for part, size in c.disk.items():
            disk.add_metric([part], size)
        yield disk
        yield from self._of_sources()

    def _of_sources(self) -> Iterator[Metric]:
        health = GaugeMetricFamily("funding_source_health", "1 for the health a source has.", labels=["source", "health"])
        good = GaugeMetricFamily("funding_source_last_good_timestamp_seconds", "End of the last good crawl.", labels=["source"])
        held = GaugeMetricFamily("funding_source_entries", "Entries held of a source.", labels=["source"])
        last = GaugeMetricFamily("funding_source_run", "Counts and shares of the last crawl.", labels=["source", "what"])
        for s in self.sources:
            name = s.facts.source
            for value in Health:
                health.add_metric([name, str(value)], float(s.health is value))
            if s.last_good:
                good.add_metric([name], _seconds(s.last_good))
            held.add_metric([name], s.calls)
            for what, number in sorted(s.counts.items()):
                last.add_metric([name, what], float(number))
        yield from (health, good, held, last)


def _seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()


def start() -> None:
    """Before a request."""
    g.began = time.perf_counter()


def note(response: Response) -> Response:
    """After a request: path without its question, so that nobody's search stands in a log."""
    took = round((time.perf_counter() - g.began) * 1000, 1) if "began" in g else None
    data = {"method": request.method, "path": request.path, "status": response.status_code, "ms": took}
    log.info("%s %s %s", request.method, request.path, response.status_code, extra={"data": data})
    return response
