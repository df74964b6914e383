"""gunicorn with our settings: a file that takes longer to send than a worker may be silent comes whole."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.conftest import environment, free_port

SLOW = """
import time

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return (time.sleep(0.3) or b"part " for _ in range(10))
"""


def test_a_long_file_is_sent_whole(tmp_path: Path):
    (tmp_path / "slow.py").write_text(SLOW)
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:webapp.server", "--timeout", "1", "--bind", address, "--chdir", str(tmp_path)]
    server = subprocess.Popen([*command, "slow:app"], env=environment(), stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                answer = urllib.request.urlopen(f"http://{address}/", timeout=30)
                break
            except OSError:
                time.sleep(0.1)
        with answer:
            assert answer.read() == b"part " * 10
    finally:
        server.terminate()
        server.wait(10)
