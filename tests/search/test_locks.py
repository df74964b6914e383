"""Locks of the data folder: one holder, and whoever only asks is in nobody's way."""

from __future__ import annotations

import fcntl
import threading
import time

import pytest

from search.locks import AlreadyRunningError, held, locked


def test_a_lock_has_one_holder(tmp_path):
    file = tmp_path / "ted.lock"
    assert not held(file)
    with locked(tmp_path, "ted"):
        assert held(file)
        with pytest.raises(AlreadyRunningError, match="another process is at work on ted"), locked(tmp_path, "ted"):
            pass
    assert not held(file)


def test_who_asks_whether_a_lock_is_held_keeps_nobody_from_taking_it(tmp_path):
    file = tmp_path / "ted.lock"
    file.touch()
    with file.open() as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)  # as in the midst of `held`
        threading.Timer(0.2, fcntl.flock, (asking, fcntl.LOCK_UN)).start()
        begun = time.monotonic()
        with locked(tmp_path, "ted"):
            assert time.monotonic() - begun > 0.1, "it waited for the one who asks"
            assert held(file)
