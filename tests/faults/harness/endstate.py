"""Where a round ended: amounts and counts by name, to be compared with those of an undisturbed run."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet, Sum

from marketplace.kernel.models import AuditRecord, OutgoingMail
from marketplace.ledger.models import Posting
from marketplace.orders.models import Order
from settlement.documents.models import Document, State
from settlement.invoices.models import Invoice
from settlement.netting.models import Item, SetOff
from settlement.payouts.models import Collection, Payout
from tests.faults.harness.seed import OPEN
from tests.faults.harness.tasks import VERB

Facts = dict[str, int]
BY_SELLER = "seller__partner_number"
TOTALS: dict[type[Any], tuple[str, ...]] = {
    Document: ("orders", "customer_total", "purchase_net", "purchase_gross", "held_by_seller"),
    Invoice: ("net", "gross"),
    Item: ("total", "settled", "reserved", "withheld"),
    SetOff: ("payables", "receivables", "netted"),
    Payout: ("exact", "amount"),
    Collection: ("exact", "amount", "received"),
}
"""Sums per seller that must come out the same, whatever happened on the way."""

MAYBE = "collection:"
"""A demand that is paid before its letter is drawn needs none."""


def end_state() -> Facts:
    """Orders by state, papers and their totals per seller, the books, the letters, the ticks."""
    facts: Facts = {
        "marks of ticks": AuditRecord.objects.filter(verb=VERB).count(),
    }
    keys = OutgoingMail.objects.exclude(key__startswith=MAYBE).values_list("key", flat=True)
    for kind, count in Counter(re.sub(r"[^a-z]+", " ", key).strip() for key in keys).items():
        facts[f"letters of {kind}"] = count
    orders = Order.objects.exclude(number__startswith=OPEN)
    for seller, state, count in grouped(orders, BY_SELLER, "state", amount=Count("pk")):
        facts[f"orders of {seller} {state}"] = count
    for model, names in TOTALS.items():
        facts |= _totals(model, names)
    accounts = ("account__kind", "account__seller__partner_number")
    for kind, seller, total in grouped(Posting.objects.all(), *accounts, amount=Sum("amount")):
        facts[f"balance of {kind} {seller or ''}"] = total
    return facts


def grouped(rows: QuerySet[Any], *by: str, amount: Any) -> Iterable[tuple[Any, ...]]:
    """Rows added up by columns."""
    yield from rows.order_by().values_list(*by).annotate(amount=amount)


def _totals(model: type[Any], names: Iterable[str]) -> Facts:
    rows = model.objects.exclude(state=State.VOID) if model is Document else model.objects.all()
    split = [BY_SELLER] if model is Item else [BY_SELLER, "state"]
    what, facts = model._meta.verbose_name_plural, {}
    for name in ("count", *names):
        amount = Count("pk") if name == "count" else Sum(name)
        for *key, total in grouped(rows, *split, amount=amount):
            facts[f"{what} of {' '.join(key)}: {name}"] = total
    return facts
