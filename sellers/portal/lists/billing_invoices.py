"""The list of billing invoices and their credit notes."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.parties.models import Seller
from sellers.portal.billing.invoices import badge_of, credit_note_of, kind_of
from sellers.portal.columns import Column, Kind
from sellers.portal.listing import Listing
from settlement.billing.models import BillingInvoice, BillingKind, BillingLine, ChangeRequest, Subject

INVOICE = Q(kind=BillingKind.INVOICE)
FILES = {"pdf": "PDF", "xml": "XML", "xlsx": "Excel"}


def invoices_of(seller: Seller) -> "QuerySet[Any]":
    """A seller's invoices and credit notes, each with ``is_asked``, whether a change of it is asked for."""
    asked = ChangeRequest.objects.open().filter(invoice=OuterRef("pk"))
    rows = BillingInvoice.objects.of(seller).annotate(is_asked=Exists(asked))
    return rows.select_related("credits", "replaces", "credit_note")


def files_of(invoice: BillingInvoice) -> list[tuple[str, str]]:
    """The files of an invoice as pairs of a word and an address."""
    return [
        (word, reverse("portal:billing_invoice_file", args=[invoice.reference, kind]))
        for kind, word in FILES.items()
        if getattr(invoice, f"{kind}_id")
    ]


def search_invoices(seller: Seller, text: str) -> Q:
    """By its number, that of an invoice it takes back or replaces, its recipient, or what stands on it."""
    lines = BillingLine.objects.filter(invoice__seller=seller)
    exact = text.upper()
    return (
        Q(reference__icontains=text)
        | Q(credits__reference=exact)
        | Q(replaces__reference=exact)
        | Q(parties__recipient__name__icontains=text)
        | Q(pk__in=lines.filter(deposit__reference=exact).values("invoice"))
        | Q(pk__in=lines.filter(fee__reference=exact).values("invoice"))
    )


def _note(row: Any) -> str:
    if row.is_asked:
        return _("change requested")
    note = credit_note_of(row)
    return _("by %(number)s") % {"number": note.reference} if note else ""


def _recipient(name: str) -> Any:
    return lambda row: row.parties["recipient"][name]


BILLING_INVOICES = Listing(
    name="billing-invoices",
    title=gettext_lazy("Invoices"),
    columns=(
        Column(
            gettext_lazy("Number"),
            lambda row: row.reference,
            css="at-title nowrap",
            url=lambda row: reverse("portal:billing_invoice", args=[row.reference]),
            note=kind_of,
            width=20,
        ),
        Column(gettext_lazy("Kind"), kind_of, on_page=False, width=34),
        Column(gettext_lazy("Issued"), lambda row: row.issued_on, Kind.DAY, "at-sub", sort="-issued"),
        Column(
            pgettext_lazy("what is invoiced", "For"), lambda row: row.get_subject_display(), css="at-none"
        ),
        Column(
            pgettext_lazy("whom an invoice is for", "Customer"),
            _recipient("name"),
            css="at-sub long",
            width=34,
        ),
        Column(gettext_lazy("Tax id"), _recipient("tax_id"), on_page=False),
        Column(gettext_lazy("State"), badge_of, Kind.STATE, css="at-badge", note=_note, width=20),
        Column(gettext_lazy("Net"), lambda row: row.net, Kind.MONEY, css="at-none"),
        Column(gettext_lazy("VAT"), lambda row: row.vat, Kind.MONEY, css="at-none"),
        Column(gettext_lazy("Total"), lambda row: row.gross, Kind.MONEY, css="at-amount", sort="-total"),
        Column(gettext_lazy("Download"), files_of, Kind.LINKS),
    ),
    sorts={"issued": "issued_at", "total": "gross"},
    sort="-issued",
    day="issued_at",
    search=search_invoices,
    placeholder=gettext_lazy("Invoice, deposit or fee number, customer"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "invoices": (gettext_lazy("Invoices"), INVOICE),
        "credits": (gettext_lazy("Credit notes"), Q(kind=BillingKind.CREDIT)),
    },
    tabs_label=gettext_lazy("Invoices by kind"),
    states={
        "live": (pgettext_lazy("several invoices", "Valid"), INVOICE & Q(credit_note__isnull=True)),
        "back": (pgettext_lazy("several invoices", "Taken back"), Q(credit_note__isnull=False)),
        "replacing": (gettext_lazy("Replaces another"), Q(replaces__isnull=False)),
        "asked": (gettext_lazy("Change requested"), Q(is_asked=True)),
        "deposits": (gettext_lazy("For deposits"), Q(subject=Subject.DEPOSITS)),
        "fees": (gettext_lazy("For fees"), Q(subject=Subject.FEES)),
    },
)
