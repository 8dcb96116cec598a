"""Sellers' invoices that machines can read: what they say, as their document is compared with."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from marketplace.edocuments.apart import read_apart
from marketplace.edocuments.content import Content
from marketplace.edocuments.facts import EDocument, Fault, Kind, Signature
from marketplace.kernel.money import share
from marketplace.orders.models import Order
from settlement.documents.models import Document, DocumentLine
from settlement.invoices.rules import Sums, Told, stands_in

MOST_BYTES = 25 << 20
MOST_WORDS, MOST_TOLD = 20_000, 20
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{2,31}")


class NotElectronic(Exception):
    """A file is no invoice that a machine can read; ``fault`` says why, where it tries to be one."""

    def __init__(self, fault: Fault | None = None, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail


class HarmfulPdf(NotElectronic):
    """A PDF holds programs or other files, or is locked; nobody is given such a one to open."""


@dataclass(frozen=True, slots=True)
class Electronic:
    """An invoice as it was read, and all its file says, for what stands at no place of its own."""

    document: EDocument
    text: str


def read_electronic(path: Path, *, heartbeat: Callable[[], None]) -> Electronic:
    """Read an invoice's file: XML, or a PDF that holds one.

    :raises NotElectronic: if it is none that can be read.
    """
    (read,) = read_apart([path], heartbeat=heartbeat)
    if read.pdf is not None and (read.pdf.active or (read.pdf.encrypted and not read.pdf.pages)):
        raise HarmfulPdf
    if read.document is None or read.fault is not None:
        tries = read.kind == Content.XML or read.document is not None
        raise NotElectronic(read.fault if tries else None, read.detail)
    if read.document.signature == Signature.BROKEN:
        raise NotElectronic(Fault.BROKEN_SIGNATURE)
    if read.document.kind not in (Kind.INVOICE, Kind.RECEIPT, Kind.CREDIT):
        raise NotElectronic(Fault.WRONG_TYPE, read.document.type_code)
    if not _adds_up(read.document):
        raise NotElectronic(Fault.SUM_DIFFERS)
    text = path.read_bytes()[:MOST_BYTES].decode("utf-8", "replace") if read.kind == Content.XML else ""
    return Electronic(read.document, text or (read.pdf.text if read.pdf else ""))


def told_from(electronic: Electronic, document: Document) -> Told:
    """What a read invoice says of a document."""
    read = electronic.document
    carries = stands_in(document.reference, (electronic.text, *read.orders, *read.originals, *read.notes))
    return Told(
        number=read.number[:40],
        issued_on=read.issued_on,
        currency=read.currency,
        reference=document.reference if carries else (read.orders or ("",))[0],
        rates=_rates(read),
        supplier=read.supplier.tax_id,
        customer=read.customer.tax_id,
        is_credit=read.kind == Kind.CREDIT,
        orders=_orders(read, _numbers(document), document.reference),
        strangers=_strangers(read, document),
    )


def _rates(read: EDocument) -> dict[int, Sums]:
    """Its sums per rate, several of one rate added up; one that tells none has them from its lines."""
    sums: dict[int, Sums] = {}
    for rate in read.rates:
        other = sums.get(rate.vat_bp, Sums(0, 0))
        sums[rate.vat_bp] = Sums(other.net + rate.net, other.vat + rate.vat)
    if sums:
        return sums
    nets: dict[int, int] = {}
    for line in read.lines:
        nets[line.vat_bp] = nets.get(line.vat_bp, 0) + line.net
    return {vat_bp: Sums(net, share(net, vat_bp)) for vat_bp, net in nets.items()}


def _adds_up(read: EDocument) -> bool:
    """Whether what it asks for is the sum of its rates, within a minor unit for each."""
    sums = _rates(read).values()
    total = sum(each.net + each.vat for each in sums)
    return abs(read.gross - total) <= max(1, len(sums))


def _numbers(document: Document) -> set[str]:
    return set(DocumentLine.objects.filter(document=document).values_list("number", flat=True))


def _strangers(read: EDocument, document: Document) -> tuple[str, ...]:
    """Orders that its lines name and that are not on the document: the seller's own, and any told as an
    order beside others that are on it.
    """
    numbers = _numbers(document)
    told = {line.order for line in read.lines if line.order}
    words = told | {word for line in read.lines for word in WORD.findall(line.name)}
    others = words - numbers
    if not others or len(others) > MOST_WORDS:
        return ()
    own = set(
        Order.objects.filter(seller=document.seller_id, number__in=others).values_list("number", flat=True)
    )
    if words & numbers:
        own |= told - numbers - {document.reference}
    return tuple(sorted(own))[:MOST_TOLD]


def _orders(read: EDocument, numbers: Collection[str], reference: str) -> dict[str, int] | None:
    """The nets per order, where every line names one; None where some do not. A line may name the
    document instead, which is no order.
    """
    nets: dict[str, int] = {}
    named = False
    for line in read.lines:
        words = (line.order, *WORD.findall(line.name))
        number = next((word for word in words if word in numbers), line.order)
        if number in ("", reference):
            return None
        named = named or number in numbers
        nets[number] = nets.get(number, 0) + line.net
    return nets if named else None
