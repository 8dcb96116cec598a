"""The buyer of an invoice in the ERP: found, or made once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from marketplace.kernel.jobs import Claimed
from sellers.erp.models import Channel, ErpContact, Knowledge
from sellers.erp.pacing import Clock
from sellers.erp.port import Buyer, Contact, Erp, ErpError, Fault
from sellers.erp.rules.causes import CannotInvoice, Cause


class NotYet(Exception):
    """It must wait: what was asked may still arrive."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def contact_for(
    claimed: Claimed, *, channel: Channel, erp: Erp, buyer: Buyer, clock: Clock, quiet: timedelta
) -> str:
    """The buyer's id in the ERP; one that is not there is made.

    :raises NotYet: if it was asked for lately and nobody knows whether it was made.
    :raises CannotInvoice: if the ERP refuses it.
    """
    rows = ErpContact.objects.filter(channel=channel, identification=buyer.identification)
    row = rows.first()
    if row is not None and row.state == Knowledge.KNOWN:
        return row.external_id
    if row is not None and row.asked_at + quiet > clock():
        raise NotYet(row.asked_at + quiet)
    _read_newest(claimed, channel, erp, buyer.identification, clock)
    found = rows.filter(state=Knowledge.KNOWN).first()
    return found.external_id if found is not None else _make(claimed, channel, erp, buyer, clock, quiet)


def keep_contacts(channel: Channel, contacts: Sequence[Contact], *, at: datetime) -> None:
    """Keep what was read of contacts; of several with one document the oldest is kept."""
    named = {each.identification: each for each in contacts if each.identification and len(each.id) <= 40}
    rows = [
        ErpContact(
            channel=channel,
            identification=identification[:40],
            state=Knowledge.KNOWN,
            external_id=each.id,
            asked_at=at,
        )
        for identification, each in named.items()
    ]
    ErpContact.objects.bulk_create(rows, ignore_conflicts=True)
    asked = ErpContact.objects.filter(channel=channel, state=Knowledge.ASKED, identification__in=named)
    for row in asked:
        row.state, row.external_id = Knowledge.KNOWN, named[row.identification].id
        row.save(update_fields=["state", "external_id"])


def _read_newest(claimed: Claimed, channel: Channel, erp: Erp, wanted: str, clock: Clock) -> None:
    """Read contacts, newest first, until the one wanted or a page that is known whole."""
    for page in erp.contacts():
        ids = [each.id for each in page]
        known = ErpContact.objects.filter(channel=channel, external_id__in=ids).count()
        with claimed.effect():
            keep_contacts(channel, page, at=clock())
        named = sum(1 for each in page if each.identification)
        if any(each.identification == wanted for each in page) or (named and known >= named):
            return


def _make(claimed: Claimed, channel: Channel, erp: Erp, buyer: Buyer, clock: Clock, quiet: timedelta) -> str:
    key: dict[str, Any] = {"channel": channel, "identification": buyer.identification}
    with claimed.effect():
        told = {"state": Knowledge.ASKED, "external_id": "", "asked_at": clock()}
        ErpContact.objects.update_or_create(defaults=told, **key)
    claimed.progress(0, 0)
    try:
        contact = erp.create_contact(buyer)
    except ErpError as error:
        _note_error(claimed, key, error)
        if error.fault == Fault.UNKNOWN:
            raise NotYet(clock() + quiet) from None
        raise
    with claimed.effect():
        ErpContact.objects.filter(**key).update(state=Knowledge.KNOWN, external_id=contact.id)
    return contact.id


def _note_error(claimed: Claimed, key: dict[str, Any], error: ErpError) -> None:
    """What was surely not made is forgotten, so that nobody waits for it."""
    if error.fault == Fault.UNKNOWN:
        return
    with claimed.effect():
        ErpContact.objects.filter(Q(**key), state=Knowledge.ASKED).delete()
    if error.fault in (Fault.REFUSED, Fault.PLAN):
        raise CannotInvoice(Cause.REFUSED if error.fault == Fault.REFUSED else Cause.PLAN, error.text)
