"""What of ERP channels there is of ana's seller, for each address that shows a row of it."""

from typing import Any

from django.utils import timezone

from marketplace.kernel.secrets import seal
from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from sellers.erp.models import CatalogueItem, Channel, ErpInvoice, SkuMap
from tests.architecture.addresses import Arguments


def of_erp(seller: Seller, order: Order) -> Arguments:
    """A connected channel: with one of before, a seller by resale has these pages too."""
    channel = Channel.objects.create(
        seller=seller,
        name="Alegra",
        email="ana@horizont.example",
        token=seal("a-token"),
        country="CO",
        company="Horizont",
        company_number="1",
        currency=seller.market.currency,
        connected_at=timezone.now(),
    )
    CatalogueItem.objects.create(channel=channel, external_id="1", name="x", seen_at=timezone.now())
    names = ("invoice_order", "stamp", "order_state", "paper")
    return {f"portal:erp_{name}": {"number": order.number} for name in names}


def erp_stands() -> tuple[Any, ...]:
    """All of ERP channels that a stranger's visit may not change."""
    return (
        list(Channel.objects.order_by("pk").values()),
        list(ErpInvoice.objects.order_by("pk").values_list("pk", "state", "due_at")),
        list(SkuMap.objects.order_by("pk").values_list("sku", "external_id")),
    )
