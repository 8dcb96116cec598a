"""The worked examples of an agency settlement with vouchers, to the cent, from intake to the books."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.ledger.queries import balance
from marketplace.orders.models import Refund
from marketplace.orders.operations.refunding import reactivate_voucher
from marketplace.parties.models import Market
from marketplace.vouchers.models import Voucher
from settlement.billing.facts import fee_facts
from settlement.billing.models import FeeInvoice
from settlement.netting.models import Outcome, SetOff
from settlement.netting.operations.disputing import NoCashToTakeOver, decide_dispute, dispute_orders
from tests.cast import AFTER_OCTOBER, OCTOBER, reasons, settle, take
from tests.netting.telling import agree
from tests.orders.telling import tender
from tests.stories.hungary import (
    AFTER_MIDDLE,
    MIDDLE,
    come_back,
    four_orders,
    hungarian,
    make_agent,
    make_hungary,
)


@pytest.fixture
def hungary(db: None) -> Market:
    market = make_hungary()
    make_agent(market)
    return market


def settled(market: Market, through: date = MIDDLE, at: Any = AFTER_MIDDLE) -> dict[str, Any]:
    answer = settle(market, through, at)[-1]
    assert run_checks() == []
    return answer


def take_in(market: Market, *told: dict[str, Any]) -> None:
    for taken in take(market, *told):
        assert taken.outcome == "taken", taken.reason


def reactivate(order: str) -> None:
    refund = Refund.objects.get(order__number=order, tender__method="voucher")
    reactivate_voucher(refund_id=refund.pk, by=None, at=AFTER_MIDDLE)


def test_four_voucher_orders_by_every_mix_of_tenders(hungary: Market) -> None:
    take_in(hungary, *four_orders(hungary))

    answer = settled(hungary)

    assert answer == {
        "seller": "4711",
        "period": ["2026-10-01", "2026-10-16"],
        "document": "HU-2026-000001",
        "orders": 4,
        "excluded": [],
        "currency": "HUF",
        "customer_total": "63500.00",
        "commission_gross": "7620.00",
        "held_by_seller": "34760.00",
        "held_by_marketplace": "28740.00",
        "net": {"payer": "marketplace", "payee": "seller", "amount": "21120.00"},
        "credit_document": None,
        "corrections": [],
        "carried_in": "0.00",
    }


def test_the_commission_is_invoiced_and_netted_with_the_money_held(hungary: Market) -> None:
    take_in(hungary, *four_orders(hungary))
    settled(hungary)

    invoice, set_off = FeeInvoice.objects.get(), SetOff.objects.get()

    assert (invoice.reference, invoice.net, invoice.vat, invoice.gross) == (
        "HU-F-2026-000001",
        6000_00,
        1620_00,
        7620_00,
    )
    assert (set_off.payables, set_off.receivables, set_off.netted) == (28740_00, 7620_00, 7620_00)
    assert set_off.net_due == 21120_00


def test_the_books_owe_customers_nothing_and_the_vouchers_are_used_up(hungary: Market) -> None:
    take_in(hungary, *four_orders(hungary))
    assert balance(market_id=hungary.pk, kind="vouchers") == 0
    assert balance(market_id=hungary.pk, kind="prepaid") == -28740_00

    settled(hungary)

    assert balance(market_id=hungary.pk, kind="prepaid") == 0
    assert balance(market_id=hungary.pk, kind="payable") == -28740_00
    assert balance(market_id=hungary.pk, kind="receivable") == 7620_00
    assert balance(market_id=hungary.pk, kind="commission") == -6000_00


def test_an_order_that_came_back_in_its_period_is_left_out(hungary: Market) -> None:
    take_in(hungary, *four_orders(hungary))
    come_back(hungary, "R1", "V3")
    reactivate("V3")

    answer = settled(hungary)

    assert reasons(answer) == {"V3": "returned"}
    assert answer["held_by_marketplace"] == "23740.00"
    assert answer["commission_gross"] == "5334.00"
    assert answer["net"] == {"payer": "marketplace", "payee": "seller", "amount": "18406.00"}
    assert Voucher.objects.get(code="CODE-C").balance == 5000_00


def test_who_gives_what_back_follows_who_holds_it(hungary: Market) -> None:
    take_in(hungary, *four_orders(hungary))

    come_back(hungary, "R1", "V3")

    told = Refund.objects.order_by("tender__position").values_list("tender__method", "payer", "amount")
    assert list(told) == [("voucher", "marketplace", 5000_00), ("cod", "seller", 14050_00)]


def test_an_order_that_came_back_after_its_settlement_is_credited(hungary: Market) -> None:
    take_in(hungary, *four_orders(hungary))
    settled(hungary)
    come_back(hungary, "R1", "V3", at="2026-10-20T10:00:00+02:00")
    reactivate("V3")

    answer = settled(hungary, OCTOBER, AFTER_OCTOBER)

    assert (answer["document"], answer["credit_document"]) == (None, "HU-C-2026-000001")
    assert answer["net"] == {"payer": "seller", "payee": "marketplace", "amount": "2714.00"}
    assert answer["corrections"] == [
        {
            "order": "V3",
            "document": "HU-2026-000001",
            "returns": ["R1"],
            "customer_total": "19050.00",
            "commission_gross": "2286.00",
            "refunded_by_seller": "14050.00",
        }
    ]
    note = FeeInvoice.objects.get(kind="credit")
    assert (note.reference, note.gross, note.originals) == (
        "HU-FC-2026-000001",
        2286_00,
        ["HU-F-2026-000001"],
    )
    assert balance(market_id=hungary.pk, kind="prepaid") == 0


def test_three_thirds_of_an_order_give_the_voucher_back_to_the_forint(hungary: Market) -> None:
    orders = four_orders(hungary)
    orders[2] = hungarian(
        "V3",
        "6350.00",
        *orders[2]["tenders"],
        lines=[orders[2]["lines"][0] | {"unit_price": "6350.00", "quantity": 3}],
    )
    take_in(hungary, *orders)

    for step in (1, 2, 3):
        come_back(hungary, f"R{step}", "V3", at=f"2026-10-1{step}T10:00:00+02:00")

    parts = list(Refund.objects.filter(tender__method="voucher").values_list("amount", flat=True))
    assert sum(parts) == 5000_00
    assert all(part % 100 == 0 for part in parts)
    assert come_back(hungary, "R4", "V3").outcome == "refused"
    assert run_checks() == []


def test_a_cancelled_order_gives_its_voucher_back_at_once(hungary: Market) -> None:
    told = four_orders(hungary)[2]
    take_in(hungary, told | {"status": "open", "status_times": {}})
    assert Voucher.objects.get(code="CODE-C").balance == 0

    take(hungary, told | {"status": "cancelled", "status_times": {"cancelled": "2026-10-03T15:00:00+02:00"}})

    assert Voucher.objects.get(code="CODE-C").balance == 5000_00
    assert balance(market_id=hungary.pk, kind="prepaid") == 0
    assert run_checks() == []


def test_what_came_back_is_netted_with_the_document_of_its_run(hungary: Market) -> None:
    take_in(hungary, *four_orders(hungary))
    settled(hungary)
    agree(SetOff.objects.get())
    come_back(hungary, "R1", "V3", at="2026-10-20T10:00:00+02:00")
    reactivate("V3")
    take_in(hungary, delivered_late("V5", tender("card", "12700.00")))

    answer = settled(hungary, OCTOBER, AFTER_OCTOBER)

    set_off = SetOff.objects.get(reference="HU-S-2026-000002")
    assert SetOff.objects.count() == 2
    # 12,700 held and 2,286 of commission credited, against 5,000 given back and 1,524 of new commission.
    assert (set_off.payables, set_off.receivables) == (14986_00, 6524_00)
    assert answer["net"] == {"payer": "marketplace", "payee": "seller", "amount": "8462.00"}
    assert set_off.net_due == 8462_00


def test_a_disputed_order_leaves_its_commission_aside_too(hungary: Market) -> None:
    take_in(hungary, *four_orders(hungary), hungarian("V5", "12700.00", tender("cod", "12700.00")))
    settled(hungary)
    proposed = SetOff.objects.get()
    assert (proposed.payables, proposed.receivables) == (28740_00, 9144_00)

    told: dict[str, Any] = {
        "set_off_id": proposed.pk,
        "reason": "Never delivered.",
        "by": None,
        "at": timezone.now(),
    }
    held, cash = dispute_orders(numbers=["V3", "V5"], **told)

    assert (held.cash, held.share) == (2286_00, 5000_00)
    assert (cash.cash, cash.share) == (1524_00, 0)
    proposed.refresh_from_db()
    # Neither order is paid, nor is its commission taken.
    assert (proposed.to_pay, proposed.netted) == (28740_00 - 5000_00 - 5334_00, 5334_00)
    assert run_checks() == []
    with pytest.raises(NoCashToTakeOver):
        decide_dispute(
            dispute_id=cash.pk, outcome=Outcome.HELD_HERE, text="Ours.", by=None, at=timezone.now()
        )
    for each in (held, cash):
        decide_dispute(dispute_id=each.pk, outcome=Outcome.STANDS, text="It was.", by=None, at=timezone.now())
    proposed.refresh_from_db()
    assert (proposed.netted, proposed.net_due) == (9144_00, 19596_00)
    assert run_checks() == []


def test_a_credit_note_names_each_rate_its_commission_was_invoiced_at(hungary: Market) -> None:
    take_in(hungary, *four_orders(hungary))
    settled(hungary)
    hungary.standard_vat_bp = 2500
    hungary.save()
    take_in(hungary, delivered_late("V5", tender("card", "12700.00")))
    settled(hungary, OCTOBER, AFTER_OCTOBER)
    for number, order in (("R1", "V4"), ("R2", "V5")):
        come_back(hungary, number, order, at="2026-11-02T10:00:00+01:00")

    settled(hungary, date(2026, 11, 15), datetime(2026, 11, 16, 12, tzinfo=UTC))

    note = FeeInvoice.objects.get(kind="credit")
    # V4's 600 were invoiced with 162 of VAT, V5's 1,200 with 300.
    assert (note.net, note.vat) == (1800_00, 462_00)
    sums = [(str(each.label), each.amount) for each in fee_facts(note).sums]
    assert sums == [
        ("Commission, net", 1200_00),
        ("VAT 25%", 300_00),
        ("Commission, net", 600_00),
        ("VAT 27%", 162_00),
    ]


def delivered_late(number: str, *tenders: dict[str, Any]) -> dict[str, Any]:
    """An order of 12,700 delivered in the second half of October."""
    times = {"shipped": "2026-10-19T15:00:00+02:00", "delivered": "2026-10-20T11:30:00+02:00"}
    return hungarian(number, "12700.00", *tenders, status_times=times)
