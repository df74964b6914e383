"""What visitors and attackers may send, generated: the same for the same number."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from search.facets import FACETS
from search.params import ORDER
from search.vocabulary import LANGUAGES

EVIL = "evil.example"  # no answer may name it: it is sent in headers only
SPLIT = "\r\nX-Split: 1\r\n\r\n<script>"
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{7*7}}",
    "{% for x in y %}",
    "${7*7}",
    "%{7*7}",
    "' OR 1=1 --",
    '"; DROP TABLE entry; --',
    "../../../../etc/passwd",
    "..\\..\\windows",
    "=cmd|'/C calc'!A0",
    "@SUM(1)",
    SPLIT,
    "%0d%0a",
    "\x00",
    "${jndi:ldap://x}",
    "() { :;};",
    "file:///etc/passwd",
    "A" * 10_000,
    "(" * 500,
    '"' * 501,
    "-" * 300,
    "* " * 200,
    "a*" * 100,
    "NOT AND OR",
    "title:x",
    "[a TO z]",
    "/(a+)+$/",
    "\u202e\u2066x",
    "\ufeff",
    "\ud800",
    "a\u0300" * 200,
    "\U0001f4b0" * 50,
    "ß" * 500,
    "ﷺ" * 100,
    "İ" * 100,
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    "0x10",
    "1_000",
    "٣",
    "²",
    "inf",
    "2026-13-45",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "2026-02-29",
    "10000-01-01",
    "2026-1-1",
    "2026-08",
    "0000-00",
    "9999-99",
    "٢٠٢٦-٠١-٠١",
)
WORDS = (
    "training",
    "skills",
    "vocational education",
    "Weiterbildung",
    "formazione",
    "κατάρτιση",
    "обучение",
    "Lombardia",
    "ITC4",
    "PT17",
    "EL",
    "Île-de-France",
    "HORIZON-CL2-2026",
    '"digital skills"',
    "-digital",
    "upskill*",
    "",
    " ",
    "1",
    "0",
    "open",
    "IT",
    "relevance",
    "trainng",
)
ALPHABETS = (
    string.printable,
    "".join(map(chr, range(32))),
    'aeiounrst *"-',
    "".join(map(chr, range(0x80, 0x250))),
    "".join(map(chr, range(0x370, 0x530))),
    "".join(map(chr, range(0x2000, 0x2070))),
    "".join(map(chr, range(0xD800, 0xD810))),
    "\U0001f4b0\U000e0041\U0010ffff\ufffe\u0130\u1e9e",
)
VALUES = [str(value) for facet in FACETS for value in (facet.legal() or ())]
PATHS = (
    "/",
    "/api/v1/calls",
    "/api/v1/funds",
    "/api/v1/products",
    "/api/v1/suggest",
    "/api/v1/changes",
    "/changes",
    "/search.csv",
    "/search.atom",
    "/search.ics",
    "/search.xlsx",
    "/api/v1/facets",
    "/api/v1/sources",
    "/api/v1/openapi.json",
    "/sources",
    "/about",
    "/privacy",
    "/accessibility",
    "/calls/{}",
    "/funds/{}",
    "/products/{}",
    "/api/v1/calls/{}",
    "/api/v1/funds/{}",
    "/search.{}",
    "/static/{}",
    "/sitemap.xml",
    "/sitemap-{}.xml",
    "/robots.txt",
    "/metrics",
    "/healthz/live",
    "/admin/",
    "/admin/login",
    "/admin/{}",
    "/{}",
)
ENTRIES = ("eu_sample:49669831TOPICSen", "eu_sample:FUTURE", "fund_list:pl-jtf", "eu_sample:guarantee", "none:1")
METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get")
TAGS = ('"x"', 'W/"x"', "*", '"', "W/", ", ,", '"a", "b"')
RANGES = ("bytes=0-0", "bytes=-1", "bytes=9-1", "bytes=0-0,1-1," * 50, "lines=1-2", "bytes=99999999999999999999-")
HEADERS = {
    "If-None-Match": TAGS,
    "If-Match": TAGS,
    "Range": RANGES,
    "Accept-Language": ("de", "xx;q=9", "*;q=0", "de-AT-1996,en;q=0.5", ",,;;==", "en;q=NaN", "a" * 900, "\xff"),
    "If-Range": TAGS,
    "X-Forwarded-For": ("1.2.3.4", "<script>", ",,,"),
    "X-Forwarded-Host": (EVIL,),
    "X-Forwarded-Proto": ("https", "javascript", ""),
    "Forwarded": (f"host={EVIL};proto=https", ";;=="),
    "X-Original-URL": ("/admin/",),
    "X-Rewrite-URL": ("/admin/",),
    "X-HTTP-Method-Override": ("DELETE",),
    "Accept": ("text/html", "application/xml;q=0.9", "*/*;q=x", "\xff\xfe"),
    "Accept-Encoding": ("gzip", "br, gzip;q=0", "*;q=0", "gzip;q=-1"),
    "If-Modified-Since": ("Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", "Thu, 99 Foo 2026"),
    "Cookie": ("a=b; c", "session=" + "x" * 3000, "\x80=\x81"),
    "Referer": ("http://localhost/?q=a", f"http://{EVIL}/?q=a", "http://[", "//", "\xff"),
    "Authorization": ("Basic x", "Bearer"),
    "Origin": ("null",),
    "User-Agent": ("", "() { :;};", "x" * 4000),
    "Content-Type": ("application/json", "multipart/form-data; boundary=", "text/plain; charset=utf-7"),
}


def text(rng: random.Random) -> str:
    """A value: a real one, an attack, letters of an alphabet, or two of them together."""
    kind = rng.random()
    if kind < 0.25:
        return rng.choice(VALUES)
    if kind < 0.45:
        return " ".join(rng.choices(WORDS, k=rng.randint(1, 4)))
    if kind < 0.7:
        return rng.choice(ATTACKS)
    if kind < 0.8:
        return rng.choice(WORDS) + rng.choice(ATTACKS) + rng.choice(VALUES)
    return "".join(rng.choices(rng.choice(ALPHABETS), k=min(3000, int(rng.lognormvariate(2.5, 1.2)))))


def pairs(rng: random.Random) -> list[tuple[str, str]]:
    """The parameters of an address: mostly known ones, some repeated very often."""
    found = []
    for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 5, 8))):
        name = rng.choice(ORDER) if rng.random() < 0.95 else text(rng)
        found += [(name, text(rng))] * (rng.choice((2, 150)) if rng.random() < 0.02 else 1)
    return found


@dataclass(frozen=True)
class Request:
    """A request as sent. target: path and question, percent-encoded or not; body: of POST and the like."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def raw(self) -> bytes:
        """The bytes on the wire; the connection is closed after the answer."""
        heads = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        length = f"Content-Length: {len(self.body)}\r\n" if self.body else ""
        return f"{self.method} {self.target} HTTP/1.1\r\n{heads}{length}Connection: close\r\n\r\n".encode("latin-1", "replace") + self.body


