"""Laying out the lines of many documents at once, in SQL: PostgreSQL's and SQLite's, the same text.

What :mod:`settlement.documents.rules` says of one document is said here of sets: VAT on the sum of a rate's
nets, split back by largest remainder, ties to the lowest order number. A document for which 64-bit integers
might not do, or where orders at a rate have different signs, is left to those rules themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models.functions import Collate

from marketplace.kernel.sets import codepoints
from marketplace.orders.models import Order
from settlement.documents.models import Document, DocumentLine
from settlement.documents.queries import amounts_of
from settlement.documents.rules import RateAmount, vat_of, vat_per_order
from settlement.review.models import LineQuerySet, Submission, SubmissionLine

LARGEST = 2**63 - 1

RATES = """
SELECT billed.submission_id, rate.vat_bp, CAST(sum(rate.purchase_net) AS bigint),
       CAST(sum(rate.gross) AS bigint), min(rate.purchase_net), max(rate.purchase_net)
FROM ({billed}) billed JOIN orders_orderrate rate ON rate.order_id = billed.order_id
GROUP BY billed.submission_id, rate.vat_bp ORDER BY billed.submission_id, rate.vat_bp
"""

LINES = """
INSERT INTO documents_documentline (
  document_id, order_id, position, number, customer, placed_at, delivered_at, late, payment, total,
  held_by_seller, held_by_marketplace, purchase_net, purchase_vat, products)
WITH heads AS MATERIALIZED (
  SELECT document.id, document.submission_id, period.starts_at
  FROM documents_document document JOIN periods_period period ON period.id = document.period_id
  WHERE document.id IN ({documents})
),
parts AS (
  SELECT heads.id AS document_id, heads.starts_at, billed.order_id, billed.number,
         whole.id AS whole_id, whole.vat,
         rate.purchase_net * whole.vat / nullif(whole.net, 0) AS part,
         rate.purchase_net * whole.vat %% nullif(whole.net, 0) AS remainder
  FROM heads
  JOIN ({billed}) billed ON billed.submission_id = heads.submission_id
  LEFT JOIN orders_orderrate rate ON rate.order_id = billed.order_id
  LEFT JOIN documents_documentrate whole ON whole.document_id = heads.id AND whole.vat_bp = rate.vat_bp
),
shares AS (
  SELECT document_id, starts_at, order_id, number, part
         + CASE WHEN row_number() OVER by_remainder <= vat - sum(part) OVER (PARTITION BY whole_id)
                THEN 1 ELSE 0 END AS share
  FROM parts
  WINDOW by_remainder AS (PARTITION BY whole_id ORDER BY remainder DESC, number COLLATE "{codepoints}")
),
sums AS (
  SELECT document_id, starts_at, order_id, coalesce(CAST(sum(share) AS bigint), 0) AS vat,
         row_number() OVER (PARTITION BY document_id ORDER BY number COLLATE "{codepoints}") AS position
  FROM shares GROUP BY document_id, number, order_id, starts_at
)
SELECT sums.document_id, the_order.id, sums.position, the_order.number, the_order.customer_name,
       the_order.placed_at, the_order.delivered_at, the_order.delivered_at < sums.starts_at,
       the_order.payment, the_order.total, the_order.held_by_seller, the_order.held_by_marketplace,
       the_order.purchase_net, sums.vat, the_order.parts ->> 'lines'
FROM sums JOIN orders_order the_order ON the_order.id = sums.order_id
"""


@dataclass(frozen=True, slots=True)
class RateSums:
    """A document's sums at a rate, and the extremes among its orders' nets."""

    amount: RateAmount
    least: int
    most: int

    @property
    def is_plain(self) -> bool:
        """Whether SQL may split its VAT: no negative net, and no product beyond 64 bits."""
        return self.least >= 0 and self.most * max(vat_of(self.amount), 1) <= LARGEST


def rate_sums(submissions: Sequence[Submission]) -> dict[int, list[RateSums]]:
    """Per submission, the sums of the orders to be billed at each VAT rate, lowest rate first."""
    found: dict[int, list[RateSums]] = {submission.pk: [] for submission in submissions}
    billed, values = _compiled(SubmissionLine.objects.included().filter(submission__in=submissions))
    with connection.cursor() as cursor:
        cursor.execute(RATES.format(billed=billed), values)
        for key, vat_bp, net, gross, least, most in cursor.fetchall():
            found[key].append(RateSums(RateAmount(vat_bp, net, gross), least, most))
    return found


def lay_lines(documents: Sequence[Document], sums: dict[int, list[RateSums]]) -> None:
    """Write the lines of documents whose rates are written: one per order to be billed, by number."""
    plain = [each for each in documents if _is_plain(sums[each.submission_id])]
    if plain:
        billed, values = _compiled(SubmissionLine.objects.included())
        places = ", ".join(["%s"] * len(plain))
        text = LINES.format(documents=places, billed=billed, codepoints=codepoints())
        with connection.cursor() as cursor:
            cursor.execute(text, [*(document.pk for document in plain), *values])
    for document in documents:
        if not _is_plain(sums[document.submission_id]):
            _lay_by_rule(document)


def _is_plain(sums: Sequence[RateSums]) -> bool:
    return all(each.is_plain for each in sums)


def _compiled(lines: LineQuerySet) -> tuple[str, Any]:
    """The columns read here of some lines, as SQL and its values."""
    query = lines.values_list("submission_id", "order_id", "number").query
    text, values = query.get_compiler(connection=connection).as_sql()
    return text, values


def _lay_by_rule(document: Document) -> None:
    """The same for one document, by the rules themselves."""
    wanted = document.submission.lines.included().values("order")
    orders = list(Order.objects.filter(pk__in=wanted).order_by(Collate("number", codepoints())))
    vat = vat_per_order(amounts_of(orders))
    DocumentLine.objects.bulk_create(
        [_line(document, order, place, vat[order.number]) for place, order in enumerate(orders, start=1)],
        batch_size=2000,
    )


def _line(document: Document, order: Order, place: int, vat: int) -> DocumentLine:
    assert order.delivered_at is not None, f"{order} is billed and was never delivered"
    return DocumentLine(
        document=document,
        order=order,
        position=place,
        number=order.number,
        customer=order.customer_name,
        placed_at=order.placed_at,
        delivered_at=order.delivered_at,
        late=order.delivered_at < document.period.starts_at,
        payment=order.payment,
        total=order.total,
        held_by_seller=order.held_by_seller,
        held_by_marketplace=order.held_by_marketplace,
        purchase_net=order.purchase_net,
        purchase_vat=vat,
        products=order.parts["lines"],
    )
