"""Jobs come in any order: what a late one would have done is done by whoever needs it."""

from datetime import UTC, datetime

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import Job, JobState
from marketplace.parties.models import Seller
from settlement.documents.models import Document
from settlement.netting.models import Item, Side
from settlement.runs.models import Origin
from settlement.runs.operations import start_run
from tests.cast import AFTER_OCTOBER, OCTOBER, RENDERING, MakeOrder, work_off_but_rendering
from tests.netting.telling import invoice
from tests.orders.telling import tender

MUCH_LATER = datetime(2100, 1, 1, tzinfo=UTC)
CASH_JOB = "netting.take_documents"


def settle_with_cash_left_waiting(seller: Seller) -> Document:
    """Issue the document; the job that opens its cash fails, and is tried again much later."""
    start_run(market=seller.market, through=OCTOBER, origin=Origin.MANUAL, by=None, at=AFTER_OCTOBER)
    late = Job.objects.filter(name__in=[CASH_JOB, *RENDERING])
    while (claimed := jobs.claim()) is not None:
        jobs.run(claimed)
        late.update(ready_at=MUCH_LATER)
    assert Job.objects.filter(name=CASH_JOB, state=JobState.READY).exists()
    return Document.objects.get()


def test_an_invoice_is_set_off_against_its_cash_though_the_job_that_opens_it_is_late(
    seller: Seller, make_order: MakeOrder
) -> None:
    make_order(tenders=[tender("cod", "1210.00")])
    document = settle_with_cash_left_waiting(seller)

    set_off = invoice(document)

    assert set_off is not None
    assert (set_off.receivables, set_off.to_pay) == (1210_00, 0)
    Job.objects.filter(name=CASH_JOB).update(ready_at=AFTER_OCTOBER)
    work_off_but_rendering()
    assert Item.objects.filter(side=Side.RECEIVABLE).count() == 1
    assert run_checks() == []
