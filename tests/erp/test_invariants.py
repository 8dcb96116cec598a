"""Each promise about orders in an ERP notices the fault that is planted for it."""

import pytest
from django.utils import timezone

from marketplace.kernel.books import CHECKS, run_checks
from marketplace.orders.models import Order
from sellers.erp.models import Channel, ErpInvoice, ErpInvoiceChange, ErpState, Trigger
from tests.erp.colombia import make_colombia, make_condor, sell
from tests.ledger.test_ledger import plant

PLANTED = {
    "ERP: an order is in one ERP, once, of its own seller, and is no test": (
        "UPDATE orders_order SET test = true"
    ),
    "ERP: what is unknown was looked up before anything was sent again": (
        "UPDATE erp_erpinvoice SET tries = tries + 1"
    ),
    "ERP: nothing is left being sent, or unknown, for long": (
        "UPDATE erp_erpinvoice SET state = 'unknown', external_id = '', done_at = NULL,"
        " sent_at = '2026-01-01T00:00:00+00:00'"
    ),
    "ERP: what is invoiced has its order's total, or says what differs": (
        "UPDATE erp_erpinvoice SET total = total + 1"
    ),
}


@pytest.fixture
def invoiced(db: None) -> Order:
    """An order that was sent once, and is in the ERP."""
    market = make_colombia()
    seller, now = make_condor(market), timezone.now()
    channel = Channel.objects.create(
        seller=seller, name="Alegra", email="c@condor.example", token="", country="CO", connected_at=now
    )
    order = sell(market, "501")
    row = ErpInvoice.objects.create(
        channel=channel,
        seller=seller,
        order=order,
        trigger=Trigger.CLICK,
        asked_at=now,
        due_at=now,
        sent_at=now,
        tries=1,
        state=ErpState.DONE,
        external_id="1",
        total=order.total,
        done_at=now,
    )
    for before, after in (("waiting", "sending"), ("sending", "done")):
        ErpInvoiceChange.objects.create(invoice=row, from_state=before, to_state=after, at=now)
    return order


@pytest.mark.parametrize("check", PLANTED)
def test_a_planted_fault_is_found(invoiced: Order, check: str) -> None:
    assert run_checks() == []

    assert check in plant(PLANTED[check])


def test_every_promise_about_erps_has_its_planted_fault() -> None:
    assert {name for name in CHECKS if name.startswith("ERP:")} == set(PLANTED)
