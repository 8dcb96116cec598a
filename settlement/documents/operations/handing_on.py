"""Handing issued documents on to the stages that settle them."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.kernel.audit import Act, record_all
from marketplace.kernel.jobs import Errand, enqueue, enqueue_all
from marketplace.parties.models import BusinessModel
from settlement.documents.models import Document


def hand_on(documents: Sequence[Document], *, verb: str, at: datetime) -> None:
    """Put documents that were just issued on the record, and have each drawn by a job."""
    acts = [
        Act(each.reference, each.seller_id, {"orders": each.orders, "purchase_gross": each.purchase_gross})
        for each in documents
    ]
    record_all(verb=verb, acts=acts, by=None, at=at)
    errands = [Errand(each.reference, {"document_id": each.pk}, each.seller_id) for each in documents]
    enqueue_all("documents.render", errands)


def wake_payment(documents: Sequence[Document]) -> None:
    """Have what documents make the two sides owe each other taken note of; in agency once the commission is
    invoiced.
    """
    for model, job in {
        BusinessModel.RESALE: "netting.take_documents",
        BusinessModel.AGENCY: "billing.invoice_commission",
    }.items():
        some = [document for document in documents if document.model == model]
        if some:
            enqueue(job, key=f"from:{some[0].reference}", document_ids=[document.pk for document in some])
