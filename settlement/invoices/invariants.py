"""What sellers' invoices promise: each equals its document, is posted once, and is noted on it."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from marketplace.kernel.books import book_check
from marketplace.ledger.models import AccountKind, Entry, Posting
from marketplace.parties.models import BusinessModel
from settlement.documents.models import Document, DocumentRate, Invoicing
from settlement.invoices.models import Invoice, InvoiceRate, State


@book_check("invoices: a booked invoice equals its document, per VAT rate and in all")
def differing_invoices() -> Iterable[str]:
    booked = Invoice.objects.filter(state=State.BOOKED)
    totals = Q(net=F("document__purchase_net"), vat=F("document__purchase_vat"))
    for number, reference in booked.exclude(totals).values_list("number", "document__reference"):
        yield f"{number} for {reference}: totals differ"
    twin = DocumentRate.objects.filter(
        document=OuterRef("invoice__document"),
        vat_bp=OuterRef("vat_bp"),
        net=OuterRef("net"),
        vat=OuterRef("vat"),
    )
    rates = InvoiceRate.objects.filter(invoice__state=State.BOOKED).exclude(Exists(twin))
    for number, vat_bp in rates.values_list("invoice__number", "vat_bp"):
        yield f"{number}: {vat_bp} differs"
    sums = Coalesce(
        Subquery(
            InvoiceRate.objects.filter(invoice=OuterRef("pk"))
            .order_by()
            .values("invoice")
            .annotate(total=Sum(F("net") + F("vat")))
            .values("total")
        ),
        0,
    )
    for number in booked.annotate(summed=sums).exclude(summed=F("gross")).values_list("number", flat=True):
        yield f"{number}: rates do not add up to it"


@book_check("invoices: every booked invoice is posted, every cancelled one reversed")
def unposted_invoices() -> Iterable[str]:
    postings = Posting.objects.filter(
        Q(entry__key__startswith="invoice:") | Q(entry__key__startswith="reversal:invoice:"),
        account__kind__in=(AccountKind.PAYABLE, AccountKind.RECEIVABLE),
    )
    posted: dict[str, int] = {}
    for key, amount in postings.values_list("entry__key", "amount"):
        name = key.removeprefix("reversal:")
        posted[name] = posted.get(name, 0) + amount
    decided = Invoice.objects.exclude(state__in=[State.SUBMITTED, State.REFUSED])
    for invoice in decided.select_related("document").iterator():
        expected = -invoice.document.sign * invoice.gross if invoice.state == State.BOOKED else 0
        if posted.get(invoice.key) != expected:
            yield f"{invoice.number}: {posted.get(invoice.key)} posted, not {expected}"


@book_check("invoices: documents know whether they are invoiced")
def misnoted_documents() -> Iterable[str]:
    for invoicing, states in {
        Invoicing.RECEIVED: [State.SUBMITTED],
        Invoicing.BOOKED: [State.BOOKED],
        Invoicing.AWAITED: [],
    }.items():
        answer = Invoice.objects.live().filter(document=OuterRef("pk"))
        noted = Document.objects.filter(invoicing=invoicing, model=BusinessModel.RESALE)
        if states:
            wrong = noted.exclude(Exists(answer.filter(state__in=states)))
        else:
            wrong = noted.filter(Exists(answer))
        for reference in wrong.values_list("reference", flat=True):
            yield f"{reference}: noted as {invoicing}"


@book_check("invoices: child and parent belong to one seller")
def strayed_invoices() -> Iterable[str]:
    yield from Invoice.objects.exclude(seller=F("document__seller")).values_list("number", flat=True)


@book_check("invoices: no entry is without its invoice")
def entries_without_invoices() -> Iterable[str]:
    keys = {
        f"invoice:{pk}" for pk in Invoice.objects.filter(booked_at__isnull=False).values_list("pk", flat=True)
    }
    for key in Entry.objects.filter(key__startswith="invoice:").values_list("key", flat=True):
        if key not in keys:
            yield key
