"""Where money might get lost, doubled or stuck: what happened out of the usual order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.ledger.queries import balance
from marketplace.orders.models import Order, Refund
from marketplace.orders.operations.moves import cancel_unpaid, receive_transfer
from marketplace.orders.operations.refunding import reactivate_voucher
from marketplace.parties.models import Contract, Market, Seller
from marketplace.vouchers.models import Voucher
from marketplace.vouchers.operations import block_voucher, expire_due
from settlement.billing.models import FeeInvoice
from settlement.documents.models import Document, Kind
from settlement.documents.operations.voiding import Answered, void_document
from settlement.netting.models import SetOff
from settlement.netting.operations.answering import confirm_set_off
from settlement.netting.operations.proposing import propose_left
from tests.cast import AFTER_OCTOBER, BEFORE, OCTOBER, make_seller, reasons, settle, take
from tests.netting.telling import invoice
from tests.orders.telling import discount, goods, shipping, tell_order, tender
from tests.stories.hungary import (
    AFTER_MIDDLE,
    MIDDLE,
    by_voucher,
    come_back,
    four_orders,
    give_voucher,
    hungarian,
    make_agent,
    make_hungary,
)
from tests.stories.test_resale import COD
from tests.stories.test_returns import AFTER_CUT_OFF, BEFORE_CUT_OFF, BOTH, refund

OPEN: dict[str, Any] = {"status": "open", "status_times": {}}


@pytest.fixture
def hungary(db: None) -> Market:
    market = make_hungary()
    make_agent(market)
    return market


@pytest.fixture
def seller(market: Market) -> Seller:
    return make_seller(market, "3003", "Horizont s.r.o.", cadence="half_month")


def test_an_unpaid_order_that_is_cancelled_gives_its_voucher_back(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "100.00")
    told = hungarian("V1", "300.00", by_voucher("CODE", "100.00"), tender("transfer", "200.00"))
    take(hungary, told | {"status": "blocked", "status_times": {}})

    assert cancel_unpaid(market=hungary, at=BEFORE + timedelta(days=60)) == 1

    assert Voucher.objects.get().balance == 100_00
    assert run_checks() == []


def test_a_file_that_cancels_one_order_may_use_its_voucher_in_the_next(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "100.00")
    first = hungarian("A", "100.00", by_voucher("CODE", "100.00")) | OPEN
    take(hungary, first)

    told = take(
        hungary,
        hungarian("B", "100.00", by_voucher("CODE", "100.00")) | OPEN,
        first | {"status": "cancelled"},
    )

    assert [(each.number, each.outcome) for each in told] == [("B", "taken"), ("A", "moved")]
    assert Voucher.objects.get().balance == 0
    assert run_checks() == []


def test_a_voucher_that_never_paid_gets_nothing_back(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "100.00")
    told = hungarian("A", "100.00", by_voucher("CODE", "100.00")) | {
        "status": "cancelled",
        "status_times": {},
    }
    take(hungary, told)

    take(
        hungary, told | {"tenders": [by_voucher("CODE", "100.00") | {"paid_at": "2026-10-03T10:00:00+02:00"}]}
    )

    assert Voucher.objects.get().balance == 100_00
    assert not Refund.objects.exists()
    assert run_checks() == []


def test_a_transfer_nobody_reported_counts_as_received_at_delivery(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "4690.00")
    take(hungary, hungarian("V2", "25400.00", by_voucher("CODE", "4690.00"), tender("transfer", "20710.00")))
    come_back(hungary, "R1", "V2")

    (answer,) = settle(hungary, MIDDLE, AFTER_MIDDLE)

    assert (answer["document"], reasons(answer)) == (None, {"V2": "returned"})
    told = Refund.objects.order_by("tender__position").values_list("tender__method", "payer", "amount")
    assert list(told) == [("voucher", "marketplace", 4690_00), ("transfer", "seller", 20710_00)]


def test_money_that_comes_after_its_order_was_cancelled_goes_back(market: Market, seller: Seller) -> None:
    told = tell_order(number="A", tenders=[tender("transfer", "1210.00")]) | {
        "status": "blocked",
        "status_times": {},
    }
    take(market, told)
    take(market, told | {"status": "cancelled"})

    receive_transfer(order_id=Order.objects.get().pk, by=None, at=timezone.now(), as_seller=False)

    assert Refund.objects.get().amount == 1210_00
    assert run_checks() == []


def test_what_the_marketplace_holds_no_seller_gives_back_in_resale(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="A"))

    taken = come_back(market, "R1", "A", refunds=[refund("card", "1210.00", "seller", BEFORE_CUT_OFF)])

    assert taken.reason.startswith("refunds: the marketplace holds what was paid by card")
    assert not Refund.objects.exists()


def test_goods_a_marketplaces_discount_made_free_are_still_paid_to_their_seller(
    market: Market, seller: Seller
) -> None:
    lines = [goods("1210.00"), goods("605.00"), discount("1210.00", vat="21", funded_by="marketplace")]
    take(market, tell_order(number="A", lines=lines, tenders=[tender("card", "605.00")]))
    come_back(market, "R1", "A", lines=[{"line": 2, "quantity": 1}], at=BEFORE_CUT_OFF)

    (answer,) = settle(market, MIDDLE, AFTER_MIDDLE)

    assert (answer["customer_total"], answer["purchase_gross"]) == ("0.00", "1028.50")
    assert run_checks() == []


def test_refunds_told_one_after_the_other_are_each_noted_once(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="B", **COD))
    one, two = (refund("cod", amount, "seller", BEFORE_CUT_OFF) for amount in ("1000.00", "1541.00"))

    outcomes = [
        come_back(market, "R1", "B", lines=BOTH, refunds=told).outcome
        for told in ([one], [one, two], [two, one], [one])
    ]

    assert outcomes == ["taken", "moved", "unchanged", "unchanged"]
    assert sorted(Refund.objects.live().values_list("amount", "state")) == [
        (1000_00, "paid"),
        (1541_00, "paid"),
    ]


def test_the_rest_of_a_refund_may_be_told_of_another_payer(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="B", **COD))
    one = refund("cod", "1000.00", "seller", BEFORE_CUT_OFF)
    come_back(market, "R1", "B", lines=BOTH, refunds=[one])

    rest = refund("cod", "1541.00", "marketplace", BEFORE_CUT_OFF)
    taken = come_back(market, "R1", "B", lines=BOTH, refunds=[one, rest])

    assert taken.outcome == "moved"
    told = sorted(Refund.objects.live().values_list("payer", "amount", "state"))
    assert told == [("marketplace", 1541_00, "paid"), ("seller", 1000_00, "paid")]


def test_in_agency_the_payer_stays_who_it_was_when_it_was_settled(hungary: Market) -> None:
    take(hungary, *four_orders(hungary))
    settle(hungary, MIDDLE, AFTER_MIDDLE)
    come_back(hungary, "R1", "V3", at=AFTER_CUT_OFF)
    settle(hungary, OCTOBER, AFTER_OCTOBER)

    other = [refund("cod", "14050.00", "marketplace", AFTER_CUT_OFF)]
    taken = come_back(hungary, "R1", "V3", at=AFTER_CUT_OFF, refunds=other)

    assert taken.reason == "refunds: document HU-C-2026-000001 took into account who pays them back"
    assert Refund.objects.live().filter(payer="seller").get().amount == 14050_00
    assert run_checks() == []


def test_a_document_a_credit_document_rests_on_is_not_voided(
    market: Market, seller: Seller, carla: Any
) -> None:
    take(market, tell_order(number="B", **COD))
    come_back(market, "R1", "B", lines=BOTH, at=BEFORE_CUT_OFF)
    settle(market, MIDDLE, AFTER_MIDDLE)
    paid = [refund("cod", "2541.00", "seller", AFTER_CUT_OFF)]
    come_back(market, "R1", "B", lines=BOTH, at=BEFORE_CUT_OFF, refunds=paid)
    settle(market, OCTOBER, AFTER_OCTOBER)

    with pytest.raises(Answered) as refusal:
        void_document(
            document_id=Document.objects.get(kind=Kind.INVOICE).pk, reason="wrong", by=carla, at=AFTER_OCTOBER
        )

    assert "CZ-C-2026-000001" in str(refusal.value)
    assert run_checks() == []


def test_what_a_seller_gave_back_is_paid_only_with_its_credit_note(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="B", **COD))
    settle(market, MIDDLE, AFTER_MIDDLE)
    set_off = invoice(Document.objects.get())
    assert set_off is not None
    confirm_set_off(set_off_id=set_off.pk, by=None, at=timezone.now())
    given = [refund("cod", "2541.00", "seller", AFTER_CUT_OFF)]
    come_back(market, "R1", "B", lines=BOTH, at=AFTER_CUT_OFF, refunds=given)
    settle(market, OCTOBER, AFTER_OCTOBER)

    propose_left(market=market, at=datetime(2027, 2, 1, 8, tzinfo=UTC))
    assert SetOff.objects.count() == 1

    both = invoice(Document.objects.get(kind=Kind.CREDIT), "DB1")
    assert both is not None
    # 363.00 of cash the first set-off carried is taken with the credit note of 2,178.00.
    assert (both.payables, both.receivables, both.net_due) == (2541_00, 2541_00, 0)
    assert run_checks() == []


def test_a_late_refund_of_a_seller_who_left_is_still_credited(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="B", **COD))
    come_back(market, "R1", "B", lines=BOTH, at=BEFORE_CUT_OFF)
    settle(market, MIDDLE, AFTER_MIDDLE)
    Seller.objects.update(is_active=False)
    paid = [refund("cod", "2541.00", "seller", AFTER_CUT_OFF)]
    come_back(market, "R1", "B", lines=BOTH, at=BEFORE_CUT_OFF, refunds=paid)

    answer = settle(market, OCTOBER, AFTER_OCTOBER)[-1]

    assert answer["net"] == {"payer": "marketplace", "payee": "seller", "amount": "2541.00"}


def test_a_credit_of_less_than_no_commission_is_invoiced(hungary: Market) -> None:
    lines = [
        goods("1000.00", vat="27"),
        goods("50.00", vat="27"),
        discount("100.00"),
        shipping("150.00", "27"),
    ]
    take(hungary, hungarian("A", "0.00", tender("card", "1100.00"), lines=lines))
    settle(hungary, MIDDLE, AFTER_MIDDLE)
    come_back(
        hungary, "R1", "A", at=AFTER_CUT_OFF, lines=[{"line": 3, "quantity": 1}, {"line": 4, "quantity": 1}]
    )

    settle(hungary, OCTOBER, AFTER_OCTOBER)

    credit = Document.objects.get(kind=Kind.CREDIT)
    fee = FeeInvoice.objects.get(document=credit)
    assert credit.commission_net < 0
    assert (fee.kind, fee.gross) == ("invoice", -(credit.commission_net + credit.commission_vat))
    assert run_checks() == []


def test_a_voucher_that_was_blocked_stays_blocked_when_money_comes_back(hungary: Market) -> None:
    voucher = give_voucher(hungary, "CODE", "100.00", expires_on=date(2026, 10, 31))
    take(hungary, hungarian("A", "100.00", by_voucher("CODE", "100.00")))
    come_back(hungary, "R1", "A")
    block_voucher(voucher_id=voucher.pk, reason="Stolen.", by=None, at=BEFORE)
    expire_due(market=hungary, at=datetime(2026, 12, 1, tzinfo=UTC))

    reactivate_voucher(refund_id=Refund.objects.get().pk, by=None, at=timezone.now())

    voucher.refresh_from_db()
    assert (voucher.state, voucher.balance) == ("blocked", 100_00)


def test_an_order_placed_in_time_and_told_late_is_still_paid_by_its_voucher(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "100.00", expires_on=date(2026, 10, 2))
    expire_due(market=hungary, at=datetime(2026, 10, 5, 12, tzinfo=UTC), late_days=3)

    (placed, later) = take(
        hungary,
        hungarian("A", "60.00", by_voucher("CODE", "60.00")),
        hungarian("B", "40.00", by_voucher("CODE", "40.00"), placed_at="2026-10-03T09:12:00+02:00"),
    )

    assert placed.outcome == "taken", placed.reason
    assert "expired after 2026-10-02" in later.reason
    assert expire_due(market=hungary, at=datetime(2026, 10, 6, 12, tzinfo=UTC), late_days=3) == 1


def test_a_credit_document_that_another_rests_on_is_not_voided(market: Market, seller: Seller) -> None:
    Contract.objects.filter(seller=seller).update(cadence="half_month")
    card = tender("card", "242.00")
    take(market, tell_order(number="A", lines=[goods("121.00", quantity=2)], tenders=[card]))
    settle(market, date(2026, 10, 15), datetime(2026, 10, 16, 12, tzinfo=UTC))
    come_back(market, "R1", "A", at="2026-10-20T10:00:00+02:00")
    settle(market)
    come_back(market, "R2", "A", at="2026-11-03T10:00:00+01:00")
    settle(market, date(2026, 11, 15), datetime(2026, 11, 16, 12, tzinfo=UTC))
    first, second = Document.objects.filter(kind=Kind.CREDIT).order_by("pk")
    told: dict[str, Any] = {"reason": "A mistake.", "by": None, "at": timezone.now()}

    with pytest.raises(Answered, match=f"{second.reference} came after {first.reference}"):
        void_document(document_id=first.pk, **told)

    void_document(document_id=second.pk, **told)
    void_document(document_id=first.pk, **told)
    assert run_checks() == []


def test_nothing_comes_back_from_the_future(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="A"))

    taken = come_back(market, "R1", "A", at="2036-01-01T10:00:00+01:00")

    assert taken.reason == "at: 2036-01-01T10:00:00+01:00 lies in the future"
    assert balance(market_id=market.pk, kind="prepaid") == -1210_00
