"""UBL 2 invoices and credit notes of everybody else: EN 16931, Peppol BIS and what came before them."""

from collections.abc import Iterator

from marketplace.edocuments.facts import (
    EDocument,
    Fault,
    Kind,
    Line,
    Party,
    RateSum,
    Signature,
    Syntax,
    Unread,
)
from marketplace.edocuments.readers import ubl_parts as parts
from marketplace.edocuments.values import (
    TOLERANCE,
    basis_points,
    clean,
    currency_of,
    day_of,
    distinct,
    exact_minor,
    implied_basis_points,
    number_text,
    quantity_of,
    sum_at,
    text_at,
    texts_at,
)
from marketplace.edocuments.xml import Element

CREDITS = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
DEBITS = frozenset({"80", "84", "383"})
"""Of the United Nations' list of document names (1001)."""


def kind_of(code: str, root: str = "Invoice") -> Kind:
    """What a document is by its type code, or by its root where that says more."""
    if root == "CreditNote" or code in CREDITS:
        return Kind.CREDIT
    return Kind.DEBIT if root == "DebitNote" or code in DEBITS else Kind.INVOICE


def read(root: Element, signature: Signature) -> EDocument:
    """What an invoice or credit note says.

    :raises Unread: if a fact is missing or malformed; with the document where only its sums are at fault.
    """
    code = text_at(root, "InvoiceTypeCode", "CreditNoteTypeCode", "DebitNoteTypeCode")
    currency = currency_of(parts.currency_text(root))
    parts.check_one_currency(root, currency)
    net, vat, gross, payable = _sums(root, currency)
    document = EDocument(
        syntax=Syntax.UBL,
        version=text_at(root, "UBLVersionID") or "2.1",
        kind=kind_of(code, str(root.tag)),
        type_code=code,
        number=number_text(text_at(root, "ID")),
        series="",
        serial="",
        issued_on=day_of(text_at(root, "IssueDate")),
        currency=currency,
        supplier=_party(root.find("AccountingSupplierParty/Party")),
        customer=_party(root.find("AccountingCustomerParty/Party")),
        net=net,
        vat=vat,
        gross=gross,
        payable=payable,
        rates=tuple(_rates(root, currency)),
        orders=parts.orders_of(root),
        originals=parts.originals_of(root),
        reason_code=text_at(root, "DiscrepancyResponse/ResponseCode"),
        notes=distinct(texts_at(root, "Note")),
        lines=tuple(_lines(root)),
        uid=text_at(root, "UUID"),
        signature=signature,
    )
    if abs(net + vat - gross) > TOLERANCE:
        raise Unread(Fault.SUM_DIFFERS, "", document)
    return document


def _sums(root: Element, currency: str) -> tuple[int, int, int, int]:
    """Net, VAT, gross and payable; of what may be the net and the VAT, the first that add up."""
    total = parts.total_of(root)
    payable = exact_minor(text_at(total, "PayableAmount"))
    left = sum_at(total, "PrepaidAmount") - sum_at(total, "PayableRoundingAmount")
    gross = parts.amount_in(total, "TaxInclusiveAmount")
    gross = payable + left if gross is None else gross
    vats, nets = _vats(root, currency), _nets(total)
    if nets and root.find("TaxTotal") is None:
        vats = [gross - nets[0]]
    nets = nets or [gross - vats[0]]
    pairs = [(net, vat) for net in nets for vat in vats]
    net, vat = next((pair for pair in pairs if abs(sum(pair) - gross) <= TOLERANCE), pairs[0])
    return net, vat, gross, payable


def _nets(total: Element | None) -> list[int]:
    """What the net may be: in Colombia and Denmark the amount without taxes is something else."""
    exclusive = parts.amount_in(total, "TaxExclusiveAmount")
    lines = parts.amount_in(total, "LineExtensionAmount")
    found = [] if exclusive is None else [exclusive]
    if lines is not None:
        found += [lines + sum_at(total, "ChargeTotalAmount") - sum_at(total, "AllowanceTotalAmount"), lines]
    return found


def _vats(root: Element, currency: str) -> list[int]:
    """What the VAT may be, likeliest first: its total is given again for the tax office's own currency."""
    own = _own_totals(root, currency)
    split = [total for total in own if total.find("TaxSubtotal") is not None]
    found = [sum(sum_at(total, "TaxAmount") for total in some) for some in (split, own[:1], own) if some]
    return found or [0]


def _own_totals(root: Element, currency: str) -> list[Element]:
    return [
        total
        for total in root.iterfind("TaxTotal")
        if all(clean(amount.get("currencyID")) in {"", currency} for amount in total.iterfind("TaxAmount"))
    ]


def _rates(root: Element, currency: str) -> Iterator[RateSum]:
    for total in _own_totals(root, currency):
        for part in total.iterfind("TaxSubtotal"):
            net, vat = sum_at(part, "TaxableAmount"), sum_at(part, "TaxAmount")
            percent = text_at(part, "TaxCategory/Percent", "Percent")
            rate = _rate(text_at(part, "TaxCategory/ID"), percent)
            yield RateSum(implied_basis_points(net, vat) if rate is None else rate, net, vat)


def _rate(category: str, percent: str) -> int | None:
    if category in parts.NO_VAT:
        return 0
    return basis_points(percent) if percent else None


def _party(party: Element | None) -> Party:
    if party is None:
        return Party("", "", "")
    for registration in party.iterfind("PartyTaxScheme"):
        if text_at(registration, "TaxScheme/ID").upper() == "VAT" and text_at(registration, "CompanyID"):
            return Party(parts.party_name(party), text_at(registration, "CompanyID"), "VAT")
    paths = ("PartyTaxScheme/CompanyID", "PartyLegalEntity/CompanyID", "PartyIdentification/ID", "EndpointID")
    found = (element for path in paths for element in party.iterfind(path) if clean(element.text))
    return parts.party_with(party, next(found, None))


def _lines(root: Element) -> Iterator[Line]:
    for line in parts.lines_of(root):
        category = text_at(line, "Item/ClassifiedTaxCategory/ID", "TaxTotal/TaxSubtotal/TaxCategory/ID")
        percent = text_at(
            line, "Item/ClassifiedTaxCategory/Percent", "TaxTotal/TaxSubtotal/TaxCategory/Percent"
        )
        yield Line(
            name=text_at(line, "Item/Name", "Item/Description"),
            sku=text_at(line, "Item/SellersItemIdentification/ID", "Item/StandardItemIdentification/ID"),
            quantity=quantity_of(text_at(line, *parts.QUANTITIES)),
            net=sum_at(line, "LineExtensionAmount"),
            vat_bp=_rate(category, percent) or 0,
            order=text_at(line, "OrderLineReference/OrderReference/ID"),
        )
