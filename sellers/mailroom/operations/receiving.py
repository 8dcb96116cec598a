"""Taking a mail in: its bytes first, then its row and the job that reads it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.kernel.files import store
from marketplace.kernel.jobs import enqueue
from marketplace.parties.models import Market
from sellers.mailroom.models import Mail, Origin
from sellers.mailroom.queries import boxes
from sellers.mailroom.rules.addresses import LONGEST, base, normal
from sellers.mailroom.rules.fingerprint import fingerprint, recipients
from sellers.mailroom.rules.limits import MOST_BYTES
from sellers.mailroom.rules.routing import Box, box_of


class TooLarge(Exception):
    """A mail is larger than what is taken."""


def receive_mail(
    raw: bytes | Path,
    *,
    origin: Origin,
    at: datetime,
    envelope_from: str = "",
    envelope_to: Sequence[str] = (),
    peer: str = "",
    market: Market | None = None,
    cut: bool = False,
    group: str | None = None,
) -> Mail:
    """Take a mail in and have it read; the same mail again is the one that stands, and changes nothing.

    ``peer`` is the network address it was delivered by. ``market``: only its mailboxes count, its receipts'
    where none is named. ``cut``: the mail was too large, and this is only its head. ``group``: that of the
    job that reads it.

    :raises TooLarge: if it is larger than 25 MB.
    """
    content = raw if isinstance(raw, bytes) else _read(raw)
    if len(content) > MOST_BYTES:
        raise TooLarge(_("The mail is larger than %(most)s MB.") % {"most": MOST_BYTES >> 20})
    mailbox, owner = _mailbox(content, envelope_to, market)
    told = fingerprint(content, mailbox=mailbox)
    if cut:
        told = hashlib.sha256(f"cut {told}".encode()).hexdigest()
    standing = Mail.objects.filter(content_sha256=told).first()
    if standing is not None:
        return standing
    facts = {
        "market_id": owner,
        "origin": origin,
        "peer": peer[:45],
        "cut": cut,
        "mailbox": mailbox,
        "envelope_from": normal(envelope_from),
        "envelope_to": [address[:LONGEST] for address in envelope_to][:50],
        "received_at": at,
    }
    try:
        with transaction.atomic():
            file = store(name="mail.eml", content_type="message/rfc822", chunks=[content], at=at)
            mail = Mail.objects.create(content_sha256=told, raw=file, **facts)
            enqueue("mailroom.read", key=f"mail:{mail.pk}", group=group, mail_id=mail.pk)
    except IntegrityError:  # a twin was taken in at the same time; our file is swept away
        return Mail.objects.get(content_sha256=told)
    return mail


def _read(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(MOST_BYTES + 1)


def _mailbox(content: bytes, envelope_to: Sequence[str], market: Market | None) -> tuple[str, int | None]:
    """The mailbox of ours a mail came to, and its market where that is clear."""
    known = boxes(Market.objects.filter(pk=market.pk) if market else None)
    address = box_of([base(each) for each in envelope_to], known) or box_of(recipients(content), known)
    if not address and market is not None:
        address = base(market.receipts_email)
    return address, _only_market(known.get(address, ()))


def _only_market(found: Sequence[Box]) -> int | None:
    owners = {box.market_id for box in found}
    return owners.pop() if len(owners) == 1 else None
