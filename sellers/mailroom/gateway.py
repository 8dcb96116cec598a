"""The wire to a mailbox (IMAP). It is imap-tools' connection, but its mails stay bytes: nothing is parsed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags
from imap_tools.mailbox import BaseMailBox

SECONDS = 60
PORTS = {"imaps": 993, "imap": 143, "imap+starttls": 143}


class BadAddress(ValueError):
    """The address names no mailbox."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a mailbox is: ``imaps://user:password@host/INBOX?done=Archive``."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str
    done: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.user}@{self.host}:{self.port}/{self.folder}"


def read_address(url: str) -> Address:
    """An address in its parts.

    :raises BadAddress: if it lacks one.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise BadAddress("Write it as imaps://user:password@host/INBOX") from None
    if not parts.hostname or not parts.username or parts.password is None:
        raise BadAddress("It needs a user, a password and a host: imaps://user:password@host/INBOX")
    return Address(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port,
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        done=parse_qs(parts.query).get("done", [""])[0],
    )


class Folder:
    """A mailbox's folder, open."""

    def __init__(self, box: BaseMailBox, address: Address) -> None:
        self._box, self._address = box, address

    def unseen(self) -> list[str]:
        """The mails nobody has taken yet, oldest first."""
        return sorted(self._box.uids("UNSEEN"), key=int)

    def size(self, uid: str) -> int:
        """How many bytes a mail is."""
        told = b" ".join(each for each in self._fetch(uid, "(RFC822.SIZE)") if isinstance(each, bytes))
        found = re.search(rb"RFC822\.SIZE (\d+)", told, re.IGNORECASE)
        return int(found[1]) if found else 0

    def content(self, uid: str, *, head: bool = False) -> bytes:
        """A mail's bytes, or those of its head; taking them marks nothing."""
        told = self._fetch(uid, "(BODY.PEEK[HEADER])" if head else "(BODY.PEEK[])")
        return next((each[1] for each in told if isinstance(each, tuple)), b"")

    def mark_done(self, uid: str) -> None:
        """Mark a mail as taken, and move it where taken mails go."""
        self._box.flag(uid, MailMessageFlags.SEEN, True)
        if self._address.done:
            if not self._box.folder.exists(self._address.done):
                self._box.folder.create(self._address.done)
            self._box.move(uid, self._address.done)

    def _fetch(self, uid: str, what: str) -> list[Any]:
        status, told = self._box.client.uid("fetch", uid, what)
        if status != "OK":
            raise OSError(f"the mailbox answered {status} to a fetch")
        return list(told or [])


@contextmanager
def open_folder(address: Address) -> Iterator[Folder]:
    """Log in and open the folder."""
    kinds: dict[str, Any] = {
        "imaps": MailBox,
        "imap": MailBoxUnencrypted,
        "imap+starttls": MailBoxStartTls,
    }
    box = kinds[address.scheme](address.host, address.port, timeout=SECONDS)
    try:
        box.login(address.user, address.password, initial_folder=address.folder)
        yield Folder(box, address)
    except BaseException:
        with suppress(OSError):
            box.client.shutdown()
        raise
    box.logout()
