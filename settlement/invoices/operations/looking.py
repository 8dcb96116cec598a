"""Looking at an invoice's file: whether what must stand on it can be found there."""

from marketplace.kernel.files import path_of
from marketplace.kernel.jobs import Claimed
from marketplace.kernel.money import decimal_text
from settlement.invoices.models import Invoice
from settlement.invoices.reading import text_of
from settlement.invoices.rules import look_for


def look_at_invoice(claimed: Claimed, *, invoice_id: int) -> None:
    """Look for the reference, the number, our tax id and the total on an invoice's file, and note it.

    What cannot be read by machine, as a photograph, is left to the accountant's eyes.
    """
    invoice = Invoice.objects.select_related("document", "market", "file").get(pk=invoice_id)
    if invoice.findings is not None:
        return
    text = text_of(path_of(invoice.file), invoice.file.content_type, claimed.heartbeat)
    wanted = {
        "reference": invoice.document.reference,
        "number": invoice.number,
        "tax_id": invoice.document.parties["marketplace"]["tax_id"],
        "gross": decimal_text(invoice.gross),
    }
    found = look_for(wanted, text)
    with claimed.effect():
        Invoice.objects.filter(pk=invoice_id, findings__isnull=True).update(findings=found)
