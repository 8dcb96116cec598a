"""What receipts promise."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from marketplace.kernel.books import book_check
from marketplace.orders.models import Order
from sellers.receipts.models import GATE_KINDS, Bundle, BundleState, Outcome, Receipt, ReceivedFile

PATIENCE = timedelta(minutes=15)


@book_check("receipts: an order knows of its receipt, and of none that there is not")
def misnoted_orders() -> Iterable[str]:
    live = Receipt.objects.live().filter(order=OuterRef("pk"), kind__in=GATE_KINDS)
    unknown = Order.objects.filter(Exists(live), receipt_at=None)
    baseless = Order.objects.filter(~Exists(live), receipt_at__isnull=False)
    yield from (f"order {number} has a receipt unknown to it" for number in _numbers(unknown))
    yield from (f"order {number} knows of a receipt there is not" for number in _numbers(baseless))


@book_check("receipts: each belongs to the seller of its order, its return and its original")
def strayed_receipts() -> Iterable[str]:
    fine = Q(order__seller=F("seller"), order__market=F("market"))
    of_return = Q(returned__isnull=True) | Q(returned__order=F("order"))
    of_original = Q(original__isnull=True) | Q(original__order=F("order"))
    yield from _numbers(Receipt.objects.exclude(fine & of_return & of_original))


@book_check("receipts: a receipt is over its order's total, within what the market tolerates")
def strange_totals() -> Iterable[str]:
    gate = Receipt.objects.live().filter(kind__in=GATE_KINDS)
    tolerance = F("market__receipt_tolerance")
    low, high = F("order__total") - tolerance, F("order__total") + tolerance
    yield from _numbers(gate.filter(Q(total__lt=low) | Q(total__gt=high)))


@book_check("receipts: what a file brought was registered for its seller")
def strayed_files() -> Iterable[str]:
    wrong = ReceivedFile.objects.filter(outcome=Outcome.REGISTERED).exclude(receipt__seller=F("seller"))
    yield from wrong.order_by("pk").values_list("name", flat=True)


@book_check("receipts: files that were handed in have their outcome within a quarter of an hour")
def forgotten_bundles() -> Iterable[str]:
    late = Bundle.objects.filter(state=BundleState.READING, opened_at__lt=timezone.now() - PATIENCE)
    yield from (f"{bundle}" for bundle in late.order_by("pk"))


def _numbers(rows: object) -> Iterable[str]:
    yield from rows.order_by("pk").values_list("number", flat=True)  # type: ignore[attr-defined]
