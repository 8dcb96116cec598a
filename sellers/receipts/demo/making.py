"""Receipts as a small Peruvian shop's program would make them: an unsigned UBL 2.1 document and its page."""

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from marketplace.kernel.money import decimal_text
from marketplace.orders.models import Order

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
BUYER = "41231117"
"""The identity card told of customers of whom none is known."""
FACTURA, BOLETA = "01", "03"


def make_receipt(
    order: Order, serial: int, *, total: int | None = None, reference: str | None = None
) -> tuple[bytes, bytes]:
    """The XML and the PDF of a receipt for an order, whose lines may be read along.

    ``total`` (minor units) and the order's number it names are the order's unless told otherwise.
    """
    gross = order.total if total is None else total
    named = order.number if reference is None else reference
    return _xml(order, serial, gross, named), _pdf(order, serial, gross, named)


def receipt_number(order: Order, serial: int) -> str:
    """A receipt's series and number: a factura to a company, else a boleta."""
    return f"{'F' if order.customer_tax_id else 'B'}001-{serial}"


def receipt_name(order: Order, serial: int) -> str:
    """The name a receipt's files travel under, without its ending."""
    return f"{order.seller.tax_id}-{_type_of(order)}-{receipt_number(order, serial)}"


def page_of_text(lines: Sequence[str]) -> bytes:
    """A PDF of one page in a font every reader has; letters beyond Latin-1 are left to a question mark."""
    escaped = (line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in lines)
    text = "BT /F1 12 Tf 60 780 Td 20 TL " + " ".join(f"({line}) Tj T*" for line in escaped) + " ET"
    stream = text.encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
        b"/Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for place, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (place, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def issued_on(order: Order) -> date:
    """The day on which the shop's program issues the receipt: that of the order, where it was placed."""
    return order.placed_at.astimezone(ZoneInfo(order.market.zone)).date()


def _type_of(order: Order) -> str:
    return FACTURA if order.customer_tax_id else BOLETA


def _buyer(order: Order) -> tuple[str, str]:
    """The buyer's document: its kind as SUNAT counts them, and its number."""
    return ("6", order.customer_tax_id) if order.customer_tax_id else ("1", order.customer_id_number or BUYER)


def _pdf(order: Order, serial: int, gross: int, named: str) -> bytes:
    seller = order.seller
    title = "FACTURA" if order.customer_tax_id else "BOLETA DE VENTA"
    return page_of_text(
        [
            f"{title} ELECTRÓNICA {receipt_number(order, serial)}",
            f"{seller.name}, RUC {seller.tax_id}",
            f"Fecha de emisión: {issued_on(order):%d/%m/%Y}",
            f"Señor(es): {order.customer_company or order.customer_name}, {_buyer(order)[1]}",
            f"Pedido: {named}",
            f"Importe total: {decimal_text(gross)} {order.currency}",
        ]
    )


def _xml(order: Order, serial: int, gross: int, named: str) -> bytes:
    vat_bp, seller = order.market.standard_vat_bp, order.seller
    vat = (gross * vat_bp * 2 + 10_000 + vat_bp) // (2 * (10_000 + vat_bp))
    net, all_of_it = (
        f'currencyID="{order.currency}">{decimal_text(minor)}' for minor in (gross - vat, gross)
    )
    tax = (
        f'<cac:TaxTotal><cbc:TaxAmount currencyID="{order.currency}">{decimal_text(vat)}</cbc:TaxAmount>'
        f"<cac:TaxSubtotal><cbc:TaxableAmount {net}</cbc:TaxableAmount>"
        f'<cbc:TaxAmount currencyID="{order.currency}">{decimal_text(vat)}</cbc:TaxAmount>'
        f"<cac:TaxCategory><cbc:Percent>{decimal_text(vat_bp)}</cbc:Percent>"
        "<cac:TaxScheme><cbc:ID>1000</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>"
    )
    reference = f"<cac:OrderReference><cbc:ID>{escape(named)}</cbc:ID></cac:OrderReference>" if named else ""
    kind, buyer = _buyer(order)
    customer = order.customer_company or order.customer_name or "Cliente"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="{UBL}Invoice-2" xmlns:cac="{UBL}CommonAggregateComponents-2" \
xmlns:cbc="{UBL}CommonBasicComponents-2">
<cbc:UBLVersionID>2.1</cbc:UBLVersionID><cbc:CustomizationID>2.0</cbc:CustomizationID>
<cbc:ID>{receipt_number(order, serial)}</cbc:ID><cbc:IssueDate>{issued_on(order)}</cbc:IssueDate>
<cbc:InvoiceTypeCode>{_type_of(order)}</cbc:InvoiceTypeCode>
<cbc:DocumentCurrencyCode>{order.currency}</cbc:DocumentCurrencyCode>
{reference}
{_party("Supplier", "6", seller.tax_id, seller.name)}
{_party("Customer", kind, buyer, customer)}
{tax}
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount {net}</cbc:LineExtensionAmount>
<cbc:TaxInclusiveAmount {all_of_it}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount {all_of_it}</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="NIU">1</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount {net}</cbc:LineExtensionAmount>{tax}
<cac:Item><cbc:Description>{escape(_goods(order))}</cbc:Description></cac:Item></cac:InvoiceLine>
</Invoice>
""".encode()


def _party(side: str, kind: str, tax_id: str, name: str) -> str:
    return (
        f"<cac:Accounting{side}Party><cac:Party><cac:PartyIdentification>"
        f'<cbc:ID schemeID="{kind}">{escape(tax_id)}</cbc:ID></cac:PartyIdentification>'
        f"<cac:PartyLegalEntity><cbc:RegistrationName>{escape(name)}</cbc:RegistrationName></cac:PartyLegalEntity>"
        f"</cac:Party></cac:Accounting{side}Party>"
    )


def _goods(order: Order) -> str:
    """What was ordered, as one line: a small shop's program does not know the marketplace's lines."""
    names = sorted((line.position, f"{line.quantity} x {line.name}") for line in order.lines.all())
    return ", ".join(name for _place, name in names)[:400] or "Mercadería"
