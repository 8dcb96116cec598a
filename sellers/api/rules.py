"""What may be called from here, when it is tried again, and how a message is signed."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

PAUSES = tuple(
    timedelta(seconds=each) for each in (15, 60, 300, 900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600)
)
"""How long to wait after each try that failed; after the last of all there is no other."""
MOST_TRIES = len(PAUSES) + 1
PATIENCE = timedelta(days=1)
"""How long a message waits for a server that is away."""
DEAD_IN_ROW = 20
"""So many messages given up on with none delivered between, and the webhook switches itself off."""

LOWEST_PORT = 1024
HOMELY = re.compile(r"[^.]*|.*\.(localhost|local|internal|home\.arpa)")
"""Names that no stranger's machine has: those without a dot, and those kept for private networks."""
WIDE = ip_network("2000::/3")
NEVER = tuple(
    ip_network(each) for each in ("192.88.99.0/24", "224.0.0.0/3", "2001::/23", "2002::/16", "3fff::/20")
)
"""What Python's ``is_global`` lets through: several at once, reserved, and tunnels that lead anywhere."""

Address = IPv4Address | IPv6Address


class Fault(StrEnum):
    """Why a message did not reach its server, other than by the server's own answer."""

    NOT_A_URL = "not_a_url"
    NOT_HTTPS = "not_https"
    HAS_LOGIN = "has_login"
    PORT = "port"
    PRIVATE = "private"
    UNKNOWN = "unknown"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    TOO_OLD = "too_old"
    SWITCHED_OFF = "switched_off"
    CRASHED = "crashed"


class BadAddress(Exception):
    """This address may not be called; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart; ``host`` is as DNS and certificates spell it."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host as the request names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def read_target(url: str, *, local: bool) -> Target:
    """Take an address apart; ``local`` allows one's own machine, and no TLS.

    :raises BadAddress: if it may not be called whatever it resolves to.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        raise BadAddress(Fault.NOT_A_URL) from None
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise BadAddress(Fault.NOT_HTTPS)
    # Signs that a request's first line cannot carry, or that programs read differently.
    if not host or not re.fullmatch(r"[!-~]*", parts.path + parts.query) or re.search(r"[\\%\s]", host):
        raise BadAddress(Fault.NOT_A_URL)
    if "@" in parts.netloc:
        raise BadAddress(Fault.HAS_LOGIN)
    if port not in (None, 443) and not (local or port >= LOWEST_PORT):
        raise BadAddress(Fault.PORT)
    if not _may_name(host, local=local):
        raise BadAddress(Fault.PRIVATE)
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port or (443 if secure else 80), path)


def _may_name(host: str, *, local: bool) -> bool:
    try:
        return may_call(ip_address(host), local=local)
    except ValueError:
        return local or not HOMELY.fullmatch(host.rstrip("."))


def may_call(address: Address, *, local: bool) -> bool:
    """Whether a machine out on the internet stands behind an address; ``local`` allows this one as well."""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if local and address.is_loopback:
        return True
    wide = isinstance(address, IPv4Address) or address in WIDE
    return wide and address.is_global and not any(address in net for net in NEVER)


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries that failed; None if that was the last."""
    return PAUSES[tries - 1] if tries < MOST_TRIES else None


def sign(secret: str, body: bytes, *, at: int) -> str:
    """The signature of a message sent at a Unix time, as its header carries it."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
