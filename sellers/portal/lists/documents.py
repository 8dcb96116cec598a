"""The list of invoice documents and credit documents."""

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.parties.models import BusinessModel, Seller
from sellers.door.templatetags.days import through
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.listing import Listing
from settlement.documents.models import Document, DocumentLine, Invoicing, State
from settlement.documents.models import Kind as DocumentKind
from settlement.invoices.models import Invoice

ISSUED = Q(state=State.ISSUED)
RESALE = ISSUED & Q(model=BusinessModel.RESALE)
AWAITED = RESALE & Q(invoicing=Invoicing.AWAITED, purchase_gross__gt=0)
TONES = {Invoicing.AWAITED: "awaited", Invoicing.RECEIVED: "submitted", Invoicing.BOOKED: "booked"}


def standing_of(document: Document) -> Badge:
    """How far a document is: void, or how far what answers it is."""
    if document.state == State.VOID:
        return Badge(document.get_state_display(), "void")
    if document.model == BusinessModel.AGENCY:
        return _commission_standing(document)
    if document.invoicing == Invoicing.AWAITED and document.purchase_gross <= 0:
        return Badge(_("Nothing to credit") if document.is_credit else _("Nothing to invoice"), "closed")
    invoicing = Invoicing(document.invoicing)
    label = _credited(invoicing) if document.is_credit else str(invoicing.label)
    return Badge(label, TONES[invoicing])


def _credited(invoicing: Invoicing) -> str:
    return {
        Invoicing.AWAITED: _("Awaits your credit note"),
        Invoicing.RECEIVED: _("Credit note in review"),
        Invoicing.BOOKED: _("Credited"),
    }[invoicing]


def _commission_standing(document: Document) -> Badge:
    if document.invoicing == Invoicing.BOOKED:
        label = _("Commission credited") if document.is_credit else _("Commission invoiced")
        return Badge(label, "booked")
    if document.commission_net > 0:
        return Badge(_("Commission is being invoiced"), "running")
    return Badge(_("No commission"), "closed")


def search_documents(seller: Seller, text: str) -> Q:
    """By the document's reference, the number of the seller's invoice, or an order's number."""
    orders = DocumentLine.objects.filter(order__seller=seller, order__number=text)
    invoices = Invoice.objects.of(seller).filter(number__iexact=text)
    return (
        Q(reference__icontains=text)
        | Q(pk__in=orders.values("document"))
        | Q(pk__in=invoices.values("document"))
    )


def _url(document: Any) -> str:
    return reverse("portal:document", args=[document.reference])


def _files(document: Any) -> list[tuple[str, str]]:
    kept = {"pdf": ("PDF", document.pdf_id), "xlsx": ("Excel", document.xlsx_id)}
    return [
        (word, reverse("portal:document_file", args=[document.reference, kind]))
        for kind, (word, file) in kept.items()
        if file
    ]


def _kind_text(document: Document) -> str:
    """A word under an amount that a credit document takes back."""
    return _("taken back") if document.is_credit else ""


REFERENCE = (
    Column(
        gettext_lazy("Reference"),
        lambda row: row.reference,
        css="at-title nowrap",
        url=_url,
        note=lambda row: f"{row.get_kind_display()} · {row.get_model_display()}",
    ),
    Column(gettext_lazy("Kind"), lambda row: row.get_kind_display(), on_page=False, width=20),
    Column(gettext_lazy("Business model"), lambda row: row.get_model_display(), on_page=False),
    Column(
        gettext_lazy("Period"),
        lambda row: through(row.period.first_on, row.period.span.last_on),
        css="at-sub",
        width=22,
    ),
    Column(gettext_lazy("Issued"), lambda row: row.issued_at, Kind.MOMENT, sort="-issued"),
    Column(gettext_lazy("State"), standing_of, Kind.STATE, css="at-badge", width=20),
)
ORDERS = Column(gettext_lazy("Orders"), lambda row: row.orders, Kind.COUNT)
DOWNLOAD = Column(gettext_lazy("Download"), _files, Kind.LINKS)

DOCUMENTS = Listing(
    name="documents",
    title=gettext_lazy("Invoice documents"),
    columns=(
        *REFERENCE,
        ORDERS,
        Column(gettext_lazy("Net"), lambda row: row.purchase_net, Kind.MONEY, on_page=False),
        Column(gettext_lazy("VAT"), lambda row: row.purchase_vat, Kind.MONEY, on_page=False),
        Column(
            gettext_lazy("To be invoiced"),
            lambda row: row.purchase_gross,
            Kind.MONEY,
            css="at-amount",
            note=_kind_text,
            sort="-amount",
        ),
        Column(gettext_lazy("Cash you hold"), lambda row: row.held_by_seller, Kind.MONEY, sort="-held"),
        DOWNLOAD,
    ),
    sorts={"issued": "issued_at", "amount": "purchase_gross", "held": "held_by_seller"},
    sort="-issued",
    day="issued_at",
    search=search_documents,
    placeholder=gettext_lazy("Document, invoice or order number"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "awaited": (gettext_lazy("Await your invoice"), AWAITED),
        "received": (gettext_lazy("Invoice in review"), RESALE & Q(invoicing=Invoicing.RECEIVED)),
        "booked": (pgettext_lazy("several documents", "Invoiced"), RESALE & Q(invoicing=Invoicing.BOOKED)),
        "void": (pgettext_lazy("several documents", "Void"), Q(state=State.VOID)),
    },
    tabs_label=gettext_lazy("Documents by state"),
    states={str(kind): (kind.label, Q(kind=kind)) for kind in DocumentKind},
    states_label=gettext_lazy("Kind"),
)
COMMISSIONS = replace(
    DOCUMENTS,
    title=gettext_lazy("Documents"),
    columns=(
        *REFERENCE,
        replace(ORDERS, on_page=False),
        Column(gettext_lazy("Customers' total"), lambda row: row.customer_total, Kind.MONEY, on_page=False),
        Column(gettext_lazy("Commission"), lambda row: row.commission_gross, Kind.MONEY),
        Column(
            gettext_lazy("Your share"),
            lambda row: row.purchase_gross,
            Kind.MONEY,
            css="at-amount",
            note=_kind_text,
            sort="-amount",
        ),
        Column(gettext_lazy("Collected by you"), lambda row: row.held_by_seller, Kind.MONEY, sort="-held"),
        DOWNLOAD,
    ),
    placeholder=gettext_lazy("Document or order number"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "issued": (pgettext_lazy("several documents", "Issued"), ISSUED),
        "void": (pgettext_lazy("several documents", "Void"), Q(state=State.VOID)),
    },
)
"""The same for sellers who sell to the customers themselves: they invoice us nothing, we invoice them."""


def documents_of(seller: Seller) -> Listing:
    """The list of documents as it suits a seller's contract."""
    return COMMISSIONS if seller.contract.model == BusinessModel.AGENCY else DOCUMENTS
