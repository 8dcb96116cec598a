"""Rendering a fee invoice: drawn, kept and sent to the seller once, however often it is run."""

from datetime import datetime
from pathlib import Path

from django.utils import translation

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import Claimed
from marketplace.kernel.mail import write_mail
from settlement.billing.facts import fee_facts, fee_rows
from settlement.billing.models import FeeInvoice
from settlement.billing.wording import letter
from settlement.documents.operations.papers import attachable, drawn_files, keep_paper, keep_workbook


def render_fee_invoice(claimed: Claimed, *, fee_invoice_id: int, at: datetime) -> None:
    """Draw a fee invoice's files, keep them, and write to the seller.

    :raises NotRendered: if the files could not be drawn, or its orders do not make its sums.
    :raises Mismatch: if a drawn file says something else.
    """
    fee = FeeInvoice.objects.select_related("market", "document__period", "document__market").get(
        pk=fee_invoice_id
    )
    if fee.pdf_id and fee.xlsx_id:
        return
    with translation.override(fee.market.spoken):
        facts = fee_facts(fee)
    with drawn_files(claimed, facts, fee_rows(fee)) as (pdf, xlsx), claimed.effect():
        _keep(fee_invoice_id, pdf, xlsx, at)


def _keep(fee_invoice_id: int, pdf: Path, xlsx: Path, at: datetime) -> None:
    rows = FeeInvoice.objects.locked().select_related("market", "seller", "document__period")
    fee = rows.get(pk=fee_invoice_id)
    if fee.pdf_id and fee.xlsx_id:
        return
    reference, seller_id = fee.reference, fee.seller_id
    fee.pdf = keep_paper(pdf, reference=reference, seller_id=seller_id, at=at)
    fee.xlsx = keep_workbook(xlsx, reference=reference, seller_id=seller_id, at=at)
    fee.save(update_fields=["pdf", "xlsx"])
    hashes = {"pdf": fee.pdf.sha256, "xlsx": fee.xlsx.sha256}
    record(verb="fee_invoice.drawn", subject=reference, by=None, at=at, seller_id=seller_id, details=hashes)
    attached = attachable(fee.pdf, fee.xlsx)
    with translation.override(fee.market.spoken):
        subject, body = letter(fee, attached=bool(attached))
    write_mail(
        key=fee.key,
        market=fee.market,
        to=[fee.seller.email],
        subject=subject,
        body=body,
        at=at,
        seller_id=seller_id,
        attachments=attached,
    )
