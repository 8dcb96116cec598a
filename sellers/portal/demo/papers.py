"""The papers that the demo's sellers hand in: a page of plain text each, as a small shop would print it."""

from marketplace.kernel.money import decimal_text
from marketplace.orders.models import Refund
from settlement.documents.models import Document


def invoice_paper(document: Document, number: str) -> bytes:
    """The PDF of a seller's invoice: who, to whom, for which document, how much."""
    seller, marketplace = document.parties["seller"], document.parties["marketplace"]
    lines = [
        f"Invoice {number}",
        f"From: {seller['name']}, {seller['tax_id']}",
        f"To: {marketplace['name']}, {marketplace['tax_id']}",
        f"Reference: {document.reference}",
        *(
            f"VAT {rate.vat_bp // 100} %: net {decimal_text(rate.net)}, VAT {decimal_text(rate.vat)}"
            for rate in document.rates.order_by("vat_bp")
        ),
        f"Total: {decimal_text(document.purchase_gross)} {document.currency}",
    ]
    return _pdf(lines)


def refund_paper(refund: Refund) -> bytes:
    """The PDF of a bank's confirmation that a seller paid a refund."""
    order = refund.order
    return _pdf(
        [
            "Payment confirmation",
            f"From: {order.seller.name}, {order.seller.tax_id}",
            f"To: {order.customer_name}",
            f"Message: refund of order {order.number}",
            f"Amount: {decimal_text(refund.amount)} {order.currency}",
        ]
    )


def _pdf(lines: list[str]) -> bytes:
    """A page of text in a font every reader has; letters beyond Latin-1 are left to a question mark."""
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
