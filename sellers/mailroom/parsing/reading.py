"""Taking a mail apart: its headers, and the files in it wherever they hide."""

import binascii
import re
import sys
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from marketplace.edocuments.content import kind_of
from sellers.mailroom.parsing.wire import Part, Seen
from sellers.mailroom.parsing.words import file_name, header_text
from sellers.mailroom.rules.addresses import ADDRESS, normal
from sellers.mailroom.rules.fingerprint import head_of
from sellers.mailroom.rules.limits import LONGEST_HEADER, MOST_DEPTH, MOST_HEADERS, MOST_PARTS

NO_FILES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
KEPT = ("auto-submitted", "precedence", "x-loop", "x-autoreply", "x-autorespond", "return-path")
BODY_SIGNS = 50_000
MOST_NAMED = 50
MOST_RESULTS = 20
MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,240}>")
UUENCODED = re.compile(r"^begin [0-7]{3,4} (\S[^\r\n]{0,200})\r?$", re.M)


UNCLEAR = ["", ""]
"""What a From header that holds not exactly addresses counts as: more than one."""


class Refused(Exception):
    """A mail is more than a mail may be, or none."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class _Counted(EmailMessage):
    """A message that refuses more headers than there may be."""

    _count = 0

    def set_raw(self, name: str, value: str) -> None:
        self._count += 1
        if self._count > MOST_HEADERS or len(value) > LONGEST_HEADER:
            raise Refused("bad_headers")
        super().set_raw(name, value)


class _Counter:
    """Makes messages, and no more parts than there may be."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, policy: Any = None) -> _Counted:
        self.count += 1
        if self.count > MOST_PARTS + 1:
            raise Refused("too_many_parts")
        return _Counted(policy)


def read_mail(raw: bytes, folder: Path) -> Seen:
    """What a mail says; its files are written into a folder. What its head says is told in any case."""
    try:
        told = _head(raw)
    except Refused as refused:
        return Seen(fault=refused.fault)
    try:
        return Seen(**told, **_body(raw, folder))
    except Refused as refused:
        return Seen(**told, fault=refused.fault)
    except RecursionError:
        return Seen(**told, fault="too_deep")
    except (OSError, MemoryError):
        raise  # our disk, or more than a mail may take
    except Exception as error:
        sys.stderr.write(f"{error!r}\n")
        return Seen(**told, fault="unreadable")


def read_head(raw: bytes) -> Seen:
    """What the head of a mail says whose rest cannot be read."""
    try:
        return Seen(**_head(raw), fault="unreadable")
    except Refused as refused:
        return Seen(fault=refused.fault)


def _body(raw: bytes, folder: Path) -> dict[str, Any]:
    message = BytesParser(policy=policy.default.clone(message_factory=_Counter())).parsebytes(raw)
    _check_depth(message)
    parts = tuple(_parts(message, folder))
    return {"named": tuple(_named(message)), "parts": parts}


def _head(raw: bytes) -> dict[str, Any]:
    """The headers, read one by one as bytes, whatever is wrong with the rest."""
    headers, _ = head_of(raw)
    if len(headers) > MOST_HEADERS or any(len(value) > LONGEST_HEADER for _, value in headers):
        raise Refused("bad_headers")
    texts: dict[str, list[str]] = {}
    for name, value in headers:
        texts.setdefault(name.decode("ascii", "replace"), []).append(value.decode("utf-8", "surrogateescape"))
    senders = [_sender(value) for value in texts.get("from", [])]
    return {
        "senders": tuple(address for found, _ in senders for address in found),
        "sender_name": next((name for _, name in senders), ""),
        "subject": header_text(next(iter(texts.get("subject", [])), "")),
        "message_id": header_text(next(iter(texts.get("message-id", [])), ""))[:250],
        "answers": tuple(_ids(texts.get("in-reply-to", []) + texts.get("references", []))),
        # As it stands: its grammar knows no encoded words; decoding them lets a stranger write in it.
        "authentication": tuple(texts.get("authentication-results", []))[:MOST_RESULTS],
        "headers": {
            name: [header_text(value) for value in values[:3]]
            for name, values in texts.items()
            if name in KEPT or name.startswith("list-")
        },
        "content_type": _content_type(texts),
    }


def _content_type(texts: dict[str, list[str]]) -> str:
    told = next(iter(texts.get("content-type", [])), "text/plain")
    return header_text(told).partition(";")[0].strip().lower()[:100]


