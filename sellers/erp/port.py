"""What Saldo asks of an ERP, whichever it is, and what it is answered. Pure: no Django, no clock.

Amounts of orders are minor units; prices an ERP multiplies by itself are decimals.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

Row = TypeVar("Row")


class Fault(StrEnum):
    """Why an ERP did not do what was asked, by what may be done next."""

    UNAUTHORISED = "unauthorised"
    PLAN = "plan"
    REFUSED = "refused"
    BUSY = "busy"
    AWAY = "away"
    UNKNOWN = "unknown"
    EXISTS = "exists"


class ErpError(Exception):
    """An ERP did not do what was asked.

    ``UNKNOWN`` is said of what may have been done all the same: it is looked up, never just sent again.
    ``EXISTS`` is said of a contact whose document another has already. ``wait`` is how many seconds to leave
    it alone.
    """

    def __init__(self, fault: Fault, text: str = "", *, wait: float = 0.0) -> None:
        super().__init__(text or fault.value)
        self.fault, self.text, self.wait = fault, text, wait


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose from: a price list, a warehouse, a numbering."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax the ERP knows, its rate in basis points."""

    id: str
    name: str
    rate_bp: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """Whose books these are."""

    name: str
    identification: str
    country: str
    currency: str


@dataclass(frozen=True, slots=True)
class Item:
    """A product or service of the ERP's catalogue; ``stock`` by warehouse."""

    id: str
    name: str
    reference: str = ""
    barcode: str = ""
    active: bool = True
    stock: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Buyer:
    """Whom an invoice is for; ``id_type`` as the country codes it whose law the invoice follows."""

    name: str
    id_type: str
    identification: str
    check_digit: str = ""
    kind_of_person: str = ""
    regime: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    city: str = ""
    zip: str = ""
    country: str = ""
    country_of_law: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A buyer as the ERP has it."""

    id: str
    identification: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice: the price of one without the tax that is added, the discount in percent."""

    item_id: str
    price: Decimal
    quantity: int
    tax_id: str = ""
    rate_bp: int = 0
    discount: Decimal = Decimal(0)
    text: str = ""

    @property
    def total(self) -> Decimal:
        """What it comes to, unrounded, as the ERP reckons."""
        net = self.price * self.quantity * (1 - self.discount / 100)
        return net * (1 + Decimal(self.rate_bp) / 10_000)


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as it is to be made; ``mark`` is how it is found again, printed where ``printed`` is."""

    mark: str
    on: date
    due_on: date
    contact_id: str
    lines: tuple[Line, ...]
    note: str = ""
    printed: bool = False
    draft: bool = True
    stamp: bool = False
    warehouse_id: str = ""
    price_list_id: str = ""
    numbering_id: str = ""
    payment_form: str = ""
    payment_method: str = ""
    country: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """An invoice as the ERP has it; ``total`` in minor units, ``texts`` its notes.

    ``rejected``: the tax authority did not take its stamp.
    """

    id: str
    number: str
    status: str
    on: date | None
    total: int | None
    texts: tuple[str, ...] = ()
    pdf_url: str = ""
    stamped: bool = False
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """What the ERP has to choose from when a channel is set up."""

    price_lists: tuple[Choice, ...] = ()
    warehouses: tuple[Choice, ...] = ()
    taxes: tuple[Tax, ...] = ()
    numberings: tuple[Choice, ...] = ()
    missing: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A page of a list: what of it can be read, and where the next one begins."""

    rows: list[Row]
    end: int


Pages = Iterator[Page[Row]]


class Erp(Protocol):
    """An ERP spoken to with one set of credentials. Everything may raise :class:`ErpError`."""

    def company(self) -> Company:
        """Whose books these are; the live test of the credentials."""

    def offer(self) -> Offer:
        """What there is to choose from; ``missing`` names what the plan does not have."""

    def items(self, start: int = 0) -> "Pages[Item]":
        """The catalogue from a place on."""

    def contacts(self, start: int = 0) -> "Pages[Contact]":
        """The contacts from a place on, by their ids where the ERP keeps to that."""

    def invoices(self, start: int = 0) -> "Pages[Made]":
        """The invoices from a place on, newest first where the ERP keeps to that."""

    def invoice(self, invoice_id: str) -> Made | None:
        """One invoice as it is now; none if it is gone."""

    def stamp(self, invoice_id: str) -> str:
        """Have an invoice issued to the tax authority; what the ERP says where it would not."""

    def create_contact(self, buyer: Buyer) -> Contact:
        """Make a contact."""

    def create_invoice(self, invoice: Invoice) -> Made:
        """Make an invoice; twice makes two."""
