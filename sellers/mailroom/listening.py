"""The listener: mail servers hand mails over by SMTP, or LMTP. A mail is answered 250 once it is kept."""

import asyncio
import logging
import time
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections, connections
from django.utils import timezone

from sellers.mailroom.models import Origin
from sellers.mailroom.operations.receiving import TooLarge, receive_mail
from sellers.mailroom.queries import boxes
from sellers.mailroom.rules.addresses import base
from sellers.mailroom.rules.limits import MOST_BYTES

log = logging.getLogger(__name__)

MOST_RECIPIENTS = 50
MOST_CONNECTIONS = 20
MOST_AN_HOUR = 1_000
"""Mails of one envelope sender; more are put off, not refused."""

NO_TEXT = "553 5.1.3 The address is no text"
SILENCE_SECONDS = 300
COMMANDS = {"RCPT": MOST_RECIPIENTS + 10, "MAIL": 200, "DATA": 200, "RSET": 200, "NOOP": 50, "*": 20}
LONGEST_LINE = 1 << 16
BOXES_SECONDS = 10
HOUR = 3_600
MOST_SENDERS = 10_000

Answer = TypeVar("Answer")


class Rate:
    """How many mails each sender handed over within an hour; those not heard of for long are forgotten."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def is_full(self, sender: str) -> bool:
        """Whether a sender has to wait; if not, this mail counts."""
        now = self._clock()
        times = self._seen.setdefault(sender, deque())
        self._seen.move_to_end(sender)
        while len(self._seen) > MOST_SENDERS:
            self._seen.popitem(last=False)
        while times and times[0] < now - HOUR:
            times.popleft()
        if len(times) >= self._most:
            return True
        times.append(now)
        return False


class Handler:
    """What is answered to each command; everything that asks the database runs in a thread of its own."""

    def __init__(self, *, lmtp: bool, most_an_hour: int = MOST_AN_HOUR) -> None:
        self._lmtp = lmtp
        self._rate = Rate(most_an_hour)
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="mail")
        self._boxes: tuple[float, frozenset[str]] = (0.0, frozenset())

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Put a sender off who hands over too many."""
        if not _is_text(address):
            return NO_TEXT
        if self._rate.is_full(base(address)):
            return "452 4.7.1 Too many mails of this sender; try again in an hour"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take mail for our own mailboxes alone."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if not _is_text(address):
            return NO_TEXT
        try:
            known = await self._known()
        except Exception:
            log.exception("the mailboxes could not be looked up")
            return "451 4.3.0 Try again later"
        if base(address) not in known:
            return "550 5.1.1 There is no such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, once per mailbox; only then it is ours."""
        content = envelope.content
        assert isinstance(content, bytes)
        peer = str(session.peer[0]) if session.peer else ""
        boxes_of = {address: base(address) for address in envelope.rcpt_tos}
        kept = {}
        for box in dict.fromkeys(boxes_of.values()):
            wanted = [address for address in envelope.rcpt_tos if boxes_of[address] == box]
            work = partial(_keep, content, envelope.mail_from or "", wanted, peer)
            kept[box] = await self._apart(work)
        if self._lmtp:  # which hears of each recipient by itself
            return "\r\n".join(kept[boxes_of[address]] for address in envelope.rcpt_tos)
        return next((text for text in kept.values() if not text.startswith("2")), "250 2.0.0 Kept")

    async def _known(self) -> frozenset[str]:
        """Our mailboxes, looked up anew every few seconds."""
        read_at, known = self._boxes
        if not known or time.monotonic() - read_at > BOXES_SECONDS:
            known = frozenset(await self._apart(boxes))
            self._boxes = (time.monotonic(), known)
        return known

    async def _apart(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._pool, _with_connection, work)


def _with_connection(work: Callable[[], Answer]) -> Answer:
    """Work on a database connection that is closed afterwards, as a request's would be."""
    close_old_connections()
    try:
        return work()
    finally:
        connections.close_all()


def _is_text(address: str) -> bool:
    """Whether an address is text that can be kept: what is no UTF-8 comes in half signs."""
    return not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in address)


def _keep(content: bytes, sender: str, recipients: Sequence[str], peer: str) -> str:
    if not all(map(_is_text, (sender, *recipients))):
        return NO_TEXT
    try:
        mail = receive_mail(
            content,
            origin=Origin.SMTP,
            at=timezone.now(),
            envelope_from=sender,
            envelope_to=recipients,
            peer=peer,
        )
    except TooLarge:
        return "552 5.3.4 Larger than 25 MB"
    except Exception:
        log.exception("a mail could not be kept")
        return "451 4.3.0 Not kept; try again later"
    return f"250 2.0.0 Kept as {mail.pk}"


MOST_UNANSWERED_BYTES = 2 * MOST_BYTES
"""What is heard before an answer: a mail that is too large is refused in words, an endless one cut off."""


class _Limited:
    """One connection too many is put off at once; one that never ends what it says is cut."""

    open_now = 0
    line_length_limit = LONGEST_LINE
    _unanswered = 0

    def data_received(self, data: bytes) -> None:
        self._unanswered += len(data)
        if self._unanswered > MOST_UNANSWERED_BYTES:
            self.transport.abort()  # type: ignore[attr-defined]
            return
        super().data_received(data)  # type: ignore[misc]

    async def push(self, status: Any) -> None:
        self._unanswered = 0
        await super().push(status)  # type: ignore[misc]

    def connection_made(self, transport: Any) -> None:
        _Limited.open_now += 1
        if _Limited.open_now > MOST_CONNECTIONS:
            transport.write(b"421 4.3.2 Too many connections; try again later\r\n")
            transport.close()
            return
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        _Limited.open_now -= 1
        if getattr(self, "session", None) is not None:
            super().connection_lost(error)  # type: ignore[misc]


class LimitedSMTP(_Limited, SMTP):
    """SMTP for few."""


class LimitedLMTP(_Limited, LMTP):
    """LMTP for few."""


def make_protocol(handler: Handler, *, lmtp: bool, loop: asyncio.AbstractEventLoop | None = None) -> SMTP:
    """What speaks on one connection."""
    return (LimitedLMTP if lmtp else LimitedSMTP)(
        handler,
        data_size_limit=MOST_BYTES,
        enable_SMTPUTF8=True,
        hostname="saldo",
        ident="Saldo",
        timeout=SILENCE_SECONDS,
        command_call_limit=COMMANDS,
        loop=loop,
    )


async def serve(
    *, host: str, port: int, lmtp: bool = False, most_an_hour: int = MOST_AN_HOUR
) -> asyncio.Server:
    """Begin to listen.

    :raises OSError: if the port is taken.
    """
    loop = asyncio.get_running_loop()
    handler = Handler(lmtp=lmtp, most_an_hour=most_an_hour)
    return await loop.create_server(lambda: make_protocol(handler, lmtp=lmtp, loop=loop), host, port)
