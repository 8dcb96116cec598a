"""What copies of one mail have in common: who wrote what to whom when, not the way it took. Pure."""

import hashlib
from collections.abc import Iterator

from sellers.mailroom.rules.addresses import ADDRESS, base

OF_THE_MESSAGE = (b"message-id", b"from", b"to", b"cc", b"subject", b"date", b"content-type")
RECIPIENTS = (b"delivered-to", b"x-original-to", b"to", b"cc")
MOST_HEAD = 1 << 20
LONGEST_LIST = 16_384


def head_of(raw: bytes) -> tuple[list[tuple[bytes, bytes]], int]:
    """The headers of a mail, unfolded, by name in lower case, and where its body begins."""
    headers: list[tuple[bytes, bytes]] = []
    place = 0
    while place < len(raw) and place < MOST_HEAD:
        end = raw.find(b"\n", place)
        end = len(raw) if end < 0 else end + 1
        line = raw[place:end].rstrip(b"\r\n")
        place = end
        if not line:
            break
        _add(headers, line)
    return [(name, b" ".join(value.split())) for name, value in headers], place


def _add(headers: list[tuple[bytes, bytes]], line: bytes) -> None:
    if line[:1] in (b" ", b"\t") and headers:
        name, value = headers[-1]
        if len(value) <= LONGEST_LIST:
            headers[-1] = name, value + b" " + line
        return
    name, colon, value = line.partition(b":")
    if colon:
        headers.append((name.strip().lower(), value))


def fingerprint(raw: bytes, *, mailbox: str) -> str:
    """What copies of a mail to one mailbox share."""
    headers, body = head_of(raw)
    digest = hashlib.sha256(mailbox.encode())
    for name, value in sorted(headers):
        if name in OF_THE_MESSAGE:
            digest.update(b"\n" + name + b":" + value)
    digest.update(b"\n\n")
    content = raw[body:]
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
    digest.update(content.rstrip(b"\n"))
    return digest.hexdigest()


def recipients(raw: bytes) -> Iterator[str]:
    """The addresses a mail's own headers name as recipients, those of its delivery first."""
    headers, _ = head_of(raw)
    for wanted in RECIPIENTS:
        for name, value in headers:
            if name == wanted:
                for found in ADDRESS.findall(value[:LONGEST_LIST].decode("utf-8", "replace")):
                    yield base(found)
