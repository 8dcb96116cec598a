"""Cóndor sells in Colombia by agency and invoices its customers in its Alegra; Olga owns it."""

from typing import Any

import pytest
from django.utils import timezone

from marketplace.orders.models import Order
from marketplace.parties.models import Market, Role, Seller
from tests.cast import client_of, make_member
from tests.erp.colombia import sell
from tests.orders.telling import goods, tender
from tests.portal.telling import Browser

UNKNOWN = "TV-55"
"""A SKU that Alegra's catalogue does not have."""


@pytest.fixture
def olga_sees(condor: Seller) -> Browser:
    return Browser(client_of(make_member(condor, "olga@condor.example", Role.OWNER)))


@pytest.fixture
def vera_looks(condor: Seller) -> Browser:
    """A colleague of Olga's who may only look."""
    return Browser(client_of(make_member(condor, "vera@condor.example", Role.VIEWER)))


def sell_unknown(market: Market, number: str, sku: str = UNKNOWN, **told: Any) -> Order:
    """An order, placed and confirmed just now, of something that the catalogue does not have."""
    lines = [goods("1190.00", sku=sku, name="Televisor 55 pulgadas", vat="19")]
    at = timezone.now().isoformat(timespec="seconds")
    facts = {"lines": lines, "tenders": [tender("card", "1190.00", paid_at=at)], "placed_at": at}
    return sell(market, number, **(facts | {"status": "shipping", "status_times": {"shipping": at}} | told))
