"""Orders as they are sent out, and what our own reader makes of them."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from marketplace.orders.parsing import unas
from marketplace.orders.rules.facts import CustomerFacts, LineFacts, OrderFacts, TenderFacts
from marketplace.orders.writing.sent import SentOrder, veiled
from marketplace.orders.writing.unas import unas_orders

PLACED = datetime(2026, 10, 2, 7, 12, tzinfo=UTC)

EVA = CustomerFacts(
    name="Eva Nováková", email="eva@example.com", phone="+420601000000", street="Dlouhá 1", city="Praha"
)


def sent(*tenders: TenderFacts, lines: Iterable[LineFacts] = (), **facts: Any) -> SentOrder:
    """An open order over 25,400 HUF paid as told."""
    laid = tuple(lines) or (LineFacts("goods", "TV", 2, 12700_00, 2700, 1200, sku="TV-55"),)
    total = sum(line.gross for line in laid)
    told: dict[str, Any] = {
        "number": "3647119",
        "basket": "",
        "seller": "4711",
        "status": "open",
        "placed_at": PLACED,
        "status_times": {"open": PLACED},
        "currency": "HUF",
        "test": False,
        "fulfilment": "seller",
        "channel": "web",
        "customer": EVA,
        "lines": laid,
        "tenders": tenders,
        "total": total,
        "voucher": sum(each.amount for each in tenders if each.method == "voucher"),
        "to_collect": sum(each.amount for each in tenders if each.custody == "seller"),
        "payment_text": "",
        "language": "en",
    }
    return SentOrder(**(told | facts))


def voucher(amount: int, code: str = "SUMMER-2026-AB12") -> TenderFacts:
    return veiled(TenderFacts("voucher", amount, "marketplace", voucher=code))


def read_back(order: SentOrder) -> OrderFacts:
    """What our own reader makes of the UNAS document."""
    ((_, found),) = unas.split_orders(io.BytesIO(unas_orders([order])))
    assert isinstance(found, unas.Element)
    return unas.read_order(found, seller="4711", standard_vat_bp=2700)


def amounts(tenders: Iterable[TenderFacts]) -> list[tuple[str, int]]:
    return [(each.method, each.amount) for each in tenders]
