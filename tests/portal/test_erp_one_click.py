"""Invoicing by a click: on an order's page, and many from the list of orders."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from marketplace.orders.models import Order, State
from marketplace.parties.models import Market, Seller
from sellers.erp.models import Channel, ErpInvoice, ErpState, Trigger
from sellers.erp.operations.asking import ask_for_invoices
from sellers.erp.operations.connecting import automate_channel, disconnect_channel
from tests.cast import MakeOrder
from tests.erp.colombia import click, row_of, sell, work_off
from tests.erp.emulator import Company
from tests.portal.invoicing import UNKNOWN, sell_unknown
from tests.portal.telling import Browser

BULK = "/orders/together/"


def test_an_order_is_invoiced_by_one_click_and_its_page_tells_how_far_it_is(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    order = sell(colombia, "601")
    before = olga_sees.page("/orders/601/")

    after = olga_sees.post("/channels/orders/601/invoice/")
    moving = olga_sees.client.get("/channels/orders/601/state/").content.decode()
    work_off()
    done = olga_sees.client.get("/channels/orders/601/state/").content.decode()

    assert "This order is not invoiced in Alegra yet. Invoice in Alegra" in before
    assert "Order 601 is on its way to Alegra." in after
    assert "every 2s" in moving
    assert "every 2s" not in done
    row = row_of(order)
    assert (row.state, row.trigger, row.asked_by is not None) == (ErpState.DONE, Trigger.CLICK, True)
    page = olga_sees.page("/orders/601/")
    assert f"Id in Alegra {row.external_id}" in page
    assert "Open the PDF" in page
    assert "By a click" in page


def test_who_is_about_to_invoice_what_came_back_is_told(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    order = sell(colombia, "603")
    said = "Its invoice would be of the whole order, and you would owe the customer a credit note of it."
    assert said not in olga_sees.page("/orders/603/")

    Order.objects.filter(pk=order.pk).update(state=State.LOST)

    assert said in olga_sees.page("/orders/603/")


def test_an_order_that_waits_while_the_erp_is_left_alone_says_until_when(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    click(sell(colombia, "604"))
    rests = "Alegra does not answer or has too many requests just now."
    assert rests not in olga_sees.page("/orders/604/")

    Channel.objects.filter(pk=channel.pk).update(rests_until=timezone.now() + timedelta(minutes=5))

    assert rests in olga_sees.page("/orders/604/")


def test_an_order_that_failed_says_why_and_is_put_right_on_its_own_page(
    olga_sees: Browser, colombia: Market, channel: Channel, company: Company
) -> None:
    order = sell_unknown(colombia, "602")
    click(order)
    work_off()

    page = olga_sees.page("/orders/602/")
    told = {"sku": UNKNOWN, "item": company.id_of("items", reference="CAP"), "back": "order:602"}
    saved = olga_sees.post("/channels/items/match/save/", told)
    work_off()

    assert "SKU not in the ERP: TV-55" in page
    assert "Choose the item" in page
    assert "Order 602" in saved
    assert "1 order is on its way to Alegra again." in saved
    assert row_of(order).state == ErpState.DONE


def test_an_invoice_that_differs_says_what_does(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    click(sell(colombia, "603"))
    work_off()
    ErpInvoice.objects.update(differs="The ERP has voided this invoice.")

    assert "It differs from the order The ERP has voided this invoice." in olga_sees.page("/orders/603/")


def test_an_invoice_that_lacks_its_stamp_is_stamped_by_a_click(
    olga_sees: Browser, vera_looks: Browser, colombia: Market, channel: Channel, company: Company
) -> None:
    numbering = company.id_of("number-templates", prefix="FE")
    values = {"as_draft": False, "numbering": numbering, "payment_form": "CASH", "payment_method": "CASH"}
    automate_channel(channel_id=channel.pk, automatic=False, told=values, by=None, at=timezone.now())
    click(sell(colombia, "609"))
    work_off()
    assert "Have it stamped in Alegra" not in olga_sees.page("/orders/609/")

    ErpInvoice.objects.update(to_stamp=True)  # as if it had been asked for when the invoice was made

    assert "Have it stamped in Alegra" not in vera_looks.page("/orders/609/")
    assert "Have it stamped in Alegra" in olga_sees.page("/orders/609/")
    page = olga_sees.post("/channels/orders/609/stamp/")
    assert "The invoice of order 609 is stamped." in page
    assert "Have it stamped in Alegra" not in page
    assert "Open, stamped" in page
    assert "The invoice is stamped already." in olga_sees.post("/channels/orders/609/stamp/")


@pytest.mark.parametrize(
    ("state", "is_offered"), [("delivered", True), ("cancelled", False), ("lost", False)]
)
def test_a_stamp_is_not_offered_for_what_was_not_sold_in_the_end(
    olga_sees: Browser, colombia: Market, channel: Channel, state: str, is_offered: bool
) -> None:
    order = sell(colombia, "612")
    click(order)
    work_off()
    ErpInvoice.objects.update(to_stamp=True)

    Order.objects.filter(pk=order.pk).update(state=state)

    assert ("Have it stamped in Alegra" in olga_sees.page("/orders/612/")) is is_offered


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("delivered", ""),
        ("cancelled", "The order is cancelled. Void its invoice in Alegra, or make a credit note there."),
        ("returned", "Goods of this order came back or were lost, and the invoice is of the whole order."),
    ],
)
def test_an_invoice_of_what_was_not_sold_in_the_end_says_what_to_do(
    olga_sees: Browser, colombia: Market, channel: Channel, state: str, said: str
) -> None:
    order = sell(colombia, "605")
    click(order)
    work_off()
    Order.objects.filter(pk=order.pk).update(state=state)

    page = olga_sees.page("/orders/605/")

    assert said in page
    assert ("credit note" in page) is bool(said)


def test_a_test_order_says_that_it_is_never_invoiced(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    sell(colombia, "604", test=True)

    page = olga_sees.page("/orders/604/")

    assert "This is a test order; tests are never invoiced." in page
    refused = olga_sees.post("/channels/orders/604/invoice/")
    assert "tests are never invoiced" in refused
    assert not ErpInvoice.objects.exists()


def test_a_cancelled_order_is_not_invoiced_where_the_rules_leave_cancelled_ones_out(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    sell(colombia, "606", status="cancelled", status_times={"cancelled": "2026-10-03T10:00:00+02:00"})
    offered = olga_sees.page("/orders/606/")
    Channel.objects.update(order_groups=["completed"])

    refused = olga_sees.post(BULK, {"menu": "orders", "query": "", "action": "invoice", "orders": ["606"]})

    assert "This order is not invoiced in Alegra yet." in offered
    assert "by the channel's settings cancelled orders are not invoiced." in olga_sees.page("/orders/606/")
    assert "606 Refused Order 606 is cancelled" in refused
    assert not ErpInvoice.objects.exists()


def test_without_a_channel_the_page_says_that_one_may_be_connected(
    olga_sees: Browser, colombia: Market, condor: Seller
) -> None:
    sell(colombia, "605")

    assert "Connect your ERP, such as Alegra" in olga_sees.page("/orders/605/")
    assert "No ERP is connected. Connect one under Channels." in olga_sees.post(
        "/channels/orders/605/invoice/"
    )


def test_what_the_marketplace_sold_itself_has_no_such_card(ana_sees: Browser, make_order: MakeOrder) -> None:
    order = make_order(number="CZ1")

    assert "Invoice in" not in ana_sees.page(f"/orders/{order.number}/")
    assert ana_sees.client.post("/channels/orders/CZ1/invoice/").status_code == 404


def test_ticked_orders_are_invoiced_together_and_each_has_its_own_answer(
    olga_sees: Browser, colombia: Market, channel: Channel, company: Company
) -> None:
    for number in ("611", "612", "613"):
        sell(colombia, number)
    failed = sell_unknown(colombia, "614")
    click(Order.objects.get(number="611"), failed)
    work_off()
    sell(colombia, "615", test=True)
    assert "Invoice in Alegra" in olga_sees.page("/orders/")

    numbers = ["611", "612", "613", "614", "615"]
    page = olga_sees.post(BULK, {"menu": "orders", "query": "", "action": "invoice", "orders": numbers})
    work_off()

    assert "Done 3 Unchanged 1 Refused 1" in page
    assert "612 Done It is on its way to Alegra." in page
    assert "611 Unchanged Order 611 is invoiced in the ERP already" in page
    assert "615 Refused Order 615 is a test; tests are never invoiced." in page
    assert len(company.invoices()) == 3
    assert row_of(failed).tries == 0


def test_all_of_a_list_are_invoiced_at_once_and_none_twice(
    olga_sees: Browser, colombia: Market, channel: Channel, company: Company
) -> None:
    for number in ("621", "622"):
        sell(colombia, number)
    told = {"menu": "orders", "query": "erp=no", "action": "invoice", "all": "1"}

    first = olga_sees.post(BULK, told)
    second = olga_sees.post(BULK, told)
    work_off()

    assert "See how they go on" in first
    assert "Done 2" in first
    assert "Tick the orders" in second
    assert len(company.invoices()) == 2


def test_many_orders_take_as_many_queries_as_few(
    colombia: Market, condor: Seller, channel: Channel, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    keys = [sell(colombia, str(number)).pk for number in range(631, 661)]

    with django_assert_max_num_queries(20):
        asked = ask_for_invoices(seller_id=condor.pk, order_ids=keys, by=None, at=timezone.now())

    assert {each.outcome for each in asked} == {"done"}
    assert ErpInvoice.objects.count() == 30


def test_another_sellers_orders_are_not_asked_for(
    colombia: Market, condor: Seller, channel: Channel, make_order: MakeOrder
) -> None:
    strange = make_order(number="CZ1")

    assert ask_for_invoices(seller_id=condor.pk, order_ids=[strange.pk], by=None, at=timezone.now()) == []
    assert not ErpInvoice.objects.exists()


def test_the_list_is_narrowed_by_whether_orders_are_in_the_erp(
    olga_sees: Browser, colombia: Market, channel: Channel
) -> None:
    click(sell(colombia, "641"), sell_unknown(colombia, "642"))
    work_off()
    sell(colombia, "643")

    found = {
        name: {
            number
            for number in ("641", "642", "643")
            if f" {number} " in olga_sees.page(f"/orders/?erp={name}")
        }
        for name in ("yes", "no", "failed")
    }

    assert found == {"yes": {"641"}, "no": {"642", "643"}, "failed": {"642"}}


def test_who_has_no_erp_is_neither_offered_it_nor_asked_about_it(
    olga_sees: Browser, ana_sees: Browser, colombia: Market, channel: Channel, make_order: MakeOrder
) -> None:
    make_order(number="CZ1")
    sell(colombia, "651")
    disconnect_channel(channel_id=channel.pk, by=None, at=timezone.now())

    assert "Invoice in" not in olga_sees.page("/orders/")
    assert "In the ERP" not in ana_sees.page("/orders/")
    page = olga_sees.post(BULK, {"menu": "orders", "query": "", "action": "invoice", "orders": ["651"]})
    assert "651 Refused No ERP is connected." in page


def test_a_viewer_sees_the_card_and_no_button(
    vera_looks: Browser, colombia: Market, channel: Channel
) -> None:
    sell(colombia, "661")

    assert "This order is not invoiced in Alegra yet." in vera_looks.page("/orders/661/")
    assert vera_looks.client.post("/channels/orders/661/invoice/").status_code == 403
    assert not ErpInvoice.objects.exists()
