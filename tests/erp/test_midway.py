"""What changes while an order is being prepared: it goes as things are when it goes, or not at all."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail
from marketplace.orders.models import Order, State
from marketplace.parties.models import Market, Seller
from sellers.erp.alegra.client import Alegra
from sellers.erp.models import Channel, ChannelState, ErpContact, ErpInvoice, ErpState, Knowledge, Trigger
from sellers.erp.operations.asking import pick_orders
from sellers.erp.operations.connecting import (
    automate_channel,
    change_credentials,
    configure_channel,
    connect_channel,
    disconnect_channel,
    try_credentials,
)
from sellers.erp.operations.sending import work
from sellers.erp.port import Invoice, Line
from sellers.erp.rules.causes import Cause
from tests.erp.colombia import SKUS, click, go_on, row_of, sell, work_off
from tests.erp.emulator import Company, Emulator
from tests.portal.invoicing import sell_unknown


class Meanwhile:
    """A clock; at the first look at it after the buyer is known, something else happens."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self.happens, self.has_happened = happens, False

    def __call__(self) -> datetime:
        if (
            not self.has_happened
            and ErpContact.objects.filter(state=Knowledge.KNOWN, external_id__gt="").exists()
        ):
            self.has_happened = True
            self.happens()
        return timezone.now()


def work_while(channel: Channel, happens: Callable[[], object]) -> None:
    ErpContact.objects.all().delete()
    clock = Meanwhile(happens)
    claimed = jobs.claim()
    assert claimed is not None
    assert claimed.row.name == "erp.work"
    work(claimed, channel_id=channel.pk, clock=clock)
    assert clock.has_happened


def test_an_order_prepared_for_one_company_is_not_sent_to_it_once_another_is_connected(
    colombia: Market, condor: Seller, channel: Channel, company: Company, alegra: Emulator
) -> None:
    told = {"email": "otra@example.com", "token": "another-token", "identification": "901555444"}
    other = alegra.company("colombia", skus=SKUS, **told)
    order = sell(colombia, "801")
    click(order)

    def switch() -> None:
        at, login = timezone.now(), {"email": other.email, "token": other.token}
        disconnect_channel(channel_id=channel.pk, by=None, at=at)
        tried = try_credentials(provider="alegra", email=other.email, token=other.token, clock=timezone.now)
        connect_channel(seller=condor, name="Otra", country="CO", tried=tried, by=None, at=at, **login)

    work_while(channel, switch)
    assert company.invoices("CO-801") == []
    assert row_of(order).state == ErpState.WAITING

    work_off()
    go_on(Channel.objects.get(name="Otra"))
    assert row_of(order).state == ErpState.DONE
    assert (len(company.invoices("CO-801")), len(other.invoices("CO-801"))) == (0, 1)
    assert run_checks() == []


def test_an_order_is_not_sent_once_its_channel_is_taken_off(
    colombia: Market, channel: Channel, company: Company
) -> None:
    order = sell(colombia, "802")
    click(order)

    work_while(channel, lambda: disconnect_channel(channel_id=channel.pk, by=None, at=timezone.now()))

    assert row_of(order).state == ErpState.WAITING
    assert company.invoices("CO-802") == []


def test_an_order_cancelled_while_its_buyer_was_looked_for_is_left_out(
    colombia: Market, channel: Channel, company: Company
) -> None:
    automate_channel(
        channel_id=channel.pk, automatic=False, told={"order_groups": ["sent"]}, by=None, at=timezone.now()
    )
    order = sell(colombia, "803")
    click(order)

    work_while(channel, lambda: Order.objects.filter(pk=order.pk).update(state=State.CANCELLED))

    assert (row_of(order).state, row_of(order).cause) == (ErpState.FAILED, Cause.CANCELLED)
    assert company.invoices("CO-803") == []


@pytest.mark.parametrize(
    ("groups", "taken", "is_invoiced"),
    [
        (["sent"], Trigger.AUTOMATIC, False),
        (["sent", "other"], Trigger.AUTOMATIC, True),
        ([], Trigger.AUTOMATIC, True),
        (["sent"], Trigger.CLICK, True),
    ],
)
@pytest.mark.parametrize("state", [State.RETURNED, State.LOST])
def test_an_order_taken_by_the_rules_that_came_back_before_it_was_sent_is_left_out_as_they_say(
    colombia: Market,
    channel: Channel,
    company: Company,
    state: State,
    groups: list[str],
    taken: Trigger,
    is_invoiced: bool,
) -> None:
    told = {"order_groups": groups}
    automate_channel(channel_id=channel.pk, automatic=True, told=told, by=None, at=timezone.now())
    Channel.objects.update(automatic_since="2026-01-01T00:00:00+00:00")
    order = sell(colombia, "806")
    Order.objects.filter(pk=order.pk).update(state=State.SHIPPED)
    if taken == Trigger.CLICK:
        click(order)
    else:
        assert pick_orders(channel_id=channel.pk, at=timezone.now()) == 1

    Order.objects.filter(pk=order.pk).update(state=state)
    work_off()

    assert row_of(order).trigger == taken
    assert len(company.invoices("CO-806")) == int(is_invoiced)
    assert row_of(order).cause == ("" if is_invoiced else Cause.CANCELLED)


