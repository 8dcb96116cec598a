"""Words that all papers share, in the active language."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def common_words(currency: str) -> dict[str, str]:
    """Labels by name."""
    return {
        "page": _("Page {page} of {pages}"),
        "amounts_in": _("All amounts are in %(currency)s.") % {"currency": currency},
        "reference": _("Reference"),
        "name": _("Legal name"),
        "address": _("Address"),
        "partner_number": _("Partner number"),
        "tax_id": _("Tax ID"),
        "iban": _("Bank account"),
        "email": _("E-mail"),
    }


def invoices_total(count: int) -> str:
    """What the last line of a list of invoices is called."""
    return ngettext("Total of %(count)s invoice", "Total of %(count)s invoices", count) % {"count": count}


def orders_total(count: int) -> str:
    """What the last line of a list of orders is called."""
    return ngettext("Total of %(count)s order", "Total of %(count)s orders", count) % {"count": count}
