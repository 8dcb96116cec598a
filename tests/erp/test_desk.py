"""ERP channels in the back office: what failed is seen and tried again; no token is."""

import re

from django.test import Client
from django.utils import timezone

from marketplace.parties.models import Market
from sellers.erp.models import Channel, ErpInvoice, ErpState
from sellers.erp.operations.connecting import configure_channel
from sellers.erp.operations.trying_again import match_sku
from tests.desk import listed, page, press
from tests.erp.colombia import click, row_of, sell, work_off
from tests.erp.emulator import Company
from tests.orders.telling import goods, tender


def test_what_failed_is_tried_again_from_the_back_office(
    colombia: Market, channel: Channel, company: Company, carla_client: Client
) -> None:
    configure_channel(channel_id=channel.pk, told={"shipping_item": ""}, by=None, at=timezone.now())
    line = {"kind": "shipping", "name": "Envío", "quantity": 1, "unit_price": "10.00", "vat": "19"}
    order = sell(colombia, "601", lines=[line], tenders=[tender("card", "10.00")])
    click(order)
    work_off()
    assert "No item is chosen for delivery" in listed(carla_client, ErpInvoice)
    item = company.id_of("items", reference="ENVIO")
    configure_channel(channel_id=channel.pk, told={"shipping_item": item}, by=None, at=timezone.now())

    press(carla_client, row_of(order), "again")
    work_off()

    assert row_of(order).state == ErpState.DONE
    assert "Done" not in listed(carla_client, ErpInvoice)


def test_a_channels_page_counts_what_failed_by_cause_and_shows_no_token(
    colombia: Market, channel: Channel, company: Company, carla_client: Client
) -> None:
    for number in ("602", "603"):
        lines = [goods("5.00", sku="NEW", vat="19")]
        click(sell(colombia, number, lines=lines, tenders=[tender("card", "5.00")]))
    work_off()

    text = page(carla_client, channel)

    assert "SKU not in the ERP NEW 2" in text
    assert "Alegra 8001 Cóndor S.A.S. CO Connected" in listed(carla_client, Channel)
    assert company.token not in text
    assert channel.token not in text
    item = company.id_of("items", reference="CAP")
    match_sku(channel_id=channel.pk, sku="NEW", external_id=item, by=None, at=timezone.now())
    work_off()
    assert "SKU not in the ERP" not in page(carla_client, channel)


def test_orders_the_erp_has_otherwise_wait_on_the_first_page(
    colombia: Market, channel: Channel, company: Company, carla_client: Client
) -> None:
    click(sell(colombia, "604"))
    work_off()
    assert "Orders an ERP has otherwise" not in carla_client.get("/admin/").content.decode()

    ErpInvoice.objects.update(differs="The ERP does not have this invoice any more.")

    assert "Orders an ERP has otherwise" in carla_client.get("/admin/").content.decode()
    assert "does not have this invoice" in listed(carla_client, ErpInvoice, state="done", differs="1")


def test_what_failed_is_found_by_its_cause_in_words_and_by_what_it_is_about(
    colombia: Market, channel: Channel, carla_client: Client
) -> None:
    lines = [goods("5.00", sku="NEW", vat="19")]
    order = sell(colombia, "605", lines=lines, tenders=[tender("card", "5.00")])
    click(order)
    work_off()

    address = "/admin/erp/erpinvoice/"
    filters = carla_client.get(address).content.decode()

    assert '<a href="?cause=sku_missing">SKU not in the ERP</a>' in re.sub(r"\s*\n\s*", "", filters)
    assert "605" in listed(carla_client, ErpInvoice, cause="sku_missing")
    assert "605" not in listed(carla_client, ErpInvoice, cause="buyer")
    assert "605" in listed(carla_client, ErpInvoice, q="NEW")
    assert str(row_of(order)) == "605"


def test_a_channels_page_says_which_orders_are_invoiced(channel: Channel, carla_client: Client) -> None:
    assert "Order statuses: All" in page(carla_client, channel)

    Channel.objects.filter(pk=channel.pk).update(order_groups=["sent", "completed"])

    assert "Order statuses: Sent, Completed" in page(carla_client, channel)
