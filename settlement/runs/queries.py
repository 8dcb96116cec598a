"""What a run came to, seller by seller."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from marketplace.kernel.money import decimal_text
from marketplace.kernel.sets import going_by_indexes
from marketplace.ledger.models import OF_SELLERS, Entry, Posting
from marketplace.orders.models import Return
from marketplace.parties.models import BusinessModel
from settlement.claims.queries import left_out_in, to_be_invoiced_in
from settlement.documents.models import Document, DocumentLine
from settlement.periods.models import Period
from settlement.review.models import WITH_ACCOUNTING, State, Submission, SubmissionLine
from settlement.runs.models import Run

PAGE = 200
"""Sellers read at a time."""


def run_answers(run: Run) -> Iterator[dict[str, Any]]:
    """Per seller, what became of the last period that had ended by the run's day; the same however often
    it is run.

    Sellers are read some hundred at a time, in a number of queries that does not grow with them.
    """
    keys = _periods_of(run)
    for start in range(0, len(keys), PAGE):
        yield from period_answers(keys[start : start + PAGE])


def _periods_of(run: Run) -> list[int]:
    """The periods to be told, in the order of the partner numbers: each seller's last, and all that this
    run closed.
    """
    ended = Period.objects.filter(market=run.market, end_on__lte=run.through + timedelta(days=1))
    last = dict(ended.values_list("seller").annotate(end=Max("end_on")))
    rows = ended.order_by("seller__partner_number", "end_on").values_list(
        "pk", "seller", "end_on", "closed_at"
    )
    return [
        pk for pk, seller, end_on, closed_at in rows if end_on == last[seller] or closed_at >= run.started_at
    ]


def period_answers(keys: Sequence[int]) -> list[dict[str, Any]]:
    """What became of periods: an answer per live document, or one that says who must act first."""
    with going_by_indexes():
        periods = Period.objects.select_related("seller", "market").in_bulk(keys)
        left = _left(list(periods.values()))
        documents: dict[int, list[Any]] = {key: [] for key in keys}
        credited: dict[int, list[Any]] = {key: [] for key in keys}
        for document in _with_carry(Document.objects.live().filter(period__in=keys)).order_by("pk"):
            (credited if document.is_credit else documents)[document.period_id].append(document)
        corrections = _corrections([each for rows in credited.values() for each in rows])
        others = Submission.objects.filter(period__in=[key for key in keys if not documents[key]])
        last = {submission.period_id: submission for submission in others.order_by("pk")}
    answers = []
    for key, period in ((key, periods[key]) for key in keys):
        for document, credit in _paired(documents[key], credited[key]):
            if document is not None:
                told = _head(period, document.reference) | _amounts(document, left[key])
            else:
                told = _head(period, None) | _waiting(period, last.get(key), left[key])
            answers.append(told | _credited(document, credit, corrections))
        if not documents[key] and not credited[key]:
            answers.append(_head(period, None) | _waiting(period, last.get(key), left[key]))
    return answers


def _paired(documents: Sequence[Any], credited: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each document with the credit document of the same business model, if there is one; the others
    stand alone.
    """
    pairs: list[tuple[Any, Any]] = []
    left = list(credited)
    for document in documents:
        credit = next((each for each in left if each.model == document.model), None)
        if credit is not None:
            left.remove(credit)
        pairs.append((document, credit))
    return [*pairs, *((None, credit) for credit in left)]


def _credited(document: Any, credit: Any, corrections: Mapping[int, list[dict[str, Any]]]) -> dict[str, Any]:
    """What a credit document adds to an answer: its reference, what it takes back, and the net with it."""
    if credit is None:
        return {}
    due = credit.net_due + (document.net_due if document is not None else 0)
    told = {
        "credit_document": credit.reference,
        "corrections": corrections[credit.pk],
        "net": _net(due),
    }
    if document is None:
        first = credit
        told |= {"currency": credit.currency, **_billing(credit, empty=True)}
    else:
        first = min(document, credit, key=lambda each: (each.issued_at, each.own_entry or 0))
    return told | {"carried_in": decimal_text(int(first.carried))}


