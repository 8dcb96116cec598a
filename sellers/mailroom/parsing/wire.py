"""What the process that takes a mail apart tells the one that asked it to."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """An attachment: its name as its sender meant it, what it is by content, and the file it lies in."""

    name: str
    kind: str
    size: int
    content_type: str
    path: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a mail says, or ``fault``: why it cannot be taken.

    ``senders`` are the addresses of all its From headers. ``named`` are texts in which it may name a
    document: the subject is not among them.
    """

    senders: tuple[str, ...] = ()
    sender_name: str = ""
    subject: str = ""
    message_id: str = ""
    answers: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    authentication: tuple[str, ...] = ()
    headers: dict[str, list[str]] = field(default_factory=dict)
    content_type: str = ""
    parts: tuple[Part, ...] = ()
    fault: str = ""


def seen_to_line(seen: Seen) -> bytes:
    """A mail as one line of JSON; what is no text any more is written as question marks."""
    return json.dumps(asdict(seen), ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def line_to_seen(line: bytes) -> Seen:
    """A mail as it was told."""
    told: dict[str, Any] = json.loads(line)
    parts = tuple(Part(**part) for part in told.pop("parts"))
    for name in ("senders", "answers", "named", "authentication"):
        told[name] = tuple(told[name])
    return Seen(parts=parts, **told)
