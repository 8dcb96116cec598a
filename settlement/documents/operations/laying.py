"""Laying out the lines of many documents at once, in SQL: PostgreSQL's and SQLite's, the same text.

What :mod:`settlement.documents.rules` says of one document is said here of sets: VAT on the sum of a rate's
nets, split back by largest remainder, ties to the lowest order number. A document for which 64-bit integers
might not do, or where orders at a rate have different signs, is left to those rules themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from marketplace.kernel.sets import codepoints
from marketplace.orders.models import Order, Return
from marketplace.orders.remainders import held_by_seller, last_return, left
from marketplace.parties.models import BusinessModel
from settlement.documents.models import Document, DocumentLine
from settlement.documents.rules import OrderAmounts, RateAmount, vat_of, vat_per_order
from settlement.review.models import LineQuerySet, Submission, SubmissionLine

LARGEST = 2**63 - 1

AMOUNTS = {
    BusinessModel.RESALE: """
SELECT {columns}, rate.vat_bp AS vat_bp,
       CASE WHEN billed.last IS NULL THEN rate.purchase_net ELSE coalesce(kept.purchase_net, 0) END AS net,
       CASE WHEN billed.last IS NULL THEN rate.gross ELSE coalesce(kept.gross, 0) END AS gross
FROM ({billed}) billed {join} orders_orderrate rate ON rate.order_id = billed.order_id
LEFT JOIN orders_rateleft kept ON kept.returned_id = billed.last AND kept.vat_bp = rate.vat_bp
""",
    BusinessModel.AGENCY: """
SELECT {columns}, CAST({standard} AS integer) AS vat_bp,
       CAST(sum(CASE WHEN billed.last IS NULL THEN rate.commission_net
                     ELSE coalesce(kept.commission_net, 0) END) AS bigint) AS net,
       CAST(sum(CASE WHEN billed.last IS NULL THEN rate.gross
                     ELSE coalesce(kept.gross, 0) END) AS bigint) AS gross
FROM ({billed}) billed {join} orders_orderrate rate ON rate.order_id = billed.order_id
LEFT JOIN orders_rateleft kept ON kept.returned_id = billed.last AND kept.vat_bp = rate.vat_bp
GROUP BY {columns}
""",
}
"""The amounts to be billed, by order and VAT rate: the purchase price, or the commission at the market's
rate. Of an order something came back of before the cut-off, what is left of it.
"""

RATES = """
SELECT submission_id, vat_bp, CAST(sum(net) AS bigint), CAST(sum(gross) AS bigint), min(net), max(net)
FROM ({amounts}) amounts GROUP BY submission_id, vat_bp ORDER BY submission_id, vat_bp
"""

COLUMNS = ("submission_id", "order_id", "number", "last", "total_left", "net_left", "held_left")
"""What is read of the lines of a submission."""

LINES = """
INSERT INTO documents_documentline (
  document_id, order_id, position, number, customer, placed_at, delivered_at, late, payment, total,
  held_by_seller, held_by_marketplace, purchase_net, purchase_vat, commission_net, commission_vat,
  original, products)
WITH heads AS MATERIALIZED (
  SELECT document.id, document.submission_id, period.starts_at
  FROM documents_document document JOIN periods_period period ON period.id = document.period_id
  WHERE document.id IN ({documents})
),
parts AS (
  SELECT heads.id AS document_id, heads.starts_at, amounts.*,
         whole.id AS whole_id, whole.vat,
         amounts.net * whole.vat / nullif(whole.net, 0) AS part,
         amounts.net * whole.vat %% nullif(whole.net, 0) AS remainder
  FROM heads
  JOIN ({amounts}) amounts ON amounts.submission_id = heads.submission_id
  LEFT JOIN documents_documentrate whole
    ON whole.document_id = heads.id AND whole.vat_bp = amounts.vat_bp
),
shares AS (
  SELECT document_id, starts_at, order_id, number, last, total_left, net_left, held_left, net, part
         + CASE WHEN row_number() OVER by_remainder <= vat - sum(part) OVER (PARTITION BY whole_id)
                THEN 1 ELSE 0 END AS share
  FROM parts
  WINDOW by_remainder AS (PARTITION BY whole_id ORDER BY remainder DESC, number COLLATE "{codepoints}")
),
sums AS (
  SELECT document_id, starts_at, order_id, last, total_left, net_left, held_left,
         coalesce(CAST(sum(net) AS bigint), 0) AS net, coalesce(CAST(sum(share) AS bigint), 0) AS vat,
         row_number() OVER (PARTITION BY document_id ORDER BY number COLLATE "{codepoints}") AS position
  FROM shares
  GROUP BY document_id, number, order_id, starts_at, last, total_left, net_left, held_left
)
SELECT sums.document_id, the_order.id, sums.position, the_order.number, the_order.customer_name,
       the_order.placed_at, the_order.delivered_at, the_order.delivered_at < sums.starts_at,
       the_order.payment, sums.total_left, sums.held_left, sums.total_left - sums.held_left,
       {billing}, '',
       (the_order.parts ->> 'lines') || coalesce('-' || returned.number, '')
