"""Letters about orders: to sellers whose orders a voucher pays, to customers who owe a transfer."""

from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel.models import OutgoingMail
from marketplace.orders.models import Order
from marketplace.orders.operations.moves import (
    NotReadyToShip,
    advance_order,
    confirm_order,
    receive_transfer,
)
from marketplace.orders.operations.telling import NoAccount
from marketplace.orders.wording import payment_text, what_remains
from marketplace.parties.models import AccountState, BankAccount, Market
from tests.cast import BEFORE, take
from tests.orders.telling import tender
from tests.stories.hungary import by_voucher, give_voucher, hungarian, make_agent, make_hungary

ACCOUNT = "HU42117730161111101800000000"


@pytest.fixture
def hungary(db: None) -> Market:
    market = make_hungary()
    seller = make_agent(market)
    BankAccount.objects.create(seller=seller, number=ACCOUNT, state=AccountState.ACTIVE, proposed_at=BEFORE)
    return market


def order_of(market: Market, *tenders: dict[str, Any], total: str = "25400.00", **facts: Any) -> Order:
    give_voucher(market, "CODE", "25400.00")
    open_now = {"status": "open", "status_times": {}}
    (taken,) = take(market, hungarian("V1", total, *tenders) | open_now | facts)
    assert taken.outcome == "taken", taken.reason
    return Order.objects.select_related("market", "seller").get()


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


CASES = [
    ([("voucher", "25400.00")], "The voucher paid all of it. Nothing is to be collected."),
    (
        [("voucher", "4690.00"), ("transfer", "20710.00")],
        "The customer transfers the remaining HUF 20,710 to your account.",
    ),
    (
        [("voucher", "4690.00"), ("cod", "20710.00")],
        "Send the parcel with cash on delivery of HUF 20,710.",
    ),
    (
        [("voucher", "4690.00"), ("card", "20710.00")],
        "The rest is paid by card. Nothing is to be collected.",
    ),
]


@pytest.mark.parametrize(("tenders", "remains"), CASES)
def test_its_seller_is_told_of_each_voucher_order_with_what_remains(
    hungary: Market, tenders: list[tuple[str, str]], remains: str
) -> None:
    told = [
        by_voucher("CODE", amount) if method == "voucher" else tender(method, amount)
        for method, amount in tenders
    ]

    order = order_of(hungary, *told)

    letter = OutgoingMail.objects.get(key=f"order:{order.pk}:voucher")
    assert letter.recipients == ["4711@seller.example"]
    assert remains in plain(letter.body)
    assert plain(what_remains(order, language="en")).startswith(remains)


def test_a_voucher_and_the_rest_are_called_the_same_everywhere(hungary: Market) -> None:
    order = order_of(hungary, tender("cod", "20710.00"), by_voucher("CODE", "4690.00"))

    assert payment_text(order.payment) == "Voucher + Cash on delivery"
    assert (order.to_pay, order.to_collect) == (20710_00, 20710_00)


def test_sending_an_order_mails_the_customer_where_to_transfer_the_rest(hungary: Market) -> None:
    order = order_of(hungary, by_voucher("CODE", "4690.00"), tender("transfer", "20710.00"))
    assert not OutgoingMail.objects.filter(recipients=["eva@example.com"]).exists()

    confirm_order(order_id=order.pk, by=None, at=timezone.now())

    letter = OutgoingMail.objects.get(recipients=["eva@example.com"])
    assert ACCOUNT in letter.body
    assert "HUF 20,710" in plain(letter.body)


def test_a_parcel_waits_until_its_seller_has_the_transfer(hungary: Market) -> None:
    order = order_of(hungary, by_voucher("CODE", "4690.00"), tender("transfer", "20710.00"))
    now = timezone.now()
    confirm_order(order_id=order.pk, by=None, at=now)
    with pytest.raises(NotReadyToShip) as refusal:
        advance_order(order_id=order.pk, to="shipped", by=None, at=now)
    assert "mark it as received" in str(refusal.value)

    receive_transfer(order_id=order.pk, by=None, at=now, as_seller=True)
    advance_order(order_id=order.pk, to="shipped", by=None, at=now)

    order.refresh_from_db()
    assert order.state == "shipped"


def test_an_order_whose_transfer_has_no_account_to_go_to_is_not_sent(hungary: Market) -> None:
    BankAccount.objects.all().delete()
    order = order_of(hungary, by_voucher("CODE", "4690.00"), tender("transfer", "20710.00"))

    with pytest.raises(NoAccount) as refusal:
        confirm_order(order_id=order.pk, by=None, at=timezone.now())

    assert "Enter it under Settings" in str(refusal.value)
    order.refresh_from_db()
    assert order.confirmed_at is None
    assert not OutgoingMail.objects.filter(recipients=["eva@example.com"]).exists()
