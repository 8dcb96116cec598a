"""An invoice as UN/CEFACT's Cross Industry Invoice (D16B), as EN 16931 has it: BT and BG are its terms."""

from marketplace.kernel.money import decimal_text, rate_text
from settlement.billing.electronic import cii_parts as parts
from settlement.billing.electronic.facts import ElectronicInvoice, Incomplete, Kind, Line
from settlement.billing.electronic.markup import Element, Writer, compact_day, plain, to_bytes
from settlement.billing.electronic.tax_ids import EXEMPT, REVERSE_CHARGE, vat_category

STANDARD = "urn:cen.eu:en16931:2017"
TYPE_CODES = {Kind.INVOICE: "380", Kind.CORRECTED: "384", Kind.CREDIT_NOTE: "381"}
PIECE = "C62"
"""One of what is billed, in the recommendation's units."""

_UNIFIED = "urn:un:unece:uncefact:data:standard:"
SPACES = {
    "rsm": f"{_UNIFIED}CrossIndustryInvoice:100",
    "ram": f"{_UNIFIED}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_UNIFIED}UnqualifiedDataType:100",
    "qdt": f"{_UNIFIED}QualifiedDataType:100",
}


def write_cii(invoice: ElectronicInvoice) -> bytes:
    """The invoice as XML that conforms to EN 16931.

    :raises Incomplete: if it lacks what the standard cannot do without.
    """
    _check(invoice)
    writer = Writer(SPACES)
    root = writer.root("rsm:CrossIndustryInvoice")
    context = writer.add(root, "rsm:ExchangedDocumentContext")
    writer.say(context, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", STANDARD)
    _write_head(writer, root, invoice)
    trade = writer.add(root, "rsm:SupplyChainTradeTransaction")
    for line in invoice.lines:
        _write_line(writer, trade, line, invoice)
    agreement = writer.add(trade, "ram:ApplicableHeaderTradeAgreement")
    parts.write_supplier(writer, writer.add(agreement, "ram:SellerTradeParty"), invoice.supplier)
    parts.write_customer(writer, writer.add(agreement, "ram:BuyerTradeParty"), invoice.customer)
    delivery = writer.add(trade, "ram:ApplicableHeaderTradeDelivery")
    supplied = writer.add(delivery, "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime")
    writer.say(supplied, "udt:DateTimeString", compact_day(invoice.supplied_on), format="102")
    _write_settlement(writer, writer.add(trade, "ram:ApplicableHeaderTradeSettlement"), invoice)
    return to_bytes(root)


def _check(invoice: ElectronicInvoice) -> None:
    sides = ("supplier", invoice.supplier), ("customer", invoice.customer)
    said = {
        "reference": invoice.reference,
        **{f"{side}.{name}": getattr(party, name) for side, party in sides for name in ("name", "country")},
        "supplier.tax_id": invoice.supplier.tax_id,
        "lines": "some" if invoice.lines else "",
        **{f"lines.{line.number}.text": line.text for line in invoice.lines},
        "terms": invoice.terms if invoice.due and invoice.due_on is None else "none needed",
    }
    if missing := tuple(name for name, text in said.items() if not plain(text)):
        raise Incomplete(missing)


def _write_head(writer: Writer, root: Element, invoice: ElectronicInvoice) -> None:
    document = writer.add(root, "rsm:ExchangedDocument")
    writer.say(document, "ram:ID", invoice.reference)
    writer.say(document, "ram:TypeCode", TYPE_CODES[invoice.kind])
    issued = writer.add(document, "ram:IssueDateTime")
    writer.say(issued, "udt:DateTimeString", compact_day(invoice.issued_at.date()), format="102")
    if why := plain(": ".join(filter(None, (invoice.reason_code, invoice.reason)))):
        writer.say(document, "ram:IncludedNote/ram:Content", why)


def _write_line(writer: Writer, trade: Element, line: Line, invoice: ElectronicInvoice) -> None:
    """One piece at its net amount; what is taken off within an invoice is minus one, for a price of
    less than nothing is refused.
    """
    item = writer.add(trade, "ram:IncludedSupplyChainTradeLineItem")
    writer.say(item, "ram:AssociatedDocumentLineDocument/ram:LineID", str(line.number))
    writer.say(item, "ram:SpecifiedTradeProduct/ram:Name", line.text)
    price = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"
    writer.say(item, price, decimal_text(abs(line.net)))
    quantity = "-1" if line.net < 0 else "1"
    writer.say(item, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity", quantity, unitCode=PIECE)
    settlement = writer.add(item, "ram:SpecifiedLineTradeSettlement")
    tax = writer.add(settlement, "ram:ApplicableTradeTax")
    writer.say(tax, "ram:TypeCode", "VAT")
    writer.say(tax, "ram:CategoryCode", vat_category(invoice))
    writer.say(tax, "ram:RateApplicablePercent", rate_text(invoice.vat_bp))
    total = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    writer.say(settlement, total, decimal_text(line.net))


def _write_settlement(writer: Writer, settlement: Element, invoice: ElectronicInvoice) -> None:
    writer.say(settlement, "ram:PaymentReference", invoice.reference)
    writer.say(settlement, "ram:InvoiceCurrencyCode", invoice.currency)
    _write_tax(writer, writer.add(settlement, "ram:ApplicableTradeTax"), invoice)
    if invoice.due:
        parts.write_terms(writer, writer.add(settlement, "ram:SpecifiedTradePaymentTerms"), invoice)
    sums = writer.add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    writer.say(sums, "ram:LineTotalAmount", decimal_text(invoice.net))
    writer.say(sums, "ram:TaxBasisTotalAmount", decimal_text(invoice.net))
    writer.say(sums, "ram:TaxTotalAmount", decimal_text(invoice.vat), currencyID=invoice.currency)
    writer.say(sums, "ram:GrandTotalAmount", decimal_text(invoice.gross))
    if invoice.paid:
        writer.say(sums, "ram:TotalPrepaidAmount", decimal_text(invoice.paid))
    writer.say(sums, "ram:DuePayableAmount", decimal_text(invoice.due))
    for preceding in invoice.preceding:
        parts.write_preceding(writer, writer.add(settlement, "ram:InvoiceReferencedDocument"), preceding)


def _write_tax(writer: Writer, tax: Element, invoice: ElectronicInvoice) -> None:
    """The one rate of the invoice (BG-23), and the day its VAT falls due (BT-7)."""
    category = vat_category(invoice)
    writer.say(tax, "ram:CalculatedAmount", decimal_text(invoice.vat))
    writer.say(tax, "ram:TypeCode", "VAT")
    if category == EXEMPT:
        writer.say(tax, "ram:ExemptionReason", invoice.exemption)
    writer.say(tax, "ram:BasisAmount", decimal_text(invoice.net))
    writer.say(tax, "ram:CategoryCode", category)
    if category == REVERSE_CHARGE:
        writer.say(tax, "ram:ExemptionReasonCode", "VATEX-EU-AE")
    tax_point = writer.add(tax, "ram:TaxPointDate")
    writer.say(tax_point, "udt:DateString", compact_day(invoice.supplied_on), format="102")
    writer.say(tax, "ram:RateApplicablePercent", rate_text(invoice.vat_bp))
