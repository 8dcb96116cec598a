"""What fee invoices promise: gapless, posted, and equal to the commission of their documents."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Concat
from django.utils import timezone

from marketplace.kernel.books import book_check
from marketplace.kernel.files import sha256_on_disk
from marketplace.kernel.models import Job, JobState
from marketplace.kernel.money import decimal_text
from marketplace.kernel.numbers import broken_series
from marketplace.ledger.models import AccountKind, Entry, Posting
from marketplace.parties.models import BusinessModel
from settlement.billing.models import FeeInvoice, Kind
from settlement.billing.operations.invoicing import SERIES
from settlement.documents.models import Document, Invoicing

PATIENCE = timedelta(minutes=30)
"""As long as it takes until one that nobody draws is no delay any more."""


@book_check("fee invoices: numbers are without gaps and twins")
def gaps() -> Iterable[str]:
    for kind, (series, _letters) in SERIES.items():
        yield from broken_series(FeeInvoice.objects.filter(kind=kind), kind=series)


@book_check("fee invoices: each equals the commission of its document")
def differing() -> Iterable[str]:
    own = Q(seller=F("document__seller"), currency=F("document__currency"))
    usual = Q(net=F("document__commission_net"), vat=F("document__commission_vat"), document__kind=F("kind"))
    turned = Q(net=-F("document__commission_net"), vat=-F("document__commission_vat"))
    same = own & (usual | (turned & ~Q(document__kind=F("kind"))))
    yield from FeeInvoice.objects.exclude(same).values_list("reference", flat=True)


@book_check("fee invoices: every agency document's commission is invoiced, or a job will do it")
def not_invoiced() -> Iterable[str]:
    told = Job.objects.unfinished().filter(name="billing.invoice_commission").values_list("args", flat=True)
    coming = {key for args in told for key in args["document_ids"]}
    bare = (
        Document.objects.live()
        .filter(model=BusinessModel.AGENCY, fee_invoice__isnull=True)
        .exclude(commission_net=0)
    )
    yield from bare.exclude(pk__in=coming).values_list("reference", flat=True)


@book_check("fee invoices: agency documents know whether their commission is invoiced")
def misnoted() -> Iterable[str]:
    agency = Document.objects.filter(model=BusinessModel.AGENCY)
    billed = Q(invoicing=Invoicing.BOOKED, fee_invoice__isnull=False)
    waiting = Q(invoicing=Invoicing.AWAITED, fee_invoice__isnull=True)
    yield from agency.exclude(billed | waiting).values_list("reference", flat=True)


@book_check("fee invoices: the books hold what each says")
def misposted() -> Iterable[str]:
    own = Entry.objects.filter(key=Concat(Value("fee_invoice:"), OuterRef("reference")))
    yield from FeeInvoice.objects.filter(~Exists(own)).values_list("reference", flat=True)
    posted = Posting.objects.filter(
        entry__key__startswith="fee_invoice:", account__kind=AccountKind.COMMISSION
    )
    for code, total in posted.order_by().values_list("account__market__code").annotate(Sum("amount")):
        rows = FeeInvoice.objects.filter(market__code=code)
        net = sum(
            sign * (rows.filter(kind=kind).aggregate(sum=Sum("net"))["sum"] or 0)
            for kind, sign in ((Kind.INVOICE, -1), (Kind.CREDIT, 1))
        )
        if total != net:
            yield f"{code}: commission {decimal_text(total)}, invoiced {decimal_text(net)}"


@book_check("fee invoices: each is drawn, or a job will do it")
def left_undrawn() -> Iterable[str]:
    late = FeeInvoice.objects.filter(issued_at__lt=timezone.now() - PATIENCE)
    bare = late.filter(Q(pdf__isnull=True) | Q(xlsx__isnull=True))
    jobs = Job.objects.filter(name="billing.render", key=OuterRef("reference"))
    will = jobs.exclude(state__in=[JobState.DONE, JobState.CANCELLED])
    yield from bare.exclude(Exists(will)).values_list("reference", flat=True)


@book_check("fee invoices: the PDF and Excel files are what they were when they were stored")
def changed_files() -> Iterable[str]:
    drawn = FeeInvoice.objects.filter(Q(pdf__isnull=False) | Q(xlsx__isnull=False))
    for row in drawn.select_related("pdf", "xlsx").iterator():
        for file in (row.pdf, row.xlsx):
            if file is not None and sha256_on_disk(file) != file.sha256:
                yield f"{row.reference}: {file.name}"
