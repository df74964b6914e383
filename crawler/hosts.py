"""Whom a crawl asks: public addresses alone, of a source its own hosts alone, and these over TLS alone."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

import tldextract
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.source import LED_TO_HTTP, TLS_ALONE

# With the list of public suffixes that comes with the library: nothing is asked of anybody.
_REGISTERED = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
_PRIVATE_NAMES = (".local", ".internal", ".localhost", ".home.arpa", ".localdomain", ".lan", ".intranet", ".corp", ".home")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address behind a translator (RFC 6052)


class PrivateAddressError(IgnoreRequest):
    """A request or redirect led to an address that is not public."""


class ForeignHostError(IgnoreRequest):
    """A request or redirect led to a host that is none of the source's."""


class WithoutTlsError(IgnoreRequest):
    """A request or redirect led to where one of the source's hosts can be asked without TLS alone."""


def is_public(host: str) -> bool:
    """Whether a host is a name, or an address of the public internet."""
    host = host.strip("[]").rstrip(".").casefold()
    try:
        return _is_public_address(ipaddress.ip_address(host))
    except ValueError:
        last = host.rpartition(".")[2]
        # A name that ends in a number is an address in another writing (0177.0.0.1, 0x7f.1, 127.1): no portal is called so.
        return "." in host and not last.startswith(tuple("0123456789")) and not f".{host}".endswith(_PRIVATE_NAMES)


def _is_public_address(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of the public internet, and so is every IPv4 address that it carries."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        carried += [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)] if address in _TRANSLATED else []
        if not all(inner is None or _is_public_address(inner) for inner in carried):
            return False
    return address.is_global and not address.is_multicast


def owner(host: str) -> str:
    """The part of a host's name that somebody registered, itself where nobody did (an address, a name of one word).

    That is one label more than a public suffix. Where a government's suffix is none on that list (gov.hr, government.bg,
    europa.eu), all who are under it count as one owner.
    """
    host = host.rstrip(".").casefold()
    return _REGISTERED(host).top_domain_under_public_suffix or host


class PublicOnlyResolver(CachingThreadedResolver):
    """Resolves names, and refuses those that stand for a private address: the address checked is the one connected to."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802 Twisted's name
        def refuse_private(address: str) -> str:
            if not _is_public_address(ipaddress.ip_address(address)):
                raise DNSLookupError(f"{name} stands for the private address {address}")
            return address

        return super().getHostByName(name, timeout).addCallback(refuse_private)


class PublicOnly:
    """Refuses requests to private addresses, those of redirects included."""

    def process_request(self, request: Request) -> None:
        host = urlparse_cached(request).hostname or ""
        if not is_public(host):
            raise PrivateAddressError(f"led to the private address {host}: not followed")


class OwnHosts:
    """Refuses requests to others than the source's own hosts and those of the same owner (www or not, a sister site), those of
    redirects included. It stands in for Scrapy's own, which lets through whatever may be asked for more than once.

    All these are asked over TLS, also where a link or a redirect has an address without it. A port named in such an address, other
    than HTTP's own, is refused: behind it nobody speaks TLS, and a page that came without it may have been altered on the way, with
    other sums and dates in it. A run that fails is seen and its entries stay; an altered page would be published.

    A robots.txt may lie elsewhere (RFC 9309). The check of links, which has no hosts of its own, asks any public one.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OwnHosts:
        return cls(crawler)

    def process_request(self, request: Request) -> Request | None:
        own: list[str] = getattr(self.crawler.spider, "allowed_domains", None) or []
        host = urlparse_cached(request).hostname or ""
        if owner(host) in map(owner, own):
            return _over_tls(request)
        if own and not request.meta.get("dont_obey_robotstxt"):
            raise ForeignHostError(f"led to {host}, which is none of its hosts: not followed")
        return None


def _over_tls(request: Request) -> Request | None:
    """The request as it is sent: over TLS, to the host without the dot at its end; None where it is so already.

    Raises WithoutTlsError for a port that speaks none, and where the same address led back to HTTP twice.
    """
    parts, plain = urlparse_cached(request), urlparse_cached(request).scheme == "http"
    netloc = re.sub(r"\.+(?=(:\d*)?$)", "", parts.netloc)
    if plain:
        if parts.port not in (None, 80):
            raise WithoutTlsError(f"led to port {parts.port} of {parts.hostname} without TLS: not followed")
        netloc = re.sub(r":\d*$", "", netloc)
    if not plain and netloc == parts.netloc:
        return None
    url = parts._replace(scheme="https", netloc=netloc).geturl()
    if plain and request.meta.get("redirect_urls", []).count(url) > 1:
        raise WithoutTlsError(TLS_ALONE)
    return request.replace(url=url, meta={**request.meta, LED_TO_HTTP: plain or request.meta.get(LED_TO_HTTP, False)})
