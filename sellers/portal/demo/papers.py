"""The papers that the demo's sellers hand in: a page of plain text each, as a small shop would print it."""

from marketplace.kernel.money import decimal_text
from marketplace.orders.models import Refund
from sellers.receipts.demo import page_of_text
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
    return page_of_text(lines)


def refund_paper(refund: Refund) -> bytes:
    """The PDF of a bank's confirmation that a seller paid a refund."""
    order = refund.order
    return page_of_text(
        [
            "Payment confirmation",
            f"From: {order.seller.name}, {order.seller.tax_id}",
            f"To: {order.customer_name}",
            f"Message: refund of order {order.number}",
            f"Amount: {decimal_text(refund.amount)} {order.currency}",
        ]
    )
