"""Receipts on the seller's orders: what is due, what was late, what the gate says."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from marketplace.kernel.models import AuditRecord
from marketplace.orders.models import Order, State
from marketplace.parties.models import Market, Seller
from sellers.receipts.models import Receipt
from sellers.receipts.queries import clock_of, clocks
from tests.cast import work_off_but_rendering
from tests.portal.receiving import upload
from tests.portal.telling import Browser, words
from tests.receipts.telling import (
    boleta,
    factura,
    hand_in,
    peruvian,
)

SHIPPED: dict[str, Any] = {"status": "shipped", "status_times": {"shipped": "2026-10-05T15:00:00-05:00"}}


def test_the_order_says_what_is_due_and_takes_the_upload(peru: Market, lucia: Browser) -> None:
    order = peruvian(peru, "A1")
    page = lucia.page("/orders/A1/")
    assert "Receipt Due before shipping The order can be shipped once its receipt is registered." in page

    upload(lucia, *boleta(payable="120.00", totals=" "), order="A1")
    work_off_but_rendering()
    page = lucia.page("/orders/A1/")
    assert "Could not be registered" in page
    assert "Receipt B001-1 is over 120.00, order A1 over 118.00" in page

    upload(lucia, *boleta(2), order="A1")
    work_off_but_rendering()
    page = lucia.page("/orders/A1/")
    assert "Number B001-2" in page
    assert "Total PEN 118.00 Signature not signed Registered" in page
    assert "Could not be registered" not in page
    receipt = order.receipts.get()
    assert {f"/receipts/{receipt.pk}/xml/", f"/receipts/{receipt.pk}/pdf/"} <= lucia.links("/orders/A1/")


def test_the_gates_refusal_leads_to_the_upload(peru: Market, andes: Seller, lucia: Browser) -> None:
    peruvian(peru, "A1")
    peruvian(peru, "A2")
    lucia.client.post("/orders/A1/confirm/")
    lucia.client.post("/orders/A2/confirm/")
    hand_in(andes, *factura(order="A2"))

    answer = lucia.client.post("/orders/A1/move/shipped/", follow=True)
    assert "Order A1 has no receipt yet; register it first. Upload its receipt" in words(answer)
    assert '<a href="/orders/A1/#receipt">' in answer.content.decode()

    page = lucia.post("/orders/together/", {"action": "ship", "menu": "orders", "orders": ["A1", "A2"]})
    assert "1 order has no receipt yet and was not shipped." in page
    assert "Done 1 Unchanged 0 Refused 1" in page
    assert "A1 Refused Order A1 has no receipt yet; register it first. Upload its receipt" in page
    assert Order.objects.get(number="A2").state == State.SHIPPED


def test_a_receipt_is_withdrawn_with_its_reason_while_the_order_is_not_shipped(
    peru: Market, andes: Seller, lucia: Browser
) -> None:
    order = peruvian(peru, "A1")
    hand_in(andes, *factura(order="A1"))
    address = f"/receipts/{order.receipts.get().pk}/withdraw/"

    assert "Say why" in lucia.post(address, {"reason": " "})
    assert Receipt.objects.live().count() == 1
    page = lucia.post(address, {"reason": "wrong buyer"})

    assert "Receipt F001-1 is withdrawn." in page
    assert "Due before shipping" in page
    assert not Receipt.objects.live().exists()
    assert AuditRecord.objects.filter(verb="receipt.withdrawn").count() == 1


def test_a_receipt_the_order_was_shipped_with_stands(peru: Market, andes: Seller, lucia: Browser) -> None:
    order = peruvian(peru, "A1", **SHIPPED)
    hand_in(andes, *factura(order="A1"))

    page = lucia.page("/orders/A1/")
    assert "Receipt Registered late" in page
    assert "Withdraw it" not in page
    assert "was sent with receipt F001-1" in lucia.post(
        f"/receipts/{order.receipts.get().pk}/withdraw/", {"reason": "x"}
    )
    assert Receipt.objects.live().count() == 1


def test_the_clock_counts_what_is_due_late_and_was_late(peru: Market, andes: Seller, lucia: Browser) -> None:
    now = timezone.now()
    lately = (now - timedelta(days=3)).isoformat()
    gone = SHIPPED | {"status_times": {"shipped": lately}}
    peruvian(peru, "DUE", placed="2026-10-02T09:12:00+02:00")
    peruvian(peru, "LATE", **gone)
    peruvian(peru, "CAME-LATE", **gone)
    peruvian(peru, "IN-TIME", **gone)
    hand_in(andes, *factura(1, order="CAME-LATE"), at=now)
    hand_in(andes, *factura(2, order="IN-TIME"), at=now)
    Order.objects.filter(number="IN-TIME").update(receipt_at=now - timedelta(days=4))
    peruvian(peru, "OVER", status="cancelled", status_times={"cancelled": lately})

    clock = clock_of(andes, at=now)
    assert (clock.due, clock.late, clock.sent, clock.sent_late, clock.rate_bp) == (1, 1, 3, 2, 6667)
    assert clocks([andes], at=now) == {andes.pk: clock}
    page = lucia.page("/receipts/")
    assert "Due before shipping 1 the oldest of 2 Oct 2026" in page
    assert "Late in the last 90 days 66.67% 2 of 3 orders shipped" in page
    home = lucia.page("/")
    assert "1 order was shipped without its receipt" in home
    assert "1 order needs its receipt before it is shipped" in home


def test_orders_without_a_receipt_are_listed_by_age_and_leave_as_a_workbook(
    peru: Market, andes: Seller, lucia: Browser
) -> None:
    peruvian(peru, "NEWER", placed="2026-10-04T09:12:00+02:00")
    peruvian(peru, "OLDER", placed="2026-10-02T09:12:00+02:00")
    peruvian(peru, "GONE", placed="2026-10-03T09:12:00+02:00", **SHIPPED)
    peruvian(peru, "HAS", placed="2026-10-01T09:12:00+02:00")
    hand_in(andes, *factura(order="HAS"))

    page = lucia.page("/receipts/missing/")
    assert page.index("OLDER") < page.index("GONE") < page.index("NEWER")
    assert "HAS" not in page
    assert "All 3 Due before shipping 2 Shipped without it 1" in page
    assert "NEWER" not in lucia.page("/receipts/missing/?tab=late")
    assert "OLDER" not in lucia.page("/receipts/missing/?since=2026-10-03")
    heads, row = lucia.sheet("/receipts/missing/export/?tab=late")
    told = dict(zip(heads, row, strict=True))
    assert (told["Order"], told["Total, PEN" if "Total, PEN" in told else "Total"]) == ("GONE", 118)
