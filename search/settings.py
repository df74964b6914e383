"""Settings from the environment, checked once at the start of every command."""

from __future__ import annotations

import ipaddress
import math
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from search import clock

_CLUSTER = re.compile(r"opensearch\+https?://[^/?#]+/[a-z0-9]+(\?(shards=[1-9]\d*|replicas=\d-(\d|all))(&(shards=[1-9]\d*|replicas=\d-(\d|all)))?)?")
EVERY_MONTH = "0 3 1 * *"


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and says what is expected."""


@dataclass(frozen=True)
class Settings:
    """What the environment says.

    data: folder of the store, the index and the crawl cache (`FUNDING_DATA`, default `var`).
    delay: seconds between two requests to one host (`FUNDING_DELAY`, default 1).
    delay_is_set: whether the delay was given, so that 0 may override a Crawl-delay under replay.
    contact: mail or page that goes into the user agent (`FUNDING_CONTACT`), None when not given.
    database_url: SQLAlchemy URL of the store (`DATABASE_URL`, default SQLite in the data folder).
    search_url: address of a search cluster (`SEARCH_URL`, default "": the index in the data folder).
    generations: how many published generations are kept (`FUNDING_GENERATIONS`, default 3).
    months: of how many months the last generation is kept, for searches as of then (`FUNDING_MONTHS`, default 24).
    notify: where reports are sent, addresses as Apprise writes them (`FUNDING_NOTIFY`, several parted by spaces; default nowhere).
    schedule: when `funding schedule` crawls, a cron expression in Brussels time (`FUNDING_SCHEDULE`, default "0 3 1 * *").
    window: hours within which a source that fails is tried again (`FUNDING_WINDOW`, default 72).
    repository: address under which the files of this tool can be corrected (`FUNDING_REPOSITORY`, default none), such as
    https://example.org/finder/edit/main.
    log: form of the log lines, text or json (`FUNDING_LOG`, default text).
    parallel: how many sources are crawled at the same time, never two of one host (`FUNDING_PARALLEL`, default 2).
    admin_name, admin_password: the account of the dashboard, the password as `funding admin password` prints it
    (`FUNDING_ADMIN_NAME`, `FUNDING_ADMIN_PASSWORD`; default none). admin_header: the header in which a proxy names who is logged in
    there (`FUNDING_ADMIN_HEADER`, default none); proxies: the only addresses it is taken from (`FUNDING_ADMIN_PROXIES`). idle: minutes
    without use after which a session ends (`FUNDING_ADMIN_IDLE`, default 60).
    site: where visitors reach the pages, `https://funding.example.org` (`FUNDING_SITE`), "" when not given.
    """

    data: Path
    delay: float
    delay_is_set: bool
    contact: str | None
    database_url: str
    generations: int
    search_url: str = ""
    months: int = 24
    notify: tuple[str, ...] = ()
    schedule: str = EVERY_MONTH
    window: float = 72
    parallel: int = 2
    log: str = "text"
    repository: str | None = None
    admin_name: str = ""
    admin_password: str = field(default="", repr=False)
    admin_header: str = ""
    admin_proxies: tuple[str, ...] = ()
    admin_idle: float = 60
    site: str = ""

    @property
    def administered(self) -> bool:
        """Whether there is a dashboard: without an account or a trusted proxy nobody could log in."""
        return bool(self.admin_password or self.admin_header)

    @property
    def index_folder(self) -> Path:
        return self.data / "index"


def _number(name: str, default: float, least: float, most: float) -> float:
    text = os.environ.get(name, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError as error:
        raise SettingsError(f"{name}={text!r} is not a number") from error
    if not math.isfinite(value) or not least <= value <= most:
        raise SettingsError(f"{name}={text!r} is not between {least:g} and {most:g}")
    return value


def _one_of(name: str, values: tuple[str, ...]) -> str:
    """The setting's value, the first one when it is not set."""
    value = os.environ.get(name) or values[0]
    if value not in values:
        raise SettingsError(f"{name}={value!r} is not {' or '.join(values)}")
    return value


def _site() -> str:
    """The origin of FUNDING_SITE."""
    given = (os.environ.get("FUNDING_SITE") or "").rstrip("/")
    if given and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", given):
        raise SettingsError(f"FUNDING_SITE={given!r} is not an address such as https://funding.example.org, without a path")
    return given


def _admin() -> dict[str, Any]:
    """The settings of the dashboard, which go together."""
    name, password = os.environ.get("FUNDING_ADMIN_NAME", ""), os.environ.get("FUNDING_ADMIN_PASSWORD", "")
    header, proxies = os.environ.get("FUNDING_ADMIN_HEADER", ""), tuple(os.environ.get("FUNDING_ADMIN_PROXIES", "").split())
    if bool(name) != bool(password):
        raise SettingsError("FUNDING_ADMIN_NAME and FUNDING_ADMIN_PASSWORD go together: one of them is missing")
    if password and not re.fullmatch(r"scrypt:\d+:\d+:\d+\$[^$]{8,}\$[0-9a-f]{64,}", password):
        raise SettingsError("FUNDING_ADMIN_PASSWORD is no hash as `funding admin password` prints it")
    if header and not proxies:
        raise SettingsError("FUNDING_ADMIN_HEADER needs FUNDING_ADMIN_PROXIES: the addresses it is taken from")
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError as error:
            raise SettingsError(f"FUNDING_ADMIN_PROXIES: {error}") from error
    idle = _number("FUNDING_ADMIN_IDLE", 60, 5, 480)
    return {"admin_name": name, "admin_password": password, "admin_header": header, "admin_proxies": proxies, "admin_idle": idle}


def _search_url() -> str:
    url = os.environ.get("SEARCH_URL", "")
    if url and not _CLUSTER.fullmatch(url):
        raise SettingsError("SEARCH_URL is not of the form opensearch+http://HOST:9200[,HOST:9200]/PREFIX[?shards=1&replicas=0-1]")
    return url


def load(data: str | Path | None = None) -> Settings:
    """Read and check the environment; `data` overrides FUNDING_DATA. Raises SettingsError."""
    try:
        clock.pinned()
    except clock.ClockError as error:
        raise SettingsError(str(error)) from error
    folder = Path(data or os.environ.get("FUNDING_DATA") or "var").expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"the data folder {folder} is a file")
    return Settings(
        data=folder,
        delay=_number("FUNDING_DELAY", 1.0, 0, 3600),
        delay_is_set=bool(os.environ.get("FUNDING_DELAY")),
        contact=os.environ.get("FUNDING_CONTACT") or None,
        database_url=os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'funding.db'}",
        search_url=_search_url(),
        generations=int(_number("FUNDING_GENERATIONS", 3, 1, 1000)),
        months=int(_number("FUNDING_MONTHS", 24, 0, 1200)),
        notify=tuple(os.environ.get("FUNDING_NOTIFY", "").split()),
        schedule=os.environ.get("FUNDING_SCHEDULE") or EVERY_MONTH,
        window=_number("FUNDING_WINDOW", 72, 1, 600),
        log=_one_of("FUNDING_LOG", ("text", "json")),
        repository=(os.environ.get("FUNDING_REPOSITORY") or "").rstrip("/") or None,
        parallel=int(_number("FUNDING_PARALLEL", 2, 1, 32)),
        site=_site(),
        **_admin(),
    )
