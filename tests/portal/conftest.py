"""Ana's October, documented: an order by card, one by cash on delivery, one by transfer."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from marketplace.orders.models import Order
from marketplace.parties.models import Market, NegativeBalance, Role, Seller
from settlement.documents.models import Document
from settlement.netting.models import SetOff
from settlement.payouts.models import Collection, Payout
from tests.billing.conftest import mexico, sol
from tests.cast import OCTOBER, client_of, make_member, settle, take
from tests.erp.conftest import _emulator, alegra, channel, colombia, company, condor
from tests.netting.telling import agree, give_account, invoice
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.portal.agency import agent, billed, credited, eva_sees, four_pending, hungary
from tests.portal.invoicing import olga_sees, vera_looks
from tests.portal.paying_in import luna_sees, owner, sol_sees, vera_sees
from tests.portal.receiving import andes, lucia, peru
from tests.portal.telling import OWING, Browser
from tests.portal.wishing import issued

__all__ = [
    "_emulator",
    "agent",
    "alegra",
    "andes",
    "billed",
    "channel",
    "colombia",
    "company",
    "condor",
    "credited",
    "eva_sees",
    "four_pending",
    "hungary",
    "issued",
    "lucia",
    "luna_sees",
    "mexico",
    "olga_sees",
    "owner",
    "peru",
    "sol",
    "sol_sees",
    "vera_looks",
    "vera_sees",
]

CASH: dict[str, Any] = {
    "lines": [goods("2420.00"), shipping(), cod_fee()],
    "tenders": [tender("cod", "2577.30")],
}


def documented(market: Market, *told: dict[str, Any], through: date = OCTOBER) -> Document:
    take(market, *told)
    settle(market, through)
    return Document.objects.latest("pk")


@pytest.fixture
def document(market: Market, seller: Seller) -> Document:
    """3,205.00 + 673.05 = 3,878.05 to be invoiced; of order CASH1 the seller holds 2,577.30."""
    return documented(
        market,
        tell_order(number="CARD1", lines=[goods(), shipping()], tenders=[tender("card", "1331.00")]),
        tell_order(number="CASH1", **CASH),
        tell_order(number="BANK1", lines=[goods("605.00")], tenders=[tender("transfer", "605.00")]),
    )


@pytest.fixture
def set_off(document: Document) -> SetOff:
    """Proposed for the booked invoice FV-2026-1."""
    proposed = invoice(document)
    assert proposed is not None
    return proposed


@pytest.fixture
def payout(seller: Seller, set_off: SetOff) -> Payout:
    """The 1,300.75 the agreed set-off left, waiting for a payment batch."""
    give_account(seller)
    agree(set_off)
    return Payout.objects.get()


@pytest.fixture
def demand(market: Market, seller: Seller) -> Collection:
    """The 907.50 a seller owes whose contract has it demanded."""
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()
    proposed = invoice(documented(market, tell_order(number="OWED1", **OWING)))
    assert proposed is not None
    agree(proposed)
    return Collection.objects.get()


@pytest.fixture
def ana_sees(ana_client: Any) -> Browser:
    return Browser(ana_client)


@pytest.fixture
def beto_sees(beto_client: Any) -> Browser:
    return Browser(beto_client)


@pytest.fixture
def viktor_sees(seller: Seller) -> Browser:
    """A colleague of ana's who may only look."""
    return Browser(client_of(make_member(seller, "viktor@horizont.example", Role.VIEWER)))


@pytest.fixture
def cash_orders(seller: Seller, make_order: Callable[..., Order]) -> Callable[[int], None]:
    """So many more delivered orders whose cash ana's seller holds."""

    def make(count: int) -> None:
        for _ in range(count):
            make_order(**CASH)

    return make
