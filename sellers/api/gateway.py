"""The wire to sellers' servers: one POST, to an address that was looked at, in a time that ends.

The name is resolved once, and the connection goes to the very address that was checked; what the name
means a moment later does not matter. Redirects are an answer like any other and are not followed.
"""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from threading import Timer
from typing import Any

from sellers.api.rules import BadAddress, Fault, Target, may_call

SECONDS = 10.0
MOST_ANSWERED = 2048
Place = tuple[socket.AddressFamily, Any]


class Unanswered(Exception):
    """The server could not be reached, or gave no whole answer in time; the text is what the machine said."""

    def __init__(self, fault: Fault, told: str = "") -> None:
        super().__init__(told)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, its text cut short."""

    status: int
    text: str


def post(target: Target, *, body: bytes, headers: Mapping[str, str], local: bool, seconds: float) -> Answer:
    """Send a message and read the answer.

    :raises BadAddress: if the name stands for an address that may not be called.
    :raises Unanswered: if no whole answer came in time.
    """
    deadline = time.monotonic() + seconds
    try:
        wire = _connect(target, _places(target, local=local), deadline)
        with wire, _cut_off(wire, deadline):
            answer = _speak(wire, target, body, headers)
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
            raise Unanswered(Fault.TIMEOUT) from None
        raise Unanswered(Fault.UNREACHABLE, f"{type(error).__name__}: {error}"[:300]) from None
    if time.monotonic() >= deadline:
        raise Unanswered(Fault.TIMEOUT)
    return answer


def _places(target: Target, *, local: bool) -> list[Place]:
    """What the host's name stands for; all of it must be fit to be called."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadAddress(Fault.UNKNOWN) from None
    if not all(may_call(ip_address(str(each[4][0]).partition("%")[0]), local=local) for each in found):
        raise BadAddress(Fault.PRIVATE)
    return [(each[0], each[4]) for each in found]


def _connect(target: Target, places: list[Place], deadline: float) -> socket.socket:
    """Connect to the first of the places that lets us, by its address and not by its name."""
    for tried, (family, address) in enumerate(places, start=1):
        wire = socket.socket(family, socket.SOCK_STREAM)
        try:
            wire.settimeout(max(0.001, deadline - time.monotonic()))
            wire.connect(address)
        except OSError:
            wire.close()
            if tried == len(places):
                raise
        else:
            return _secured(wire, target) if target.secure else wire
    raise OSError("the name stands for nothing")


def _secured(plain: socket.socket, target: Target) -> ssl.SSLSocket:
    return _tls().wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)


@contextmanager
def _cut_off(wire: socket.socket, deadline: float) -> Iterator[None]:
    """End the talk when its time is up: a timeout alone begins anew with each byte that drips in."""

    def cut() -> None:
        with suppress(OSError):
            socket.socket.shutdown(wire, socket.SHUT_RDWR)

    alarm = Timer(max(0.0, deadline - time.monotonic()), cut)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _speak(wire: socket.socket, target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    if isinstance(wire, ssl.SSLSocket):
        wire.do_handshake()
    talk = HTTPConnection(target.host, target.port)
    talk.sock = wire
    talk.request("POST", target.path, body, {"Host": target.authority, "Connection": "close", **headers})
    answer = talk.getresponse()
    text = answer.read(MOST_ANSWERED).decode(errors="replace")
    return Answer(answer.status, "".join(sign for sign in text if sign.isprintable() or sign in "\n\t"))
