"""What a run came to, seller by seller."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Max

from marketplace.kernel.money import decimal_text
from settlement.claims.queries import left_out
from settlement.documents.models import Document
from settlement.documents.models import State as DocumentState
from settlement.periods.models import Period
from settlement.review.models import State, Submission
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
            yield period_answer(period)


def period_answer(period: Period) -> dict[str, Any]:
    """What became of one period: its document's amounts, or who must act first."""
    excluded = left_out(seller=period.seller, starts_at=period.starts_at, cutoff=period.ends_at)
    document = (
        Document.objects.filter(period=period).exclude(state=DocumentState.VOID).order_by("-pk").first()
    )
    rows = excluded.values_list("number", "verdict", "reference")
    answer: dict[str, Any] = {
        "seller": period.seller.partner_number,
        "period": [period.first_on.isoformat(), period.end_on.isoformat()],
        "document": document.reference if document else None,
    }
    own = document.reference if document else ""
    left = [
        {"number": number, "reason": verdict}
        for number, verdict, reference in rows
        if not own or reference != own
    ]
    return answer | (_amounts(document, left) if document else _waiting(period, left))


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
    return {
        "state": state,
        "orders": submission.included if submission else 0,
        "excluded": left,
        "currency": period.market.currency,
    }
