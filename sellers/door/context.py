"""What the layout of a seller's page shows: the seller at hand, the others of this login, the menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models import Order

MENU = (
    ("portal:home", "home", _("Home")),
    ("portal:orders", "package", _("Orders")),
    ("portal:exports", "file-spreadsheet", _("Exports for invoicing")),
    ("portal:documents", "file-invoice", _("Documents")),
    ("portal:settings", "settings", _("Settings")),
)


def layout(request: HttpRequest) -> dict[str, Any]:
    """The layout's part of the context; nothing outside the sellers' door."""
    seller = getattr(request, "seller", None)
    if seller is None:
        return {}
    pending = Order.objects.of(seller).pending()[:100].count()
    return {
        "seller": seller,
        "role": request.role,  # type: ignore[attr-defined]
        "memberships": request.memberships,  # type: ignore[attr-defined]
        "nav": [
            _item(request, *entry, count=pending if entry[0] == "portal:orders" else 0) for entry in MENU
        ],
    }


def _item(request: HttpRequest, name: str, icon: str, label: Any, *, count: int) -> dict[str, Any]:
    url = reverse(name)
    here = request.path == url or (url != "/" and request.path.startswith(url))
    return {"url": url, "label": label, "icon": icon, "active": here, "count": count}
