"""A PostgreSQL server of our own: on loopback, in a temporary folder, gone afterwards. It does not run as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.conftest import free_port

ACCOUNT = "postgres"  # the one Debian's package makes


def _programs() -> Path:
    """The folder of initdb and pg_ctl, of the newest version installed."""
    found = shutil.which("initdb") or max(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=None)
    if found is None:
        raise RuntimeError("PostgreSQL is not installed: run tools/install-postgresql")
    return Path(found).resolve().parent


def _run(*command: str) -> None:
    user = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*user, *command], capture_output=True, text=True, check=False, cwd="/", stdin=subprocess.DEVNULL, timeout=120)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr or done.stdout}")


@contextmanager
def server() -> Iterator[str]:
    """A running server; its address without a database name."""
    programs, port = _programs(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT, ACCOUNT)
    data = folder / "data"
    try:
        _run(str(programs / "initdb"), "-D", str(data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c fsync=off"
        _run(str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://tests@127.0.0.1:{port}"
        finally:
            _run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def new_database(address: str) -> str:
    """The address of a new, empty database on a server."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(address.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{address}/{name}"
