"""What visitors send: a million generated inputs to the reader of searches, tens of thousands to the served site, known attacks.

Quick: a sample of each. The site runs as it is served, gunicorn and all, over sample records.
"""

from __future__ import annotations

import random
import re
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from search import generations, reading, wording
from search.store import Store
from tests.conftest import environment, free_port
from tests.prove import inputs
from tests.prove.figures import Figure
from tests.serving import served
from tests.webapp import samples

READ, SENT = 1_000_000, 50_000
READ_QUICK, SENT_QUICK = 3_000, 400
SLOWEST_READ, SLOWEST_ANSWER = 1.0, 10.0  # seconds: of processor time in the process, of waiting over HTTP
AT_ONCE, BATCH = 4, 500
PASSWORD = "scrypt:32768:8:1$c2FsdHNhbHQ$" + "0" * 128  # nobody's: an account, so that the dashboard is there
TRAVERSALS = [
    f"{start}{step * 8}etc/passwd"
    for start in ("/static/", "/", "/calls/", "/search.", "/de/static/", "/admin/")
    for step in ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..%252f", "....//", "..;/", "%c0%ae%c0%ae/")
]
REDIRECTS = [
    f"//{inputs.EVIL}",
    f"//{inputs.EVIL}/..",
    f"/%5c{inputs.EVIL}",
    f"/\\{inputs.EVIL}",
    f"///{inputs.EVIL}/calls/",
    f"/de//{inputs.EVIL}",
    f"/de/%2f{inputs.EVIL}",
    f"/calls//{inputs.EVIL}",
    f"http://{inputs.EVIL}/",
    f"/admin/login?next=//{inputs.EVIL}",
    f"/admin/login?next=https://{inputs.EVIL}/admin/",
    f"/admin/login?next=/admin/%0d%0aLocation:%20//{inputs.EVIL}",
    f"/admin/?next=//{inputs.EVIL}",
    "/de",
    "/de?x=%0d%0aX-Split:1",
    "/admin",
    "/%0d%0aX-Split:%201",
    f"/funds/eu_sample:FUTURE?//{inputs.EVIL}",
]


@dataclass(frozen=True)
class Answer:
    """What came back. status 0: nothing, or no HTTP."""

    status: int
    head: str
    body: bytes
    seconds: float


@contextmanager
def serving(folder: Path, log_form: str = "json") -> Iterator[int]:
    """The site as it is served over sample records; the port. What it logs is in folder/log.txt."""
    store = Store(f"sqlite:///{folder / 'funding.db'}")
    samples.fill(store)
    generations.publish(store, folder / "index", samples.NOW, note=samples.NOTE)
    store.close()
    port = free_port()
    own = environment(FUNDING_NOW=samples.NOW.isoformat(), FUNDING_LOG=log_form, FUNDING_ADMIN_NAME="editor", FUNDING_ADMIN_PASSWORD=PASSWORD)
    command = [sys.executable, "-m", "cli.main", "--data", str(folder), "serve", "--port", str(port), "--workers", "1"]
    with served(command, port, own, folder / "log.txt"):
        yield port


def answered(port: int, raw: bytes) -> Answer:
    """The answer to these bytes, read to its end."""
    started = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(raw)
            got = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    except OSError:
        got = b""
    head, _, body = got.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
    return Answer(int(status[1]) if status else 0, head.decode("latin-1"), body, time.monotonic() - started)


def wrong(sent: inputs.Request, got: Answer) -> str:
    """What is wrong with an answer; "" when nothing is."""
    if not 200 <= got.status < 500:
        return f"status {got.status}"
    told = got.head + got.body.decode("utf-8", "replace")
    if inputs.EVIL in told and inputs.EVIL not in sent.target + dict(sent.headers).get("Referer", ""):
        return "a host that a visitor made up"
    if re.search("^x-split", got.head, re.M | re.I):
        return "a header that a visitor made up"
    location = re.search("^location: (.*)$", got.head, re.M | re.I)
    if location and not re.match(r"(http://(localhost|127\.0\.0\.1)(:\d+)?)?/(?![/\\])", location[1].strip()):
        return f"leads to {location[1].strip()}"
    if "set-cookie" in got.head.lower() and "/admin" not in sent.target:
        return "a cookie"
    if b"root:x:0" in got.body or b"Traceback (most recent" in got.body:
        return "more than it should tell"
    return ""


