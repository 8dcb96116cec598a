"""Orders of a demo shop in Peru that wait for their receipts."""

import json
from datetime import datetime

from marketplace.orders.models import Order, State
from marketplace.orders.operations.intake import take_orders
from marketplace.orders.parsing.saldo import read_order
from marketplace.parties.models import Seller

PREFIX = "PE-MAIL-"
PRICES = ("118.00", "59.90", "240.50", "1299.00", "35.40")
CUSTOMERS = ("María Quispe", "José Huamán", "Lucía Peña", "Jorge Salas", "Rosa Campos")


def waiting_orders(seller: Seller, count: int, *, at: datetime) -> list[Order]:
    """So many orders without a receipt; those that lack are taken in as a shop would tell them."""
    rows = Order.objects.filter(seller=seller, number__startswith=PREFIX)
    free = (
        rows.filter(state=State.OPEN, receipt_at=None).select_related("market", "seller").order_by("number")
    )
    lacking = count - free.count()
    if lacking > 0:
        first = rows.count() + 1
        facts = [
            read_order(json.dumps(_order(seller, number, at))) for number in range(first, first + lacking)
        ]
        take_orders(market=seller.market, told=facts, at=at)
    return list(free[:count])


def serial_of(order: Order) -> int:
    """The serial its shop gives the order's receipt."""
    return 700_000 + int(order.number.removeprefix(PREFIX))


def _order(seller: Seller, place: int, at: datetime) -> dict[str, object]:
    price, customer = PRICES[place % len(PRICES)], CUSTOMERS[place % len(CUSTOMERS)]
    line = {
        "kind": "goods",
        "sku": f"M-{place}",
        "name": "Lámpara",
        "quantity": 1,
        "unit_price": price,
        "vat": "18",
    }
    return {
        "number": f"{PREFIX}{place:05d}",
        "basket": f"{PREFIX}{place:05d}",
        "seller": seller.partner_number,
        "status": "open",
        "placed_at": at.isoformat(),
        "status_times": {},
        "currency": seller.market.currency,
        "test": False,
        "fulfilment": "seller",
        "channel": "web",
        "customer": {
            "name": customer,
            "email": f"customer{place}@example.com",
            "phone": "+51987000000",
            "company": "",
            "id_type": "dni",
            "id_number": f"4{place:07d}",
            "tax_id": "",
            "street": "Jr. Unión 10",
            "city": "Lima",
            "zip": "15001",
            "country": "PE",
        },
        "lines": [line],
        "tenders": [{"method": "card", "amount": price, "paid_at": at.isoformat()}],
    }
