"""What billing invoices promise: gapless, equal to their lines, taken back whole, posted, drawn, run once."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Concat
from django.utils import timezone

from marketplace.kernel.books import book_check
from marketplace.kernel.files import sha256_on_disk
from marketplace.kernel.models import Job, JobState, OutgoingMail
from marketplace.kernel.numbers import broken_series
from marketplace.ledger.models import AccountKind, Entry, Posting
from settlement.billing.catalogues import STRICT_VAT
from settlement.billing.models import (
    BillingInvoice,
    BillingKind,
    BillingLine,
    ChangeRequest,
    RequestState,
    Subject,
    Wish,
)
from settlement.billing.operations.numbering import INVOICE_SERIES
from settlement.billing.rules.splitting import wanted_of

PATIENCE = timedelta(minutes=30)
"""As long as it takes until one that nobody draws is no delay any more."""


@book_check("billing invoices: numbers are without gaps and twins")
def gaps() -> Iterable[str]:
    for kind, series in INVOICE_SERIES.items():
        yield from broken_series(BillingInvoice.objects.filter(kind=kind), kind=series)


@book_check("billing invoices: each adds up from its lines, which are its seller's")
def adding_up() -> Iterable[str]:
    sums = BillingInvoice.objects.annotate(
        lines_net=Sum("lines__net"), lines_vat=Sum("lines__vat"), lines_gross=Sum("lines__gross")
    )
    same = {"lines_net": F("net"), "lines_vat": F("vat"), "lines_gross": F("gross")}
    yield from sums.exclude(**same).values_list("reference", flat=True)
    of_seller = Q(deposit__seller=F("invoice__seller")) | Q(fee__seller=F("invoice__seller"))
    of_subject = Q(deposit__isnull=False, invoice__subject=Subject.DEPOSITS) | Q(
        fee__isnull=False, invoice__subject=Subject.FEES
    )
    astray = BillingLine.objects.exclude(of_seller & of_subject)
    yield from astray.values_list("invoice__reference", flat=True)


@book_check("billing invoices: a credit note takes back just what its invoice says, line by line")
def differing_notes() -> Iterable[str]:
    notes = BillingInvoice.objects.filter(kind=BillingKind.CREDIT)
    same = {name: F(f"credits__{name}") for name in ("seller", "subject", "net", "vat", "gross", "currency")}
    yield from notes.exclude(**same).values_list("reference", flat=True)
    twin = BillingLine.objects.filter(
        invoice__credit_note=OuterRef("invoice"),
        position=OuterRef("position"),
        net=OuterRef("net"),
        vat=OuterRef("vat"),
    ).filter(Q(deposit=OuterRef("deposit")) | Q(fee=OuterRef("fee")))
    lines = BillingLine.objects.filter(invoice__kind=BillingKind.CREDIT).exclude(Exists(twin))
    yield from lines.values_list("invoice__reference", flat=True)


@book_check(
    "change requests: what was carried out is a credit note and what was wanted, with the same totals"
)
def crooked_requests() -> Iterable[str]:
    done = ChangeRequest.objects.filter(state=RequestState.DONE).select_related("invoice__market")
    told = done.annotate(
        notes=Count("issued", filter=Q(issued__credits=F("invoice"))),
        new=Count("issued", filter=Q(issued__replaces=F("invoice"))),
        gross=Sum("issued__gross", filter=Q(issued__replaces=F("invoice")), default=0),
        vat=Sum("issued__vat", filter=Q(issued__replaces=F("invoice")), default=0),
    )
    for request in told.iterator():
        invoice, (notes, new, gross, vat) = request.invoice, _found(request)
        cancelled = request.wish == Wish.CANCEL
        # Where each invoice's VAT is its own, it may be rounded apart by less than a cent each.
        apart = new if invoice.market.code in STRICT_VAT else 0
        whole = (0, 0) if cancelled else (invoice.gross, invoice.vat)
        fits = gross == whole[0] and abs(vat - whole[1]) <= apart
        if notes != 1 or new != len(wanted_of(request.wanted)) or not fits:
            yield request.reference


def _found(request: Any) -> tuple[int, int, int, int]:
    """What a request was found to have issued: notes, invoices, and their total and VAT."""
    return request.notes, request.new, request.gross, request.vat


@book_check("change requests: each was written to support")
def untold_requests() -> Iterable[str]:
    letter = OutgoingMail.objects.filter(
        key=Concat(Value("change_request:"), OuterRef("reference"), Value(":asked"))
    )
    yield from ChangeRequest.objects.filter(~Exists(letter)).values_list("reference", flat=True)


@book_check("billing invoices: the books hold what each says")
def misposted() -> Iterable[str]:
    own = Entry.objects.filter(key=Concat(Value("billing_invoice:"), OuterRef("reference")))
    due = BillingInvoice.objects.exclude(subject=Subject.DEPOSITS, vat=0)
    yield from due.filter(~Exists(own)).values_list("reference", flat=True)
    posted = Posting.objects.filter(entry__key__startswith="billing_invoice:", account__kind=AccountKind.VAT)
    books = dict(posted.order_by().values_list("account__market__code").annotate(Sum("amount")))
    signed = BillingInvoice.objects.order_by().values_list("market__code")
    on = dict(signed.filter(kind=BillingKind.INVOICE).annotate(Sum("vat")))
    off = dict(signed.filter(kind=BillingKind.CREDIT).annotate(Sum("vat")))
    for code in sorted(books.keys() | on.keys()):
        if -books.get(code, 0) != on.get(code, 0) - off.get(code, 0):
            yield f"{code}: VAT of billing invoices"


@book_check("billing invoices: each is drawn, or a job will do it")
def left_undrawn() -> Iterable[str]:
    late = BillingInvoice.objects.filter(issued_at__lt=timezone.now() - PATIENCE)
    jobs = Job.objects.filter(name="billing.draw_invoice", key=OuterRef("reference"))
    will = jobs.exclude(state__in=[JobState.DONE, JobState.CANCELLED, JobState.DEAD])
    yield from late.filter(pdf__isnull=True).exclude(Exists(will)).values_list("reference", flat=True)


@book_check("billing invoices: the files are what they were when they were stored")
def changed_files() -> Iterable[str]:
    rows = BillingInvoice.objects.filter(pdf__isnull=False).select_related("pdf", "xlsx", "xml")
    for row in rows.iterator():
        for file in (row.pdf, row.xlsx, row.xml):
            if file is not None and sha256_on_disk(file) != file.sha256:
                yield f"{row.reference}: {file.name}"
