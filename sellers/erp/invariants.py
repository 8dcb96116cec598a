"""What ERP channels promise: each order once, nothing sent again unseen, and totals that agree."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from marketplace.kernel.books import book_check
from sellers.erp.models import ErpInvoice, ErpInvoiceChange, ErpState

PATIENCE = timedelta(hours=1)
"""As long as it may take until an outcome that nobody knows is looked up."""


@book_check("ERP: an order is in one ERP, once, of its own seller, and is no test")
def strays() -> Iterable[str]:
    twice = (
        ErpInvoice.objects.values("order", "order__number").annotate(count=Count("pk")).filter(count__gt=1)
    )
    yield from twice.values_list("order__number", flat=True)
    own = Q(seller=F("order__seller"), order__test=False) & Q(channel__seller=F("seller"))
    yield from ErpInvoice.objects.exclude(own).values_list("order__number", flat=True)


@book_check("ERP: what is unknown was looked up before anything was sent again")
def sent_unseen() -> Iterable[str]:
    """Each time it was sent, the move before was no loss of sight."""
    moves = ErpInvoiceChange.objects.filter(from_state=ErpState.UNKNOWN)
    wrong = moves.exclude(to_state__in=[ErpState.DONE, ErpState.WAITING, ErpState.FAILED])
    yield from wrong.values_list("invoice__order__number", flat=True)
    sent = ErpInvoice.objects.annotate(
        sendings=Count("changes", filter=Q(changes__to_state=ErpState.SENDING))
    )
    yield from sent.exclude(tries=F("sendings")).values_list("order__number", flat=True)


@book_check("ERP: nothing is left being sent, or unknown, for long")
def left_behind() -> Iterable[str]:
    late = timezone.now() - PATIENCE
    rows = ErpInvoice.objects.filter(
        state__in=[ErpState.SENDING, ErpState.UNKNOWN], sent_at__lt=late, channel__state="on"
    )
    resting = Q(channel__rests_until__gt=timezone.now())
    yield from rows.exclude(resting).values_list("order__number", flat=True)


@book_check("ERP: what is invoiced has its order's total, or says what differs")
def differing() -> Iterable[str]:
    done = ErpInvoice.objects.filter(state=ErpState.DONE, differs="")
    yield from done.exclude(total=F("order__total")).values_list("order__number", flat=True)
    moved = ErpInvoiceChange.objects.filter(invoice=OuterRef("pk"), to_state=ErpState.DONE)
    untraced = ErpInvoice.objects.filter(state=ErpState.DONE).exclude(Exists(moved))
    yield from untraced.values_list("order__number", flat=True)