def switch(channel: Channel, *, automatic: bool) -> None:
    told: dict[str, list[str]] = {"order_groups": []}
    automate_channel(channel_id=channel.pk, automatic=automatic, told=told, by=None, at=timezone.now())
    Channel.objects.filter(automatic=True).update(automatic_since="2026-01-01T00:00:00+00:00")


def test_what_the_rules_took_is_not_sent_once_they_are_switched_off_but_what_somebody_asked_for_is(
    colombia: Market, channel: Channel, company: Company
) -> None:
    taken, failed, clicked = sell(colombia, "807"), sell_unknown(colombia, "808"), sell(colombia, "809")
    switch(channel, automatic=True)
    click(clicked)
    assert pick_orders(channel_id=channel.pk, at=timezone.now()) == 2
    ErpInvoice.objects.filter(order=taken).update(due_at=timezone.now() + timedelta(hours=1))
    work_off()
    assert row_of(failed).state == ErpState.FAILED
    click(failed)
    assert row_of(failed).state == ErpState.WAITING

    switch(channel, automatic=False)

    assert (row_of(taken).state, row_of(taken).cause) == (ErpState.FAILED, Cause.SWITCHED_OFF)
    assert row_of(failed).state == ErpState.WAITING
    assert row_of(clicked).state == ErpState.DONE
    click(taken)
    work_off()
    assert len(company.invoices("CO-807")) == 1
    assert run_checks() == []


def test_rules_switched_off_hold_for_the_order_at_hand(
    colombia: Market, channel: Channel, company: Company
) -> None:
    switch(channel, automatic=True)
    order = sell(colombia, "810")
    pick_orders(channel_id=channel.pk, at=timezone.now())

    work_while(channel, lambda: switch(channel, automatic=False))

    assert company.invoices() == []
    assert (row_of(order).state, row_of(order).cause) == (ErpState.FAILED, Cause.SWITCHED_OFF)


def test_a_token_entered_while_the_one_of_before_was_in_use_is_not_refused_for_it(
    colombia: Market, condor: Seller, channel: Channel, company: Company
) -> None:
    order = sell(colombia, "805")
    click(order)

    def renew() -> None:
        company.change_token("a-newer-token")
        clock, email, token = timezone.now, company.email, company.token
        tried = try_credentials(provider="alegra", email=email, token=token, clock=clock)
        change_credentials(
            channel_id=channel.pk, name="Alegra", email=email, token=token, tried=tried, by=None, at=clock()
        )

    work_while(channel, renew)

    channel.refresh_from_db()
    assert channel.state == ChannelState.ON
    assert not OutgoingMail.objects.filter(key__startswith="erp_channel:").exists()
    assert row_of(order).state == ErpState.WAITING


@pytest.mark.parametrize("printed", [True, False])
def test_a_setting_changed_meanwhile_holds_for_the_order_at_hand(
    colombia: Market, channel: Channel, company: Company, printed: bool
) -> None:
    configure_channel(channel_id=channel.pk, told={"note_printed": not printed}, by=None, at=timezone.now())
    order = sell(colombia, "804")
    click(order)
    told = {"note_printed": printed}

    work_while(
        channel,
        lambda: configure_channel(channel_id=channel.pk, told=told, by=None, at=timezone.now()),
    )

    (made,) = company.invoices("CO-804")
    assert ("CO-804" in (made["anotation"] or "")) is printed
    assert row_of(order).state == ErpState.DONE


class NoPace:
    """No limit is kept."""

    def take(self) -> None: ...

    def note(self, *, remaining: int, reset_seconds: float) -> None: ...


def test_a_worker_that_lost_its_work_while_it_was_connecting_says_nothing(
    company: Company, alegra: Emulator
) -> None:
    looks = []

    def look() -> None:
        """Stand still between the first look and the second, until somebody else took the work over."""
        looks.append(alegra.requests().get("POST /invoices", 0))
        if len(looks) == 2:
            raise jobs.Fenced

    erp = Alegra(company.email, company.token, NoPace(), base=alegra.url, heartbeat=look)
    today = date(2026, 11, 5)
    line = Line(company.id_of("items", reference="ENVIO"), Decimal(100), 1)
    with pytest.raises(jobs.Fenced):
        erp.create_invoice(Invoice("CO-1", today, today, "2", (line,)))

    assert looks == [0, 0]
    assert company.invoices() == []
