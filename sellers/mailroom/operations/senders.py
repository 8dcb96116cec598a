"""The addresses that may send for a seller besides those of its logins."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.parties.models import Seller
from sellers.mailroom.models import AllowedSender
from sellers.mailroom.rules.addresses import is_public, normal

MOST_SENDERS = 50


class NoAddress(Exception):
    """This is neither an address nor a domain."""


class TooBroad(Exception):
    """Everybody may have an address at this domain."""


class TooManySenders(Exception):
    """A seller has as many addresses as there may be."""


@transaction.atomic
def allow_sender(*, seller_id: int, address: str, by: Any, at: datetime) -> AllowedSender:
    """Let an address, or all of a domain (``@shop.example``), send for a seller; again changes nothing.

    :raises NoAddress: if it is neither.
    :raises TooBroad: if the domain is a public mail provider's.
    :raises TooManySenders: if the seller has fifty.
    """
    seller = Seller.objects.locked().get(pk=seller_id)
    wanted = check_address(address)
    standing = seller.allowed_senders.filter(address=wanted).first()
    if standing is not None:
        return standing
    if seller.allowed_senders.count() >= MOST_SENDERS:
        raise TooManySenders(
            _("%(most)s addresses are the most. Add a domain instead.") % {"most": MOST_SENDERS}
        )
    row: AllowedSender = seller.allowed_senders.create(
        address=wanted, added_by=by if getattr(by, "pk", None) else None, added_at=at
    )
    record(verb="sender.allowed", subject=wanted, by=by, at=at, seller_id=seller_id)
    return row


@transaction.atomic
def forbid_sender(*, sender_id: int, by: Any, at: datetime) -> None:
    """Take an address's right to send for a seller away."""
    row = AllowedSender.objects.filter(pk=sender_id).first()
    if row is not None:
        record(verb="sender.forbidden", subject=row.address, by=by, at=at, seller_id=row.seller_id)
        row.delete()


def check_address(address: str) -> str:
    """An address, or a domain, as it is compared.

    :raises NoAddress: if it is neither.
    :raises TooBroad: if the domain is a public mail provider's.
    """
    text = address.strip()
    wanted = normal(f"x{text}").removeprefix("x") if text.startswith("@") else normal(text)
    if not wanted:
        told = {"text": text[:100]}
        raise NoAddress(_("%(text)s is neither an address nor a domain such as @shop.com.") % told)
    if wanted.startswith("@") and is_public(wanted[1:]):
        told = {"domain": wanted}
        raise TooBroad(_("Everybody may have an address at %(domain)s. Add single addresses.") % told)
    return wanted
