"""Everything a document says, frozen, as JSON lines: first its header, then one line per order.

Amounts are minor units; instants are already the market's local time. Pure: no Django, no clock.
"""

import json
import operator
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import starmap
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """One of the two parties, as it was when the document was issued."""

    name: str
    tax_id: str
    street: str
    city: str
    zip: str
    country: str
    partner_number: str = ""
    iban: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class RateSum:
    """The document's sums at one VAT rate."""

    vat_bp: int
    net: int
    vat: int

    @property
    def gross(self) -> int:
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class BilledProduct:
    """One line of an order: its sale price (gross), and of it the purchase price (net), or in agency the
    commission (net); no rate where it spans several.
    """

    sku: str
    name: str
    quantity: int
    vat_bp: int | None
    sale_gross: int
    net: int


@dataclass(frozen=True, slots=True)
class BilledOrder:
    """One order of the document, with the words for its payment; on a credit document what came back of it,
    and by which document it was billed.
    """

    number: str
    customer: str
    created: datetime
    delivered: datetime
    late: bool
    payment: str
    total: int
    held_by_seller: int
    held_by_marketplace: int
    purchase_net: int
    purchase_vat: int
    products: tuple[BilledProduct, ...]
    commission_net: int = 0
    commission_vat: int = 0
    original: str = ""

    @property
    def purchase_gross(self) -> int:
        return self.purchase_net + self.purchase_vat

    @property
    def commission(self) -> int:
        return self.total - self.purchase_gross


RESALE_COLUMNS = ("sale_price", "commission", "net", "vat", "purchase_gross")
AGENCY_COLUMNS = ("sale_price", "commission_net", "vat", "commission", "share")
"""The amounts of the list of orders, by the names of their headings."""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What stands above the orders, and the words to say it with: labels by name, in the market's
    language. Amounts are positive, of what was billed, or on a credit document of what came back; in
    agency ``purchase_*`` is the seller's share.
    """

    reference: str
    market: str
    currency: str
    language: str
    spoken: str
    issued_on: date
    first_on: date
    last_on: date
    orders: int
    products: int
    customer_total: int
    purchase_net: int
    purchase_vat: int
    held_by_seller: int
    held_by_marketplace: int
    seller: PartyFacts
    marketplace: PartyFacts
    rates: tuple[RateSum, ...]
    fingerprint: str
    words: Mapping[str, str]
    is_credit: bool = False
    is_agency: bool = False
    commission_net: int = 0
    commission_vat: int = 0

    @property
    def purchase_gross(self) -> int:
        return self.purchase_net + self.purchase_vat

    @property
    def commission(self) -> int:
        return self.customer_total - self.purchase_gross

    @property
    def billed(self) -> tuple[int, int, int]:
        """What its VAT rates add up to, net, VAT and gross: the purchase price; in agency the commission."""
        if self.is_agency:
            return self.commission_net, self.commission_vat, self.commission
        return self.purchase_net, self.purchase_vat, self.purchase_gross

    @property
    def net_due(self) -> int:
        """Due to the seller; negative: due from the seller."""
        due = self.purchase_gross - self.held_by_seller
        return -due if self.is_credit else due

    @property
    def summary(self) -> tuple[tuple[str, int], ...]:
        """The document's sums, each by the name of its label."""
        return (
            ("customer_total", self.customer_total),
            ("commission", self.commission),
            ("purchase_price", self.purchase_gross),
            ("held_by_seller", self.held_by_seller),
            ("held_by_marketplace", self.held_by_marketplace),
        )

    @property
    def settlement(self) -> tuple[tuple[str, int], ...]:
        """What makes the net due, each by the name of its label, which says whether it adds or lessens."""
        return ("you_invoice", self.purchase_gross), ("less_held", abs(self.held_by_seller))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the headings of the orders' amounts."""
        return AGENCY_COLUMNS if self.is_agency else RESALE_COLUMNS

    @property
    def control_totals(self) -> tuple[int, ...]:
        """What the list of orders must add up to, column by column."""
        return _amounts(self.customer_total, self.commission, self.billed, agency=self.is_agency)

    def amounts_of(self, order: BilledOrder) -> tuple[int, ...]:
        """An order's amounts, column by column."""
        billed = (
            (order.commission_net, order.commission_vat, order.commission)
            if self.is_agency
            else (order.purchase_net, order.purchase_vat, order.purchase_gross)
        )
        return _amounts(order.total, order.commission, billed, agency=self.is_agency)


