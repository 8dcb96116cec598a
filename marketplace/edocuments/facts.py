"""What an electronic document says, whatever its syntax, and why one could not be read."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LONGEST_DETAIL = 80


class Syntax(StrEnum):
    """The languages we read."""

    SUNAT = "sunat"
    UBL = "ubl"
    CII = "cii"
    CFDI = "cfdi"
    KSEF = "ksef"
    NAV = "nav"


class Kind(StrEnum):
    """What a document does to what is owed; a receipt is an invoice to a private person (boleta)."""

    INVOICE = "invoice"
    RECEIPT = "receipt"
    CREDIT = "credit"
    DEBIT = "debit"


class Signature(StrEnum):
    """What we know of a document's signature; a valid one proves that nothing changed, not who signed."""

    UNSIGNED = "unsigned"
    VALID = "valid"
    BROKEN = "broken"
    UNCHECKED = "unchecked"


class Fault(StrEnum):
    """Why a document could not be taken, one reason each."""

    UNREADABLE = "unreadable"
    NOT_XML = "not_xml"
    DOCTYPE = "doctype"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    WRONG_ROOT = "wrong_root"
    WRONG_VERSION = "wrong_version"
    WRONG_TYPE = "wrong_type"
    BAD_NUMBER = "bad_number"
    BAD_DATE = "bad_date"
    BAD_AMOUNT = "bad_amount"
    BAD_CURRENCY = "bad_currency"
    MIXED_CURRENCY = "mixed_currency"
    TAX_ID_MISSING = "tax_id_missing"
    TAX_ID_WRONG = "tax_id_wrong"
    SUM_DIFFERS = "sum_differs"
    BROKEN_SIGNATURE = "broken_signature"


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a document; ``scheme`` says what its tax id is, in the syntax's own code."""

    name: str
    tax_id: str
    scheme: str


@dataclass(frozen=True, slots=True)
class RateSum:
    """What a document sums up for one rate of VAT, in minor units."""

    vat_bp: int
    net: int
    vat: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``order`` is the order it names, "" where it names none."""

    name: str
    sku: str
    quantity: str
    net: int
    vat_bp: int
    order: str


@dataclass(frozen=True, slots=True)
class EDocument:
    """An electronic document. Amounts are hundredths of its currency, those of a credit note positive.

    ``gross`` is what it is worth with VAT, ``payable`` what it leaves to pay after what was paid ahead
    and withheld. ``originals`` are the numbers of the documents a note refers to; ``uid`` the tax
    office's own id of it, where there is one.
    """

    syntax: Syntax
    version: str
    kind: Kind
    type_code: str
    number: str
    series: str
    serial: str
    issued_on: date
    currency: str
    supplier: Party
    customer: Party
    net: int
    vat: int
    gross: int
    payable: int
    rates: tuple[RateSum, ...] = ()
    orders: tuple[str, ...] = ()
    originals: tuple[str, ...] = ()
    reason_code: str = ""
    notes: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    uid: str = ""
    signature: Signature = Signature.UNSIGNED

    @property
    def identity(self) -> tuple[str, ...]:
        """What two copies of one document have in common, however their numbers are padded."""
        if self.syntax == Syntax.SUNAT:
            return self.supplier.tax_id, self.type_code, self.series, self.serial.lstrip("0")
        return self.supplier.tax_id, self.number.upper()


class Unread(Exception):
    """A document was not taken: the fault, the value at fault and, if it can be read at all, what it says."""

    def __init__(self, fault: Fault, detail: str = "", document: EDocument | None = None) -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = " ".join(detail.split())[:LONGEST_DETAIL]
        self.document = document
