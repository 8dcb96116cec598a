"""Eva sells in Hungary by agency; her customers pay by voucher, and some of it comes back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from marketplace.orders.models import Order
from marketplace.parties.models import Market, Role, Seller
from settlement.documents.models import Document, Kind
from tests.cast import client_of, make_member, settle, take
from tests.orders.telling import tender
from tests.portal.telling import Browser
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

END, AFTER_END = date(2026, 10, 31), datetime(2026, 11, 1, 6, tzinfo=UTC)
IBAN = "HU42117730161111101800000000"
OPEN: dict[str, Any] = {"status": "open", "status_times": {}}


@pytest.fixture
def hungary(db: None) -> Market:
    return make_hungary(voucher_guide_url="https://nav.example/utalvany", language="hu")


@pytest.fixture
def agent(hungary: Market) -> Seller:
    return make_agent(hungary)


@pytest.fixture
def eva_sees(agent: Seller) -> Browser:
    return Browser(client_of(make_member(agent, "eva@duna.example", Role.OWNER)))


def pending(market: Market, number: str, total: str, *tenders: dict[str, Any], **more: Any) -> Order:
    """An open order that its seller has not sent yet."""
    (taken,) = take(market, hungarian(number, total, *tenders, **(OPEN | more)))
    assert taken.outcome == "taken", taken.reason
    return Order.objects.get(market=market, number=number)


@pytest.fixture
def four_pending(hungary: Market, agent: Seller) -> dict[str, Order]:
    """Pending orders: by voucher alone, and with the rest by transfer, cash and card."""
    for code, amount in {"A": "12700.00", "B": "4690.00", "C": "5000.00", "D": "2000.00"}.items():
        give_voucher(hungary, f"HUGIFT-{code}-7391", amount)
    card = tender("card", "4350.00", paid_at="2026-10-02T09:12:30+02:00")
    return {
        "P1": pending(hungary, "P1", "12700.00", by_voucher("HUGIFT-A-7391", "12700.00")),
        "P2": pending(
            hungary, "P2", "25400.00", by_voucher("HUGIFT-B-7391", "4690.00"), tender("transfer", "20710.00")
        ),
        "P3": pending(
            hungary, "P3", "19050.00", by_voucher("HUGIFT-C-7391", "5000.00"), tender("cod", "14050.00")
        ),
        "P4": pending(hungary, "P4", "6350.00", by_voucher("HUGIFT-D-7391", "2000.00"), card),
    }


@pytest.fixture
def billed(hungary: Market, agent: Seller) -> Document:
    """The four voucher orders of the example, delivered and settled: HU-2026-000001."""
    take(hungary, *four_orders(hungary))
    settle(hungary, MIDDLE, AFTER_MIDDLE)
    return Document.objects.get(seller=agent)


@pytest.fixture
def credited(hungary: Market, billed: Document) -> Document:
    """V3 came back after it was billed: HU-C-2026-000001, with the commission credited."""
    come_back(hungary, "R1", "V3", at="2026-10-20T10:00:00+02:00")
    settle(hungary, END, AFTER_END)
    return Document.objects.get(kind=Kind.CREDIT)
