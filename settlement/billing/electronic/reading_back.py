"""What a stranger would read in an invoice of ours, held against what we meant to say."""

from marketplace.edocuments.facts import EDocument, Kind, Syntax, Unread
from marketplace.edocuments.reading import read
from marketplace.edocuments.values import MOST_NOTES, clean
from settlement.billing.electronic import facts
from settlement.billing.electronic.cfdi import LONGEST_NAME, related_uuids, told
from settlement.billing.electronic.facts import ElectronicInvoice
from settlement.billing.electronic.markup import plain
from settlement.billing.electronic.tax_ids import vat_id

KINDS = {facts.Kind.CREDIT_NOTE: Kind.CREDIT}


Pairs = dict[str, tuple[object, object]]
"""What a fact reads as, and what it should, by its name."""


class ReadsOtherwise(ValueError):
    """An invoice says something else than we meant; ``facts`` names what."""

    def __init__(self, told: tuple[str, ...]) -> None:
        super().__init__(", ".join(told))
        self.facts = told


def check_read_back(xml: bytes, invoice: ElectronicInvoice) -> None:
    """Read an invoice of ours as if it came from a stranger: number, day, parties and amounts agree.

    :raises ReadsOtherwise: if something does not agree, or it cannot be read at all.
    """
    try:
        document = read(xml, check_signature=False)
    except Unread as unread:
        raise ReadsOtherwise((f"{unread.fault}: {unread.detail}",)) from None
    pairs = {**_parties(document, invoice), **_amounts(document, invoice), **_head(document, invoice)}
    if different := tuple(name for name, (said, meant) in pairs.items() if said != meant):
        raise ReadsOtherwise(different)


def _head(document: EDocument, invoice: ElectronicInvoice) -> Pairs:
    number, preceding = plain(invoice.reference), [plain(each.reference) for each in invoice.preceding]
    if document.syntax == Syntax.CFDI:
        number, preceding = told(f"{invoice.series}{invoice.folio}"), list(related_uuids(invoice))
    return {
        "number": (document.number, number),
        "kind": (document.kind, KINDS.get(invoice.kind, Kind.INVOICE)),
        "issued_on": (document.issued_on, invoice.issued_at.date()),
        "currency": (document.currency, invoice.currency),
        "preceding": (document.originals, tuple(dict.fromkeys(preceding))[:MOST_NOTES]),
    }


def _parties(document: EDocument, invoice: ElectronicInvoice) -> Pairs:
    sides = (
        ("supplier", document.supplier, invoice.supplier),
        ("customer", document.customer, invoice.customer),
    )
    pairs: Pairs = {}
    for side, said, meant in sides:
        vat, name = vat_id(meant.tax_id, country=meant.country), plain(meant.name)
        if document.syntax == Syntax.CFDI:
            vat, name = "", told(meant.name, LONGEST_NAME)
        pairs[f"{side}.tax_id"] = said.tax_id, vat or plain(meant.tax_id)
        pairs[f"{side}.name"] = said.name, clean(name)
    return pairs


def _amounts(document: EDocument, invoice: ElectronicInvoice) -> Pairs:
    payable = invoice.gross if document.syntax == Syntax.CFDI else invoice.due
    rates = [(rate.vat_bp, rate.net, rate.vat) for rate in document.rates]
    return {
        "net": (document.net, invoice.net),
        "vat": (document.vat, invoice.vat),
        "gross": (document.gross, invoice.gross),
        "payable": (document.payable, payable),
        "rates": (rates, [(invoice.vat_bp, invoice.net, invoice.vat)]),
        "lines": ([line.net for line in document.lines], [line.net for line in invoice.lines]),
    }
