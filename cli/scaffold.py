"""The beginning of a new source: a spider and a fixture folder that fail, and say what is to do next."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import click

from search.vocabulary import Country

_NAME = re.compile(r"([a-z]{2})_[a-z0-9]+(_[a-z0-9]+)*")
SPIDER = '''"""{title}: not written yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from crawler.platforms import {shared}, calls_of
from crawler.source import Source, SourceError
from search.vocabulary import Country


class {klass}(Source):
    name = "{name}"
    allowed_domains = ["{host}"]
    facts = calls_of(
        Country("{country}"),
        name,
        "{title}",
        "{url}",
        attribution="{host}",
        format_seen=INFERRED,
        level=({level},),
    )
    min_entries = 1
    list_url = "{url}"

    def parse(self, response: Response) -> Iterator[Any]:
        """Next: `funding record {name}`, read the pages, then yield a Draft for each call here (docs/adding-a-source.md)."""
        raise SourceError(f"{name} is not written yet: see parse in crawler/spiders/{name}.py ({{response.url}} answered)")
'''


def new_source(root: Path, name: str, url: str, today: date) -> int:
    """Write spider and folder under a checkout; the exit code: 0 written, 2 wrong name, address or place, or there already."""
    found = _NAME.fullmatch(name)
    countries = {str(country).lower(): str(country) for country in Country if country is not Country.EU_WIDE} | {"el": "GR", "eu": "eu-wide"}
    host = urlsplit(url).hostname or ""
    if not found or found.group(1) not in countries:
        return _wrong(f"{name} is no name such as fr_portal: the country in two small letters, or eu, and the portal")
    if not url.startswith("https://") or "." not in host:
        return _wrong(f"{url} is no address such as https://portal.example.org/calls")
    spider, folder = root / "crawler" / "spiders" / f"{name}.py", root / "fixtures" / name
    if not spider.parent.is_dir() or not folder.parent.is_dir():
        return _wrong(f"{root} is no checkout of this project: run the command there")
    if spider.exists() or folder.exists():
        return _wrong(f"{name} is there already")
    country = countries[found.group(1)]
    level = "EU" if country == "eu-wide" else "NATIONAL"
    words = {"name": name, "url": url, "host": host, "country": country, "level": level, "shared": ", ".join(sorted([level, "INFERRED"])),
             "title": f"{name} ({host})", "klass": "".join(part.capitalize() for part in name.split("_")) + "Spider"}  # fmt: skip
    spider.write_text(SPIDER.format(**words), encoding="utf-8")
    (folder / "pages").mkdir(parents=True)
    fixture = {"recorded_on": str(today), "confirmed": "nothing yet", "note": "Nothing recorded yet.", "pages": []}
    (folder / "fixture.json").write_text(json.dumps(fixture, indent=1) + "\n", encoding="utf-8")
    (folder / "expected.json").write_text('{"warnings": {},\n"entries": [\n\n]}\n', encoding="utf-8")
    steps = (
        f"wrote {spider.relative_to(root)} and {folder.relative_to(root)}/; until they are filled, the tests fail for {name}. Next:",
        "1. Read the portal's robots.txt and terms: a portal that refuses programs belongs into crawler/curated/link_only.csv instead.",
        f"2. funding record {name}        saves its first pages; funding probe {name} asks once",
        f"3. write parse in crawler/spiders/{name}.py; docs/adding-a-source.md says what must hold",
        f"4. python -m tests.replaying {name}, read every line of expected.json, funding sources --markdown > docs/sources.md",
    )
    click.echo("\n".join(steps))
    return 0


def _wrong(message: str) -> int:
    click.echo(f"funding: {message}", err=True)
    return 2
