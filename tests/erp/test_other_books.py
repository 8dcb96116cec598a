"""A channel is to one company's books: what is known of one company is never taken for another's."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from marketplace.kernel.books import run_checks
from marketplace.parties.models import Market, Seller
from sellers.erp.models import Channel, ChannelState, ErpInvoice, ErpState
from sellers.erp.operations.connecting import (
    Tried,
    change_credentials,
    connect_channel,
    disconnect_channel,
    try_credentials,
)
from sellers.erp.port import Company as Books
from sellers.erp.port import Offer
from sellers.erp.refusals import CannotConnect
from tests.cast import make_market
from tests.erp.colombia import SKUS, click, connect, go_on, make_condor, row_of, sell, work_off
from tests.erp.emulator import Company, Emulator


@pytest.fixture
def other(alegra: Emulator) -> Company:
    """Another company's books, with one item more, so that its ids stand for other things."""
    extra = {"name": "Mesa", "reference": "MESA", "price": "10", "tax": "19"}
    told = {"email": "otra@example.com", "token": "another-token", "identification": "901555444"}
    return alegra.company("colombia", skus=[extra, *SKUS], contacts=12, **told)


def switch(channel: Channel, seller: Seller, company: Company) -> Channel:
    disconnect_channel(channel_id=channel.pk, by=None, at=timezone.now())
    return connect(seller, company)


def test_another_company_is_another_channel_with_its_own_buyers_and_ids(
    colombia: Market, condor: Seller, channel: Channel, company: Company, other: Company
) -> None:
    first = sell(colombia, "701")
    click(first)
    work_off()

    second = switch(channel, condor, other)
    again = sell(colombia, "702")
    type(again).objects.filter(pk=again.pk).update(customer_id_number=first.customer_id_number)
    click(again)
    work_off()

    assert second.pk != channel.pk
    assert row_of(again).state == ErpState.DONE
    (made,) = other.invoices("CO-702")
    buyers = {row["id"]: row.get("identification") for row in other.store()["contacts"]}
    assert buyers[str(made["client"])] == first.customer_id_number
    assert run_checks() == []


def test_what_may_be_in_the_first_companys_books_is_never_sent_to_the_second(
    colombia: Market,
    condor: Seller,
    channel: Channel,
    company: Company,
    other: Company,
    alegra: Emulator,
    settings: Settings,
) -> None:
    settings.ERP_QUIET_SECONDS = 600
    order, waiting = sell(colombia, "703"), sell(colombia, "704")
    alegra.fail("lost", method="POST", path="*/invoices")
    click(order)
    work_off()
    assert row_of(order).state == ErpState.UNKNOWN
    ErpInvoice.objects.create(
        channel=channel, seller=condor, order=waiting, trigger="click", asked_at=timezone.now(),
        due_at=timezone.now(),
    )  # fmt: skip

    second = switch(channel, condor, other)
    ErpInvoice.objects.update(due_at=timezone.now())
    go_on(second)

    assert row_of(order).state == ErpState.UNKNOWN
    assert row_of(waiting).state == ErpState.DONE
    assert len(company.invoices("CO-703")) == 1
    assert (len(other.invoices("CO-703")), len(other.invoices("CO-704"))) == (0, 1)

    first = switch(second, condor, company)
    go_on(first)

    assert first.pk == channel.pk
    assert row_of(order).state == ErpState.DONE
    assert run_checks() == []


def test_another_companys_token_is_refused_for_a_channel(
    condor: Seller, channel: Channel, company: Company, other: Company
) -> None:
    clock = timezone.now
    tried = try_credentials(provider="alegra", email=other.email, token=other.token, clock=clock)

    with pytest.raises(CannotConnect, match="opens other books"):
        change_credentials(
            channel_id=channel.pk, name="Alegra", email=other.email, token=other.token, tried=tried,
            by=None, at=clock(),
        )  # fmt: skip

    channel.refresh_from_db()
    assert (channel.state, channel.email) == (ChannelState.ON, company.email)


def test_an_order_of_the_same_number_in_another_market_is_another_order(
    colombia: Market, condor: Seller, channel: Channel, company: Company, alegra: Emulator
) -> None:
    entity = {"entity_name": "Meridian Perú", "entity_tax_id": "20100070970", "entity_iban": ""}
    peru = make_market("PE", currency="COP", zone="America/Lima", standard_vat_bp=1900, **entity)
    second = connect(make_condor(peru), company)
    both = [sell(colombia, "705"), sell(peru, "705")]
    click(both[0])
    work_off()
    alegra.fail("error_before", method="POST", path="*/invoices")
    click(both[1])
    work_off()
    go_on(second)

    assert {row_of(order).state for order in both} == {ErpState.DONE}
    assert len({row_of(order).external_id for order in both}) == 2
    assert len(company.invoices("CO-705")) == 1
    assert len(company.invoices("PE-705")) == 1
    assert run_checks() == []


def test_a_click_that_comes_twice_connects_one_channel_and_is_not_refused(
    condor: Seller, channel: Channel, company: Company, other: Company
) -> None:
    told: dict[str, Any] = {"seller": condor, "name": "Alegra", "country": "CO", "by": None}
    login: dict[str, Any] = {"email": company.email, "token": company.token}
    tried = try_credentials(provider="alegra", clock=timezone.now, **login)

    again = connect_channel(tried=tried, at=timezone.now(), **told, **login)

    assert again.pk == channel.pk
    assert again.default_id_number == channel.default_id_number
    login = {"email": other.email, "token": other.token}
    tried = try_credentials(provider="alegra", clock=timezone.now, **login)
    with pytest.raises(CannotConnect, match="Alegra is connected already"):
        connect_channel(tried=tried, at=timezone.now(), **told, **login)


def test_books_that_say_nothing_of_whose_they_are_are_never_taken_for_the_same(condor: Seller) -> None:
    nameless = Tried(Books("", "", "CO", "COP"), Offer())
    at = timezone.now()
    told: dict[str, Any] = {"name": "Alegra", "tried": nameless, "by": None, "at": at}
    mine: dict[str, Any] = told | {"seller": condor, "country": "CO"}
    channel = connect_channel(**mine, email="una@example.com", token="one")

    with pytest.raises(CannotConnect):
        connect_channel(**mine, email="otra@example.com", token="two")
    with pytest.raises(CannotConnect):
        change_credentials(**told, channel_id=channel.pk, email="otra@example.com", token="two")

    channel.refresh_from_db()
    assert channel.email == "una@example.com"
