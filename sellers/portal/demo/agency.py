"""The demo's agency sellers, settled every half month: documents, commission invoices, set-offs."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from marketplace.parties.models import BusinessModel, Seller
from marketplace.users.models import User
from settlement.billing.operations.invoicing import invoice_commission
from settlement.documents.models import Document
from settlement.documents.operations.crediting import issue_credits
from settlement.documents.operations.issuing import issue_documents
from settlement.netting.models import Ground, SetOff
from settlement.netting.operations.answering import confirm_set_off
from settlement.netting.operations.opening import open_documents
from settlement.netting.operations.proposing import propose_set_offs
from settlement.payouts.operations.preparing import prepare
from settlement.periods.operations import close_periods
from settlement.review.models import State
from settlement.review.operations.deciding import approve_submission
from settlement.review.operations.submitting import submit_periods


def settle_agency(sellers: dict[str, Seller], until: date) -> None:
    """Settle every agency seller twice a month; what is agreed but for the last is ready to be paid."""
    agency = [row.pk for row in sellers.values() if row.contract.model == BusinessModel.AGENCY]
    carla = User.objects.filter(is_staff=True).order_by("pk")[0]
    ends = half_month_ends(until)
    for end in ends:
        at = datetime.combine(end, datetime.min.time(), tzinfo=UTC) + timedelta(days=1, hours=12)
        documents = _documents(agency, end, carla, at)
        for set_off in _set_offs(documents, at + timedelta(hours=1)):
            if end != ends[-1]:
                _agree(set_off, at + timedelta(days=2))


def _documents(agency: list[int], end: date, carla: User, at: datetime) -> list[Document]:
    with transaction.atomic():
        submissions = submit_periods(periods=close_periods(seller_ids=agency, through=end, at=at), at=at)
    for row in submissions:
        if row.state == State.UNDER_REVIEW:
            approve_submission(submission_id=row.pk, by=carla, at=at)
    with transaction.atomic():
        documents = issue_documents(submission_ids=[row.pk for row in submissions], at=at)
        return documents + issue_credits(seller_ids=agency, at=at)


def _set_offs(documents: list[Document], at: datetime) -> list[SetOff]:
    keys = [document.pk for document in documents]
    if not keys:
        return []
    with transaction.atomic():
        invoice_commission(document_ids=keys, at=at)
        return propose_set_offs(seller_ids=open_documents(document_ids=keys), ground=Ground.DOCUMENT, at=at)


def _agree(set_off: SetOff, at: datetime) -> None:
    by = User.objects.filter(memberships__seller=set_off.seller).order_by("pk").first()
    confirm_set_off(set_off_id=set_off.pk, by=by, at=at)
    with transaction.atomic():
        prepare(set_off_id=set_off.pk, at=at + timedelta(minutes=5))


def half_month_ends(until: date) -> list[date]:
    """The fifteenths and last days of months that were over by a day, of three months, oldest first."""
    days = [until - timedelta(days=back) for back in range(1, 93)]
    return sorted(day for day in days if day.day == 15 or (day + timedelta(days=1)).day == 1)
