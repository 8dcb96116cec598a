"""Open items in the back office: each says why it is open."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.parties.models import Market, NegativeBalance, Seller
from settlement.documents.models import Document
from settlement.invoices.operations.deciding import book_invoice
from settlement.netting.models import (
    Item,
    SetOff,
    Side,
)
from settlement.netting.operations.disputing import dispute_orders
from settlement.netting.queries import ageing, due_within
from tests.cast import work_off_but_rendering
from tests.desk import listed, page
from tests.netting.conftest import OWING, column_now, documented
from tests.netting.telling import agree, hand_in, invoice
from tests.stories.test_resale import COD


def whys(client: Client) -> str:
    return listed(client, Item)


def test_every_open_item_says_why_it_is_open(document: Document, carla_client: Client) -> None:
    work_off_but_rendering()
    assert "The seller has not invoiced CZ-2026-000001." in whys(carla_client)

    handed_in = hand_in(document)
    assert "The invoice for CZ-2026-000001 is in review." in whys(carla_client)

    book_invoice(invoice_id=handed_in.pk, by=None, at=timezone.now())
    work_off_but_rendering()
    assert "Set-off CZ-S-2026-000001 waits for the seller until" in whys(carla_client)

    agree(SetOff.objects.get())
    assert "CZK 1,300.75 is being paid." in whys(carla_client)


def test_what_is_carried_comes_on_the_next_set_off(
    market: Market, seller: Seller, carla_client: Client
) -> None:
    owing = invoice(documented(market, OWING))
    assert owing is not None
    agree(owing)

    assert "CZK 907.50 It comes on the next set-off. CZK 907.50" in whys(carla_client)


def test_what_is_demanded_or_disputed_says_so(
    market: Market, seller: Seller, carla_client: Client, ana: Any
) -> None:
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()
    owing = invoice(documented(market, OWING | {"number": "BIG"}, COD | {"number": "COD-1"}))
    assert owing is not None
    dispute_orders(set_off_id=owing.pk, numbers=["COD-1"], reason="No", by=ana, at=timezone.now())
    agree(owing)

    text = whys(carla_client)
    assert "CZK 907.50 is demanded." in text
    assert "CZK 2,577.30 is disputed." in text
    assert "CZK 2,577.30 is disputed." in page(carla_client, Item.objects.get(number="COD-1"))


def test_settled_items_are_listed_only_on_request(set_off: SetOff, carla_client: Client) -> None:
    agree(set_off)

    assert "COD-1" not in listed(carla_client, Item)
    assert "COD-1" in listed(carla_client, Item, left="all")
    assert "FV-2026-1" in listed(carla_client, Item, left="reserved")
    assert "FV-2026-1" not in listed(carla_client, Item, left="free")
    assert "FV-2026-1" not in listed(carla_client, Item, left="withheld")


def test_items_are_found_by_seller_side_and_age(set_off: SetOff, carla_client: Client) -> None:
    assert "COD-1" in listed(carla_client, Item, due=column_now())
    assert "FV-2026-1" not in listed(carla_client, Item, due=column_now(), side__exact=Side.RECEIVABLE)
    assert "COD-1" not in listed(carla_client, Item, side__exact=Side.PAYABLE)
    assert "COD-1" in listed(carla_client, Item, seller=set_off.seller_id)
    assert "COD-1" not in listed(carla_client, Item, seller=10**6)


COLUMNS = {0: "upto_7", 7: "upto_7", 8: "upto_30", 30: "upto_30", 60: "upto_60", 61: "upto_90", 91: "beyond"}


@pytest.mark.parametrize(("days", "column"), COLUMNS.items())
def test_the_ageings_columns_and_the_lists_filter_agree(
    days: int, column: str, document: Document, market: Market
) -> None:
    work_off_but_rendering()
    on = date(2026, 10, 5) + timedelta(days=days)

    (row,) = ageing(market=market, on=on)

    assert (row["open"], row[column]) == (2577_30, 2577_30)
    found = {
        name: Item.objects.filter(due_within(name, market=market, on=on)).count()
        for name in set(COLUMNS.values())
    }
    assert found == {**dict.fromkeys(COLUMNS.values(), 0), column: 1}
