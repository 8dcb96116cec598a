"""A browser that does not give up: what was not answered is sent again."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TypeVar

TOKEN = "a" * 32
"""Cookie and header must carry the same token; a client may choose it."""

Answer = TypeVar("Answer")


class Unanswered(Exception):
    """Nobody answered, or the server said that it failed: nothing is promised."""


class GaveUp(Exception):
    """It was tried again and again, and never acknowledged."""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    location: str
    body: bytes

    def key(self, pattern: str) -> int | None:
        """The number in the address we were sent on to, if it is one of this pattern."""
        found = re.search(pattern, self.location)
        return int(found[1]) if found else None


@dataclass(frozen=True)
class Browser:
    """One login's session at the web server."""

    port: int
    session: str

    def get(self, path: str) -> Reply:
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: Mapping[str, str] | None = None, file: bytes | None = None) -> Reply:
        """Send a form, with a workbook if there is one."""
        body, kind = _multipart(fields or {}, file)
        return self._ask("POST", path, body, {"Content-Type": kind, "X-CSRFToken": TOKEN})

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        cookies = f"sessionid={self.session}; csrftoken={TOKEN}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {**headers, "Cookie": cookies})
            answer = connection.getresponse()
            reply = Reply(answer.status, answer.headers.get("Location") or "", answer.read())
        except (OSError, HTTPException) as error:
            raise Unanswered(f"{path}: {error!r}") from error
        finally:
            connection.close()
        if reply.status >= 500:
            raise Unanswered(f"{path}: {reply.status}")
        if reply.status >= 400:
            raise AssertionError(f"{method} {path}: {reply.status}")
        return reply


def insist(act: Callable[[], Answer], *, seconds: float = 90, pause: float = 0.25) -> Answer:
    """Do it until it is acknowledged.

    :raises GaveUp: if it never is.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return act()
        except Unanswered as failure:
            if time.monotonic() > deadline:
                raise GaveUp(str(failure)) from failure
            time.sleep(pause)


def _multipart(fields: Mapping[str, str], file: bytes | None) -> tuple[bytes, str]:
    edge = "saldo-faults-edge"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if file is not None:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="sent.xlsx"\r\n\r\n'
        parts.append(head.encode() + file + b"\r\n")
    return b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"
