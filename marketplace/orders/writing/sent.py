"""What a seller's system is told of an order. Pure: no Django, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from marketplace.orders.rules.comments import voucher_comment
from marketplace.orders.rules.facts import CustomerFacts, LineFacts, TenderFacts
from marketplace.orders.rules.invoice_notes import InvoiceTexts, invoice_texts

SOURCE = "Saldo"
COVERED = "card"
"""The way of payment told where nothing is left to pay: systems have none for "nothing"."""
UNTOLD = "…"
"""Stands for what is not told of a voucher's code."""
BY_WORK = ("cod", "transfer", "card")
"""Of several ways to pay the rest the one that asks most of the seller is told."""


@dataclass(frozen=True, slots=True)
class SentReturn:
    """What came back: how many of which of the order's lines, by their places."""

    number: str
    at: datetime
    reason: str
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SentRefund:
    """What is given back, or was, by whom; ``returned`` is the return's number, "" where there was none."""

    returned: str
    method: str
    amount: int
    paid_by: str
    state: str
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class SentOrder:
    """An order for a seller's system; amounts are minor units, ``language`` is its market's, as its country
    writes it: ``es-MX``.

    ``customer`` is whole once the seller confirmed the order. A tender's ``voucher`` never is a code that
    could be spent.
    """

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
    total: int
    voucher: int
    to_collect: int
    payment_text: str
    language: str
    confirmed_at: datetime | None = None
    returns: tuple[SentReturn, ...] = ()
    refunds: tuple[SentRefund, ...] = ()

    @property
    def to_pay(self) -> int:
        return self.total - self.voucher

    @property
    def payment_method(self) -> str:
        """How the rest is paid; ``card`` where the voucher covers all, or nothing is to be paid."""
        methods = {tender.method for tender in self.tenders if tender.method != "voucher"}
        return next((method for method in BY_WORK if self.to_pay and method in methods), COVERED)

    @property
    def comment(self) -> str:
        """The words that tell the voucher to a system without a field for it."""
        return voucher_comment(
            source=SOURCE,
            number=self.number,
            voucher=self.voucher,
            total=self.total,
            currency=self.currency,
            language=self.language,
        )

    @property
    def invoice(self) -> InvoiceTexts:
        """What the seller's invoice to the customer says of the voucher."""
        return invoice_texts(self.total, self.voucher, self.currency, self.language)

    @property
    def rest_is_paid(self) -> bool:
        """Whether nobody waits for any of the rest any more."""
        return all(tender.paid_at for tender in self.tenders if tender.method != "voucher")


def masked(customer: CustomerFacts) -> CustomerFacts:
    """What a seller may know of a customer before it confirmed the order: name, phone and city."""
    return CustomerFacts(name=customer.name, phone=customer.phone, city=customer.city)


def veiled(tender: TenderFacts) -> TenderFacts:
    """The tender with its voucher's last signs only: the code itself is money that may be left on it."""
    if not tender.voucher:
        return tender
    return replace(tender, voucher=UNTOLD + (tender.voucher[-4:] if len(tender.voucher) >= 8 else ""))
