"""What a run came to, seller by seller."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef

from marketplace.kernel.money import decimal_text
from settlement.claims.queries import left_out, to_be_invoiced
from settlement.documents.models import Document
from settlement.periods.models import Period
from settlement.review.models import WITH_ACCOUNTING, State, Submission, SubmissionLine
from settlement.runs.models import Run


def run_answers(run: Run) -> Iterator[dict[str, Any]]:
    """Per seller, what became of the last period that had ended by the run's day; the same however often
    it is run.
    """
    ended = Period.objects.filter(market=run.market, end_on__lte=run.through + timedelta(days=1))
    last = {row["seller"]: row["end"] for row in ended.values("seller").annotate(end=Max("end_on"))}
    periods = ended.filter(seller__in=last).select_related("seller__market", "market")
    for period in periods.order_by("seller__partner_number", "end_on"):
        if period.end_on == last[period.seller_id] or period.closed_at >= run.started_at:
            yield from period_answers(period)


def period_answers(period: Period) -> Iterator[dict[str, Any]]:
    """What became of one period: an answer per live document, or one that says who must act first."""
    documents = list(Document.objects.live().filter(period=period).order_by("pk"))
    left = _left(period, {document.reference for document in documents})
    for document in documents:
        yield _head(period, document.reference) | _amounts(document, left)
    if not documents:
        yield _head(period, None) | _waiting(period, left)


def _head(period: Period, reference: str | None) -> dict[str, Any]:
    return {
        "seller": period.seller.partner_number,
        "period": [period.first_on.isoformat(), period.end_on.isoformat()],
        "document": reference,
    }


def _left(period: Period, own: set[str]) -> list[dict[str, str]]:
    """Every other order of the period with its one reason; "left_out" is what could be invoiced and was
    not handed in.
    """
    excluded = left_out(seller=period.seller, starts_at=period.starts_at, cutoff=period.ends_at)
    rows = excluded.values_list("number", "verdict", "reference")
    left = [(number, verdict) for number, verdict, reference in rows if reference not in own]
    waiting = SubmissionLine.objects.included().filter(
        order=OuterRef("order"), submission__state__in=WITH_ACCOUNTING
    )
    still_open = to_be_invoiced(seller=period.seller, cutoff=period.ends_at).filter(~Exists(waiting))
    left += [(number, "left_out") for number in still_open.values_list("order__number", flat=True)]
    return [{"number": number, "reason": reason} for number, reason in sorted(left)]


def _amounts(document: Document, left: list[dict[str, str]]) -> dict[str, Any]:
    payer, payee = ("marketplace", "seller") if document.net_due >= 0 else ("seller", "marketplace")
    return {
        "orders": document.orders,
        "excluded": left,
        "currency": document.currency,
        "customer_total": decimal_text(document.customer_total),
        "purchase_net": decimal_text(document.purchase_net),
        "purchase_vat": decimal_text(document.purchase_vat),
        "purchase_gross": decimal_text(document.purchase_gross),
        "commission_gross": decimal_text(document.commission_gross),
        "held_by_seller": decimal_text(document.held_by_seller),
        "held_by_marketplace": decimal_text(document.held_by_marketplace),
        "net": {"payer": payer, "payee": payee, "amount": decimal_text(abs(document.net_due))},
        "credit_document": None,
        "corrections": [],
        "carried_in": "0.00",
    }


def _waiting(period: Period, left: list[dict[str, str]]) -> dict[str, Any]:
    submission = Submission.objects.filter(period=period).order_by("-pk").first()
    state = submission.state if submission else State.NOTHING_NEW
    waits = submission is not None and submission.state in WITH_ACCOUNTING
    return {
        # A document that was issued and is none of the live ones was voided.
        "state": "void" if state == State.DOCUMENTED else state,
        "orders": submission.included if submission and waits else 0,
        "excluded": left,
        "currency": period.market.currency,
    }