def _amounts(total: int, commission: int, billed: tuple[int, int, int], *, agency: bool) -> tuple[int, ...]:
    return (total, *billed, total - commission) if agency else (total, commission, *billed)


_BLANK = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": "", "Co": "", "Cn": ""}


class Totals:
    """The sums of the orders as they are laid out: proof that none was lost on the way."""

    def __init__(self, facts: DocumentFacts) -> None:
        self._amounts_of = facts.amounts_of
        self.orders = self.held_by_seller = self.held_by_marketplace = 0
        self.control_totals: tuple[int, ...] = (0,) * len(facts.columns)

    def counting(self, orders: Iterable[BilledOrder]) -> Iterator[BilledOrder]:
        """Pass the orders on, adding each up."""
        for order in orders:
            self.add(order)
            yield order

    def add(self, order: BilledOrder) -> None:
        self.orders += 1
        self.held_by_seller += order.held_by_seller
        self.held_by_marketplace += order.held_by_marketplace
        self.control_totals = tuple(map(operator.add, self.control_totals, self._amounts_of(order)))


def plain(text: str) -> str:
    """A text without what could act on the page around it: control signs, overrides of direction, broken
    pairs.
    """
    if not text.isprintable():
        text = "".join(_BLANK.get(unicodedata.category(sign), sign) for sign in text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def write_facts(path: Path, facts: DocumentFacts, orders: Iterable[BilledOrder]) -> None:
    """Write the header and the orders, one JSON value a line."""
    with path.open("w", encoding="utf-8") as out:
        out.write(_line({**asdict(facts), "words": dict(facts.words)}))
        out.writelines(_line(_row(order)) for order in orders)


def read_header(path: Path) -> DocumentFacts:
    """Read the first line back."""
    with path.open(encoding="utf-8") as source:
        value = json.loads(source.readline())
    days = {name: date.fromisoformat(value[name]) for name in ("issued_on", "first_on", "last_on")}
    rates = tuple(RateSum(**rate) for rate in value["rates"])
    parties = {name: PartyFacts(**value[name]) for name in ("seller", "marketplace")}
    return DocumentFacts(**{**value, **days, **parties, "rates": rates})


def read_orders(path: Path) -> Iterator[BilledOrder]:
    """Read the orders back, one at a time."""
    with path.open(encoding="utf-8") as source:
        source.readline()
        for line in source:
            products, number, customer, created, delivered, *rest = json.loads(line)
            moments = datetime.fromisoformat(created), datetime.fromisoformat(delivered)
            made = tuple(starmap(BilledProduct, products))
            facts = (number, customer, *moments, *rest[:7], made, *rest[7:])
            yield BilledOrder(*facts)


def _row(order: BilledOrder) -> list[Any]:
    products = [
        [each.sku, each.name, each.quantity, each.vat_bp, each.sale_gross, each.net]
        for each in order.products
    ]
    return [
        products,
        order.number,
        order.customer,
        order.created,
        order.delivered,
        order.late,
        order.payment,
        order.total,
        order.held_by_seller,
        order.held_by_marketplace,
        order.purchase_net,
        order.purchase_vat,
        order.commission_net,
        order.commission_vat,
        order.original,
    ]


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_iso) + "\n"


def _iso(value: date) -> str:
    return value.isoformat()
