"""What an entry of the books stands for, in words, with its page: its key names the fact."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.parties.models import BusinessModel
from settlement.billing.models import BillingInvoice, Fee, FeeInvoice, Subject
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.netting.models import Dispute

REVERSAL = "reversal:"


@dataclass(frozen=True, slots=True)
class Source:
    """What happened, and the page that shows it; ``worth`` is what an invoice says that moves nothing on
    the seller's accounts, in minor units.
    """

    text: str
    url: str
    worth: int = 0


@dataclass(frozen=True, slots=True)
class _Named:
    """The rows that keys name by number, so that they can be told by name."""

    invoices: dict[str, Invoice]
    disputes: dict[str, Dispute]
    documents: dict[str, Document]
    fee_invoices: dict[str, FeeInvoice]
    fees: dict[str, Fee]
    billing: dict[str, BillingInvoice]


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
    fee_invoices = FeeInvoice.objects.filter(reference__in=of("fee_invoice")).select_related("document")
    fees = Fee.objects.filter(reference__in=of("fee"))
    billing = BillingInvoice.objects.filter(reference__in=of("billing_invoice")).select_related("credits")
    return _Named(
        {str(row.pk): row for row in invoices},
        {str(row.pk): row for row in disputes},
        {row.reference: row for row in documents},
        {row.reference: row for row in fee_invoices},
        {row.reference: row for row in fees},
        {row.reference: row for row in billing},
    )


def _source(key: str, named: _Named) -> Source:
    kind, _colon, name = key.removeprefix(REVERSAL).partition(":")
    told = TOLD[kind](name, named) if kind in TOLD else None
    if told is None:
        return Source(key, "")
    if not key.startswith(REVERSAL):
        return told
    return Source(_("Undone: %(what)s") % {"what": told.text}, told.url)


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


def _fee_invoice(name: str, named: _Named) -> Source | None:
    fee = named.fee_invoices.get(name)
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


def _deposit(name: str, named: _Named) -> Source:
    text = _("Deposit %(reference)s") % {"reference": name}
    return Source(text, reverse("portal:deposit", args=[name]))


def _squared(name: str, named: _Named) -> Source:
    reference = name.partition(":")[0]
    text = _("Rounding of deposit %(reference)s") % {"reference": reference}
    return Source(text, reverse("portal:deposit", args=[reference]))


def _fee(name: str, named: _Named) -> Source | None:
    """A part of a fee that was taken from a deposit."""
    fee = named.fees.get(name.partition(":")[0])
    if fee is None:
        return None
    told = {"kind": fee.get_kind_display(), "text": fee.text, "reference": fee.reference}
    return Source(_("%(kind)s: %(text)s (%(reference)s)") % told, reverse("portal:fee", args=[fee.reference]))


def _billing_invoice(name: str, named: _Named) -> Source | None:
    invoice = named.billing.get(name)
    if invoice is None:
        return None
    told = {"reference": name, "original": invoice.credits}
    text = (
        _("Credit note %(reference)s, takes back invoice %(original)s")
        if invoice.is_credit
        else _("Invoice %(reference)s")
    ) % told
    worth = invoice.gross if invoice.subject == Subject.DEPOSITS else 0
    return Source(
        text, reverse("portal:billing_invoice", args=[name]), -worth if invoice.is_credit else worth
    )


TOLD: dict[str, Callable[[str, _Named], Source | None]] = {
    "document": _document,
    "invoice": _invoice,
    "fee_invoice": _fee_invoice,
    "deposit": _deposit,
    "deposit_squared": _squared,
    "fee": _fee,
    "billing_invoice": _billing_invoice,
    "set_off": _set_off,
    "payout": _payout,
    "collection": _collection,
    "dispute": _dispute,
}
