"""What an open item is of, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from settlement.netting.models import Item, Paper

WORDS: dict[tuple[str, bool], Any] = {
    (Paper.INVOICE, False): _("Seller's invoice"),
    (Paper.INVOICE, True): _("Seller's credit note"),
    (Paper.CASH, False): _("An order's cash"),
    (Paper.CASH, True): _("Refund the seller paid"),
    (Paper.HELD, False): _("Customers' money we hold"),
    (Paper.HELD, True): _("Customers' money we gave back"),
    (Paper.FEE, False): _("Commission invoice"),
    (Paper.FEE, True): _("Commission credit note"),
}


def paper_text(item: Item) -> str:
    """What an item is of; those of credit documents turn each around."""
    return str(WORDS[item.paper, item.document.is_credit])
