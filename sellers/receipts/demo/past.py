"""Receipts that came in months past: their rows as the operations would have written them, many at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

from django.db import transaction

from marketplace.edocuments.reading import read
from marketplace.kernel.files import store_all
from marketplace.kernel.jobs import claim, run
from marketplace.kernel.models import Job, StoredFile
from marketplace.orders.models import Order
from marketplace.orders.operations.receipts import note_receipts
from marketplace.parties.models import Seller
from sellers.receipts.demo.making import make_receipt, receipt_name
from sellers.receipts.models import Bundle, BundleState, Origin, Outcome, Receipt, ReceivedFile
from sellers.receipts.operations.reading import read_bundle
from sellers.receipts.operations.taking import Handed, open_bundle
from sellers.receipts.rules.matching import identity_of, total_of

GROUP = "demo"
CONTENT = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Past:
    """A receipt of an order, by its number, and when it came."""

    order: Order
    serial: int
    at: datetime


@transaction.atomic
def remember(seller: Seller, receipts: Iterable[Past]) -> None:
    """Register receipts of a seller at the times they came, those of a day together."""
    ordered = sorted(receipts, key=lambda each: each.at)
    for place, (_day, some) in enumerate(groupby(ordered, key=lambda each: each.at.date())):
        _of_one_day(seller, list(some), Origin.PORTAL if place % 3 else Origin.API)


def hand_in_now(
    seller: Seller, files: Sequence[tuple[str, bytes]], *, by: Any, at: datetime, order: Order | None = None
) -> Bundle:
    """Hand files in by the portal and have them read at once, as a worker would."""
    kept = store_all(
        ((name, [content]) for name, content in files), content_type=CONTENT, at=at, seller_id=seller.pk
    )
    handed = [Handed(row.name, row) for row in kept]
    bundle = open_bundle(
        market=seller.market,
        sellers=[seller],
        files=handed,
        origin=Origin.PORTAL,
        by=by,
        at=at,
        order=order,
    )
    Job.objects.filter(name="receipts.read", key=f"bundle:{bundle.pk}").update(group=GROUP)
    claimed = claim(group=GROUP)
    assert claimed is not None
    read_bundle(claimed, bundle_id=bundle.pk, at=at)
    run(claimed)  # it finds the bundle read, and ends the job
    return bundle


def _of_one_day(seller: Seller, some: Sequence[Past], origin: Origin) -> None:
    made = [(receipt_name(each.order, each.serial), *make_receipt(each.order, each.serial)) for each in some]
    at = some[-1].at
    files = store_all(
        (
            (f"{name}{end}", [data])
            for name, *both in made
            for end, data in zip((".xml", ".pdf"), both, strict=True)
        ),
        content_type=CONTENT,
        at=at,
        seller_id=seller.pk,
    )
    bundle = Bundle.objects.create(
        market=seller.market,
        seller=seller,
        sellers=[seller.pk],
        origin=origin,
        state=BundleState.DONE,
        opened_at=at,
        done_at=at,
    )
    pairs = list(zip(files[::2], files[1::2], strict=True))
    rows = [
        _receipt(seller, each, xml, xml_file, pdf_file)
        for each, (_name, xml, _pdf), (xml_file, pdf_file) in zip(some, made, pairs, strict=True)
    ]
    Receipt.objects.bulk_create(rows)
    ReceivedFile.objects.bulk_create(_received(bundle, rows))
    for each in some:
        note_receipts(orders=[each.order], by=None, at=each.at)


def _receipt(seller: Seller, past: Past, xml: bytes, xml_file: StoredFile, pdf_file: StoredFile) -> Receipt:
    document, order = read(xml), past.order
    return Receipt(
        market=seller.market,
        seller=seller,
        order=order,
        syntax=document.syntax,
        kind=document.kind,
        type_code=document.type_code,
        number=document.number,
        identity=identity_of(document),
        issued_on=document.issued_on,
        currency=document.currency,
        total=total_of(document),
        buyer=document.customer.tax_id,
        signature=document.signature,
        xml=xml_file,
        pdf=pdf_file,
        sha256=sha256(xml).hexdigest(),
        late=order.shipped_at is not None and past.at > order.shipped_at,
        registered_at=past.at,
    )


def _received(bundle: Bundle, receipts: Sequence[Receipt]) -> Iterable[ReceivedFile]:
    places = ((receipt, kind) for receipt in receipts for kind in ("xml", "pdf"))
    for place, (receipt, kind) in enumerate(places, start=1):
        file: StoredFile = getattr(receipt, kind)
        yield ReceivedFile(
            bundle=bundle,
            seller_id=receipt.seller_id,
            position=place,
            name=file.name,
            kind=kind,
            file=file,
            outcome=Outcome.REGISTERED,
            told={"number": receipt.number, "late": receipt.late}
            if receipt.late
            else {"number": receipt.number},
            receipt=receipt,
            order=receipt.order,
            came_at=bundle.opened_at,
            decided_at=bundle.opened_at,
        )
