"""The maintainers' dashboard under /admin/: one room per file, all behind one door (`door`). English only.

Without an account or a trusted proxy in the settings there is no dashboard: every address under /admin/ answers 404.
"""

from __future__ import annotations

from webapp.admin import duplicates, entries, generations, labels, login, logins, overview, sources
from webapp.admin.door import rooms

__all__ = ["duplicates", "entries", "generations", "labels", "login", "logins", "overview", "rooms", "sources"]
