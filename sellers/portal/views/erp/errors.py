"""The errors queue, where what stands in an order's way is put right, and orders are tried again."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from marketplace.parties.models import Role
from sellers.door.entry import SellerRequest
from sellers.erp.models import Channel
from sellers.erp.operations.trying_again import try_all_again, try_cause_again
from sellers.erp.queries import channel_of
from sellers.erp.rules.causes import Cause
from sellers.portal.erp.at_hand import with_channel
from sellers.portal.erp.entry import erp_view, invoicing_view, may_invoice
from sellers.portal.erp.errors import THINGS_OF_A_PAGE, groups_of, left_behind, mark_of, on_the_way
from sellers.portal.listing import turned
from sellers.portal.paging import page_number


@require_GET
@erp_view(Role.VIEWER)
def error_list(request: SellerRequest) -> HttpResponse:
    """What could not be invoiced, by cause; what is on its way; what is left behind."""
    only, page = _cause(request.GET.get("cause", "")), page_number(request.GET)
    told = _queue(request, only, first=(page - 1) * THINGS_OF_A_PAGE if only else 0)
    has_more = bool(only and told["groups"] and told["groups"][0].more)
    told |= {
        "only": only,
        "newer_url": turned(request.GET, page=str(page - 1)) if only and page > 1 else "",
        "older_url": turned(request.GET, page=str(page + 1)) if has_more else "",
        "crumbs": _crumbs(request, only),
    }
    return render(request, "portal/erp/errors.html", told)


@require_GET
@erp_view(Role.VIEWER)
def way(request: SellerRequest) -> HttpResponse:
    """What is on its way, and the causes where the page that asks shows others than there are by now."""
    told = _queue(request, None)
    told |= {
        "polled": True,
        "changed": request.GET.get("seen") != told["mark"],
        "ended": "moving" in request.GET and not told["way"],
        "failed": sum(group.count for group in told["groups"] if group.is_to_do),
    }
    return render(request, "portal/erp/parts/polled.html", told)


@require_POST
@invoicing_view
@with_channel
def try_again(request: SellerRequest, channel: Channel) -> HttpResponse:
    """Try again what failed for one thing, for a cause, or all of it."""
    count = _tried(request, channel)
    told = {"count": count, "erp": channel.get_provider_display()}
    if count:
        text = ngettext(
            "%(count)s order is on its way to %(erp)s again.",
            "%(count)s orders are on their way to %(erp)s again.",
            count,
        )
        messages.success(request, text % told)
    else:
        messages.info(request, _("Nothing was left to try again."))
    return redirect("portal:erp_errors")


def _tried(request: SellerRequest, channel: Channel) -> int:
    who: dict[str, Any] = {"channel_id": channel.pk, "by": request.user, "at": timezone.now()}
    asked = request.POST.get("cause", "")
    if not asked:
        return try_all_again(**who)
    cause = _cause(asked)
    if cause is None:
        raise Http404
    # Forms send a line's end as two characters, whatever the text had.
    about = request.POST.get("about", "").replace("\x00", "").replace("\r\n", "\n")
    return try_cause_again(cause=cause, about=about or None, **who)


def _queue(request: SellerRequest, only: Cause | None, *, first: int = 0) -> dict[str, Any]:
    told = _way(request)
    groups, lost = groups_of(request.seller, only=only, first=first), left_behind(request.seller)
    mark = mark_of(groups, lost, told["channel"] is None, told["may_invoice"])
    return {"groups": groups, "left_behind": lost, "mark": mark, **told}


def _way(request: SellerRequest) -> dict[str, Any]:
    channel, now = channel_of(request.seller), timezone.now()
    rests = channel is not None and channel.rests_until is not None and channel.rests_until > now
    return {
        "channel": channel,
        "erp": channel.get_provider_display() if channel else _("the ERP"),
        "rests": rests,
        "way": on_the_way(request.seller),
        "may_invoice": may_invoice(request),
    }


def _cause(text: str) -> Cause | None:
    return Cause(text) if text in list(Cause) else None


def _crumbs(request: SellerRequest, only: Cause | None) -> list[dict[str, str]]:
    way = [{"label": _("Channels"), "url": reverse("portal:erp_channels")}]
    if only is None:
        return [*way, {"label": _("Errors")}]
    return [*way, {"label": _("Errors"), "url": reverse("portal:erp_errors")}, {"label": _("One cause")}]
