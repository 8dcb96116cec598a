"""What the documents promise: they add up, the books hold them, their facts and files are what they were."""

from collections.abc import Iterable

from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from marketplace.kernel.books import book_check
from marketplace.kernel.files import sha256_on_disk
from marketplace.kernel.models import NumberSeries
from marketplace.ledger.models import Entry, Posting
from settlement.claims.models import Claim
from settlement.documents.models import Document, DocumentLine, DocumentRate, State
from settlement.documents.operations.issuing import SERIES
from settlement.documents.queries import facts_of
from settlement.documents.rules import fingerprint

SUMS = {
    "customer_total": "total",
    "held_by_seller": "held_by_seller",
    "held_by_marketplace": "held_by_marketplace",
    "purchase_net": "purchase_net",
    "purchase_vat": "purchase_vat",
}


@book_check("documents: lines and rates add up to the document")
def unbalanced_documents() -> Iterable[str]:
    for name, column in SUMS.items():
        lines = DocumentLine.objects.filter(document=OuterRef("pk")).order_by().values("document")
        total = Coalesce(Subquery(lines.annotate(total=Sum(column)).values("total")), 0)
        yield from _differing(name, total)
    for name, column in {
        "customer_total": "customer_gross",
        "purchase_net": "net",
        "purchase_vat": "vat",
    }.items():
        rates = DocumentRate.objects.filter(document=OuterRef("pk")).order_by().values("document")
        total = Coalesce(Subquery(rates.annotate(total=Sum(column)).values("total")), 0)
        yield from _differing(name, total)


def _differing(name: str, total: Coalesce) -> Iterable[str]:
    for reference in (
        Document.objects.annotate(summed=total).exclude(summed=F(name)).values_list("reference", flat=True)
    ):
        yield f"{reference}: {name}"


@book_check("documents: every live line is claimed by its document, and every claim has its line")
def unclaimed_lines() -> Iterable[str]:
    live = DocumentLine.objects.exclude(document__state=State.VOID)
    loose = live.filter(Q(order__claim__isnull=True) | ~Q(order__claim__reference=F("document__reference")))
    for reference, number in loose.values_list("document__reference", "number"):
        yield f"{reference}: order {number} is not claimed"
    line = live.filter(order=OuterRef("order"), document__reference=OuterRef("reference"))
    for claim in Claim.objects.annotate(line=Subquery(line.values("pk")[:1])).filter(line__isnull=True):
        yield f"{claim.reference}: claims order {claim.order_id} without a line"


@book_check("documents: every live document is posted, every void one reversed")
def unposted_documents() -> Iterable[str]:
    for document in Document.objects.exclude(customer_total=0).iterator():
        keys = Entry.objects.filter(key=f"document:{document.reference}")
        reversed_ = keys.filter(reversal__isnull=False).exists()
        if not keys.exists() or reversed_ != (document.state == State.VOID):
            yield document.reference


@book_check("documents: the books hold what the document says")
def misposted_documents() -> Iterable[str]:
    for document in Document.objects.iterator():
        postings = Posting.objects.filter(entry__key=f"document:{document.reference}")
        sums = dict(postings.values_list("account__kind").annotate(total=Sum("amount")))
        if (
            sums.get("receivable", 0) != document.held_by_seller
            or sums.get("prepaid", 0) != document.held_by_marketplace
        ):
            yield document.reference


@book_check("documents: numbers are without gaps and twins")
def gaps() -> Iterable[str]:
    given = Document.objects.values("market", "year").annotate(count=Count("pk"), last=Max("serial"))
    found = {(row["market"], row["year"]): (row["count"], row["last"]) for row in given}
    for series in NumberSeries.objects.filter(kind=SERIES):
        count, last = found.pop((series.market_id, series.year), (0, 0))
        if not count == last == series.last:
            yield f"{series}: {count} documents up to {last}"
    yield from (f"market {market}, {year}: documents without a series" for market, year in found)


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


@book_check("documents: the facts are what they were when it was issued")
def changed_facts() -> Iterable[str]:
    for document in Document.objects.select_related("period").iterator():
        lines = document.lines.order_by("position").iterator(5000)
        if fingerprint(facts_of(document, lines, document.rates.all())) != document.facts_sha256:
            yield document.reference


@book_check("documents: the PDF and Excel files are what they were when they were stored")
def changed_files() -> Iterable[str]:
    rendered = Document.objects.filter(Q(pdf__isnull=False) | Q(xlsx__isnull=False)).select_related(
        "pdf", "xlsx"
    )
    for document in rendered.iterator():
        for file in (document.pdf, document.xlsx):
            if file is not None and sha256_on_disk(file) != file.sha256:
                yield f"{document.reference}: {file.name}"
