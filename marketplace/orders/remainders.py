"""What is left of orders at a cut-off, as SQL: what came back before it is neither billed nor settled.

The rows asked may be orders, or rows that lead to one: ``order`` is the way there (``order__``), ``key``
the order's key among them. Only an order something came back of is looked at twice.
"""

from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from marketplace.orders.models import Custody, Method, Refund, RefundState, Return
from marketplace.parties.models import BusinessModel

Cutoff = datetime | F


def returned_before(cutoff: Cutoff, *, order: str = "") -> Q:
    """Orders something came back of before a cut-off."""
    return Q(**{f"{order}returned_at__lt": cutoff})


def left(column: str, *, cutoff: Cutoff, order: str = "", key: str = "pk") -> Case:
    """``total``, ``purchase_net`` or ``purchase_gross`` of an order, less what came back before a cut-off."""
    last = _returns(cutoff, key).order_by("-at", "-number").values(f"left_{column}")[:1]
    return _either(cutoff, order, Subquery(last), F(f"{order}{column}"))


def last_return(*, cutoff: Cutoff, order: str = "", key: str = "pk") -> Case:
    """The key of the last return before a cut-off; null where nothing came back."""
    last = _returns(cutoff, key).order_by("-at", "-number").values("pk")[:1]
    return _either(cutoff, order, Subquery(last), Value(None, output_field=BigIntegerField()))


def held_by_seller(*, cutoff: Cutoff, order: str = "", key: str = "pk") -> Case:
    """The customer's cash a seller holds at a cut-off, less what it gave back itself.

    In agency what it must give back is its own affair; in resale a refund counts once its proof was seen.
    """
    held = F(f"{order}held_by_seller")
    back = counted_before(_outer(cutoff)).filter(order=OuterRef(key))
    return _either(cutoff, order, held - _sum(back), held)


def counted_before(cutoff: Any) -> "QuerySet[Refund]":
    """Refunds of sellers, for what came back before a cut-off, that count at it as given back."""
    paid = Q(state=RefundState.PAID, paid_at__lt=cutoff)
    counts = Q(order__model=BusinessModel.AGENCY) | paid
    return Refund.objects.live().filter(counts, payer=Custody.SELLER, returned__at__lt=cutoff)


def paid_by(method: Method, *, cutoff: Cutoff, order: str = "", key: str = "pk") -> Case:
    """What a voucher, or cash on delivery, paid of an order, less what is given back of it."""
    column = {Method.VOUCHER: "voucher_amount", Method.COD: "cod_amount"}[method]
    back = Refund.objects.live().filter(
        order=OuterRef(key), returned__at__lt=_outer(cutoff), tender__method=method
    )
    paid = F(f"{order}{column}")
    return _either(cutoff, order, paid - _sum(back), paid)


def is_all_back(*, cutoff: Cutoff, order: str = "", key: str = "pk") -> Q:
    """Orders of which nothing is left to bill or to settle at a cut-off."""
    nothing = Exists(_returns(cutoff, key).filter(left_total=0, left_purchase_gross=0))
    held = held_by_seller(cutoff=cutoff, order=order, key=key)
    return returned_before(cutoff, order=order) & Q(nothing) & Q(Exact(held, 0))


def _returns(cutoff: Cutoff, key: str) -> "QuerySet[Return]":
    return Return.objects.filter(order=OuterRef(key), at__lt=_outer(cutoff))


def _outer(cutoff: Cutoff) -> Any:
    return OuterRef(cutoff.name) if isinstance(cutoff, F) else cutoff  # type: ignore[attr-defined]


def _sum(rows: "QuerySet[Refund]") -> Coalesce:
    total = rows.order_by().values("order").annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total), 0, output_field=BigIntegerField())


def _either(cutoff: Cutoff, order: str, returned: Any, usual: Any) -> Case:
    """CASE looks no further than it must: orders nothing came back of cost nothing more."""
    return Case(
        When(returned_before(cutoff, order=order), then=returned),
        default=usual,
        output_field=BigIntegerField(),
    )
