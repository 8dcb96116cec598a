"""Sellers' invoices that machines can read: what they say, as their document is compared with."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from marketplace.edocuments.apart import read_apart
from marketplace.edocuments.content import Content
from marketplace.edocuments.facts import EDocument, Fault, Kind
from marketplace.kernel.money import share
from settlement.documents.models import Document, DocumentLine
from settlement.invoices.rules import Sums, Told, stands_in

MOST_BYTES = 25 << 20
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{2,31}")


class NotElectronic(Exception):
    """A file is no invoice that a machine can read; ``fault`` says why, where it tries to be one."""

    def __init__(self, fault: Fault | None = None, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail


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
    if read.document is None or read.fault is not None:
        tries = read.kind == Content.XML or read.document is not None
        raise NotElectronic(read.fault if tries else None, read.detail)
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
    )


def _rates(read: EDocument) -> dict[int, Sums]:
    """Its sums per rate; one that tells none has them from its lines."""
    if read.rates:
        return {rate.vat_bp: Sums(rate.net, rate.vat) for rate in read.rates}
    nets: dict[int, int] = {}
    for line in read.lines:
        nets[line.vat_bp] = nets.get(line.vat_bp, 0) + line.net
    return {vat_bp: Sums(net, share(net, vat_bp)) for vat_bp, net in nets.items()}


def _numbers(document: Document) -> set[str]:
    return set(DocumentLine.objects.filter(document=document).values_list("number", flat=True))


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
