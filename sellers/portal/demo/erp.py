"""The ERPs of the demo's Colombian sellers: what their companies hold, and one that is connected already."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import transaction

from marketplace.kernel.jobs import AHEAD
from marketplace.parties.models import Seller
from marketplace.users.models import User
from sellers.erp.gateway import speak_to
from sellers.erp.models import Channel, OrderGroup, SkuField
from sellers.erp.operations.asking import pick_orders
from sellers.erp.operations.connecting import (
    Tried,
    automate_channel,
    configure_channel,
    connect_channel,
    try_credentials,
)
from sellers.erp.operations.keeping import keep_items
from sellers.erp.operations.moving import wake
from sellers.erp.pacing import Clock
from sellers.erp.port import Erp
from sellers.portal.demo.cast import SELLERS
from sellers.portal.demo.shopping import GOODS, LEVEL

SHARED, MISSING = "SH-44", "DR-18"
"""A reference that variants share, and one that the books of the connected seller do not have."""

SINCE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Books:
    """A seller's company in its ERP, and who gets at it."""

    seller: str
    email: str
    token: str
    number: str


CONNECTED = Books("8001", "camila@condor.example", "demo-token-of-condor", "800197268")
NEW = Books("8020", "diego@valle.example", "demo-token-of-valle", "901330521")


def companies() -> list[dict[str, Any]]:
    """The companies as Alegra's stand-in makes them; the books of one lack something that it sells."""
    return [
        _company(CONNECTED, [each for each in GOODS if each[0] != MISSING]),
        _company(NEW, list(GOODS)),
    ]


def connect_demo(*, clock: Clock) -> Channel | None:
    """Connect the demo's seller that works with an ERP, once, as if it had been so for some weeks: its orders
    since then go there by themselves. None, if it was ever connected, or there is no demo.

    :raises CannotConnect: if the ERP does not take it.
    """
    seller = Seller.objects.filter(market__code="CO", partner_number=CONNECTED.seller).first()
    if seller is None or Channel.objects.of(seller).exists():
        return None
    email, token = CONNECTED.email, CONNECTED.token
    tried = try_credentials(provider="alegra", email=email, token=token, clock=clock)
    items = list(chain.from_iterable(page.rows for page in _erp(clock).items()))
    began = clock() - timedelta(days=SINCE_DAYS)
    camila = User.objects.filter(email="camila@demo.example").first()
    with transaction.atomic():
        channel = connect_channel(
            seller=seller, name="Alegra", email=email, token=token, country="CO", tried=tried, by=camila,
            at=began,
        )  # fmt: skip
        keep_items(channel, items, at=clock())
        told = _configuration({item.reference: item.id for item in items}, tried)
        configure_channel(channel_id=channel.pk, told=told, by=camila, at=began)
        rules = {"order_groups": [OrderGroup.COMPLETED.value], "as_draft": False}
        channel = automate_channel(channel_id=channel.pk, automatic=True, told=rules, by=camila, at=began)
        # Whoever looks at the demo first should find orders there, before hundreds of papers are drawn.
        wake(channel, delay=AHEAD)
        pick_orders(channel_id=channel.pk, at=clock())
    return channel


def _erp(clock: Clock) -> Erp:
    return speak_to("alegra", email=CONNECTED.email, token=CONNECTED.token, clock=clock)


def _configuration(items: dict[str, str], tried: Tried) -> dict[str, Any]:
    return {
        "note_printed": True,
        "sku_is": SkuField.REFERENCE.value,
        "warehouse": tried.offer.warehouses[0].id,
        "price_list": tried.offer.price_lists[0].id,
        "default_email": "facturas@condor.example",
        "default_phone": "+576015550100",
        "default_id_type": "CC",
        "default_id_number": "222222222222",
        "shipping_item": items["ENVIO"],
        "cod_item": items["CONTRAENTREGA"],
    }


def _company(books: Books, goods: list[tuple[str, str, int]]) -> dict[str, Any]:
    name = next(told.name for told in SELLERS if told.number == books.seller)
    return {
        "email": books.email,
        "token": books.token,
        "country": "colombia",
        "company": name,
        "identification": books.number,
        "seed": int(books.seller),
        "items": 12,
        "skus": [item for each in goods for item in _items(*each)],
    }


def _items(sku: str, name: str, crowns: int) -> list[dict[str, Any]]:
    """A product as the ERP has it; one comes in two sizes that share their reference."""
    price = Decimal(crowns * LEVEL["COP"] // 1000) / Decimal("1.19")
    item = {"reference": sku, "barcode": sku, "price": f"{price:.6f}", "tax": 19, "stock": crowns % 40 + 3}
    if sku != SHARED:
        return [{**item, "name": name}]
    return [{**item, "name": f"{name} / {size}", "barcode": f"{sku}-{size}"} for size in (41, 43)]
