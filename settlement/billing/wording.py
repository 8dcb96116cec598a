"""The letter that brings a fee invoice to its seller, in the active language."""

from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text
from settlement.billing.facts import about_text, settling_text, told_of
from settlement.billing.models import FeeInvoice


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
    return money_text(minor, currency=fee.currency, language=fee.market.language)
