"""Rendering a document: drawn by a process of its own, read back, then kept and told in one transaction."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import translation

from marketplace.kernel.audit import record
from marketplace.kernel.files import draft_folder
from marketplace.kernel.jobs import Claimed
from marketplace.kernel.mail import write_mail
from marketplace.parties.models import BusinessModel
from settlement.documents import wording
from settlement.documents.drawing import draw_apart
from settlement.documents.facts import BilledOrder, DocumentFacts, write_facts
from settlement.documents.models import Document, State
from settlement.documents.operations.papers import attachable, keep_paper, keep_workbook
from settlement.documents.queries import billed_orders, document_facts, facts_of, lines_of
from settlement.documents.rules import fingerprint
from settlement.documents.verification import check_pdf, check_workbook


class FactsChanged(Exception):
    """A document no longer says what it said when its facts were hashed first."""


class ProductsDiffer(Exception):
    """An order's products do not add up to what the document says of it."""


def render_document(claimed: Claimed, *, document_id: int, at: datetime) -> None:
    """Draw a document's files, keep them, and write to the seller; once, however often it is run, and not
    if it is void.

    :raises NotRendered: if the files could not be drawn.
    :raises FactsChanged: if the facts are not those that were hashed before.
    :raises ProductsDiffer: if an order's products do not add up to the order.
    :raises Mismatch: if a drawn file says something else than the document.
    """
    document = Document.objects.select_related("market", "period").get(pk=document_id)
    if (document.pdf_id and document.xlsx_id) or document.state == State.VOID:
        return  # of a void one nothing is to be done, and its returns are on another by now
    with draft_folder() as name:
        folder = Path(name)
        document.facts_sha256 = _facts_sha256(claimed, document)
        facts = document_facts(document)
        write_facts(folder / "facts.jsonl", facts, _adding_up(claimed, document))
        _draw(claimed, folder, facts)
        check_pdf(folder / "out.pdf", facts)
        claimed.heartbeat()
        check_workbook(folder / "out.xlsx", facts)
        with claimed.effect():
            _keep(document_id, facts.fingerprint, folder, at)


def _facts_sha256(claimed: Claimed, document: Document) -> str:
    """The hash of all that the document says."""

    def in_time() -> Iterator[Any]:
        for fact in facts_of(document, lines_of(document), document.rates.all()):
            claimed.heartbeat()
            yield fact

    found = fingerprint(in_time())
    if document.facts_sha256 not in (None, found):
        raise FactsChanged(document.reference)
    return found


def _adding_up(claimed: Claimed, document: Document) -> Iterator[BilledOrder]:
    """The orders, each looked at once more, while the claim is kept alive."""
    agency = document.model == BusinessModel.AGENCY
    for order in billed_orders(document):
        claimed.heartbeat()
        sale = sum(product.sale_gross for product in order.products)
        net = sum(product.net for product in order.products)
        billed = order.commission_net if agency else order.purchase_net
        if (sale, net) != (order.total, billed):
            raise ProductsDiffer(f"{document.reference}: order {order.number}")
        yield order


def _draw(claimed: Claimed, folder: Path, facts: DocumentFacts) -> None:
    """Let a process draw, keep the claim alive meanwhile, and kill it if the claim is lost or cancelled."""
    draw_apart(
        "settlement.documents.rendering",
        *(folder / name for name in ("facts.jsonl", "out.pdf", "out.xlsx")),
        folder=folder,
        rows=facts.orders + facts.products,
        name=facts.reference,
        heartbeat=claimed.heartbeat,
    )


def _keep(document_id: int, facts_sha256: str, folder: Path, at: datetime) -> None:
    document = Document.objects.locked().select_related("market", "seller", "period").get(pk=document_id)
    if document.pdf_id and document.xlsx_id:
        return
    reference, seller_id = document.reference, document.seller_id
    pdf = keep_paper(folder / "out.pdf", reference=reference, seller_id=seller_id, at=at)
    xlsx = keep_workbook(folder / "out.xlsx", reference=reference, seller_id=seller_id, at=at)
    document.facts_sha256, document.pdf, document.xlsx = facts_sha256, pdf, xlsx
    document.save(update_fields=["facts_sha256", "pdf", "xlsx"])
    record(
        verb="document.drawn",
        subject=document.reference,
        by=None,
        at=at,
        seller_id=document.seller_id,
        details={"facts": facts_sha256, "pdf": pdf.sha256, "xlsx": xlsx.sha256},
    )
    if document.state != State.VOID:
        _tell_seller(document, at)


def _tell_seller(document: Document, at: datetime) -> None:
    files = [file for file in (document.pdf, document.xlsx) if file is not None]
    attached = attachable(*files)
    with translation.override(document.market.spoken):
        subject, body = wording.letter(document, attached=bool(attached))
    write_mail(
        key=f"document:{document.reference}",
        market=document.market,
        to=[document.seller.email],
        subject=subject,
        body=body,
        at=at,
        seller_id=document.seller_id,
        attachments=attached,
    )
