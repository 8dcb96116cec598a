"""The balance: what is owed either way, now or as of a day, what is open and why, and every movement."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.as_of import AsOf, asked_day
from sellers.portal.listing import Listing
from sellers.portal.lists.balance import MOVEMENTS, OPEN_ITEMS, open_items_of, open_then, with_balance
from sellers.portal.paging import capped_count, count_text
from sellers.portal.views.lists import list_page, list_workbook
from settlement.netting.models import SOURCES, Item
from settlement.netting.queries import Balance, balance_of, postings_of
from settlement.payouts.models import Confirmation
from settlement.payouts.queries import open_items


@require_GET
@seller_view(Role.VIEWER)
def balance(request: SellerRequest) -> HttpResponse:
    """The balance and the open items, now or as of the end of a day."""
    as_of = asked_day(request)
    listing, items = _items(request, as_of)
    empty = {
        "title": _("Nothing is open"),
        "text": _(
            "What the marketplace owes you and what you hold of the customers' cash appears here order by "
            "order, from the first invoice document on."
        ),
        "url": reverse("portal:documents"),
        "link": _("Go to the documents"),
        "icon": "scale",
    }
    return list_page(
        request,
        listing,
        items,
        template="portal/balance.html",
        tabs=_tabs(request, as_of, items, active="items"),
        empty=empty,
        export_url=reverse("portal:open_items_export"),
        **_told(request, as_of),
    )


@require_GET
@seller_view(Role.VIEWER)
def movements(request: SellerRequest) -> HttpResponse:
    """Everything that was booked between the marketplace and the seller, as a statement."""
    as_of = asked_day(request)
    _listing, items = _items(request, as_of)
    empty = {
        "title": _("Nothing was booked yet"),
        "text": _("The first invoice document begins this statement."),
        "url": reverse("portal:documents"),
        "link": _("Go to the documents"),
        "icon": "list-details",
    }
    return list_page(
        request,
        MOVEMENTS,
        _movements(request, as_of),
        template="portal/balance.html",
        tabs=_tabs(request, as_of, items, active="movements"),
        empty=empty,
        export_url=reverse("portal:movements_export"),
        **_told(request, as_of),
    )


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def open_items_export(request: SellerRequest) -> HttpResponseBase:
    """The open items as a workbook, now or as of the end of a day."""
    return list_workbook(request, *_items(request, asked_day(request)))


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def movements_export(request: SellerRequest) -> HttpResponseBase:
    """The statement as a workbook."""
    return list_workbook(request, MOVEMENTS, _movements(request, asked_day(request)))


def _items(request: SellerRequest, as_of: AsOf) -> tuple[Listing, "QuerySet[Any]"]:
    """What is open, or what was open at the end of a day."""
    if as_of.before is None:
        return OPEN_ITEMS, open_items_of(request.seller)
    left = {each.item.pk: each.open for each in open_items(seller=request.seller, before=as_of.before)}
    return open_then(left), Item.objects.filter(pk__in=left).select_related(*SOURCES)


def _movements(request: SellerRequest, as_of: AsOf) -> "QuerySet[Any]":
    return with_balance(postings_of(request.seller, before=as_of.before))


def _told(request: SellerRequest, as_of: AsOf) -> dict[str, Any]:
    """The balance in words: who owes whom; a sign alone would not say."""
    found: Balance = balance_of(seller=request.seller, before=as_of.before)
    market, seller = request.seller.market, request.seller
    names = (market.entity_name, seller.name)
    debtor, creditor = names if found.net >= 0 else names[::-1]
    then = f"as_of={as_of.day}&" if as_of.day else ""
    return {
        "market": market,
        "as_of": as_of,
        "confirmations": Confirmation.objects.of(seller).select_related("market").order_by("-pk")[:5],
        "may_confirm": request.role.allows(Role.FINANCE),
        "last_full_day": timezone.localdate() - timedelta(days=1),
        "balance": found,
        "net": abs(found.net),
        "debtor": debtor,
        "creditor": creditor,
        "owed_url": f"?{then}state=payable",
        "held_url": f"?{then}state=receivable",
    }


def _tabs(
    request: SellerRequest, as_of: AsOf, items: "QuerySet[Any]", *, active: str
) -> list[dict[str, Any]]:
    booked = postings_of(request.seller, before=as_of.before)
    then = f"?as_of={as_of.day}" if as_of.day else ""
    return [
        {
            "label": _("Open items"),
            "url": reverse("portal:balance") + then,
            "active": active == "items",
            "count": count_text(capped_count(items)),
        },
        {
            "label": _("Movements"),
            "url": reverse("portal:movements") + then,
            "active": active == "movements",
            "count": count_text(capped_count(booked)),
        },
    ]
