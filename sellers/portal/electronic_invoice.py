"""An electronic invoice as it was uploaded: read apart, kept, and handed in."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from marketplace.kernel.files import draft_folder, store_path
from settlement.documents.models import Document
from settlement.invoices.electronic import Electronic, HarmfulPdf, NotElectronic, read_electronic
from settlement.invoices.models import Invoice
from settlement.invoices.operations.submitting import MOST_BYTES, NoInvoiceFile, submit_electronic
from settlement.invoices.wording import fault_text, harmful_text

HEAD = 1024


def take_electronic(*, document: Document, sent: UploadedFile[Any], by: Any, at: datetime) -> Invoice:
    """Read an uploaded invoice, keep its file, and hand it in.

    :raises NoInvoiceFile: if no machine can read it, or it is too large.
    :raises NotAwaited: if the document waits for none.
    :raises Differs: if it does not equal the document.
    :raises NumberTaken: if the seller used its number before.
    """
    if (sent.size or 0) > MOST_BYTES:
        raise NoInvoiceFile(_("The file is larger than 10 MB; hand in a smaller one."))
    with draft_folder() as folder:
        path = Path(folder) / "invoice"
        path.write_bytes(b"".join(sent.chunks()))
        electronic = _read(path)
        is_pdf = b"%PDF-" in path.read_bytes()[:HEAD]
        file = store_path(
            name=sent.name or "invoice",
            content_type="application/pdf" if is_pdf else "application/xml",
            path=path,
            at=at,
            seller_id=document.seller_id,
        )
    return submit_electronic(document_id=document.pk, electronic=electronic, file=file, by=by, at=at)


def _read(path: Path) -> Electronic:
    try:
        return read_electronic(path, heartbeat=lambda: None)
    except HarmfulPdf:
        raise NoInvoiceFile(harmful_text()) from None
    except NotElectronic as refusal:
        raise NoInvoiceFile(fault_text(refusal.fault, refusal.detail)) from None
