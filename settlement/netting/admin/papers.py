"""What an open item is of, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from settlement.netting.models import Item, Paper, Side

WORDS: dict[tuple[str, str], Any] = {
    (Paper.INVOICE, Side.PAYABLE): _("Seller's invoice"),
    (Paper.INVOICE, Side.RECEIVABLE): _("Seller's credit note"),
    (Paper.CASH, Side.RECEIVABLE): _("An order's cash"),
    (Paper.CASH, Side.PAYABLE): _("Refund the seller paid"),
    (Paper.HELD, Side.PAYABLE): _("Customers' money we hold"),
    (Paper.HELD, Side.RECEIVABLE): _("Customers' money we gave back"),
    (Paper.FEE, Side.RECEIVABLE): _("Commission invoice"),
    (Paper.FEE, Side.PAYABLE): _("Commission credit note"),
    (Paper.SERVICE, Side.RECEIVABLE): _("Fee invoice"),
    (Paper.SERVICE, Side.PAYABLE): _("Fee credit note"),
}


def paper_text(item: Item) -> str:
    """What an item is of: on the other side than usual stands what takes it back."""
    return str(WORDS[item.paper, item.side])
