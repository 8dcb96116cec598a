"""A Colombian seller with its orders, and the Alegra it is connected to."""

from typing import Any

from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.models import Job
from marketplace.orders.models import Order
from marketplace.parties.models import BusinessModel, Market, Seller
from marketplace.parties.operations import save_seller
from sellers.erp.models import Channel, ErpInvoice, PaceRow
from sellers.erp.operations.asking import ask_for_invoice
from sellers.erp.operations.connecting import configure_channel, connect_channel, try_credentials
from tests.cast import BEFORE, make_market, make_seller, take
from tests.erp.emulator import Company
from tests.orders.telling import goods, tell_order, tender

SKUS = [
    {"name": "Televisor 55", "reference": "TV-55", "barcode": "770000000055", "price": "1000", "tax": "19"},
    {"name": "Gorra", "reference": "CAP", "barcode": "770000000011", "price": "20", "tax": "19"},
]


def make_colombia() -> Market:
    return make_market(
        "CO",
        currency="COP",
        zone="America/Bogota",
        standard_vat_bp=1900,
        entity_name="Meridian Market S.A.S.",
        entity_tax_id="2131234321",
        entity_iban="",
        entity_city="Bogotá",
    )


def make_condor(market: Market) -> Seller:
    """A seller by agency, here or in another market: it invoices its customers itself."""
    seller = make_seller(market, "8001", "Cóndor S.A.S.", model=BusinessModel.AGENCY)
    seller.tax_id, seller.country = "8001972684", "CO"
    return save_seller(seller=seller, by=None, at=BEFORE)


def connect(seller: Seller, company: Company, **told: Any) -> Channel:
    """Connect the seller's Alegra, its catalogue read, delivery and COD fee mapped."""
    clock = timezone.now
    tried = try_credentials(provider="alegra", email=company.email, token=company.token, clock=clock)
    channel = connect_channel(
        seller=seller,
        name="Alegra",
        email=company.email,
        token=company.token,
        country="CO",
        tried=tried,
        by=None,
        at=clock(),
    )
    values = {
        "default_id_type": "CC",
        "default_id_number": "222222222222",
        "default_email": "sin@correo.example",
        "shipping_item": company.id_of("items", reference="ENVIO"),
        "cod_item": company.id_of("items", reference="CONTRAENTREGA"),
    }
    configure_channel(channel_id=channel.pk, told=values | told, by=None, at=clock())
    work_off()
    channel.refresh_from_db()
    return channel


def sell(market: Market, number: str, **told: Any) -> Order:
    """An order of one television, paid by card, to somebody with a document."""
    facts: dict[str, Any] = {
        "number": number,
        "seller": "8001",
        "currency": "COP",
        "lines": [goods("1190.00", sku="770000000055", vat="19")],
        "tenders": [tender("card", "1190.00")],
    }
    order = tell_order(**(facts | told))
    order["customer"] |= {"name": f"Eva Ruiz {number}", "id_type": "CC", "id_number": f"10{number}"}
    (taken,) = take(market, order)
    assert taken.outcome == "taken", taken.reason
    return Order.objects.get(market=market, number=number)


def click(*orders: Order) -> None:
    for order in orders:
        ask_for_invoice(order_id=order.pk, by=None, at=timezone.now())


def work_off() -> None:
    """Run the channels' jobs until none is ready."""
    while (claimed := jobs.claim()) is not None:
        if claimed.row.name.startswith("erp."):
            jobs.run(claimed)
        else:
            Job.objects.filter(pk=claimed.row.pk).update(state="done")


def go_on(channel: Channel) -> None:
    """What the watch does a minute later: nothing rests any more, and the worker is woken."""
    PaceRow.objects.all().delete()
    Channel.objects.filter(pk=channel.pk).update(rests_until=None)
    jobs.enqueue("erp.work", key=f"channel:{channel.pk}", channel_id=channel.pk)
    work_off()


def row_of(order: Order) -> ErpInvoice:
    return ErpInvoice.objects.get(order=order)
