"""What the dashboard of one application holds open: the store to write to, and the key of its signatures.

The key is made once and lies in the data folder, for its owner only.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from pathlib import Path

from flask import current_app
from itsdangerous import URLSafeSerializer

from search.settings import Settings
from search.store import Store
from webapp import state

NAME = "funding-admin"
KEY_FILE = "admin.key"


class Office:
    """What the dashboard of one application holds open: the store to write to, and the key."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._key: bytes | None = None

    def store(self) -> Store:
        """The store, brought to its present shape. Raises StoreError."""
        with self._lock:
            if self._store is None:
                self._store = Store(self.settings.database_url)
            return self._store

    def key(self) -> bytes:
        """The key of the signatures, the same for every worker."""
        with self._lock:
            if self._key is None:
                self._key = _kept_key(self.settings.data / KEY_FILE)
            return self._key

    def signer(self, purpose: str) -> URLSafeSerializer:
        """Signs texts for one purpose, so that none passes for another."""
        return URLSafeSerializer(self.key(), salt=f"{NAME}-{purpose}", signer_kwargs={"digest_method": hashlib.sha256})


def _kept_key(path: Path) -> bytes:
    """The key in a file, made when there is none; where two begin at once, the first one's holds."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


def office() -> Office:
    """That of the running application."""
    found: Office = current_app.extensions.setdefault(NAME, Office(state.published().settings))
    return found
