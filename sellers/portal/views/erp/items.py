"""The ERP's items with their stock, the SKUs that are none of them, and choosing the item of a SKU."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest
from sellers.erp.models import Channel, Kind, Reading
from sellers.erp.operations.trying_again import forget_match, match_sku
from sellers.erp.refusals import Refused
from sellers.portal.erp.at_hand import with_channel
from sellers.portal.erp.entry import erp_view, invoicing_view, may_invoice
from sellers.portal.erp.matching import back_to, match_url, matching_of
from sellers.portal.listing import turned
from sellers.portal.lists.erp_items import SOLD_WITHIN, items_for, items_of, unmatched_skus
from sellers.portal.paging import PAGE_ROWS, capped_count, count_text, page_number
from sellers.portal.views.lists import list_page, list_workbook

LONGEST_SKU, LONGEST_SEARCH = 64, 100


@require_GET
@erp_view(Role.VIEWER)
@with_channel
def item_list(request: SellerRequest, channel: Channel) -> HttpResponse:
    """The ERP's items, with the stock of the chosen warehouse and the SKUs that they are."""
    now = timezone.now()
    reading = Reading.objects.filter(channel=channel, kind=Kind.ITEMS).first()
    empty = {
        "title": _("No items have been read yet"),
        "text": _("They are read from the ERP by themselves, a few minutes after it is connected."),
        "icon": "packages",
    }
    unmatched = capped_count(unmatched_skus(channel, at=now))
    return list_page(
        request,
        items_for(channel),
        items_of(channel, at=now),
        template="portal/erp/items.html",
        empty=empty,
        channel=channel,
        reading=reading,
        unmatched=unmatched,
        unmatched_text=count_text(unmatched),
        days=SOLD_WITHIN.days,
        crumbs=_crumbs(_("Items and stock")),
    )


@require_GET
@erp_view(Role.VIEWER)
@limited("export")
@with_channel
def item_export(request: SellerRequest, channel: Channel) -> HttpResponseBase:
    """The list of items as a workbook."""
    return list_workbook(request, items_for(channel), items_of(channel, at=timezone.now()))


@require_GET
@erp_view(Role.VIEWER)
@with_channel
def sku_list(request: SellerRequest, channel: Channel) -> HttpResponse:
    """The SKUs sold lately that are no item of the ERP, the most sold first."""
    page = page_number(request.GET)
    first = (page - 1) * PAGE_ROWS
    rows = list(unmatched_skus(channel, at=timezone.now())[first : first + PAGE_ROWS + 1])
    told = {
        "channel": channel,
        "rows": rows[:PAGE_ROWS],
        "newer_url": turned(request.GET, page=str(page - 1)) if page > 1 else "",
        "older_url": turned(request.GET, page=str(page + 1)) if len(rows) > PAGE_ROWS else "",
        "days": SOLD_WITHIN.days,
        "may_invoice": may_invoice(request),
        "crumbs": _crumbs(_("SKUs without an item"), reverse("portal:erp_items")),
    }
    return render(request, "portal/erp/skus.html", told)


@require_GET
@erp_view(Role.VIEWER)
@with_channel
def match(request: SellerRequest, channel: Channel) -> HttpResponse:
    """Choose the item that a SKU is; typing narrows what is offered."""
    sku = _text(request.GET.get("sku"), LONGEST_SKU)
    back = request.GET.get("back", "")
    text = _text(request.GET.get("q"), LONGEST_SEARCH)
    told = {
        "matching": matching_of(channel, sku, text) if sku else None,
        "channel": channel,
        "q": text,
        "back": back,
        "back_url": back_to(back),
        "may_invoice": may_invoice(request),
        "crumbs": [*_crumbs(_("Items and stock"))[:1], {"label": _("Choose the item")}],
    }
    is_part = bool(sku and request.headers.get("HX-Request"))
    return render(request, "portal/erp/parts/found.html" if is_part else "portal/erp/match.html", told)


@require_POST
@invoicing_view
@with_channel
def match_save(request: SellerRequest, channel: Channel) -> HttpResponse:
    """Remember which item a SKU is; what failed for it is tried again."""
    sku = _text(request.POST.get("sku"), LONGEST_SKU)
    item = _text(request.POST.get("item"), 40)
    if not sku:
        raise Http404
    if not item:
        messages.error(request, _("Choose an item first."))
        return redirect(_again(request, sku))
    try:
        count = match_sku(
            channel_id=channel.pk, sku=sku, external_id=item, by=request.user, at=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_again(request, sku))
    messages.success(request, _matched_text(channel, sku, count))
    return redirect(back_to(request.POST.get("back", "")))


@require_POST
@invoicing_view
@with_channel
def match_forget(request: SellerRequest, channel: Channel) -> HttpResponse:
    """Forget which item a SKU is by hand; the catalogue tells from now on."""
    sku = _text(request.POST.get("sku"), LONGEST_SKU)
    if forget_match(channel_id=channel.pk, sku=sku, by=request.user, at=timezone.now()):
        text = _("The match of %(sku)s is forgotten; from now on the ERP's catalogue tells which item it is.")
        messages.success(request, text % {"sku": sku})
    return redirect(back_to(request.POST.get("back", "")))


def _matched_text(channel: Channel, sku: str, count: int) -> str:
    told = {"sku": sku, "count": count, "erp": channel.get_provider_display()}
    remembered = _("The item of %(sku)s is remembered, for all orders to come.") % told
    if not count:
        return remembered
    again = ngettext(
        "%(count)s order is on its way to %(erp)s again.",
        "%(count)s orders are on their way to %(erp)s again.",
        count,
    )
    return f"{remembered} {again % told}"


def _again(request: SellerRequest, sku: str) -> str:
    return match_url(sku, back=request.POST.get("back", ""))


def _text(told: str | None, longest: int) -> str:
    return (told or "").replace("\x00", "").strip()[:longest]


def _crumbs(label: str, items: str = "") -> list[dict[str, Any]]:
    way = [{"label": _("Items and stock"), "url": items}] if items else []
    return [{"label": _("Channels"), "url": reverse("portal:erp_channels")}, *way, {"label": label}]
