"""Headers as people meant them: encoded words decoded, broken ones cleaned."""

import re
import unicodedata
from email.header import decode_header
from email.message import EmailMessage
from email.utils import collapse_rfc2231_value

LONGEST_WORD = 1_000
LONGEST_READ = 4_096
"""More of a header is not decoded: the decoder's time grows with the square of it."""


def header_text(value: object) -> str:
    """A header's text: its encoded words decoded, in one line, without control signs."""
    text = str(value)[:LONGEST_READ]
    try:
        text = "".join(_decoded(piece, charset) for piece, charset in decode_header(text))
    except Exception:  # whatever a broken header makes the decoder stumble over, its raw text is shown
        text = _readable(text)
    return clean(text)


def _decoded(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return _readable(piece)
    for name in (charset, "utf-8", "latin-1"):
        try:
            return piece.decode(name or "utf-8")
        except (LookupError, UnicodeError):
            continue
    return piece.decode("ascii", "replace")


def _readable(text: str) -> str:
    """Bytes that stood in a header as they were: UTF-8 if they are, else Latin-1."""
    raw = text.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeError:
        return raw.decode("latin-1")


def clean(text: str) -> str:
    """A text in one line, without signs that are not seen."""
    plain = unicodedata.normalize("NFC", text)
    plain = "".join(
        sign if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn") else " " for sign in plain
    )
    return " ".join(plain.split())[:LONGEST_WORD]


def file_name(part: EmailMessage) -> str:
    """The name an attachment came under; "" if it has none."""
    for header, name in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            value = part.get_param(name, None, header=header)
        except Exception:  # a header the parser stumbles over
            value = None
        value = value or _scraped(part, header, name)
        if value:
            return header_text(collapse_rfc2231_value(value) if isinstance(value, tuple) else value)
    return ""


def _scraped(part: EmailMessage, header: str, name: str) -> str:
    """A parameter of a header that the parser cannot read."""
    for key, value in part.raw_items():
        if key.lower() == header:
            found = re.search(rf"{name}\s*=\s*(?:\"([^\"]*)\"|([^\s;]+))", str(value)[:4096], re.I)
            return (found[1] or found[2] or "") if found else ""
    return ""
