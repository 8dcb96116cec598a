"""What an item is of, in a seller's words, and the page that shows it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from settlement.netting.models import Item, Paper, Side


def kind_of(item: Item) -> str:
    """What kind of thing an item is: "Cash you hold"."""
    owed = item.side == Side.PAYABLE
    return {
        Paper.INVOICE: _("Your invoice") if owed else _("Your credit note"),
        Paper.CASH: _("Refund you paid") if owed else _("Cash you hold"),
        Paper.HELD: _("Money held for you") if owed else _("Money given back"),
        Paper.FEE: _("Commission credit note") if owed else _("Commission invoice"),
        Paper.SERVICE: _("Fee credit note") if owed else _("Fee invoice"),
    }[Paper(item.paper)]


def url_of(item: Item) -> str:
    """The page that shows what an item is of: the order, the document, or the invoice for fees; its sources
    are read along by the caller.
    """
    if item.paper == Paper.CASH:
        return reverse("portal:order", args=[item.number])
    return source_url_of(item) + ("#commission" if item.paper == Paper.FEE else "")


def source_url_of(item: Item) -> str:
    """The page of the document, or the invoice for fees, that an item comes from."""
    page = "portal:billing_invoice" if item.paper == Paper.SERVICE else "portal:document"
    return reverse(page, args=[item.source.reference])
