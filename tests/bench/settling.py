"""Settling a market as one would write it first: a loop over its sellers, bulk_create for their rows.

It leaves the same rows behind as a settlement run does up to its documents, with the same two transactions
per seller and the same second look, and shares no code with one but the models and the rounding.
"""

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from marketplace.kernel.models import AuditRecord, Job, NumberSeries
from marketplace.kernel.money import round_half_up, split
from marketplace.ledger.models import Account, Entry, Posting
from marketplace.orders.models import Billable, Order, OrderRate
from marketplace.parties.models import Market, Seller
from settlement.claims.models import Claim, Hold
from settlement.documents.models import Document, DocumentLine, DocumentRate
from settlement.periods.models import Period
from settlement.review.models import Submission, SubmissionChange, SubmissionLine
from tests.bench.period import CUTOFF, STARTS_AT

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
FIRST_ON, END_ON = date(2026, 10, 1), date(2026, 11, 1)


def settle_each(market: Market, *, most: int | None = None) -> None:
    """Settle October of every seller: hand in what is open, then issue a document over it."""
    sellers = Seller.objects.filter(market=market, is_active=True).order_by("pk")
    for key in list(sellers.values_list("pk", flat=True)[:most]):
        with transaction.atomic():
            _hand_in(market, Seller.objects.select_for_update().get(pk=key))
    waiting = Submission.objects.filter(market=market, state="approved").order_by("pk")
    for key in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            Seller.objects.select_for_update().get(submissions=key)
            _issue(market, Submission.objects.select_for_update().get(pk=key))


def _hand_in(market: Market, seller: Seller) -> None:
    period = Period.objects.create(
        market=market, seller=seller, cadence="month", first_on=FIRST_ON, end_on=END_ON, starts_at=STARTS_AT,
        ends_at=CUTOFF, closed_at=AT,
    )  # fmt: skip
    orders = _open_orders(seller)
    if orders:
        _submit(market, seller, period, orders)


def _issue(market: Market, submission: Submission) -> None:
    lines = submission.lines.filter(verdict="ok", decision="")
    keys = [line.order_id for line in lines if line.order_id is not None]
    orders = _still_fine(keys)
    rates = _rates_of(orders)
    document = _document(market, submission.seller, submission.period, submission, orders, rates)
    _write_lines(document, submission.period, orders, rates)
    _post(document, rates)
    SubmissionChange.objects.create(
        submission=submission, from_state="approved", to_state="documented", at=AT
    )
    submission.state = "documented"
    submission.save(update_fields=["state"])
    _tell(document)


def _still_fine(keys: list[int]) -> list[Order]:
    """The second look: what was claimed, disputed or undone meanwhile is not issued."""
    orders = Order.objects.filter(pk__in=keys, state="delivered", test=False, delivered_at__lt=CUTOFF)
    claimed = set(Claim.objects.filter(order__in=keys).values_list("order_id", flat=True))
    held = set(Hold.objects.filter(order__in=keys, released_at=None).values_list("order_id", flat=True))
    return [order for order in orders.order_by("number") if order.pk not in claimed | held]


def _open_orders(seller: Seller) -> list[Order]:
    billables = Billable.objects.filter(seller=seller, delivered_at__lt=CUTOFF, order__model="resale")
    orders = [row.order for row in billables.select_related("order").order_by("order__number")]
    held = set(Hold.objects.filter(order__seller=seller, released_at=None).values_list("order_id", flat=True))
    return [order for order in orders if order.pk not in held]


def _submit(market: Market, seller: Seller, period: Period, orders: list[Order]) -> None:
    submission = Submission.objects.create(
        market=market, seller=seller, period=period, origin="schedule", state="approved", automatic=True,
        rows=len(orders), included=len(orders), customer_total=sum(order.total for order in orders),
        purchase_gross=sum(order.purchase_gross for order in orders), submitted_at=AT,
    )  # fmt: skip
    SubmissionLine.objects.bulk_create(
        SubmissionLine(submission=submission, position=place, number=order.number, order=order, verdict="ok")
        for place, order in enumerate(orders, start=1)
    )
    SubmissionChange.objects.create(submission=submission, from_state="reading", to_state="approved", at=AT)


def _rates_of(orders: list[Order]) -> dict[int, list[OrderRate]]:
    by_rate = defaultdict(list)
    for rate in OrderRate.objects.filter(order__in=[order.pk for order in orders]):
        by_rate[rate.vat_bp].append(rate)
    return dict(sorted(by_rate.items()))


def _vat(vat_bp: int, rates: list[OrderRate]) -> int:
    return round_half_up(sum(rate.purchase_net for rate in rates) * vat_bp, 10_000)


