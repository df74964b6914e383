"""What a portal could do to its crawler: where it leads to, what it packs, what it writes. Each on recorded pages, changed on the way."""

from __future__ import annotations

import gzip
import json
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from crawler import fixture_server
from tests.prove.figures import Figure
from tests.prove.hostile import Answer, Crawled, Harm, crawled

JSON, HTML, SHEET = "be_1890", "ie_enterprise_hub", "pl_dane"
MOST_MEMORY, MOST_SECONDS = 700.0, 60.0  # of a process that crawls; without harm it holds some 200 MB
PRIVATE = (
    "http://127.0.0.1/", "http://localhost/", "http://localhost./", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://0x7f000001/", "http://127.1/", "http://0.0.0.0/", "http://10.0.0.1/",
    "http://100.64.0.1/", "http://169.254.169.254/latest/", "http://192.168.0.1/", "http://[fd00::1]/", "http://[fe80::1%25eth0]/",
    "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/", "http://metadata.google.internal/", "http://printer.local/",
    "http://127.0.0.1.:80/", "http://user:word@127.0.0.1/",
)  # fmt: skip
ELSEWHERE = ("https://elsewhere.example.org/", "https://api.1890.be.example.org/", "https://not-1890.be/")
SCHEMES = ("file:///etc/passwd", "ftp://ftp.example.org/x", "data:application/json,{}", "javascript:alert(1)", "gopher://example.org/", "s3://b/k")


@dataclass(frozen=True)
class Attack:
    """harm: what is done to the answers of the source; refused: words of the reason, None where the crawl survives; also: what else must hold."""

    what: str
    source: str
    harm: Harm
    refused: str | None
    also: Callable[[Crawled, Path], bool] = lambda _, __: True


def on(part: str, change: Callable[[Answer], Answer], first: int | None = None) -> Harm:
    """Change the answers to addresses that hold these letters; first: only so many times each."""
    return lambda address, times, answer: change(answer) if part in address and (first is None or times < first) else answer


