"""The certificates of the portals: who cannot show one that holds for its name is not read, and it is said what is wrong with it.

Scrapy checks none unless told to, and then says only that a connection broke off. Twisted's own check lets a certificate
without any name pass for every host. So OpenSSL judges the chain, service-identity the name, and the verdict is kept.
"""

from __future__ import annotations

from typing import Any

from OpenSSL import SSL
from OpenSSL.crypto import X509
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

NO_ISSUER = "is signed by nobody whom this machine trusts, or the portal leaves out a certificate in between"
ANOTHER_HOST = "is for another host"
# OpenSSL's numbers of what can be wrong with a chain (X509_V_ERR_…).
_WRONG = {
    9: "does not hold yet",
    10: "has expired",
    18: "is signed by itself",
    19: NO_ISSUER,
    20: NO_ISSUER,
    21: NO_ISSUER,
    23: "was revoked",
}


@implementer(IPolicyForHTTPS)
class Checked:
    """The policy of Scrapy, with every certificate checked here. verdicts: host -> what is wrong with its certificate."""

    def __init__(self, policy: Any) -> None:
        self._policy = policy
        self.verdicts: dict[str, str] = {}

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 Twisted's name
        return _Creator(self._policy.creatorForNetloc(hostname.rstrip(b"."), port), hostname.decode("ascii"), self.verdicts)


@implementer(IOpenSSLClientConnectionCreator)
class _Creator:
    """Makes connections to one host."""

    def __init__(self, creator: Any, host: str, verdicts: dict[str, str]) -> None:
        self._creator, self._host, self._verdicts = creator, host, verdicts

    def clientConnectionForTLS(self, protocol: Any) -> SSL.Connection:  # noqa: N802 Twisted's name
        connection: SSL.Connection = self._creator.clientConnectionForTLS(protocol)
        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, self._holds)
        return connection

    def _holds(self, connection: SSL.Connection, certificate: X509, error: int, depth: int, chain_holds: int) -> bool:  # noqa: ARG002
        """Asked by OpenSSL for every certificate of the chain; depth 0 is the portal's own. It must not raise."""
        if not chain_holds:
            wrong = _WRONG.get(error, f"does not hold (error {error} of OpenSSL)")
        elif depth == 0 and not is_for(certificate, self._host):
            wrong = ANOTHER_HOST
        else:
            return True
        self._verdicts[self._host] = wrong
        return False


def is_for(certificate: X509, host: str) -> bool:
    """Whether a certificate names a host, as a name or as an address. The dot at the end of a whole name stands in no certificate."""
    host = host.rstrip(".")
    try:
        wanted = IPAddress_ID(host) if isIPAddress(host) or isIPv6Address(host) else DNS_ID(host)
        verify_service_identity(extract_patterns(certificate), [wanted], [])
    except (VerificationError, CertificateError, ValueError):  # ValueError: names that are none
        return False
    return True
