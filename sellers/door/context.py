"""What the layout of a seller's page shows: the seller at hand, the others of this login, the menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from settlement.documents.models import Document
from settlement.netting.models import SetOff, State

MENU = (
    ("portal:home", "home", _("Home")),
    ("portal:orders", "package", _("Orders")),
    ("portal:exports", "file-spreadsheet", _("Exports for invoicing")),
    ("portal:documents", "file-invoice", _("Documents")),
    ("portal:set_offs", "arrows-exchange", _("Set-offs")),
    ("portal:payments", "building-bank", _("Payments")),
    ("portal:balance", "scale", _("Balance")),
    ("portal:settings", "settings", _("Settings")),
)


def layout(request: HttpRequest) -> dict[str, Any]:
    """The layout's part of the context; nothing outside the sellers' door."""
    seller = getattr(request, "seller", None)
    if seller is None:
        return {}
    counts = _counts(seller)
    return {
        "seller": seller,
        "role": request.role,  # type: ignore[attr-defined]
        "memberships": request.memberships,  # type: ignore[attr-defined]
        "nav": [_item(request, *entry, count=counts.get(entry[0], 0)) for entry in MENU],
    }


def _counts(seller: Seller) -> dict[str, int]:
    """What waits for the seller, by the page on which it is done."""
    return {
        "portal:orders": Order.objects.of(seller).pending()[:100].count(),
        "portal:documents": Document.objects.of(seller).awaiting_invoice()[:100].count(),
        "portal:set_offs": SetOff.objects.of(seller).filter(state=State.PROPOSED).count(),
    }


def _item(request: HttpRequest, name: str, icon: str, label: Any, *, count: int) -> dict[str, Any]:
    url = reverse(name)
    here = request.path == url or (url != "/" and request.path.startswith(url))
    return {"url": url, "label": label, "icon": icon, "active": here, "count": count}