def packed(megabytes: int, content: bytes = b"\0") -> bytes:
    """So many megabytes of the same, packed."""
    return gzip.compress(content * (megabytes * 1024 * 1024 // len(content)), 6)


# -- where it leads to -----------------------------------------------------------------------------------------------------------


def _to(target: str) -> Harm:
    return on("/solution?page=1", lambda answer: answer.but(status=302, body=b"", headers={"Location": target}))


def redirects() -> Iterator[Attack]:
    """To addresses that are not public, in every writing, to other hosts, and to what is no web address."""
    for target in PRIVATE:
        yield Attack(f"redirect to {target}", JSON, _to(target), "private address", lambda done, _: _only_portal(done))
    for target in ELSEWHERE:
        yield Attack(f"redirect to {target}", JSON, _to(target), "none of its hosts", lambda done, _: _only_portal(done))
    for target in SCHEMES:
        yield Attack(f"redirect to {target}", JSON, _to(target), "", lambda done, _: _only_portal(done))


def _only_portal(done: Crawled) -> bool:
    return all(address.startswith("https://api.1890.be/") for _, address in done.asked)


# -- robots.txt and pauses ---------------------------------------------------------------------------------------------------------


def _robots(change: Callable[[Answer], Answer]) -> Harm:
    return on("/robots.txt", change)


def _unasked(done: Crawled, _: Path) -> bool:
    return all(address.endswith("/robots.txt") for _, address in done.asked)


def robots() -> Iterator[Attack]:
    """robots.txt that fails, is absent, forbids, is a bomb or endless."""
    bomb, endless = packed(200), b"User-agent: *\n" + b"Disallow: /forbidden-to-all\n" * 1_000_000
    gzipped = {"Content-Encoding": "gzip"}
    yield Attack("robots.txt 503", JSON, _robots(lambda a: a.but(status=503)), "robots.txt of api.1890.be could not be read (HTTP 503)", _unasked)
    yield Attack("robots.txt 404", JSON, _robots(lambda a: a.but(status=404, body=b"no")), None)
    yield Attack("robots.txt Disallow: /", JSON, _robots(lambda a: a.but(body=b"User-agent: *\nDisallow: /\n")), "robots.txt forbids", _unasked)
    yield Attack("robots.txt of 200 MB, packed in 200 kB", JSON, _robots(lambda a: a.but(body=bomb, headers=gzipped)), "robots.txt of", _unasked)
    yield Attack("robots.txt of 27 MB and a million rules", JSON, _robots(lambda a: a.but(body=endless)), None)
    yield Attack("robots.txt that leads to 127.0.0.1", JSON, _robots(lambda a: a.but(status=301, headers={"Location": "http://127.0.0.1/robots.txt"})),
                 "robots.txt of", _unasked)  # fmt: skip


def _waits(seconds: int, form: Callable[[int], str]) -> Harm:
    return on("/solution?page=1", lambda a: a.but(status=503, body=b"", headers={"Retry-After": form(seconds)}), first=1)


def _as_date(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def _waited(done: Crawled, _: Path) -> bool:
    """Whether the page was asked again at the second that the portal named, not before (a date has whole seconds)."""
    times = [at for at, address in done.asked if "/solution?page=1" in address]
    return len(times) == 2 and 1.9 <= times[1] - times[0] < 20


def pauses() -> Iterator[Attack]:
    """Retry-After as a date, soon and in a day."""
    yield Attack("503 with a Retry-After of 3 seconds, as a date", JSON, _waits(3, _as_date), None, _waited)
    yield Attack("503 with a Retry-After of a day, as a date", JSON, _waits(86_400, _as_date), "it asks to wait 86")


# -- what it packs ---------------------------------------------------------------------------------------------------------------------

LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha ha ha ha ha ha ha ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(10)
) + b'<!ENTITY file SYSTEM "file:///etc/passwd">]>'  # fmt: skip


def workbook(changed: dict[str, bytes]) -> bytes:
    """The recorded workbook with other parts in it."""
    recorded = next((fixture_server.FIXTURES / SHEET / "pages").glob("*.xlsx")).read_bytes()
    out = BytesIO()
    with ZipFile(BytesIO(recorded)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        for name, content in {**parts, **changed}.items():
            new.writestr(name, content)
    return out.getvalue()


def sheets() -> Iterator[Attack]:
    """Workbooks: bombs of zeros and of entities, files of this machine, a size that is a lie."""
    first, strings = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
    laughing = (
        LAUGHS
        + b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        + b'<c r="A1" t="inlineStr"><is><t>&%s;</t></is></c></row></sheetData></worksheet>'
    )
    books = {
        "a workbook of 2 GB, packed": workbook({first: b"\0" * (500 * 1024 * 1024)}),
        "a workbook with a billion laughs": workbook({first: laughing % b"j"}),
        "a workbook that names a file of this machine": workbook({first: laughing % b"file"}),
        "a billion laughs in the texts of a workbook": workbook({strings: LAUGHS + b"<sst><si><t>&j;</t></si></sst>", first: laughing % b"a"}),
        "a workbook with a billion laughs in its list of sheets": workbook({"xl/workbook.xml": LAUGHS + b"<workbook>&j;</workbook>"}),
        "a workbook cut in the middle": workbook({})[:4000],
    }
    lie = bytearray(workbook({first: b"\0" * (100 * 1024 * 1024)}))
    for place in _sizes(lie, first):
        lie[place : place + 4] = (1000).to_bytes(4, "little")
    books["a workbook that lies about its size"] = bytes(lie)
    for what, book in books.items():
        yield Attack(what, SHEET, on(".xlsx", lambda a, book=book: a.but(body=book)), "workbook", _no_secret)


def _sizes(archive: bytearray, name: str) -> list[int]:
    """Where a zip file says how large a part is unpacked."""
    with ZipFile(BytesIO(archive)) as held:
        local = held.getinfo(name).header_offset
    central = archive.rfind(name.encode())
    return [local + 22, central - 46 + 24]


def _no_secret(done: Crawled, data: Path) -> bool:
    return b"root:" not in everything(data) and "root:" not in done.log


def bombs() -> Iterator[Attack]:
    """Pages that unpack without end, XML instead of what was asked for."""
    nested = gzip.compress(packed(200))
    deflated = zlib.compress(b"\0" * (200 * 1024 * 1024))
    for what, body, how in (("gzip", packed(200), "gzip"), ("gzip within gzip", nested, "gzip, gzip"), ("deflate", deflated, "deflate")):
        harm = on("/solution?page=1", lambda a, body=body, how=how: a.but(body=body, headers={"Content-Encoding": how}))
        yield Attack(f"a page of 200 MB, packed by {what}", JSON, harm, "larger than we read")
    for what, entity in (("a billion laughs", b"&j;"), ("a file of this machine", b"&file;")):
        xml = LAUGHS + b"<html><body><p>" + entity + b"</p></body></html>"
        yield Attack(f"XML with {what} instead of JSON", JSON, on("/solution?page=1", lambda a, xml=xml: a.but(body=xml)), "", _no_secret)
        harm = on("www.neh.gov.ie", lambda a, e=entity: a.but(body=LAUGHS + a.body.replace(b"</p>", e + b"</p>")) if b"<" in a.body[:500] else a)
        yield Attack(f"a web page with {what}", HTML, harm, "any", _no_secret)
    deep = b'{"content":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    yield Attack("JSON nested 200,000 times", JSON, on("/solution?page=1", lambda a: a.but(body=deep)), "")
    nested_page = b"<html><body>" + b"<div>" * 300_000 + b"</body></html>"
    harm = on("www.neh.gov.ie/", lambda a: a.but(body=nested_page) if b"<" in a.body[:500] else a)
    yield Attack("a web page nested 300,000 times", HTML, harm, "any")


# -- what it writes ----------------------------------------------------------------------------------------------------------------------

SCRIPTS = "<script>alert(1)</script><img src=x onerror=alert(2)><svg/onload=alert(3)>&lt;script&gt;alert(4)&lt;/script&gt;"
HIDDEN = "\u202egnp.exe\u202c\u2066\u200b\u00ad\u061c\ufe0f\U000e0041"


def writings() -> Iterator[Attack]:
    """Scripts, letters that show as nothing or turn the writing round, in titles and texts."""
    for what, words in (("scripts", SCRIPTS), ("letters that turn the direction of writing or show as nothing", HIDDEN)):
        yield Attack(f"{what} in every title and text", JSON, _in_json(words), None, _clean)


def _in_json(words: str) -> Harm:
    """The words in the middle of every title and text of a JSON answer."""

    def changed(value: object, key: str = "") -> object:
        if isinstance(value, dict):
            return {name: changed(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [changed(inner, key) for inner in value]
        spoilt = isinstance(value, str) and key in ("title", "intro", "text")
        return f"{value[: len(value) // 2]}{words}{value[len(value) // 2 :]}" if isinstance(value, str) and spoilt else value

    return on("/solution", lambda a: a.but(body=json.dumps(changed(json.loads(a.body))).encode()) if a.status == 200 else a)


def _clean(_: Crawled, data: Path) -> bool:
    """Whether no published record carries any of it."""
    with closing(sqlite3.connect(data / "funding.db")) as database, database:
        held = "".join(row[0] for row in database.execute("select record from entries"))
    text = json.dumps(json.loads(f"[{held.replace('}{', '},{')}]"), ensure_ascii=False).casefold()
    return bool(held) and not any(mark in text for mark in ("<script", "onerror", "<svg", *HIDDEN.replace("gnp.exe", "")))


# -- all ---------------------------------------------------------------------------------------------------------------------------------


def everything(data: Path) -> bytes:
    """Every byte a crawl left behind, unpacked where it is packed."""
    found = []
    for path in sorted(data.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found.append(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
    if (data / "funding.db").exists():
        with closing(sqlite3.connect(data / "funding.db")) as database, database:
            found += [zlib.decompress(row[0]) for row in database.execute("select payload from quarantine where payload is not null")]
            found += [row[0].encode() for row in database.execute("select record from entries")]
    return b"\n".join(found)


def tried(attack: Attack, folder: Path) -> tuple[Crawled, str]:
    """The crawl under an attack, and what is wrong with it, "" when nothing is."""
    done = crawled(attack.source, attack.harm, folder / "data")
    reason = done.outcome.reason or ""
    if attack.refused is None and not done.outcome.good:
        return done, f"refused: {reason}"
    if attack.refused not in (None, "any") and (done.outcome.good or attack.refused not in reason):
        return done, f"{'taken over' if done.outcome.good else reason} instead of {attack.refused!r}"
    if done.seconds > MOST_SECONDS or done.memory > MOST_MEMORY:
        return done, f"{done.seconds:.0f} s, {done.memory:.0f} MB"
    return done, "" if attack.also(done, folder / "data") else f"what else must hold does not: {done.asked[-3:]}"


KINDS = {
    "redirects to private addresses, other hosts and other schemes": redirects, "robots.txt": robots, "Retry-After": pauses, "workbooks": sheets,
    "bombs and XML in pages": bombs, "scripts and hidden letters": writings,
}  # fmt: skip


def figures(quick: bool) -> Iterator[Figure]:
    """Every attack, by kind; of a quick run every fourth."""
    for kind, attacks in KINDS.items():
        wrong, number, slowest, most = [], 0, 0.0, 0.0
        for attack in list(attacks())[:: 4 if quick else 1]:
            with tempfile.TemporaryDirectory() as folder:
                done, problem = tried(attack, Path(folder))
            number, slowest, most = number + 1, max(slowest, done.seconds), max(most, done.memory)
            wrong += [f"{attack.what}: {problem}"] if problem else []
        said = "; ".join(wrong) or f"refused by name or survived, nothing private asked; slowest {slowest:.1f} s, most memory {most:.0f} MB"
        yield Figure(f"{kind}: {number} crawls", said, not wrong)
