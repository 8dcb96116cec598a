"""Handing issued documents on to the stages that settle them."""

from collections.abc import Sequence

from marketplace.kernel.jobs import enqueue
from marketplace.parties.models import BusinessModel
from settlement.documents.models import Document


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
