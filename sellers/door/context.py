"""What the layout of a seller's page shows: the seller at hand, the others of this login, the menu."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    ("portal:billing", "wallet", pgettext_lazy("menu", "Billing")),
    ("portal:set_offs", "arrows-exchange", _("Set-offs")),
    ("portal:payments", "building-bank", _("Payments")),
    ("portal:balance", "scale", _("Balance")),
    ("portal:erp_channels", "plug-connected", _("Channels")),
    ("portal:settings", "settings", _("Settings")),
)

UNDER = {
    "portal:billing": (
        ("portal:billing", _("Movements")),
        ("portal:deposits", _("Deposits")),
        ("portal:fees", _("Fees")),
        ("portal:billing_invoices", _("Invoices")),
        ("portal:change_requests", _("Change requests")),
        ("portal:automatic", _("Automatic invoicing")),
        ("portal:billing_profile", _("Billing profile")),
    ),
    "portal:erp_channels": (
        ("portal:erp_channels", _("Overview")),
        ("portal:erp_errors", _("Errors")),
        ("portal:erp_invoices", _("Invoices")),
        ("portal:erp_items", _("Items and stock")),
        ("portal:erp_readiness", _("Readiness")),
        ("portal:erp_configuration", _("Channel settings")),
    ),
}
"""What an entry of the menu opens into while one is within it."""

OF_A_LIVE_CHANNEL = {"portal:erp_items", "portal:erp_readiness", "portal:erp_configuration"}


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


def may_have_channels(seller: Seller) -> bool:
    """Whether a seller invoices its customers itself, or once did in an ERP."""
    return seller.contract.model == BusinessModel.AGENCY or seller.channels.exists()


def _menu(request: HttpRequest, seller: Seller) -> list[dict[str, Any]]:
    counts = _counts(seller)
    left_out = set()
    if not may_have_vouchers(seller):
        left_out.add("portal:voucher_orders")
    if seller.contract.model != BusinessModel.AGENCY:
        left_out.add("portal:fee_invoices")
    if not may_have_channels(seller):
        left_out.add("portal:erp_channels")
    if not has_receipts(seller):
        left_out.add("portal:receipts")
    if not seller.market.takes_deposits:
        left_out.add("portal:billing")
    urls = {name: reverse(name) for name, _icon, _label in MENU if name not in left_out}
    here = _innermost(request.path, urls.values())
    return [
        {
            "url": urls[name],
            "label": label,
            "icon": icon,
            "active": urls[name] == here,
            "count": counts.get(name, 0),
            "under": _under(request.path, name, seller) if urls[name] == here else [],
        }
        for name, icon, label in MENU
        if name in urls
    ]


def _under(path: str, name: str, seller: Seller) -> list[dict[str, Any]]:
    """What an entry opens into; its own address, with which all of these begin, is meant by itself alone."""
    top, entries = reverse(name), [(reverse(inner), label) for inner, label in _opens(name, seller)]
    return [
        {"url": url, "label": label, "active": path == url if url == top else _is_within(path, url)}
        for url, label in entries
    ]


def _opens(name: str, seller: Seller) -> Sequence[tuple[str, Any]]:
    """The pages under an entry: of channels none before the first is connected, and while none is, those
    that tell of before.
    """
    under = UNDER.get(name, ())
    if name != "portal:erp_channels":
        return under
    states = set(seller.channels.values_list("state", flat=True))
    if states <= {"off"}:
        return [each for each in under if states and each[0] not in OF_A_LIVE_CHANNEL]
    return under


def _innermost(path: str, urls: Iterable[str]) -> str:
    """Of addresses that begin alike, as a list's does like all orders', the longer one is meant."""
    return max((url for url in urls if _is_within(path, url)), key=len, default="")


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
