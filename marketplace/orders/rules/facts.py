"""What an order says of itself, whatever format it came in. Pure: no Django, no clock."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


class Refused(ValueError):
    """An order cannot be taken in; the text says why, in one sentence."""


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """Whom the order is for."""

    name: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    id_type: str = ""
    id_number: str = ""
    tax_id: str = ""
    street: str = ""
    city: str = ""
    zip: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line; ``unit_price`` is gross, in minor units, positive also for a discount, which subtracts."""

    kind: str
    name: str
    quantity: int
    unit_price: int
    vat_bp: int | None
    commission_bp: int | None
    sku: str = ""
    funded_by: str = "seller"

    @property
    def gross(self) -> int:
        """What the line adds to the order, signed, in minor units."""
        return self.quantity * self.unit_price * (-1 if self.kind == "discount" else 1)


@dataclass(frozen=True, slots=True)
class TenderFacts:
    """One part of the payment, in minor units; ``custody`` None follows the market's rule.

    A voucher without a code was issued elsewhere.
    """

    method: str
    amount: int
    custody: str | None = None
    paid_at: datetime | None = None
    voucher: str = ""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One seller's part of a basket, as it was told to us."""

    number: str
    basket: str
    seller: str
    status: str
    placed_at: datetime
    status_times: Mapping[str, datetime]
    currency: str
    test: bool
    fulfilment: str
    channel: str
    customer: CustomerFacts
    lines: tuple[LineFacts, ...]
    tenders: tuple[TenderFacts, ...]

    @property
    def total(self) -> int:
        return sum(line.gross for line in self.lines)

    def parts(self) -> dict[str, str]:
        """Hashes of the parts that never change once an order is taken in, by the word a person calls
        them.
        """
        lines = [asdict(line) for line in self.lines]
        tenders = [
            [each.method, each.amount, each.custody, *([each.voucher] if each.voucher else [])]
            for each in self.tenders
        ]
        terms = [
            self.seller,
            self.currency,
            self.test,
            self.fulfilment,
            self.basket,
            self.placed_at.timestamp(),
        ]
        return {
            "lines": _hash(lines),
            "tenders": _hash(tenders),
            "terms": _hash(terms),
            "customer": _hash(asdict(self.customer)),
        }


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
