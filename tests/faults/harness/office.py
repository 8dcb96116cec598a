"""What people do once documents are issued, in a process of its own that may die at any point of it.

It looks how far each document is and does the next thing, until every invoice is booked, every set-off
agreed and all money moved; then it prints what it saw done. Run again, it goes on where the one before it
died. Two of them at once get in each other's way, as people do.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from marketplace.kernel.models import Job
from marketplace.kernel.states import IllegalMove
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market
from marketplace.users.models import User
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.invoices.models import State as InvoiceState
from settlement.invoices.operations.deciding import book_invoice
from settlement.invoices.operations.submitting import NotAwaited, NumberTaken, Paper, submit_invoice
from settlement.invoices.rules import Sums, Told
from settlement.netting.models import SetOff
from settlement.netting.models import State as SetOffState
from settlement.netting.operations.answering import confirm_set_off
from settlement.payouts.models import Batch, BatchState, Collection, CollectionState, Payout, PayoutState
from settlement.payouts.operations.batching import NoFile, NothingToPay, approve_batch, make_batch, send_batch
from settlement.payouts.operations.collecting import TooMuchMoney, receive_money
from settlement.payouts.operations.paying import mark_paid
from settlement.review.models import Submission
from settlement.runs.models import Run
from tests.faults.harness.judgement import UNDER_WAY, papers_done
from tests.faults.harness.seed import CARLA, DAN, MARKET

REFUSALS = (IllegalMove, NotAwaited, NumberTaken, NothingToPay, NoFile, TooMuchMoney)
"""Somebody else was first, or it is too early."""

PATIENCE = 75.0
PDF = b"%PDF-1.4\n% an invoice that no machine can read\n"


class Office:
    """Everybody who does something, and what is left to do."""

    def __init__(self) -> None:
        self.market = Market.objects.get(code=MARKET)
        self.carla, self.dan = User.objects.get(email=CARLA), User.objects.get(email=DAN)
        self.today = local_date(timezone.now(), self.market.zone)

    def is_done(self) -> bool:
        """Whether every document came to its end: its set-off agreed, and what it left paid."""
        running = Job.objects.unfinished().filter(group__startswith="run:").exists()
        to_come = running or not Run.objects.exists()
        to_come = to_come or Submission.objects.filter(state__in=UNDER_WAY).exists()
        to_invoice = Document.objects.awaiting_invoice().exists()
        to_net = Invoice.objects.exclude(state=InvoiceState.BOOKED, netted_at__isnull=False).exists()
        return not (to_come or to_invoice or to_net) and all(map(_is_paid, SetOff.objects.all()))

    def go_on(self) -> None:
        """Do the next thing of everything that waits for a person."""
        for document in Document.objects.awaiting_invoice():
            told = {"told": self._told(document), "paper": _paper(document)}
            self._try(submit_invoice, document_id=document.pk, by=None, **told)
        for invoice in Invoice.objects.filter(state=InvoiceState.SUBMITTED):
            self._try(book_invoice, invoice_id=invoice.pk, by=self.carla)
        for set_off in SetOff.objects.filter(state=SetOffState.PROPOSED):
            self._try(confirm_set_off, set_off_id=set_off.pk, by=None)
        self._pay()
        for demand in Collection.objects.filter(state=CollectionState.DEMANDED):
            received = {"amount": demand.missing, "received_on": self.today}
            self._try(receive_money, collection_id=demand.pk, by=self.carla, **received)

    def _pay(self) -> None:
        if Payout.objects.waiting().exists():
            self._try(make_batch, market=self.market, by=self.carla)
        for batch in Batch.objects.filter(state=BatchState.CREATED):
            self._try(approve_batch, batch_id=batch.pk, by=self.dan)
        for batch in Batch.objects.filter(state=BatchState.APPROVED):
            self._try(send_batch, batch_id=batch.pk, by=self.carla)
        for payout in Payout.objects.filter(state=PayoutState.SENT):
            self._try(mark_paid, payout_id=payout.pk, paid_on=self.today, by=self.carla)

    def _told(self, document: Document) -> Told:
        rates = {rate.vat_bp: Sums(rate.net, rate.vat) for rate in document.rates.all()}
        number = f"F-{document.seller_id}-{document.pk}"
        return Told(number, self.today, document.currency, document.reference, rates)

    def _try(self, act: Callable[..., Any], **told: Any) -> None:
        try:
            act(**told, at=timezone.now())
        except REFUSALS:
            return


def _is_paid(set_off: SetOff) -> bool:
    if set_off.state != SetOffState.CONFIRMED:
        return False
    if set_off.to_pay:
        return set_off.payouts.filter(state=PayoutState.PAID).exists()
    return not set_off.to_collect or set_off.collections.filter(state=CollectionState.PAID).exists()


def _paper(document: Document) -> Paper:
    return Paper(name=f"invoice of {document.reference}.pdf", head=PDF[:8], size=len(PDF), chunks=[PDF])


def main() -> int:
    """Go on until everything is done, and promise it."""
    office, deadline = Office(), time.monotonic() + PATIENCE
    while not office.is_done():
        if time.monotonic() > deadline:
            return 1
        office.go_on()
        time.sleep(0.2)
    sys.stdout.write(json.dumps(sorted(papers_done())) + "\n")
    return 0