def _document(
    market: Market,
    seller: Seller,
    period: Period,
    submission: Submission,
    orders: list[Order],
    by_rate: dict[int, list[OrderRate]],
) -> Document:
    NumberSeries.objects.get_or_create(market=market, kind="document", year=2026)
    series = NumberSeries.objects.select_for_update().get(market=market, kind="document", year=2026)
    series.last += 1
    series.save()
    net = sum(rate.purchase_net for rates in by_rate.values() for rate in rates)
    vat = sum(_vat(vat_bp, rates) for vat_bp, rates in by_rate.items())
    held = sum(order.held_by_seller for order in orders)
    document = Document.objects.create(
        market=market, seller=seller, period=period, submission=submission, year=2026, serial=series.last,
        reference=f"{market.code}-2026-{series.last:06}", issued_at=AT, issued_on=AT.date(),
        currency=market.currency, orders=len(orders), customer_total=submission.customer_total,
        purchase_net=net, purchase_vat=vat, purchase_gross=net + vat, held_by_seller=held,
        held_by_marketplace=submission.customer_total - held, parties=_parties(market, seller),
    )  # fmt: skip
    DocumentRate.objects.bulk_create(
        DocumentRate(
            document=document,
            vat_bp=vat_bp,
            net=sum(rate.purchase_net for rate in rates),
            vat=_vat(vat_bp, rates),
            customer_gross=sum(rate.gross for rate in rates),
        )
        for vat_bp, rates in by_rate.items()
    )
    return document


def _parties(market: Market, seller: Seller) -> dict[str, Any]:
    names = ("partner_number", "name", "tax_id", "street", "city", "zip", "country")
    entity = ("entity_name", "entity_tax_id", "entity_street", "entity_city", "entity_zip", "entity_iban")
    return {
        "seller": {name: getattr(seller, name) for name in names},
        "marketplace": {name: getattr(market, name) for name in entity},
    }


def _write_lines(
    document: Document, period: Period, orders: list[Order], by_rate: dict[int, list[OrderRate]]
) -> None:
    numbers = {order.pk: order.number for order in orders}
    shares = dict.fromkeys(numbers.values(), 0)
    for vat_bp, rates in by_rate.items():
        nets = [(numbers[rate.order_id], rate.purchase_net) for rate in rates]
        for number, part in split(_vat(vat_bp, rates), nets).items():
            shares[number] += part
    DocumentLine.objects.bulk_create(
        DocumentLine(
            document=document, order=order, position=place, number=order.number,
            customer=order.customer_name, placed_at=order.placed_at, delivered_at=order.delivered_at or AT,
            late=bool(order.delivered_at and order.delivered_at < period.starts_at), payment=order.payment,
            total=order.total, held_by_seller=order.held_by_seller,
            held_by_marketplace=order.held_by_marketplace, purchase_net=order.purchase_net,
            purchase_vat=shares[order.number], products=order.parts["lines"],
        )
        for place, order in enumerate(orders, start=1)
    )  # fmt: skip
    Claim.objects.bulk_create(
        Claim(order=order, reference=document.reference, claimed_at=AT) for order in orders
    )
    Billable.objects.filter(order__in=[order.pk for order in orders]).delete()


def _post(document: Document, by_rate: dict[int, list[OrderRate]]) -> None:
    vat = sum(
        round_half_up(sum(rate.gross for rate in rates) * vat_bp, 10_000 + vat_bp)
        for vat_bp, rates in by_rate.items()
    )
    amounts = {
        "prepaid": document.held_by_marketplace,
        "receivable": document.held_by_seller,
        "sales": vat - document.customer_total,
        "vat": -vat,
    }
    entry = Entry.objects.create(
        key=f"document:{document.reference}", fingerprint=f"{hash(tuple(amounts.items()))}",
        market=document.market, at=AT, text=f"Invoice document {document.reference}",
    )  # fmt: skip
    Posting.objects.bulk_create(
        Posting(entry=entry, account=_account(document, kind), amount=amount)
        for kind, amount in amounts.items()
        if amount
    )


def _account(document: Document, kind: str) -> Account:
    seller = document.seller if kind == "receivable" else None
    account, _ = Account.objects.get_or_create(
        market=document.market, seller=seller, kind=kind, currency=document.currency
    )
    return account


def _tell(document: Document) -> None:
    AuditRecord.objects.create(
        at=AT, verb="document.issued", subject=document.reference, seller=document.seller,
        details={"orders": document.orders, "purchase_gross": document.purchase_gross},
    )  # fmt: skip
    Job.objects.create(
        name="documents.render", key=document.reference, args={"document_id": document.pk},
        seller=document.seller, created_at=AT, ready_at=AT,
    )  # fmt: skip
