"""What stays of visitors: no cookie, no line with an address or a word of theirs, nothing in the data folder, nobody else told."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.prove import inputs
from tests.prove.figures import Figure
from tests.prove.web import Answer, answered, serving

SECRET = "zzsecretsearch"
PUBLIC = [path for path in inputs.PATHS if not path.startswith("/admin")]
LOADS = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|object|embed)\b[^>]*\b(?:src|data)=["']?([^"'\s>]+)|<link\b[^>]*\brel="(?:stylesheet|icon|preload)"[^>]*>"""
)


def addresses() -> list[str]:
    """Every public address, of every kind of entry, in two languages, with a search."""
    paths = [path.replace("{}", part) for path in PUBLIC for part in (inputs.ENTRIES if "{}" in path else ("",))]
    return [f"{language}{path}?q={SECRET}&where={SECRET}" for path in paths for language in ("", "/de")]


def contents(folder: Path) -> dict[str, str]:
    """What stands in a data folder, the log and the database's bookkeeping of open readers left out."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "log.txt" and not path.name.endswith(("-shm", "-wal"))]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def foreign(got: Answer) -> list[str]:
    """What a page has a browser fetch from somebody else."""
    page = got.body.decode("utf-8", "replace")
    return [match[0][:80] for match in LOADS.finditer(page) if re.search(r"(?:src|href|data)=[\"']?(?:https?:)?//", match[0])]


def figures(quick: bool) -> Iterator[Figure]:
    """The proofs, once with each form of the log."""
    for form in ("json", "text"):
        with tempfile.TemporaryDirectory() as name, serving(Path(name), form) as port:
            folder, asked = Path(name), addresses()
            before = contents(folder)
            heads = "Host: localhost\r\nCookie: visitor=1\r\nDNT: 1\r\nConnection: close"
            answers = [answered(port, f"GET {path} HTTP/1.1\r\n{heads}\r\n\r\n".encode()) for path in asked]
            after = contents(folder)
            log = (folder / "log.txt").read_text(encoding="utf-8")
        if form == "json":
            cookies = sum("set-cookie" in got.head.lower() for got in answers)
            yield Figure(f"cookies in {len(answers)} answers of every public address", str(cookies), not cookies)
            outside = [one for got in answers for one in foreign(got)]
            yield Figure("things the pages have a browser fetch from others", ", ".join(outside) or "none", not outside)
            yield Figure("files of the data folder that these requests changed", str(len(before.items() ^ after.items())), before == after)
        told = [word for word in ("127.0.0.1", SECRET, "visitor=1") if word in log]
        what = f"addresses, words and cookies of visitors in the log (FUNDING_LOG={form}, {len(log.splitlines())} lines)"
        yield Figure(what, ", ".join(told) or "none", not told)
        if quick:
            return
