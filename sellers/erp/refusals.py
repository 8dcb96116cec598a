"""What is refused of ERP channels, why, and what to do next; and the causes of the errors queue in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sellers.erp.port import ErpError, Fault
from sellers.erp.rules.causes import Cause


class Refused(Exception):
    """Something about a channel was refused; the text says what, why, and what to do next."""


class CannotConnect(Refused):
    """The ERP does not take the credentials, or its plan lacks what is needed."""


class NotConnected(Refused):
    """The seller has no connected ERP."""


class NotForErp(Refused):
    """The order is none that a seller invoices in its ERP, or it was invoiced there."""


class NoPaper(Refused):
    """The ERP has no PDF of an invoice to be shown."""


class NotStamped(Refused):
    """The ERP has not stamped an invoice."""


CAUSES: Mapping[str, Any] = {
    Cause.SKU_MISSING: gettext_lazy("SKU not in the ERP"),
    Cause.SKU_TWICE: gettext_lazy("Several items have this barcode"),
    Cause.VARIANT: gettext_lazy("The reference has variants"),
    Cause.NO_SKU: gettext_lazy("The order's line has no SKU"),
    Cause.SHIPPING_ITEM: gettext_lazy("No item is chosen for delivery"),
    Cause.COD_ITEM: gettext_lazy("No item is chosen for the COD fee"),
    Cause.TAX_MISSING: gettext_lazy("No tax of this rate in the ERP"),
    Cause.NO_DOCUMENT: gettext_lazy("The buyer has no document"),
    Cause.BUYER: gettext_lazy("The ERP refused the buyer"),
    Cause.CURRENCY: gettext_lazy("Other currency than the ERP's"),
    Cause.TOTAL_DIFFERS: gettext_lazy("The total would differ"),
    Cause.NUMBERING: gettext_lazy("No numbering is chosen"),
    Cause.CREDENTIALS: gettext_lazy("The ERP refuses the credentials"),
    Cause.PLAN: gettext_lazy("The ERP's plan does not allow it"),
    Cause.REFUSED: gettext_lazy("The ERP refused it"),
    Cause.CANCELLED: gettext_lazy("The order was cancelled, returned or lost"),
    Cause.SWITCHED_OFF: gettext_lazy("Automatic invoicing was switched off before"),
    Cause.OURS: gettext_lazy("Something went wrong on our side"),
    Cause.SHARED: gettext_lazy("Its invoice in the ERP is another order's"),
}

ADVICE: Mapping[str, Any] = {
    Cause.SKU_MISSING: gettext_lazy(
        "Match the SKU with an item here, once for all orders, or give an item in the ERP this SKU."
    ),
    Cause.SKU_TWICE: gettext_lazy("Give each item its own barcode in the ERP, or match the SKU here."),
    Cause.VARIANT: gettext_lazy(
        "Variants share their reference. Let the channel know SKUs by barcode, or match the SKU here."
    ),
    Cause.NO_SKU: gettext_lazy("Give the product a SKU at the marketplace; this order is invoiced by hand."),
    Cause.SHIPPING_ITEM: gettext_lazy("Choose the item for delivery in the channel's settings."),
    Cause.COD_ITEM: gettext_lazy("Choose the item for the COD fee in the channel's settings."),
    Cause.TAX_MISSING: gettext_lazy("Add a tax of this rate in the ERP, then read its lists anew."),
    Cause.NO_DOCUMENT: gettext_lazy("Set a default document in the channel's settings."),
    Cause.BUYER: gettext_lazy(
        "Put right what the ERP names: choose other defaults for buyers in the channel's settings, or make"
        " the contact in the ERP, then try again."
    ),
    Cause.CURRENCY: gettext_lazy("Invoice it by hand."),
    Cause.TOTAL_DIFFERS: gettext_lazy("Invoice it by hand, and tell the marketplace's support."),
    Cause.NUMBERING: gettext_lazy("Choose a numbering in the channel's settings; stamping needs one."),
    Cause.CREDENTIALS: gettext_lazy("Enter a new token in the channel's settings."),
    Cause.PLAN: gettext_lazy("Ask the ERP for a plan that allows it."),
    Cause.REFUSED: gettext_lazy("Put right what the ERP names, then try again."),
    Cause.CANCELLED: gettext_lazy("Nothing is to be done."),
    Cause.SWITCHED_OFF: gettext_lazy("Nothing was sent. Try again to have them invoiced all the same."),
    Cause.OURS: gettext_lazy(
        "Nothing was sent. Try again; if it fails again, tell the marketplace's support."
    ),
    Cause.SHARED: gettext_lazy(
        "An invoice there names several orders. If it covers this one too, leave it; if not, try again."
    ),
}


def error_words(error: ErpError) -> str:
    """What became of a request to an ERP, in words for its seller."""
    words = {
        Fault.UNAUTHORISED: _("The ERP refuses the e-mail and token. Copy the token anew from the ERP."),
        Fault.PLAN: _("The ERP's plan does not allow it."),
        Fault.REFUSED: _("The ERP refused it."),
        Fault.BUSY: _("The ERP has too many requests just now; try again in a minute."),
        Fault.AWAY: _("The ERP does not answer just now; try again in a minute."),
        Fault.EXISTS: _("The ERP has it already."),
        Fault.UNKNOWN: _("The ERP gave no clear answer; it is looked up."),
    }[error.fault]
    return f"{words} ({error.text})" if error.text and error.text != error.fault.value else words
