"""Taking in files that came together; a job reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.files import clean_name
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.models import StoredFile
from marketplace.orders.models import Order
from marketplace.parties.models import Market, Seller
from sellers.receipts.models import Bundle, BundleState, Origin, Outcome, ReceivedFile

MOST_FILES = 1000


class TooManyFiles(Exception):
    """More files than one bundle may hold."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that was handed in, kept already, under the name its sender gave it."""

    name: str
    file: StoredFile


def open_bundle(
    *,
    market: Market,
    sellers: Sequence[Seller],
    files: Sequence[Handed],
    origin: Origin,
    by: Any,
    at: datetime,
    order: Order | None = None,
    subject: str = "",
) -> Bundle:
    """Take in files of receipts of any of some sellers; a job registers them, one outcome each.

    :raises TooManyFiles: if there are more than a bundle may hold.
    """
    if len(files) > MOST_FILES:
        raise TooManyFiles(
            _("%(count)s files at once are too many; hand in at most %(most)s at a time.")
            % {"count": len(files), "most": MOST_FILES}
        )
    owner = sellers[0] if len(sellers) == 1 else None
    owner_key = owner.pk if owner else None
    with transaction.atomic():
        bundle = Bundle.objects.create(
            market=market,
            seller=owner,
            sellers=[seller.pk for seller in sellers],
            origin=origin,
            order=order,
            subject=" ".join(subject.split())[:200],
            opened_at=at,
            opened_by=by if getattr(by, "pk", None) else None,
        )
        ReceivedFile.objects.bulk_create(
            ReceivedFile(
                bundle=bundle,
                seller=owner,
                position=place,
                name=clean_name(each.name),
                file=each.file,
                came_at=at,
            )
            for place, each in enumerate(files, start=1)
        )
        record(
            verb="receipts.handed_in",
            subject=str(bundle.pk),
            by=by,
            at=at,
            seller_id=owner_key,
            details={"files": len(files), "origin": str(origin)},
        )
        enqueue("receipts.read", key=f"bundle:{bundle.pk}", seller_id=owner_key, bundle_id=bundle.pk)
    return bundle


@transaction.atomic
def finish_bundle(*, bundle_id: int, at: datetime) -> Bundle:
    """Note that every file of a bundle has its outcome; what waits for that is woken, once."""
    bundle = Bundle.objects.locked().get(pk=bundle_id)
    if bundle.state != BundleState.READING:
        return bundle
    bundle.state, bundle.done_at = BundleState.DONE, at
    bundle.save(update_fields=["state", "done_at"])
    if bundle.origin == Origin.MAIL:
        enqueue("mailroom.answer", key=f"bundle:{bundle.pk}", bundle_id=bundle.pk)
    return bundle


@transaction.atomic
def cancel_bundle(*, bundle_id: int, at: datetime) -> None:
    """Give every file that has no outcome yet the outcome of a reading that was stopped."""
    bundle = Bundle.objects.locked().get(pk=bundle_id)
    if bundle.state == BundleState.READING:
        bundle.files.pending().update(outcome=Outcome.CANCELLED, decided_at=at)
        bundle.state, bundle.done_at = BundleState.CANCELLED, at
        bundle.save(update_fields=["state", "done_at"])