def _corrections(credited: Sequence[Any]) -> dict[int, list[dict[str, Any]]]:
    """Per credit document, what it takes back, order by order."""
    found: dict[int, list[dict[str, Any]]] = {each.pk: [] for each in credited}
    lines = DocumentLine.objects.filter(document__in=credited).select_related("document")
    numbers: dict[tuple[int, str], list[str]] = {}
    returns = Return.objects.filter(settled_in__in=[each.reference for each in credited])
    for order, reference, number in returns.order_by("at", "number").values_list(
        "order", "settled_in", "number"
    ):
        numbers.setdefault((order, reference), []).append(number)
    for line in lines.order_by("document", "position"):
        amounts = {
            "customer_total": line.total,
            "purchase_gross": line.purchase_gross,
            "commission_gross": line.commission_gross,
            "refunded_by_seller": line.held_by_seller,
        }
        if line.document.model == BusinessModel.AGENCY:
            del amounts["purchase_gross"]
        found[line.document_id].append(
            {
                "order": line.number,
                "document": line.original,
                "returns": numbers.get((line.order_id, line.document.reference), []),
                **{name: decimal_text(amount) for name, amount in amounts.items()},
            }
        )
    return found


def _head(period: Period, reference: str | None) -> dict[str, Any]:
    return {
        "seller": period.seller.partner_number,
        "period": [period.first_on.isoformat(), period.end_on.isoformat()],
        "document": reference,
    }


def _left(periods: Sequence[Period]) -> dict[int, list[dict[str, str]]]:
    """Every other order of each period with its one reason; "left_out" is what could be invoiced and was
    not handed in.
    """
    left: dict[int, list[tuple[str, str]]] = {period.pk: [] for period in periods}
    own = Document.objects.live().filter(reference=OuterRef("reference"), period=OuterRef("period"))
    for part in left_out_in(periods):
        for key, *why in part.filter(~Exists(own)).values_list("period", "number", "verdict"):
            left[key].append(tuple(why))
    waiting = SubmissionLine.objects.included().filter(
        order=OuterRef("order"), submission__state__in=WITH_ACCOUNTING
    )
    still_open = to_be_invoiced_in(periods).filter(~Exists(waiting))
    for key, number in still_open.values_list("period", "order__number"):
        left[key].append((number, "left_out"))
    return {
        key: [{"number": number, "reason": reason} for number, reason in sorted(rows)]
        for key, rows in left.items()
    }


def _with_carry(documents: "QuerySet[Document]") -> "QuerySet[Any]":
    """Documents with ``carried``: what stood open between the marketplace and the seller before each was
    posted, positive where the marketplace owed.
    """
    own = Entry.objects.filter(key=Concat(Value("document:"), OuterRef("reference"))).values("pk")
    before = Q(entry__at__lt=OuterRef("issued_at")) | Q(
        entry__at=OuterRef("issued_at"), entry__lt=OuterRef("own_entry")
    )
    postings = Posting.objects.filter(
        before, account__seller=OuterRef("seller"), account__kind__in=OF_SELLERS
    )
    total = postings.order_by().values("account__seller").annotate(total=Sum("amount")).values("total")
    carried = -Coalesce(Subquery(total), 0, output_field=BigIntegerField())
    return documents.annotate(own_entry=Subquery(own)).annotate(carried=carried)


def _amounts(document: Any, left: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "orders": document.orders,
        "excluded": left,
        "currency": document.currency,
        **_billing(document),
        "net": _net(document.net_due),
        "credit_document": None,
        "corrections": [],
        "carried_in": decimal_text(int(document.carried)),
    }


def _net(due: int) -> dict[str, str]:
    """Who pays whom how much: positive is due to the seller."""
    payer, payee = ("marketplace", "seller") if due >= 0 else ("seller", "marketplace")
    return {"payer": payer, "payee": payee, "amount": decimal_text(abs(due))}


def _billing(document: Document, *, empty: bool = False) -> dict[str, str]:
    """A document's sums; what the seller invoices only in resale. ``empty`` tells of a period without one."""
    amounts = {
        "customer_total": document.customer_total,
        "purchase_net": document.purchase_net,
        "purchase_vat": document.purchase_vat,
        "purchase_gross": document.purchase_gross,
        "commission_gross": document.commission_gross,
        "held_by_seller": document.held_by_seller,
        "held_by_marketplace": document.held_by_marketplace,
    }
    agency = document.model == BusinessModel.AGENCY
    return {
        name: decimal_text(0 if empty else amount)
        for name, amount in amounts.items()
        if not (agency and name.startswith("purchase_"))
    }


def _waiting(period: Period, submission: Submission | None, left: list[dict[str, str]]) -> dict[str, Any]:
    state = submission.state if submission else State.NOTHING_NEW
    waits = submission is not None and submission.state in WITH_ACCOUNTING
    return {
        # A document that was issued and is none of the live ones was voided.
        "state": "void" if state == State.DOCUMENTED else state,
        "orders": submission.included if submission and waits else 0,
        "excluded": left,
        "currency": period.market.currency,
    }
