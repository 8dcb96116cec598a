"""Drawing a billing invoice: PDF, workbook and XML, kept and sent to its recipient once."""

from datetime import datetime
from pathlib import Path

from django.utils import translation

from marketplace.kernel.audit import record
from marketplace.kernel.files import store
from marketplace.kernel.jobs import Claimed
from marketplace.kernel.mail import write_mail
from marketplace.kernel.models import StoredFile
from settlement.billing.models import BillingInvoice
from settlement.billing.papers import paper_of, rows_of
from settlement.billing.sheets import sheet_of
from settlement.billing.wording import billing_letter
from settlement.billing.xml import hybrid_of, xml_of
from settlement.documents.operations.papers import attachable, drawn_files, keep_paper, keep_workbook


def draw_billing_invoice(claimed: Claimed, *, billing_invoice_id: int, at: datetime) -> None:
    """Draw an invoice's or credit note's files, keep them, and write to its recipient.

    :raises NotRendered: if the files could not be drawn, or the lines do not make the sums.
    :raises Mismatch: if a drawn file says something else.
    :raises NotValid: if the XML is not what its standard demands.
    """
    rows = BillingInvoice.objects.select_related("market", "seller", "credits", "replaces")
    invoice = rows.get(pk=billing_invoice_id)
    if invoice.pdf_id:
        return
    with translation.override(invoice.market.spoken):
        sheet = sheet_of(invoice)
        facts, lines = paper_of(sheet), list(rows_of(sheet))
        xml = xml_of(sheet, heartbeat=claimed.heartbeat)
    with drawn_files(claimed, facts, lines) as (pdf, xlsx):
        if xml:
            pdf.write_bytes(hybrid_of(sheet, pdf.read_bytes(), xml))
        with claimed.effect():
            _keep(billing_invoice_id, pdf, xlsx, xml, at)


def _keep(billing_invoice_id: int, pdf: Path, xlsx: Path, xml: bytes, at: datetime) -> None:
    rows = BillingInvoice.objects.locked().select_related("market", "seller")
    invoice = rows.get(pk=billing_invoice_id)
    if invoice.pdf_id:
        return
    reference, seller_id = invoice.reference, invoice.seller_id
    invoice.pdf = keep_paper(pdf, reference=reference, seller_id=seller_id, at=at)
    invoice.xlsx = keep_workbook(xlsx, reference=reference, seller_id=seller_id, at=at)
    invoice.xml = _keep_xml(invoice, xml, at)
    invoice.save(update_fields=["pdf", "xlsx", "xml"])
    files = [each for each in (invoice.pdf, invoice.xlsx, invoice.xml) if each is not None]
    hashes = {each.name: each.sha256 for each in files}
    record(
        verb="billing_invoice.drawn", subject=reference, by=None, at=at, seller_id=seller_id, details=hashes
    )
    _send(invoice, [each for each in (invoice.pdf, invoice.xml) if each is not None], at)


def _keep_xml(invoice: BillingInvoice, xml: bytes, at: datetime) -> StoredFile | None:
    if not xml:
        return None
    name = f"{invoice.reference}.xml"
    return store(name=name, content_type="application/xml", chunks=[xml], at=at, seller_id=invoice.seller_id)


def _send(invoice: BillingInvoice, files: list[StoredFile], at: datetime) -> None:
    attached = attachable(*files)
    with translation.override(invoice.market.spoken):
        subject, body = billing_letter(invoice, attached=bool(attached))
    write_mail(
        key=invoice.key,
        market=invoice.market,
        to=[invoice.parties["recipient"]["email"] or invoice.seller.email],
        subject=subject,
        body=body,
        at=at,
        seller_id=invoice.seller_id,
        attachments=attached,
    )
