"""What an electronic invoice says, whatever its syntax, and why one could not be written."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What an electronic invoice is: the first one, one in another's stead, or one that takes back."""

    INVOICE = "invoice"
    CORRECTED = "corrected"
    CREDIT_NOTE = "credit_note"


class Unbalanced(ValueError):
    """The amounts of an invoice do not make its totals."""


class Incomplete(ValueError):
    """An invoice lacks what its syntax cannot do without; ``missing`` names the facts."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Party:
    """One side of an invoice; ``regime`` and ``use`` are Mexico's codes of the same names."""

    name: str
    tax_id: str
    country: str
    street: str
    city: str
    zip: str
    email: str
    regime: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What one line bills: a deposit, or a part of one. Amounts are hundredths of the currency."""

    number: int
    text: str
    net: int
    vat: int
    gross: int


@dataclass(frozen=True, slots=True)
class Preceding:
    """An invoice that this one corrects or credits; ``uuid`` is its stamp's, where the country stamps."""

    reference: str
    issued_on: date
    uuid: str = ""


@dataclass(frozen=True, slots=True)
class ElectronicInvoice:
    """An invoice as it is written. Amounts are hundredths of its currency, those of a credit note positive.

    ``issued_at`` is the market's local time. ``paid`` is what was paid before: all of it where deposits
    are invoiced. ``terms`` say how the rest is paid, ``due_on`` until when. ``reason`` says in words why
    another invoice is corrected or credited, ``reason_code`` the same in the country's code.
    ``exemption`` is the law that frees it from VAT, in words. ``payment_form`` is Mexico's code of how it
    was paid, a transfer unless told.

    :raises Unbalanced: if the lines do not make the totals.
    """

    reference: str
    kind: Kind
    issued_at: datetime
    supplied_on: date
    currency: str
    supplier: Party
    customer: Party
    lines: tuple[Line, ...]
    vat_bp: int
    net: int
    vat: int
    gross: int
    paid: int
    preceding: tuple[Preceding, ...] = ()
    reason: str = ""
    reason_code: str = ""
    terms: str = ""
    due_on: date | None = None
    language: str = ""
    series: str = ""
    folio: str = ""
    exemption: str = ""
    payment_form: str = "03"

    def __post_init__(self) -> None:
        own = self.net, self.vat, self.gross
        sums = tuple(sum(getattr(line, name) for line in self.lines) for name in ("net", "vat", "gross"))
        whole = all(line.net + line.vat == line.gross for line in self.lines)
        if sums != own or not whole or self.net + self.vat != self.gross:
            raise Unbalanced(f"{self.reference}: lines make {sums}, totals are {own}")
        if not 0 <= self.paid <= self.gross:
            raise Unbalanced(f"{self.reference}: {self.paid} paid of {self.gross}")

    @property
    def due(self) -> int:
        """What is left to pay."""
        return self.gross - self.paid
