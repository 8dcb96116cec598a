"""Accountants see what sellers owe for fees among the open items, on set-offs and in what is demanded."""

from datetime import timedelta

from django.test import Client

from marketplace.parties.models import Market, NegativeBalance, Seller
from settlement.netting.models import Item, SetOff, SetOffLine, State
from settlement.netting.operations.proposing import propose_overdue
from settlement.payouts.models import Collection
from tests.desk import listed, page
from tests.netting.fees import MONTH_OVER, credited, invoiced
from tests.netting.telling import agree

LATE = MONTH_OVER + timedelta(days=60)


def test_an_item_of_fees_leads_to_its_invoice(mexico: Market, sol: Seller, carla_client: Client) -> None:
    invoice = invoiced(sol)

    assert f"{invoice.reference} 7101 Tienda Sol" in listed(carla_client, Item)
    text = page(carla_client, Item.objects.get())
    assert "Fee invoice" in text
    assert "It comes on the next set-off." in text


def test_a_set_off_lists_fees_on_either_side(mexico: Market, sol: Seller, carla_client: Client) -> None:
    note = credited(invoice := invoiced(sol))

    text = page(carla_client, SetOff.objects.get())

    assert f"{invoice.reference} Fee invoice {invoice.reference}" in text
    assert f"{note.reference} Fee credit note {note.reference}" in text
    assert note.reference in listed(carla_client, SetOffLine)


def test_a_demand_lists_the_fees_it_asks_for(mexico: Market, sol: Seller, carla_client: Client) -> None:
    sol.contract.negative_balance = NegativeBalance.DEMAND
    sol.contract.save()
    invoice = invoiced(sol)
    propose_overdue(market=mexico, at=LATE)
    set_off = SetOff.objects.get(state=State.PROPOSED)
    assert "Invoices for fees are overdue" in page(carla_client, set_off)

    agree(set_off)

    assert f"{invoice.reference} {invoice.reference}" in page(carla_client, Collection.objects.get())