FROM sums JOIN orders_order the_order ON the_order.id = sums.order_id
LEFT JOIN orders_return returned ON returned.id = sums.last
"""

BILLING = {
    BusinessModel.RESALE: "sums.net_left, sums.vat, 0, 0",
    BusinessModel.AGENCY: "sums.total_left - sums.net - sums.vat, 0, sums.net, sums.vat",
}
"""A line's purchase price (in agency the seller's part) and commission, each net and VAT."""


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
    for some in _alike(submissions):
        amounts, values = _amounts(some[0], SubmissionLine.objects.filter(submission__in=some), join="JOIN")
        with connection.cursor() as cursor:
            cursor.execute(RATES.format(amounts=amounts), values)
            for key, vat_bp, net, gross, least, most in cursor.fetchall():
                found[key].append(RateSums(RateAmount(vat_bp, net, gross), least, most))
    return found


def lay_lines(documents: Sequence[Document], sums: dict[int, list[RateSums]]) -> None:
    """Write the lines of documents whose rates are written: one per order to be billed, by number."""
    plain = [each for each in documents if _is_plain(sums[_handed_in(each).pk])]
    for some in _alike([_handed_in(document) for document in plain]):
        mine = {submission.pk for submission in some}
        keys = [document.pk for document in plain if document.submission_id in mine]
        lines = SubmissionLine.objects.filter(submission__in=some)
        amounts, values = _amounts(some[0], lines, join="LEFT JOIN")
        text = LINES.format(
            documents=", ".join(["%s"] * len(keys)),
            amounts=amounts,
            billing=BILLING[BusinessModel(some[0].model)],
            codepoints=codepoints(),
        )
        with connection.cursor() as cursor:
            cursor.execute(text, [*keys, *values])
    for document in documents:
        if not _is_plain(sums[_handed_in(document).pk]):
            _lay_by_rule(document)


def _handed_in(document: Document) -> Submission:
    assert document.submission is not None, f"{document} was never handed in"
    return document.submission


def _is_plain(sums: Sequence[RateSums]) -> bool:
    return all(each.is_plain for each in sums)


def _alike(submissions: Sequence[Submission]) -> list[list[Submission]]:
    """Submissions of one business model, market and cut-off: what one statement can lay."""
    groups: dict[Any, list[Submission]] = {}
    for each in submissions:
        groups.setdefault((each.model, each.market_id, each.period.ends_at), []).append(each)
    return list(groups.values())


def _amounts(like: Submission, lines: LineQuerySet, *, join: str) -> tuple[str, Any]:
    """The amounts to be billed of some lines of submissions alike, as SQL and its values."""
    way: dict[str, Any] = {"cutoff": like.period.ends_at, "order": "order__", "key": "order"}
    told = lines.included().annotate(
        last=last_return(**way),
        total_left=left("total", **way),
        net_left=left("purchase_net", **way),
        held_left=held_by_seller(**way),
    )
    text, values = told.values_list(*COLUMNS).query.get_compiler(connection=connection).as_sql()
    columns = ", ".join(f"billed.{name}" for name in COLUMNS)
    standard = like.market.standard_vat_bp
    return AMOUNTS[BusinessModel(like.model)].format(
        billed=text, columns=columns, join=join, standard=standard
    ), values


def _lay_by_rule(document: Document) -> None:
    """The same for one document, by the rules themselves."""
    handed_in = _handed_in(document)
    amounts, values = _amounts(
        handed_in, SubmissionLine.objects.filter(submission=handed_in), join="LEFT JOIN"
    )
    wanted = "order_id, number, last, total_left, net_left, held_left, vat_bp, net, gross"
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {wanted} FROM ({amounts}) amounts ORDER BY number COLLATE "{codepoints()}", vat_bp',  # noqa: S608
            values,
        )
        rows = cursor.fetchall()
    parts: dict[str, list[RateAmount]] = {}
    heads: dict[str, tuple[Any, ...]] = {}
    for order_id, number, last, total, net_left, held, vat_bp, net, gross in rows:
        heads[number] = (order_id, last, total, net_left, held)
        if vat_bp is not None and net is not None:
            parts.setdefault(number, []).append(RateAmount(vat_bp, net, gross))
    vat = vat_per_order([OrderAmounts(number, tuple(parts.get(number, ()))) for number in heads])
    orders = Order.objects.in_bulk([head[0] for head in heads.values()])
    returns = Return.objects.in_bulk([head[1] for head in heads.values() if head[1]])
    lines = []
    for place, (number, (order_id, last, total, net_left, held)) in enumerate(heads.items(), start=1):
        mine = sum(part.net for part in parts.get(number, ()))
        billing = (
            (net_left, vat[number], 0, 0)
            if document.model == BusinessModel.RESALE
            else (total - mine - vat[number], 0, mine, vat[number])
        )
        lines.append(_line(document, orders[order_id], place, total, held, billing, returns.get(last)))
    DocumentLine.objects.bulk_create(lines, batch_size=2000)


def _line(
    document: Document,
    order: Order,
    place: int,
    total: int,
    held: int,
    billing: tuple[int, int, int, int],
    returned: Return | None,
) -> DocumentLine:
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
        total=total,
        held_by_seller=held,
        held_by_marketplace=total - held,
        purchase_net=billing[0],
        purchase_vat=billing[1],
        commission_net=billing[2],
        commission_vat=billing[3],
        products=order.parts["lines"] + (f"-{returned.number}" if returned else ""),
    )
