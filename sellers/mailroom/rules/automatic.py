"""Whether a mail was written by a machine, and must get no answer (RFC 3834). Pure."""

from collections.abc import Mapping, Sequence

MACHINES = (
    "mailer-daemon",
    "postmaster",
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "bounce",
    "bounces",
)
PRECEDENCES = ("bulk", "list", "junk", "auto_reply")


def is_automatic(
    headers: Mapping[str, Sequence[str]], *, sender: str, envelope_from: str | None, content_type: str
) -> bool:
    """Whether answering would speak to a machine; ``envelope_from`` is None where there was no envelope.

    ``headers`` are all values by name in lower case.
    """
    local = sender.partition("@")[0].lower()
    return any(
        (
            envelope_from == "",
            content_type in ("multipart/report", "message/delivery-status"),
            local in MACHINES,
            local.startswith(("owner-", "bounce+", "bounces+")) or local.endswith("-request"),
            _says(headers, "auto-submitted") not in ("", "no"),
            _says(headers, "precedence") in PRECEDENCES,
            any(name.startswith("list-") for name in headers),
            "x-loop" in headers,
            "x-autoreply" in headers or "x-autorespond" in headers,
        )
    )


def _says(headers: Mapping[str, Sequence[str]], name: str) -> str:
    values = headers.get(name, ())
    return values[0].partition(";")[0].partition("(")[0].strip().lower() if values else ""
