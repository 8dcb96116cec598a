"""The letters that bring fee and billing invoices to their sellers, in the active language."""

from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text
from settlement.billing.facts import about_text, settling_text, told_of
from settlement.billing.models import BillingInvoice, FeeInvoice
from settlement.documents.facts import plain


def letter(fee: FeeInvoice, *, attached: bool) -> tuple[str, str]:
    """Subject and text of the letter to the seller."""
    told = told_of(fee) | {
        "net": _money(fee, fee.net),
        "vat": _money(fee, fee.vat),
        "gross": _money(fee, fee.gross),
    }
    subject, ready = (
        (_("Commission credit note %(reference)s"), _("Your commission credit note %(reference)s is ready."))
        if fee.is_credit
        else (_("Commission invoice %(reference)s"), _("Your commission invoice %(reference)s is ready."))
    )
    paragraphs = [
        _("Hello %(seller)s,") % told,
        f"{ready % told} {about_text(fee)}",
        _("Net %(net)s + VAT %(rate)s %(vat)s = total %(gross)s") % told,
        settling_text(fee),
        _("It is attached as a PDF and as an Excel workbook.")
        if attached
        else _("It is too large for an e-mail: download it in the seller portal."),
        fee.parties["marketplace"]["market"],
    ]
    return subject % told, "\n\n".join(paragraphs) + "\n"


def _money(fee: FeeInvoice, minor: int) -> str:
    return money_text(minor, currency=fee.currency, language=fee.market.locale)


def billing_letter(invoice: BillingInvoice, *, attached: bool) -> tuple[str, str]:
    """Subject and text of the letter that brings a billing invoice, or its credit note."""
    language = invoice.market.locale
    told = {
        "reference": invoice.reference,
        "original": invoice.credits.reference if invoice.credits else "",
        "recipient": plain(invoice.parties["recipient"]["name"]),
        "gross": money_text(invoice.gross, currency=invoice.currency, language=language),
    }
    subject, ready = (
        (
            _("Credit note %(reference)s"),
            _("Your credit note %(reference)s over %(gross)s is ready; it takes back invoice %(original)s."),
        )
        if invoice.is_credit
        else (_("Invoice %(reference)s"), _("Your invoice %(reference)s over %(gross)s is ready."))
    )
    paragraphs = [
        _("Hello %(recipient)s,") % told,
        ready % told,
        _("It is attached.")
        if attached
        else _("It is too large for an e-mail: download it in the seller portal."),
        invoice.parties["marketplace"]["market"],
    ]
    return subject % told, "\n\n".join(paragraphs) + "\n"
