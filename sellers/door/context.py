"""What the layout of a seller's page shows: the seller at hand, the others of this login, the menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models import Order
from marketplace.orders.models import State as OrderState
from marketplace.parties.models import BusinessModel, Seller
from settlement.documents.models import Document
from settlement.netting.models import SetOff, State

MENU = (
    ("portal:home", "home", _("Home")),
    ("portal:pending_orders", "clipboard-check", _("Pending orders")),
    ("portal:orders", "package", _("Orders")),
    ("portal:voucher_orders", "gift-card", _("Orders with voucher")),
    ("portal:receipts", "file-certificate", _("Receipts")),
    ("portal:exports", "file-spreadsheet", _("Exports for invoicing")),
    ("portal:documents", "file-invoice", _("Documents")),
    ("portal:fee_invoices", "receipt", _("Commission invoices")),
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
    return {
        "seller": seller,
        "role": request.role,  # type: ignore[attr-defined]
        "memberships": request.memberships,  # type: ignore[attr-defined]
        "nav": _menu(request, seller),
    }


def may_have_vouchers(seller: Seller) -> bool:
    """Whether a seller's customers may pay by voucher, or once did."""
    if seller.contract.model == BusinessModel.AGENCY:
        return True
    return Order.objects.of(seller).filter(voucher_amount__gt=0).exists()


def has_receipts(seller: Seller) -> bool:
    """Whether a seller's market requires receipts, or some were handed in all the same."""
    return seller.market.receipt_required or seller.received_files.exists()


def _menu(request: HttpRequest, seller: Seller) -> list[dict[str, Any]]:
    counts = _counts(seller)
    left_out = set()
    if not may_have_vouchers(seller):
        left_out.add("portal:voucher_orders")
    if seller.contract.model != BusinessModel.AGENCY:
        left_out.add("portal:fee_invoices")
    if not has_receipts(seller):
        left_out.add("portal:receipts")
    urls = {name: reverse(name) for name, _icon, _label in MENU if name not in left_out}
    # Where one address begins like another, as a list's does like all orders', the longer one is meant.
    here = max((url for url in urls.values() if _is_within(request.path, url)), key=len, default="")
    return [
        {
            "url": urls[name],
            "label": label,
            "icon": icon,
            "active": urls[name] == here,
            "count": counts.get(name, 0),
        }
        for name, icon, label in MENU
        if name in urls
    ]


def _is_within(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _counts(seller: Seller) -> dict[str, int]:
    """What waits for the seller, by the page on which it is done."""
    own = Order.objects.of(seller)
    unsent = own.filter(state__in=[OrderState.OPEN, OrderState.SHIPPING], receipt_at=None)
    return {
        "portal:pending_orders": own.pending()[:100].count(),
        "portal:receipts": unsent[:100].count() if seller.market.receipt_required else 0,
        "portal:documents": Document.objects.of(seller).awaiting_invoice()[:100].count(),
        "portal:set_offs": SetOff.objects.of(seller).filter(state=State.PROPOSED).count(),
    }