def read(number: int) -> Figure:
    """Inputs through the reader of searches and the parser of words, in this process."""
    rng, slowest, worst = random.Random(number), 0.0, ""
    for _ in range(number):
        pairs = inputs.pairs(rng)
        started = time.process_time()
        asked = reading.parse(pairs)
        for part in (asked.q, *(value for name, value in pairs[:1] if name != "q")):
            wording.read(part)
        took = time.process_time() - started
        if took > slowest:
            slowest, worst = took, ", ".join(sorted({name for name, _ in pairs}))[:60]
        if reading.parse(asked.pairs()).pairs() != asked.pairs():
            return Figure(f"{number:,} inputs to the reader of searches", f"not read again as the same: {pairs!r:.300}", holds=False)
    told = f"no error, each read again as the same; the slowest took {slowest * 1000:.0f} ms ({worst})"
    return Figure(f"{number:,} inputs to the reader of searches and the parser of words", told, slowest < SLOWEST_READ)


def sent(port: int, number: int) -> Iterator[Figure]:
    """Requests of every kind to every address."""
    rng = random.Random(number)
    statuses, slowest, faults = Counter[int](), 0.0, dict[str, str]()

    def ask(one: inputs.Request) -> tuple[inputs.Request, Answer]:
        return one, answered(port, one.raw())

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for begun in range(0, number, BATCH):
            for one, got in pool.map(ask, [inputs.request(rng) for _ in range(min(BATCH, number - begun))]):
                statuses[got.status] += 1
                slowest = max(slowest, got.seconds)
                if fault := wrong(one, got):
                    faults.setdefault(fault, f"{one.method} {one.target:.200} {dict(one.headers)!r:.200}")
    told = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
    shown = "; ".join(f"{fault}: {example}" for fault, example in faults.items())
    yield Figure(
        f"{number:,} requests over HTTP, {AT_ONCE} at a time, every address and method", shown or f"nothing amiss; statuses {told}", not faults
    )
    yield Figure("the slowest of them", f"{slowest * 1000:.0f} ms", slowest < SLOWEST_ANSWER)


def attacked(port: int, what: str, targets: list[str]) -> Figure:
    """Addresses written by hand that must lead nowhere."""
    faults = []
    for target in targets:
        one = inputs.Request("GET", target, (("Host", "localhost"),))
        got = answered(port, one.raw())
        if fault := wrong(one, got):
            faults.append(f"{target}: {fault}")
    return Figure(f"{len(targets)} addresses for {what}", "; ".join(faults) or "none works", not faults)


def closed(port: int) -> Figure:
    """The rooms of the dashboard without, and with made-up, authority."""
    from webapp import create_app  # here, because the million needs no application

    rules = {rule.rule: rule.methods for rule in create_app().url_map.iter_rules() if rule.rule.startswith("/admin/") and "/login" not in rule.rule}
    headers = [
        (),
        (("Cookie", "funding_admin=x.y; funding_admin_door=x"),),
        (("X-Remote-User", "editor"), ("X-Forwarded-For", "127.0.0.1")),
        (("X-Original-URL", "/about"), ("Authorization", "Basic ZWRpdG9yOmVkaXRvcg==")),
    ]
    open_doors, tried = [], 0
    for rule, methods in rules.items():
        for method in sorted(methods or ()):
            for prefix in ("", "/de", "/."):
                for more in headers:
                    one = inputs.Request(
                        method, prefix + re.sub("<[^>]*>", "1", rule), (("Host", "localhost"), *more), b"a=b" if method == "POST" else b""
                    )
                    got, tried = answered(port, one.raw()), tried + 1
                    if not ((got.status in (303, 302, 308) and "/admin/" in got.head) or got.status in (400, 403, 404, 405)):
                        open_doors.append(f"{method} {one.target}: {got.status}")
    return Figure(
        f"{tried} requests to {len(rules)} addresses of the dashboard without authority", "; ".join(open_doors) or "none passes", not open_doors
    )


def silent(log: Path) -> Figure:
    """What the server's own log tells of all that: no address of a visitor, no password, nothing of an attack but its path."""
    text = log.read_text(encoding="utf-8", errors="replace")
    found = [word for word in ("127.0.0.1", "c2FsdHNhbHQ", "Traceback") if word in text]
    return Figure(
        f"the log of all these requests, {len(text.splitlines()):,} lines",
        f"holds {', '.join(found)}" if found else "names nobody, tells no secret, no error of ours",
        not found,
    )


def figures(quick: bool) -> Iterator[Figure]:
    """The proofs, one after the other."""
    yield read(READ_QUICK if quick else READ)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as port:
        yield from sent(port, SENT_QUICK if quick else SENT)
        yield attacked(port, "a way out of the folder", TRAVERSALS)
        yield attacked(port, "a redirect to another site or a header of one's own", REDIRECTS)
        yield closed(port)
        yield silent(Path(folder) / "log.txt")