def _ids(values: list[str]) -> list[str]:
    found = [each for value in values for each in MESSAGE_ID.findall(value)]
    return list(dict.fromkeys(found))[-MOST_NAMED:]


def _sender(value: str) -> tuple[list[str], str]:
    """The addresses a From header holds, and the name beside the first."""
    name, bare = _apart(value)
    bracketed = re.findall(r"<([^<>]*)>", bare)
    places = bracketed if bracketed else bare.split(",")
    # Without brackets, what stands between commas must be addresses and nothing else.
    found = [normal(header_text(place)) for place in places if place.strip()]
    outside = re.sub(r"<[^<>]*>", " ", bare) if bracketed else ""
    if not found or "" in found or "<" in outside or ADDRESS.search(outside):
        return UNCLEAR, name
    return found, name


def _apart(value: str) -> tuple[str, str]:
    """A From header's name, and the header without its quoted words and comments."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', " ", value)
    bare = re.sub(r"\([^()]*\)", " ", bare)
    name = value.partition("<")[0] if "<" in value else ""
    return header_text(name.strip().strip('"'))[:120], bare


def _check_depth(message: Message) -> None:
    level: list[Message] = [message]
    for _ in range(MOST_DEPTH + 1):
        if not level:
            return
        level = [part for each in level for part in _children(each)]
    if level:
        raise Refused("too_deep")


def _children(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _parts(message: EmailMessage, folder: Path) -> Iterator[Part]:
    count = 0
    for part in message.walk():
        for name, content_type, content in _files(part):
            count += 1
            if count > MOST_PARTS:
                raise Refused("too_many_parts")
            path = folder / f"{count:05d}"
            path.write_bytes(content)
            yield Part(
                name or f"file-{count}", str(kind_of(content, name)), len(content), content_type, path.name
            )


def _files(part: Any) -> Iterator[tuple[str, str, bytes]]:
    """The files a part is or holds: itself, or what a text has in the old way between begin and end."""
    if isinstance(part.get_payload(), list):
        return
    content_type = _type_of(part)
    name = file_name(part)
    if _is_file(part, content_type, name):
        yield name, content_type, _content(part)
    elif content_type == "text/plain":
        yield from _uuencoded(_text(part))


def _is_file(part: Any, content_type: str, name: str) -> bool:
    kind = content_type.partition("/")[0]
    if content_type in NO_FILES or kind in ("multipart", "message"):
        return bool(name) and content_type not in NO_FILES
    if name or _disposition(part) == "attachment":
        return True
    if content_type in ("text/xml", "text/x-xml"):
        return True
    return kind not in ("text", "image")


def _type_of(part: Any) -> str:
    try:
        return str(part.get_content_type())[:100]
    except Exception:  # a broken header: the content will tell
        return "application/octet-stream"


def _disposition(part: Any) -> str:
    try:
        return str(part.get_content_disposition() or "")
    except Exception:
        return "attachment"


def _content(part: Any) -> bytes:
    """A part's bytes, decoded as its header says; as they are where that fails."""
    try:
        decoded = part.get_payload(decode=True)
    except Exception:
        decoded = None
    if isinstance(decoded, bytes):
        return decoded
    return str(part.get_payload() or "").encode("utf-8", "surrogateescape")


def _text(part: Any) -> str:
    return _content(part).decode(_charset(part), "replace")


def _charset(part: Any) -> str:
    try:
        name = str(part.get_content_charset() or "utf-8")
        b"".decode(name)
    except Exception:
        return "latin-1"
    return name


def _uuencoded(text: str) -> Iterator[tuple[str, str, bytes]]:
    for found in UUENCODED.finditer(text):
        lines, end, _ = text[found.end() :].partition("\nend")
        if not end:
            return
        try:
            content = b"".join(
                binascii.a2b_uu(line.encode("ascii")) for line in lines.splitlines() if line.strip()
            )
        except (binascii.Error, UnicodeError):
            continue
        yield header_text(found[1]), "application/octet-stream", content


def _named(message: EmailMessage) -> Iterator[str]:
    """Beginnings of the texts people wrote, in which they may name a document."""
    left = BODY_SIGNS
    for part in message.walk():
        if isinstance(part.get_payload(), list) or left <= 0:
            continue
        if _type_of(part) in ("text/plain", "text/html") and not file_name(part):
            text = re.sub(r"<[^<>]{0,500}>", " ", _text(part)[:left])
            left -= len(text)
            yield text