def _percent(rng: random.Random, value: str) -> str:
    """A value in an address: as browsers write it, or in bytes that are no UTF-8, or hardly encoded at all."""
    kind = rng.random()
    if kind < 0.8:
        return quote_plus(value.encode("utf-8", "surrogatepass"))
    if kind < 0.9:
        return quote_plus(value.encode("utf-16", "surrogatepass"))
    return "".join(c if c.isascii() and c.isprintable() and c not in " #" else quote(c.encode("utf-8", "surrogatepass")) for c in value)


def request(rng: random.Random) -> Request:
    """Any request to any address."""
    path = rng.choice(PATHS)
    if "{}" in path:
        part = rng.choice(ENTRIES) if rng.random() < 0.4 else text(rng)[:400]
        path = path.replace("{}", quote(part.encode("utf-8", "surrogatepass"), safe="/:" if rng.random() < 0.5 else ""))
    if rng.random() < 0.15:
        path = f"/{rng.choice((*LANGUAGES, 'xx'))}{path}"
    question = "&".join(f"{_percent(rng, name)}={_percent(rng, value)}" for name, value in pairs(rng))[:30_000]
    names = rng.sample(list(HEADERS), rng.choice((0, 0, 0, 1, 2, 4)))
    host = EVIL if rng.random() < 0.1 else "localhost"
    heads = (("Host", host), *((name, rng.choice(HEADERS[name])) for name in names))
    method = rng.choice(METHODS) if rng.random() < 0.1 else "GET"
    body = text(rng).encode("utf-8", "replace") if method in ("POST", "PUT", "PATCH") else b""
    return Request(method, path + (f"?{question}" if question else ""), heads, body)
