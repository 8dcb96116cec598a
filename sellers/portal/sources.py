"""What an entry of the books stands for, in words, with its page: its key names the fact."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.parties.models import BusinessModel
from settlement.billing.models import FeeInvoice
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.netting.models import Dispute

REVERSAL = "reversal:"


@dataclass(frozen=True, slots=True)
class Source:
    """What happened, and the page that shows it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class _Named:
    """The rows that keys name by number, so that they can be told by name."""

    invoices: dict[str, Invoice]
    disputes: dict[str, Dispute]
    documents: dict[str, Document]
    fees: dict[str, FeeInvoice]


def sources_of(keys: Iterable[str]) -> dict[str, Source]:
    """What each key stands for; one that no page shows is told as it is."""
    wanted = set(keys)
    named = _named([key.removeprefix(REVERSAL).split(":") for key in wanted])
    return {key: _source(key, named) for key in wanted}


def _named(parts: list[list[str]]) -> _Named:
    def of(kind: str) -> list[str]:
        return [part[1] for part in parts if part[0] == kind]

    invoices = Invoice.objects.filter(pk__in=map(int, of("invoice"))).select_related("document")
    disputes = Dispute.objects.filter(pk__in=map(int, of("dispute"))).select_related("order")
    documents = Document.objects.filter(reference__in=of("document"))
    fees = FeeInvoice.objects.filter(reference__in=of("fee_invoice")).select_related("document")
    return _Named(
        {str(row.pk): row for row in invoices},
        {str(row.pk): row for row in disputes},
        {row.reference: row for row in documents},
        {row.reference: row for row in fees},
    )


def _source(key: str, named: _Named) -> Source:
    kind, _colon, name = key.removeprefix(REVERSAL).partition(":")
    told = TOLD[kind](name, named) if kind in TOLD else None
    if told is None:
        return Source(key, "")
    return Source(_("Undone: %(what)s") % {"what": told.text}, told.url) if key.startswith(REVERSAL) else told


def _document(name: str, named: _Named) -> Source:
    document = named.documents.get(name)
    agency = document is not None and document.model == BusinessModel.AGENCY
    if document is not None and document.is_credit:
        text = (
            _("Customers' money given back by credit document %(reference)s")
            if agency
            else _("Refunds you paid, of credit document %(reference)s")
        )
    else:
        text = (
            _("Customers' money held for you, of document %(reference)s")
            if agency
            else _("Customers' cash you hold of document %(reference)s")
        )
    return Source(text % {"reference": name}, reverse("portal:document", args=[name]))


def _fee(name: str, named: _Named) -> Source | None:
    fee = named.fees.get(name)
    if fee is None:
        return None
    text = f"{fee.get_kind_display()} {name}"
    return Source(text, reverse("portal:document", args=[fee.document.reference]) + "#commission")


def _invoice(name: str, named: _Named) -> Source | None:
    invoice = named.invoices.get(name)
    if invoice is None:
        return None
    told = {"number": invoice.number, "reference": invoice.document.reference}
    text = (
        _("Your credit note %(number)s for document %(reference)s")
        if invoice.document.is_credit
        else _("Your invoice %(number)s for document %(reference)s")
    ) % told
    return Source(text, reverse("portal:document", args=[invoice.document.reference]))


def _set_off(name: str, named: _Named) -> Source:
    text = _("Set-off %(reference)s") % {"reference": name}
    return Source(text, reverse("portal:set_off", args=[name]))


def _payout(name: str, named: _Named) -> Source:
    text = _("Paid to you by payout %(reference)s") % {"reference": name}
    return Source(text, reverse("portal:payout", args=[name]))


def _collection(name: str, named: _Named) -> Source:
    reference = name.partition(":")[0]
    text = _("Received from you for demand %(reference)s") % {"reference": reference}
    return Source(text, reverse("portal:demand", args=[reference]))


def _dispute(name: str, named: _Named) -> Source | None:
    dispute = named.disputes.get(name)
    if dispute is None:
        return None
    text = _("The marketplace holds the cash of order %(order)s") % {"order": dispute.order.number}
    return Source(text, reverse("portal:dispute", args=[dispute.pk]))


TOLD: dict[str, Callable[[str, _Named], Source | None]] = {
    "document": _document,
    "invoice": _invoice,
    "fee_invoice": _fee,
    "set_off": _set_off,
    "payout": _payout,
    "collection": _collection,
    "dispute": _dispute,
}
