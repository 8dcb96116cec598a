"""The buyer of an invoice in the ERP: found, or made once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from marketplace.kernel.faults import fault_point
from marketplace.kernel.jobs import Claimed
from sellers.erp.models import Channel, ErpContact, Kind, Knowledge, Reading
from sellers.erp.operations.lists import finish_reading, read_on
from sellers.erp.pacing import Clock
from sellers.erp.port import Buyer, Contact, Erp, ErpError, Fault, Page
from sellers.erp.rules.buyers import document_key
from sellers.erp.rules.causes import CannotInvoice, Cause
from sellers.erp.rules.order import growing

FRESH = timedelta(minutes=10)
"""How long a reading of the contacts holds: somebody may make one in the ERP at any time."""

WHOLE = timedelta(days=1)


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
    rows = ErpContact.objects.filter(channel=channel, identification=document_key(buyer.identification))
    row = rows.first()
    if row is not None and row.state == Knowledge.KNOWN:
        return row.external_id
    if row is not None and row.asked_at + quiet > clock():
        raise NotYet(row.asked_at + quiet)
    asked = row.asked_at + quiet if row is not None else None
    if not _is_fresh(channel, after=asked, at=clock()):
        _read_all(claimed, channel, erp, clock, since=asked)
        if found := rows.filter(state=Knowledge.KNOWN).first():
            return found.external_id
    return _make(claimed, channel, erp, buyer, clock, quiet)


def keep_contacts(channel: Channel, contacts: Sequence[Contact], *, at: datetime) -> None:
    """Keep what was read of contacts; of several with one document the first that was met is kept."""
    named: dict[str, str] = {}
    for each in contacts:
        if key := document_key(each.identification):
            named.setdefault(key[:40], each.id)
    rows = [
        ErpContact(
            channel=channel, identification=key, state=Knowledge.KNOWN, external_id=external_id, asked_at=at
        )
        for key, external_id in named.items()
    ]
    ErpContact.objects.bulk_create(rows, ignore_conflicts=True)
    asked = ErpContact.objects.filter(channel=channel, state=Knowledge.ASKED, identification__in=named)
    for row in asked:
        row.state, row.external_id = Knowledge.KNOWN, named[row.identification]
        row.save(update_fields=["state", "external_id"])


def _is_fresh(channel: Channel, *, after: datetime | None, at: datetime) -> bool:
    """Whether the contacts were read to their end lately, and since a lost answer can have come."""
    since = max(filter(None, (after, at - FRESH)))
    return Reading.objects.filter(
        channel=channel, kind=Kind.CONTACTS, finished_at__isnull=False, began_at__gte=since
    ).exists()


def _read_all(claimed: Claimed, channel: Channel, erp: Erp, clock: Clock, *, since: datetime | None) -> None:
    """Read the contacts to their end: what is new since they were read last, or all since a moment.

    :raises CannotInvoice: if the ERP does not let its contacts be read.
    """
    with claimed.effect():
        reading = _begin(channel, clock(), since=since)

    def keep(page: Page[Contact]) -> None:
        ids = [each.id for each in page.rows]
        reading.ordered = reading.ordered and growing(ids)
        keep_contacts(channel, page.rows, at=clock())

    try:
        read_on(claimed, reading, erp.contacts, keep)
    except ErpError as error:
        if error.fault in (Fault.REFUSED, Fault.PLAN):
            raise CannotInvoice(_cause(error), error.text) from None
        raise
    with claimed.effect():
        finish_reading(reading, at=clock())


def _begin(channel: Channel, at: datetime, *, since: datetime | None) -> Reading:
    """The reading that is under way; a new one begins where the last ended, if what is new stands at the end.

    Each day all is read once more, and wherever it must be since a moment that the last one began before.
    """
    reading, _created = Reading.objects.get_or_create(
        channel=channel, kind=Kind.CONTACTS, defaults={"began_at": at, "whole_at": at}
    )
    is_late_enough = reading.whole_at is not None and reading.whole_at >= (since or at - WHOLE)
    if reading.finished_at is None and is_late_enough:
        return reading
    if not (reading.ordered and is_late_enough):
        reading.position, reading.ordered, reading.whole_at = 0, True, at
    reading.began_at, reading.finished_at = at, None
    reading.save()
    return reading


def _make(claimed: Claimed, channel: Channel, erp: Erp, buyer: Buyer, clock: Clock, quiet: timedelta) -> str:
    key: dict[str, Any] = {"channel": channel, "identification": document_key(buyer.identification)}
    with claimed.effect():
        told = {"state": Knowledge.ASKED, "external_id": "", "asked_at": clock()}
        ErpContact.objects.update_or_create(defaults=told, **key)
    claimed.progress(0, 0)
    fault_point("erp.before_contact")
    try:
        contact = erp.create_contact(buyer)
    except ErpError as error:
        _note_error(claimed, key, error)
        refused = error.fault in (Fault.EXISTS, Fault.REFUSED)
        if refused and (found := _looked_up(claimed, channel, erp, key, clock)):
            return found
        if refused or error.fault == Fault.PLAN:
            raise CannotInvoice(_cause(error), error.text) from None
        if error.fault == Fault.UNKNOWN:
            raise NotYet(clock() + quiet) from None
        raise
    fault_point("erp.after_contact")
    with claimed.effect():
        ErpContact.objects.filter(**key).update(state=Knowledge.KNOWN, external_id=contact.id)
    return contact.id


def _cause(error: ErpError) -> Cause:
    return Cause.PLAN if error.fault == Fault.PLAN else Cause.BUYER


def _looked_up(claimed: Claimed, channel: Channel, erp: Erp, key: dict[str, Any], clock: Clock) -> str | None:
    """The contact that the ERP has, should that be why it refused one; all are read, but not each time."""
    since = clock() - FRESH
    readings = Reading.objects.filter(channel=channel, kind=Kind.CONTACTS)
    if not readings.filter(whole_at__gte=since, finished_at__isnull=False).exists():
        _read_all(claimed, channel, erp, clock, since=since)
    return ErpContact.objects.filter(**key).values_list("external_id", flat=True).first()


def _note_error(claimed: Claimed, key: dict[str, Any], error: ErpError) -> None:
    """What was surely not made is forgotten, so that nobody waits for it."""
    if error.fault != Fault.UNKNOWN:
        with claimed.effect():
            ErpContact.objects.filter(**key, state=Knowledge.ASKED).delete()
