"""How a billing invoice stands, in a seller's words."""

from django.utils.translation import gettext as _

from sellers.portal.columns import Badge
from settlement.billing.models import BillingInvoice


def credit_note_of(invoice: BillingInvoice) -> BillingInvoice | None:
    """The credit note that took an invoice back; the caller has read it along."""
    return getattr(invoice, "credit_note", None)


def kind_of(invoice: BillingInvoice) -> str:
    """What kind of paper it is: "Credit note for MX-I-2026-000001"."""
    if invoice.credits is not None:
        return _("Credit note for %(number)s") % {"number": invoice.credits.reference}
    if invoice.replaces is not None:
        return _("Replaces %(number)s") % {"number": invoice.replaces.reference}
    return invoice.get_kind_display()


def badge_of(invoice: BillingInvoice) -> Badge:
    """Whether an invoice counts."""
    if invoice.is_credit:
        return Badge(invoice.get_kind_display(), "late_arrival")
    if credit_note_of(invoice) is not None:
        return Badge(_("Taken back"), "closed")
    return Badge(_("Valid"), "issued")


def refers_to(invoice: BillingInvoice) -> list[tuple[str, BillingInvoice]]:
    """The papers an invoice belongs to, with the word for how."""
    told = []
    if invoice.credits is not None:
        told.append((_("Takes back"), invoice.credits))
    if invoice.replaces is not None:
        told.append((_("Replaces"), invoice.replaces))
    if (note := credit_note_of(invoice)) is not None:
        told.append((_("Taken back by"), note))
    told += [(_("Replaced by"), each) for each in invoice.replacements.order_by("pk")]
    return told
