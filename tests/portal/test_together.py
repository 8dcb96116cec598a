"""The same move made on many orders at once, each with its own result."""

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.kernel.models import AuditRecord
from marketplace.orders.models import Order, State, Tender, TenderState
from marketplace.orders.operations.moves import confirm_order
from marketplace.parties.models import Market, Seller
from sellers.portal import bulk
from tests.cast import AFTER_OCTOBER, MakeOrder, take
from tests.netting.telling import give_account
from tests.orders.telling import tender
from tests.portal.agency import IBAN, OPEN
from tests.portal.telling import Browser, stand
from tests.stories.hungary import hungarian

Pending = dict[str, Order]
Together = Callable[..., str]


@pytest.fixture
def together(eva_sees: Browser) -> Together:
    def post(action: str, *numbers: str, menu: str = "orders", status: int = 200, **more: Any) -> str:
        told = {"action": action, "menu": menu, "orders": list(numbers)} | more
        return eva_sees.post("/orders/together/", told, status=status)

    return post


def confirmed() -> set[str]:
    return set(Order.objects.filter(confirmed_at__isnull=False).values_list("number", flat=True))


def test_one_refusal_stops_none_of_the_others(together: Together, four_pending: Pending) -> None:
    page = together("send", *four_pending, menu="pending")

    assert "Done 3 Unchanged 0 Refused 1" in page
    assert "P1 Done The voucher paid all of it." in page
    assert "P2 Refused The customer of order P2 pays by transfer to your account, and none is in use" in page
    assert "P3 Done Send the parcel with cash on delivery of HUF 14,050." in page
    assert "Enter the bank account" in page
    assert confirmed() == {"P1", "P3", "P4"}
    assert AuditRecord.objects.filter(verb="order.confirmed").count() == 3


def test_the_refused_ones_are_tried_again_once_the_cause_is_gone(
    eva_sees: Browser, together: Together, agent: Seller, four_pending: Pending
) -> None:
    assert "Try the refused ones again" in together("send", *four_pending)
    give_account(agent, IBAN)

    page = together("send", "P1", "P2")

    assert "Done 1 Unchanged 1 Refused 0" in page
    assert "P1 Unchanged It was sent already." in page
    assert "P2 Done The customer transfers the remaining HUF 20,710" in page
    assert "Try the refused ones again" not in page


def test_transfers_are_marked_and_parcels_shipped_with_the_gates_refusals(
    together: Together, agent: Seller, four_pending: Pending
) -> None:
    give_account(agent, IBAN)
    together("send", *four_pending)

    page = together("ship", *four_pending)
    assert "Done 3 Unchanged 0 Refused 1" in page
    assert "P2 Refused The bank transfer for order P2 has not arrived; mark it as received." in page

    page = together("receive", "P1", "P2")
    assert "P1 Refused Order P1 awaits no bank transfer." in page
    assert "P2 Done The transfer is received; the parcel can leave." in page
    assert not Tender.objects.filter(method="transfer", state=TenderState.AWAITED).exists()

    page = together("ship", *four_pending)
    assert "Done 1 Unchanged 3 Refused 0" in page
    assert {order.state for order in Order.objects.all()} == {State.SHIPPED}


def test_all_that_the_filters_leave_is_sent_and_nothing_else(
    eva_sees: Browser, together: Together, hungary: Market, agent: Seller, four_pending: Pending
) -> None:
    take(
        hungary,
        *(hungarian(f"C{place:02}", "8900.00", tender("cod", "8900.00"), **OPEN) for place in range(30)),
    )
    assert "All 34 of the list, not only this page" in eva_sees.page("/orders/pending/")

    page = together("send", menu="pending", all="1", query="voucher=none")

    assert "Done 30 Unchanged 0 Refused 0" in page
    assert confirmed() == {f"C{place:02}" for place in range(30)}


def test_more_than_can_be_done_at_once_is_said(
    together: Together, hungary: Market, agent: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(
        hungary, *(hungarian(f"C{place}", "8900.00", tender("cod", "8900.00"), **OPEN) for place in range(4))
    )
    monkeypatch.setattr("sellers.portal.views.orders.MOST", 3)

    page = together("send", menu="pending", all="1")

    assert "These are the first 3 orders; there are more." in page
    assert len(confirmed()) == 3
    assert bulk.MOST >= 100


@pytest.mark.parametrize("told", [{}, {"orders": ["NONE"]}, {"orders": ["\x00"]}])
def test_nothing_ticked_changes_nothing_and_says_so(
    eva_sees: Browser, four_pending: Pending, told: dict[str, Any]
) -> None:
    before = stand()

    page = eva_sees.post("/orders/together/", {"action": "send", "menu": "vouchers"} | told)

    assert "Tick the orders for which to do it; nothing was changed." in page
    assert "Orders with voucher" in page
    assert stand() == before


@pytest.mark.parametrize("told", [{"action": "delete"}, {"menu": "x"}])
def test_a_move_nobody_offers_is_not_there(
    together: Together, four_pending: Pending, told: dict[str, str]
) -> None:
    before = stand()

    together("send", "P1", status=404, **told) if "action" not in told else together(
        told["action"], "P1", status=404
    )

    assert stand() == before


def test_another_sellers_orders_are_not_touched(
    together: Together, make_order: MakeOrder, market: Market, four_pending: Pending
) -> None:
    make_order(number="ANAS", **OPEN)

    page = together("send", "ANAS", "P1")

    assert "ANAS" not in page
    assert confirmed() == {"P1"}


def test_a_list_offers_what_its_orders_allow(eva_sees: Browser, agent: Seller, four_pending: Pending) -> None:
    give_account(agent, IBAN)
    assert offered(eva_sees, "/orders/pending/") == ["send"]

    confirm_order(order_id=four_pending["P2"].pk, by=None, at=AFTER_OCTOBER)

    assert offered(eva_sees, "/orders/") == ["send", "receive", "ship"]
    assert offered(eva_sees, "/orders/?tab=open") == ["receive", "ship"]
    assert offered(eva_sees, "/orders/?tab=delivered") == []


def offered(browser: Browser, address: str) -> list[str]:
    return [name for name, _action in browser.client.get(address).context["actions"]]
