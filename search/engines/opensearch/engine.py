"""Generations in a cluster: built here as for the embedded engine, sent out as an index each, switched to by an alias.

What a generation is small in (columns, words, digests) goes out beside its index and is fetched once by every machine that
reads it. One machine publishes; any number of them read.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from search import analysis, generations, history, opening
from search.columns import Columns
from search.engines.engine import Engine
from search.engines.opensearch import documents, tables
from search.engines.opensearch.client import Client, ClusterError, NotThereError
from search.engines.opensearch.remote import Remote, read_copies
from search.generation import Generation
from search.history import Listed
from search.opening import Embedded, GenerationError
from search.store import Store

BULK = 8_000_000  # bytes of one request, about
COPYING = 60.0  # seconds a publish waits for the copies of an index; it answers without them too
REMEMBERED = 1.0  # seconds in which the cluster is not asked again which generation is in use


class OpenSearchEngine(Engine):
    """The generations of one prefix in a cluster. folder: where this machine builds them and keeps what it fetched."""

    def __init__(self, url: str, folder: Path) -> None:
        self.client = Client(url)
        self.folder = folder
        self._alias = f"{self.client.prefix}-current"
        self._current: tuple[float, str] = (-REMEMBERED, "")

    def _index(self, name: str) -> str:
        return f"{self.client.prefix}-{name}"

    # -- what there is ---------------------------------------------------------------------------------------------

    def current_name(self) -> str:
        asked, name = self._current
        if time.monotonic() - asked > REMEMBERED:
            try:
                (index,) = self.client.ask("GET", f"/_alias/{self._alias}")
            except NotThereError as error:
                raise GenerationError("nothing is published in the search cluster: run `funding crawl` or `funding publish` first") from error
            name = index.removeprefix(f"{self.client.prefix}-")
            self._current = time.monotonic(), name
        return name

    def listed(self) -> list[Listed]:
        try:
            current = self.current_name()
        except ClusterError:
            raise
        except GenerationError:
            current = ""
        kept = [(name, facts) for name, facts in self._all() if facts.get("entries") is not None]
        return [
            Listed(name, datetime.fromisoformat(facts["published"]), facts["entries"], facts["note"], facts["withdrawn"], name == current)
            for name, facts in sorted(kept, reverse=True)
        ]

    def _all(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every index of a generation, also those that are not whole, and what it says of itself."""
        prefix = self._index("generation-")
        for index, held in self.client.ask("GET", f"/{prefix}*/_mapping").items():
            yield index.removeprefix(f"{self.client.prefix}-"), held["mappings"].get("_meta", {})

    # -- reading ---------------------------------------------------------------------------------------------------

    def open_generation(self, name: str) -> Remote:
        facts = dict(self._all()).get(name, {})
        if facts.get("entries") is None:
            raise GenerationError(f"there is no {name} in the search cluster")
        if (facts["format"], facts["analysis"]) != (opening.FORMAT, analysis.VERSION):
            raise GenerationError(f"{name} was made by another version: run `funding publish`")
        if (held := self._count(name)) != facts["entries"]:
            raise GenerationError(f"{name} is damaged (its index holds {held} of {facts['entries']} entries): run `funding publish`")
        try:
            folder = tables.fetched(self.client, self.folder / "fetched", name, facts, lambda: dict(self._all()))
            manifest = opening.read_manifest(folder)
            columns = Columns.load(folder / "columns")
            copies = read_copies(folder / "records" / "copies.json")
            return Remote(folder, manifest, columns, tables.lexicon(folder, len(columns)), copies, self.client)
        except (OSError, ValueError, KeyError) as error:
            raise GenerationError(f"what was fetched of {name} cannot be read ({error}): see {self.folder / 'fetched'}") from error

    def _count(self, name: str) -> int:
        found = self.client.search(self._index(name), {"size": 0, "track_total_hits": True})
        return int(found["hits"]["total"]["value"])

    def open_current(self) -> Remote:
        wanted = self.current_name()
        try:
            return self.open_generation(wanted)
        except GenerationError as error:
            return self.open_before(wanted, error)

    def open_before(self, wanted: str, problem: GenerationError) -> Remote:
        for other in self.listed():
            if other.name < wanted and not other.withdrawn:
                try:
                    return self.open_generation(other.name)
                except GenerationError:
                    continue
        raise problem

    # -- publishing ------------------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one publish or rollback of this machine at a time, from the first look at the cluster to the switch. The folder is
        its own, as building and fetching lock theirs meanwhile."""
        folder = self.folder / "cluster"
        folder.mkdir(parents=True, exist_ok=True)
        with history.one_at_a_time(folder):
            self._current = (-REMEMBERED, "")  # which another may have changed while it was waited for
            yield

    def publish(self, store: Store, now: datetime, keep: int = 3, note: str = "", months: int = 24) -> str:
        with self._alone():
            return self._published(store, now, keep, note, months)

    def _published(self, store: Store, now: datetime, keep: int, note: str, months: int) -> str:
        there = dict(self._all())
        for name, facts in there.items():
            if facts.get("entries") is None:  # left over by a publish that did not end
                self._remove(name)
        name = generations.publish(store, self.folder, now, keep, note, months, behind=max(there, default=""))
        built = opening.open_generation(self.folder, name)
        try:
            self._send(built, note)
        except BaseException:
            self._remove(name)
            raise
        finally:
            built.close()
        self._switch(name)
        for old in history.outdated(self.listed(), keep, months, now):
            self._remove(old.name)
        return name

    def _send(self, built: Embedded, note: str) -> None:
        """Write the index of a generation and what goes beside it, and look whether all of it is there."""
        index, entries = self._index(built.name), len(built.columns)
        mappings = documents.mapping(list(built.columns.facets))
        body = {"settings": documents.settings(entries, self.client.shards), "mappings": mappings}
        try:
            self.client.write("PUT", f"/{index}", body)
        except ClusterError as error:
            if "resource_already_exists" not in str(error):
                raise
            self._remove(built.name)  # made by a request whose answer was lost
            self.client.write("PUT", f"/{index}", body)
        lines: list[Any] = []
        size = 0
        for document in documents.documents(built):
            lines += [{"index": {"_id": str(document["row"])}}, document]
            size += len(document["record"]) + sum(len(text) for form in documents.TEXTS for text in document[form].values())
            if size > BULK:
                self._bulk(index, lines)
                lines, size = [], 0
        self._bulk(index, lines)
        self.client.write("POST", f"/{index}/_refresh")
        if (held := self._count(built.name)) != entries:
            raise ClusterError(f"{index} holds {held} of {entries} entries")
        meta = tables.send(self.client, built)
        meta |= {"format": opening.FORMAT, "analysis": analysis.VERSION, "entries": entries, "note": note, "withdrawn": False}
        self.client.write("PUT", f"/{index}/_mapping", {"_meta": meta | {"published": built.manifest["published"]}})
        self.client.write("PUT", f"/{index}/_settings", {"auto_expand_replicas": self.client.replicas})
        until = time.monotonic() + COPYING
        while time.monotonic() < until and self.client.ask("GET", f"/_cluster/health/{index}")["status"] != "green":
            time.sleep(0.2)

    def _bulk(self, index: str, lines: list[Any]) -> None:
        """Write some documents. Every one must be taken: an answer that is well as a whole may refuse some of them."""
        if not lines:
            return
        found = self.client.write("POST", f"/{index}/_bulk", lines)
        refused = [item["index"] for item in found["items"] if item["index"]["status"] not in (200, 201)]
        if refused or len(found["items"]) != len(lines) // 2:
            raise ClusterError(f"{len(refused)} of {len(lines) // 2} entries were refused: {json.dumps(refused[:1])[:500]}")

    def _switch(self, name: str) -> None:
        """Have the alias name a generation, in one step."""
        add = {"add": {"index": self._index(name), "alias": self._alias}}
        self.client.write(
            "POST", "/_aliases", {"actions": [{"remove": {"index": self._index("generation-*"), "alias": self._alias, "must_exist": False}}, add]}
        )
        self._current = (-REMEMBERED, "")

    def _remove(self, name: str) -> None:
        for index in (self._index(name), tables.index_of(self.client, name)):
            try:
                self.client.write("DELETE", f"/{index}")
            except NotThereError:
                continue

    def roll_back(self, name: str | None = None) -> tuple[str, str]:
        with self._alone():
            current, known = self.current_name(), {g.name: g for g in self.listed()}
            wanted = history.meant(known, current, name)
            self.open_generation(wanted)
            for other, facts in self._all():
                if facts.get("withdrawn") != (other > wanted):
                    self.client.write("PUT", f"/{self._index(other)}/_mapping", {"_meta": facts | {"withdrawn": other > wanted}})
            self._switch(wanted)
        return current, wanted

    def differences(self, store: Store, generation: Generation) -> list[str]:
        problems = [f"{name} is damaged" for name in tables.damaged(generation.folder, whole=True)]
        return problems or generations.compared(store, generation)
