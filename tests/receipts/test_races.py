"""The same receipts from many sides at once are registered once. The guard is shown to be needed."""

import pytest
from django.db import connection

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import Job
from marketplace.orders.models.orders import OrderQuerySet
from marketplace.parties.models import Market, Seller
from sellers.receipts.models import Origin, Receipt, ReceivedFile
from sellers.receipts.operations.taking import Handed, open_bundle
from tests.documents.test_races import at_once
from tests.receipts.telling import NOON, factura, make_peru, make_peruvian, peruvian, stored

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
BUNDLES = 5


def a_seller() -> tuple[Market, Seller]:
    peru = make_peru()
    andes = make_peruvian(peru)
    for serial in (1, 2, 3):
        peruvian(peru, f"N-{serial}")
    return peru, andes


def hand_in_often(peru: Market, andes: Seller) -> None:
    files = [file for serial in (1, 2, 3) for file in factura(serial, order=f"N-{serial}")]
    for _ in range(BUNDLES):
        open_bundle(
            market=peru,
            sellers=[andes],
            files=[Handed(name, stored(name, content)) for name, content in files],
            origin=Origin.PORTAL,
            by=None,
            at=NOON,
        )


def test_five_bundles_at_once_register_each_receipt_once() -> None:
    peru, andes = a_seller()
    hand_in_often(peru, andes)

    at_once(*(lambda: jobs.work_off(seconds=30) for _ in range(BUNDLES)))
    jobs.work_off(seconds=30)

    outcomes = list(ReceivedFile.objects.values_list("outcome", flat=True))
    assert Receipt.objects.count() == 3
    assert (outcomes.count("registered"), outcomes.count("duplicate")) == (6, 24)
    assert run_checks() == []


def test_without_locks_and_constraints_a_receipt_is_registered_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    names = [f"one_live_receipt_per_{what}" for what in ("number", "content", "order")]
    kept = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
            kept[name] = cursor.fetchone()[0]
            cursor.execute(f"DROP INDEX {name}")
    monkeypatch.setattr(OrderQuerySet, "locked", lambda rows: rows.order_by("pk"))
    try:
        peru, andes = a_seller()
        for attempt in range(5):
            hand_in_often(peru, andes)
            at_once(*(lambda: jobs.work_off(seconds=30) for _ in range(BUNDLES)))
            if Receipt.objects.count() > 3:
                break
            assert attempt < 4, "they never met"
            forget_all()
    finally:
        forget_all()
        with connection.cursor() as cursor:
            for text in kept.values():
                cursor.execute(text)


def forget_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE receipts_receipt, receipts_receivedfile, receipts_bundle CASCADE")
    Job.objects.all().delete()
