"""Lists of orders: all, those not sent yet, those paid by voucher; and the same move made on many."""

import tempfile
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.kernel.audit import record
from marketplace.orders.models import Order
from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.context import may_have_vouchers
from sellers.door.entry import SellerRequest, seller_view
from sellers.erp.queries import channel_of
from sellers.portal.bulk import ACTIONS, MOST, Action, act, offered, told_apart
from sellers.portal.erp.entry import invoices_itself
from sellers.portal.filters import narrowed, order_sort
from sellers.portal.listing import PAGING, cursors_in, turned
from sellers.portal.menus import MENUS, Menu
from sellers.portal.order_export import write_order_list
from sellers.portal.paging import PAGE_ROWS, capped_count, count_text, cut_page
from sellers.portal.tables import OrderTable
from sellers.portal.views.lists import XLSX


@require_GET
@seller_view(Role.VIEWER)
def order_list(request: SellerRequest, menu: str = "orders") -> HttpResponse:
    """A list of the seller's orders: tabs with counts, search, filters, sorting, a page found by its key."""
    asked, chosen = request.GET, MENUS[menu]
    tab = chosen.tab(asked.get("tab", ""))
    found = narrowed(chosen, asked, seller=request.seller)
    sort, column, descending = order_sort(asked.get("sort", ""), tab=tab)
    page = cut_page(found.qs, field=column, descending=descending, asked=cursors_in(asked))
    actions = offered(page.rows, erp=_erp(request)) if request.role.allows(Role.OPERATIONS) else {}
    told = {
        "menu": chosen,
        "tabs": _tabs(request, chosen, tab),
        "filter": found,
        "filtered": any(asked.get(name) for name in found.filters if name != "q"),
        "narrowed": any(asked.get(name) for name in found.filters),
        "keep": {name: value for name, value in asked.items() if name not in ("q", *PAGING)},
        "tab": tab,
        "sort": sort,
        "table": OrderTable(
            page.rows,
            seller=request.seller,
            vouchers=may_have_vouchers(request.seller),
            ticked={row.number for row in page.rows if any(each.fits(row) for each in actions.values())},
            delivered=tab == "delivered",
        ),
        "page": page,
        "newer_url": turned(asked, before=page.newer) if page.newer else "",
        "older_url": turned(asked, after=page.older) if page.older else "",
        "export_url": reverse(chosen.export_url),
        "export_query": asked.urlencode(),
        "actions": list(actions.items()),
        "matching": _matching_text(found.qs) if actions else "",
        "most": MOST,
    }
    return render(request, "portal/orders.html", told)


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def order_export(request: SellerRequest, menu: str = "orders") -> HttpResponseBase:
    """The filtered list as a workbook; what is masked on the page is not in it either."""
    asked, chosen = request.GET, MENUS[menu]
    record(
        verb="orders.exported",
        subject=menu,
        by=request.user,
        at=timezone.now(),
        seller_id=request.seller.pk,
        details={"tab": chosen.tab(asked.get("tab", "")), **asked.dict()},
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it, and it is gone
    write_order_list(file, narrowed(chosen, asked, seller=request.seller).qs, request.seller)
    file.seek(0)
    name = f"{menu}-{request.seller.partner_number}-{timezone.localdate():%Y-%m-%d}.xlsx"
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@seller_view(Role.OPERATIONS)
def order_bulk(request: SellerRequest) -> HttpResponse:
    """Send, mark as paid or ship the orders that were ticked, or all that the list's filters leave."""
    name, query = request.POST.get("action", ""), QueryDict(request.POST.get("query", ""))
    action, menu = ACTIONS.get(name), MENUS.get(request.POST.get("menu", ""))
    if action is None or menu is None:
        raise Http404
    back = f"{reverse(menu.url)}?{query.urlencode()}"
    rows = _matching(request, menu, query, action) if request.POST.get("all") else _ticked(request)
    orders = list(rows[: MOST + 1])
    if not orders:
        messages.error(request, _("Tick the orders for which to do it; nothing was changed."))
        return redirect(back)
    answers = act(action, orders[:MOST], by=request.user, at=timezone.now())
    told = {
        "name": name,
        "action": action,
        "menu": menu.name,
        "query": query.urlencode(),
        "answers": answers,
        "counts": told_apart(answers),
        "refused": [each.number for each in answers if each.outcome == "refused"],
        "lacks_account": any(each.lacks_account for each in answers),
        "lack_receipts": sum(each.lacks_receipt for each in answers),
        "more": len(orders) > MOST,
        "most": MOST,
        "back": back,
        "crumbs": [{"label": menu.title, "url": back}, {"label": action.label}],
    }
    return render(request, "portal/order_bulk.html", told)


def _ticked(request: SellerRequest) -> "QuerySet[Order]":
    numbers = [number for number in request.POST.getlist("orders") if "\x00" not in number]
    return Order.objects.of(request.seller).filter(number__in=numbers[: MOST + 1]).order_by("placed_at", "pk")


def _matching(request: SellerRequest, menu: Menu, asked: QueryDict, action: Action) -> "QuerySet[Order]":
    """All orders the list's filters leave, as far as the move can be made on them, oldest first."""
    rows: QuerySet[Order] = narrowed(menu, asked, seller=request.seller).qs
    return rows.filter(action.wanted(request.seller)).order_by("placed_at", "pk")


def _matching_text(rows: "QuerySet[Order]") -> str:
    """How many orders the list's filters leave; "" where all of them are on one page."""
    count = capped_count(rows)
    return count_text(count) if count > PAGE_ROWS else ""


def _erp(request: SellerRequest) -> str:
    """The name of the ERP that is connected; "" where none is."""
    channel = channel_of(request.seller) if invoices_itself(request.seller) else None
    return channel.get_provider_display() if channel else ""


def _tabs(request: SellerRequest, menu: Menu, chosen: str) -> list[dict[str, Any]]:
    own = Order.objects.of(request.seller).filter(menu.condition)
    tabs = []
    for name, (label, condition) in menu.tabs.items():
        query = request.GET.copy()
        for key in (*PAGING, "sort", "tab"):
            query.pop(key, None)
        query["tab"] = name
        count = count_text(capped_count(own.filter(condition)))
        url = f"?{query.urlencode()}"
        tabs.append({"label": label, "url": url, "active": name == chosen, "count": count})
    return tabs
