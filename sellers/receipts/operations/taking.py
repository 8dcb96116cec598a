"""Taking in files that came together; a job reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.files import clean_name, pieces_of, store_all
from marketplace.kernel.jobs import enqueue, request_cancel
from marketplace.kernel.models import JobState, StoredFile
from marketplace.kernel.uploads import Laid
from marketplace.orders.models import Order
from marketplace.parties.models import Market, Seller
from sellers.receipts.models import Bundle, BundleState, Origin, Outcome, ReceivedFile
from sellers.receipts.queries import job_of

MOST_FILES = 1000


class TooManyFiles(Exception):
    """More files than one bundle may hold."""


class NothingSent(Exception):
    """No file at all."""


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
    _check_count(len(files))
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


def take_in(
    *,
    seller: Seller,
    files: Sequence[Laid],
    origin: Origin,
    by: Any,
    at: datetime,
    order: Order | None = None,
) -> Bundle:
    """Keep the files a seller uploaded, and have them read.

    :raises NothingSent: if there is none.
    :raises TooManyFiles: if there are more than a bundle may hold.
    """
    if not files:
        raise NothingSent(_("Choose the files first: the XML and the PDF of each receipt."))
    _check_count(len(files))
    kept = store_all(
        ((each.name, pieces_of(each.path)) for each in files),
        content_type="application/octet-stream",
        at=at,
        seller_id=seller.pk,
    )
    handed = [Handed(each.name, row) for each, row in zip(files, kept, strict=True)]
    return open_bundle(
        market=seller.market, sellers=[seller], files=handed, origin=origin, by=by, at=at, order=order
    )


def _check_count(count: int) -> None:
    if count > MOST_FILES:
        raise TooManyFiles(
            _("%(count)s files at once are too many; hand in at most %(most)s at a time.")
            % {"count": count, "most": MOST_FILES}
        )


@transaction.atomic
def stop_reading(*, bundle_id: int, by: Any, at: datetime) -> None:
    """Stop the reading of a bundle: at once if it has not begun, else between two portions of its files."""
    bundle = Bundle.objects.get(pk=bundle_id)
    job = job_of(bundle)
    if job is None:
        return
    record(verb="receipts.stopped", subject=str(bundle.pk), by=by, at=at, seller_id=bundle.seller_id)
    if request_cancel(job_id=job.pk, at=at) == JobState.CANCELLED:
        cancel_bundle(bundle_id=bundle.pk, at=at)


@transaction.atomic
def finish_bundle(*, bundle_id: int, at: datetime) -> Bundle:
    """Note that every file of a bundle has its outcome; what waits for that is woken, once."""
    bundle = Bundle.objects.locked().get(pk=bundle_id)
    if bundle.state != BundleState.READING:
        return bundle
    bundle.state, bundle.done_at = BundleState.DONE, at
    bundle.save(update_fields=["state", "done_at"])
    _wake_answer(bundle)
    return bundle


def _wake_answer(bundle: Bundle) -> None:
    """Have the sender of a mail's files answered."""
    if bundle.origin == Origin.MAIL:
        enqueue("mailroom.answer", key=f"bundle:{bundle.pk}", bundle_id=bundle.pk)


@transaction.atomic
def cancel_bundle(*, bundle_id: int, at: datetime) -> None:
    """Give every file that has no outcome yet the outcome of a reading that was stopped."""
    bundle = Bundle.objects.locked().get(pk=bundle_id)
    if bundle.state == BundleState.READING:
        bundle.files.pending().update(outcome=Outcome.CANCELLED, decided_at=at)
        bundle.state, bundle.done_at = BundleState.CANCELLED, at
        bundle.save(update_fields=["state", "done_at"])
        _wake_answer(bundle)
