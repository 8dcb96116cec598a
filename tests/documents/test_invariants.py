"""Each invariant of the documents catches the fault it is there for."""

from collections.abc import Callable

import pytest

from marketplace.kernel.models import Job, JobState
from settlement.documents.models import Document
from settlement.documents.queries import facts_of, lines_of
from settlement.documents.rules import fingerprint
from tests.ledger.test_ledger import plant

FAULTS = {
    "documents: lines and rates add up to the document": (
        "UPDATE documents_documentline SET total = total + 1"
    ),
    "documents: every live line is claimed by its document, and every claim has its line": (
        "UPDATE claims_claim SET reference = 'CZ-2026-000009'"
    ),
    "documents: every live document is posted, every void one reversed": (
        "UPDATE ledger_entry SET key = 'gone' WHERE key LIKE 'document:%%'"
    ),
    "documents: the books hold what the document says": (
        "UPDATE ledger_posting SET amount = amount * 2 WHERE entry_id IN "
        "(SELECT id FROM ledger_entry WHERE key LIKE 'document:%%')"
    ),
    "documents: numbers are without gaps and twins": "UPDATE kernel_numberseries SET last = last + 1",
    "documents: the facts are what they were when it was drawn": (
        "UPDATE documents_documentline SET customer = 'Somebody Else'"
    ),
    "claims: every delivered order is either to be invoiced or on one live document": (
        "DELETE FROM claims_claim"
    ),
    "orders: tenders and lines add up to the order's total": "UPDATE orders_tender SET amount = amount + 1",
    "orders: each order is where its last move brought it": (
        "UPDATE orders_orderchange SET to_state = 'shipped' WHERE to_state = 'delivered'"
    ),
    "orders: customer money the marketplace received is in the books": (
        "UPDATE ledger_entry SET key = 'lost:1' WHERE key LIKE 'tender:%%'"
    ),
}


@pytest.mark.parametrize("check", FAULTS)
def test_a_planted_fault_is_found(issue_document: Callable[..., Document], check: str) -> None:
    document = issue_document()
    hash_facts(document)

    assert check in plant(FAULTS[check])


def test_a_document_nobody_will_draw_is_found(issue_document: Callable[..., Document]) -> None:
    issue_document()
    check = "documents: each that stands is drawn, and its facts hashed, or a job will do it"
    long_ago = "UPDATE documents_document SET issued_at = '2026-01-02 03:04:05+00:00'"
    assert check not in plant(long_ago)

    Job.objects.filter(name="documents.render").update(state=JobState.CANCELLED)

    assert check in plant(long_ago)


def hash_facts(document: Document) -> None:
    """Hash what a document says, as drawing it does."""
    facts = facts_of(document, lines_of(document), document.rates.all())
    Document.objects.filter(pk=document.pk).update(facts_sha256=fingerprint(facts))
