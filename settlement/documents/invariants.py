"""What the documents promise: they add up, the books hold them, their facts and files are what they were."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
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
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from marketplace.kernel.books import book_check
from marketplace.kernel.files import sha256_on_disk
from marketplace.kernel.models import Job, JobState
from marketplace.kernel.numbers import broken_series
from marketplace.ledger.models import AccountKind, Entry, Posting
from marketplace.orders.models import Custody, Refund, RefundState, Return, Tender, TenderState
from marketplace.parties.models import BusinessModel
from settlement.claims.models import Claim
from settlement.documents.models import Document, DocumentLine, Kind, State
from settlement.documents.operations.crediting import SERIES as CREDIT_SERIES
from settlement.documents.operations.crediting import creditable_returns
from settlement.documents.operations.issuing import SERIES
from settlement.documents.queries import facts_of, lines_of
from settlement.documents.rules import fingerprint
from settlement.periods.models import Period

PATIENCE = timedelta(minutes=30)
"""Twice as long as it takes until a document nobody works on is woken again."""


def _sum(field: str) -> Coalesce:
    return Coalesce(Sum(field), 0, output_field=BigIntegerField())


LINE_SUMS = {
    "customer_total": _sum("lines__total"),
    "held_by_seller": _sum("lines__held_by_seller"),
    "held_by_marketplace": _sum("lines__held_by_marketplace"),
    "purchase_net": _sum("lines__purchase_net"),
    "purchase_vat": _sum("lines__purchase_vat"),
    "commission_net": _sum("lines__commission_net"),
    "commission_vat": _sum("lines__commission_vat"),
}
RATE_SUMS = {
    BusinessModel.RESALE: {
        "customer_total": _sum("rates__customer_gross"),
        "purchase_net": _sum("rates__net"),
        "purchase_vat": _sum("rates__vat"),
    },
    BusinessModel.AGENCY: {
        "customer_total": _sum("rates__customer_gross"),
        "commission_net": _sum("rates__net"),
        "commission_vat": _sum("rates__vat"),
    },
}
OWN_ENTRY = Concat(Value("document:"), OuterRef("reference"))
"""The key of the entry a document is posted by."""


@book_check("documents: lines and rates add up to the document")
def unbalanced_documents() -> Iterable[str]:
    yield from _differing(Document.objects.all(), "lines", {**LINE_SUMS, "orders": Count("lines")})
    for model, sums in RATE_SUMS.items():
        yield from _differing(Document.objects.filter(model=model), "rates", sums)


def _differing(documents: "QuerySet[Document]", whose: str, sums: Mapping[str, Combinable]) -> Iterable[str]:
    """Documents of whose columns one is not the sum of its parts."""
    rows = documents.values("reference", *sums)
    summed = rows.annotate(**{f"{name}_summed": each for name, each in sums.items()})
    fine = Q(**{f"{name}_summed": F(name) for name in sums})
    for row in summed.exclude(fine):
        off = [name for name in sums if row[name] != row[f"{name}_summed"]]
        yield f"{row['reference']}: {whose}: {', '.join(off)}"


@book_check("documents: every live line is claimed by its document, and every claim has its line")
def unclaimed_lines() -> Iterable[str]:
    live = DocumentLine.objects.exclude(document__state=State.VOID).filter(document__kind=Kind.INVOICE)
    loose = live.filter(Q(order__claim__isnull=True) | ~Q(order__claim__reference=F("document__reference")))
    for reference, number in loose.values_list("document__reference", "number"):
        yield f"{reference}: order {number} is not claimed"
    line = live.filter(order=OuterRef("order"), document__reference=OuterRef("reference"))
    for claim in Claim.objects.annotate(line=Subquery(line.values("pk")[:1])).filter(line__isnull=True):
        yield f"{claim.reference}: claims order {claim.order_id} without a line"


@book_check("documents: what came back is on one live document, which holds its order")
def stray_returns() -> Iterable[str]:
    """A return is taken into account where its order is billed, or credited by a document that names it."""
    lines = DocumentLine.objects.exclude(document__state=State.VOID).filter(
        order=OuterRef("order"), document__reference=OuterRef("settled_in")
    )
    settled = Return.objects.exclude(settled_in="")
    for number, reference in settled.exclude(Exists(lines)).values_list("number", "settled_in"):
        yield f"return {number}: {reference} does not hold its order"
    yield from _misbilled_returns()
    credited = DocumentLine.objects.exclude(document__state=State.VOID).filter(document__kind=Kind.CREDIT)
    fine = Q(order__claim__isnull=False) & Q(order__claim__reference=F("original"))
    for reference, number in credited.exclude(fine).values_list("document__reference", "number"):
        yield f"{reference}: order {number} is not on its original"


def _misbilled_returns() -> Iterable[str]:
    """Lines of orders something came back of that bill other than what was left, or credit other than what
    came back.
    """
    taken = Return.objects.filter(order=OuterRef("order"), settled_in=OuterRef("document__reference"))
    gross = taken.order_by().values("order").annotate(total=Sum("gross")).values("total")
    back = Coalesce(Subquery(gross), 0, output_field=BigIntegerField())
    lines = DocumentLine.objects.exclude(document__state=State.VOID).filter(order__returned_at__isnull=False)
    fine = Q(document__kind=Kind.INVOICE, total=F("order__total") - F("back"))
    fine |= Q(document__kind=Kind.CREDIT, total=F("back"))
    for reference, number in (
        lines.annotate(back=back).exclude(fine).values_list("document__reference", "number")
    ):
        yield f"{reference}: order {number}: what came back is not what it says"


@book_check("documents: what came back of a billed order by a closed cut-off is credited soon")
def uncredited_returns() -> Iterable[str]:
    late = creditable_returns(before=timezone.now()).filter(registered_at__lt=timezone.now() - PATIENCE)
    closed = Period.objects.filter(
        seller=OuterRef("order__seller"), ends_at__gt=OuterRef("at"), closed_at__lt=timezone.now() - PATIENCE
    )
    yield from late.filter(Exists(closed)).values_list("number", flat=True)


@book_check("documents: the books hold for customers what orders and documents say")
def misheld_money() -> Iterable[str]:
    """Prepaid, anew: what reached us, less what we gave back, less what documents took as settled."""
    ours = Tender.objects.filter(custody=Custody.MARKETPLACE, state=TenderState.CAPTURED, order__test=False)
    back = Refund.objects.filter(payer=Custody.MARKETPLACE, state=RefundState.PAID)
    held = F("held_by_marketplace")
    signed = Case(When(kind=Kind.CREDIT, then=-held), default=held, output_field=BigIntegerField())
    parts = (
        ours.order_by().values_list("order__market__code").annotate(Sum("amount")),
        back.order_by().values_list("order__market__code").annotate(total=-Sum("amount")),
        Document.objects.live().order_by().values_list("market__code").annotate(total=-Sum(signed)),
    )
    wanted: dict[str, int] = {}
    for code, amount in (row for rows in parts for row in rows):
        wanted[code] = wanted.get(code, 0) + amount
    prepaid = Posting.objects.filter(account__kind=AccountKind.PREPAID).order_by()
    booked = dict(prepaid.values_list("account__market__code").annotate(Sum("amount")))
    for code in sorted(wanted.keys() | booked.keys()):
        if wanted.get(code, 0) != -booked.get(code, 0):
            yield f"{code}: {wanted.get(code, 0)} to be held, {-booked.get(code, 0)} in the books"


@book_check("documents: every live document is posted, every void one reversed")
def unposted_documents() -> Iterable[str]:
    entries = Entry.objects.filter(key=OWN_ENTRY)
    nothing = Q(customer_total=0, held_by_seller=0) | Q(model=BusinessModel.AGENCY, held_by_marketplace=0)
    rows = Document.objects.exclude(nothing).annotate(
        posted=Exists(entries), reversed=Exists(entries.filter(reversal__isnull=False))
    )
    fine = Q(posted=True, reversed=False) & ~Q(state=State.VOID) | Q(reversed=True, state=State.VOID)
    yield from rows.exclude(fine).values_list("reference", flat=True)


@book_check("documents: the books hold what the document says")
def misposted_documents() -> Iterable[str]:
    rows = Document.objects.annotate(
        sides=_posted("receivable") + _posted("payable"),
        prepaid=_posted("prepaid"),
        way=Case(When(kind=Kind.CREDIT, then=-1), default=1, output_field=BigIntegerField()),
        owed=Case(
            When(model=BusinessModel.AGENCY, then=-F("held_by_marketplace")),
            default=F("held_by_seller"),
            output_field=BigIntegerField(),
        ),
    )
    fine = Q(sides=F("way") * F("owed"), prepaid=F("way") * F("held_by_marketplace"))
    yield from rows.exclude(fine).values_list("reference", flat=True)


def _posted(kind: str) -> Coalesce:
    postings = Posting.objects.filter(entry__key=OWN_ENTRY, account__kind=kind).order_by().values("entry")
    total = Subquery(postings.annotate(total=Sum("amount")).values("total"))
    return Coalesce(total, 0, output_field=BigIntegerField())


@book_check("documents: numbers are without gaps and twins")
def gaps() -> Iterable[str]:
    for kind, series in {Kind.INVOICE: SERIES, Kind.CREDIT: CREDIT_SERIES}.items():
        yield from broken_series(Document.objects.filter(kind=kind), kind=series)


@book_check("documents: marketplace-held money less the net due is the commission")
def unproven_documents() -> Iterable[str]:
    """R14, from the lines: each document proves itself without its own header."""
    sums = DocumentLine.objects.values("document__reference").annotate(
        held=Sum("held_by_marketplace"),
        seller_held=Sum("held_by_seller"),
        total=Sum("total"),
        purchase=Sum(F("purchase_net") + F("purchase_vat")),
    )
    for row in sums:
        if row["held"] - (row["purchase"] - row["seller_held"]) != row["total"] - row["purchase"]:
            yield row["document__reference"]


@book_check("documents: the facts are what they were when it was drawn")
def changed_facts() -> Iterable[str]:
    hashed = Document.objects.filter(facts_sha256__isnull=False).select_related("period")
    for document in hashed.order_by("pk").iterator(200):
        facts = facts_of(document, lines_of(document), document.rates.all())
        if fingerprint(facts) != document.facts_sha256:
            yield document.reference


@book_check("documents: each that stands is drawn, and its facts hashed, or a job will do it")
def left_undrawn() -> Iterable[str]:
    late = Document.objects.live().filter(issued_at__lt=timezone.now() - PATIENCE)
    bare = late.filter(Q(facts_sha256__isnull=True) | Q(pdf__isnull=True) | Q(xlsx__isnull=True))
    jobs = Job.objects.filter(name="documents.render", key=OuterRef("reference"))
    will = jobs.exclude(state__in=[JobState.DONE, JobState.CANCELLED])
    yield from bare.exclude(Exists(will)).values_list("reference", flat=True)


@book_check("documents: the PDF and Excel files are what they were when they were stored")
def changed_files() -> Iterable[str]:
    rendered = Document.objects.filter(Q(pdf__isnull=False) | Q(xlsx__isnull=False)).select_related(
        "pdf", "xlsx"
    )
    for document in rendered.iterator():
        for file in (document.pdf, document.xlsx):
            if file is not None and sha256_on_disk(file) != file.sha256:
                yield f"{document.reference}: {file.name}"
