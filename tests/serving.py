"""Servers that answer on a port of this machine for as long as a block runs: a command with its workers, or one in a thread of ours."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import BaseServer

ROOT = Path(__file__).parents[1]
LONGEST = 120.0  # seconds until it answers


@contextmanager
def running(server: BaseServer) -> Iterator[str]:
    """Have a server answer in a thread of this process; its address."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def served(command: Sequence[str], port: int, environment: Mapping[str, str], log: Path | None = None) -> Iterator[int]:
    """Start a command and wait until it answers on the port; its process id. log: the file with what it says on standard error.

    Raises RuntimeError where it ends before it answers, or takes too long. Ends it with all that it started.
    """
    with (log or Path(os.devnull)).open("w") as out:
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=out if log else None, start_new_session=True, cwd=ROOT)
        try:
            _wait(server, f"http://127.0.0.1:{port}/healthz/live")
            yield server.pid
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + LONGEST
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30):
                return
        except OSError as error:
            if server.poll() is not None:
                raise RuntimeError(f"the server ended with code {server.returncode} before it answered") from error
            if time.monotonic() > until:
                raise RuntimeError(f"the server did not answer within {LONGEST:.0f} seconds") from error
            time.sleep(0.1)
