"""What was sent to a seller's system, and what it answered."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.api.lists import DELIVERIES, delivery_badge, what_of
from sellers.api.models import Delivery, DeliveryState, Switch, Webhook
from sellers.api.models.deliveries import UNFINISHED
from sellers.api.operations import webhooks
from sellers.api.wording import outcome_text
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.views.lists import list_page, list_workbook


@require_GET
@seller_view(Role.VIEWER)
def delivery_list(request: SellerRequest) -> HttpResponse:
    """The messages to the seller's system."""
    own = _own(request)
    webhook = Webhook.objects.of(request.seller).first()
    empty = {
        "title": _("Nothing was sent yet"),
        "text": _("Each new order, and whatever happens to one, is sent to the address you give."),
        "url": reverse("api:settings"),
        "link": _("Go to API and webhooks"),
        "icon": "webhook",
    }
    may = request.role.allows(Role.OPERATIONS) and webhook is not None and webhook.state == Switch.ON
    return list_page(
        request,
        DELIVERIES,
        own,
        template="api/deliveries.html",
        empty=empty,
        may_send=may and own.filter(state=DeliveryState.DEAD, change__isnull=False).exists(),
        crumbs=[*_crumbs()[:-1], {"label": _("Deliveries")}],
    )


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def delivery_export(request: SellerRequest) -> HttpResponseBase:
    """The list of messages as a workbook."""
    return list_workbook(request, DELIVERIES, _own(request))


@require_GET
@seller_view(Role.VIEWER)
def delivery_detail(request: SellerRequest, pk: int) -> HttpResponse:
    """One message: what it tells, how often it was tried, and what came back."""
    delivery = get_object_or_404(_own(request), pk=pk)
    told = {
        "delivery": delivery,
        "badge": delivery_badge(delivery),
        "what": what_of(delivery),
        "outcome": outcome_text(delivery),
        "is_under_way": delivery.state in UNFINISHED,
        "may_send": delivery.state not in UNFINISHED
        and delivery.webhook.state == Switch.ON
        and request.role.allows(Role.OPERATIONS),
        "crumbs": [*_crumbs(), {"label": str(delivery.public_id)[:8]}],
    }
    return render(request, "api/delivery.html", told)


@require_POST
@seller_view(Role.OPERATIONS)
@limited("api_settings")
def send_again(request: SellerRequest, pk: int) -> HttpResponse:
    """Tell once more what a message told."""
    delivery = get_object_or_404(_own(request), pk=pk)
    try:
        fresh = webhooks.send_again(delivery_id=delivery.pk, by=request.user, at=timezone.now())
        messages.success(request, _("It is sent once more, with the order as it is now."))
        return redirect("api:delivery", fresh.pk)
    except webhooks.SwitchedOff:
        messages.error(request, _("Switch the webhook on first."))
    except webhooks.StillUnderWay:
        messages.error(request, _("This is on its way already."))
    return redirect("api:delivery", pk)


@require_POST
@seller_view(Role.OPERATIONS)
@limited("api_settings")
def send_dead_again(request: SellerRequest) -> HttpResponse:
    """Tell once more all that could not be delivered."""
    webhook = get_object_or_404(Webhook.objects.of(request.seller))
    try:
        count = webhooks.send_dead_again(webhook_id=webhook.pk, by=request.user, at=timezone.now())
    except webhooks.SwitchedOff:
        messages.error(request, _("Switch the webhook on first."))
    else:
        told = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
        messages.success(request, told % {"count": count})
    return redirect("api:deliveries")


def _own(request: SellerRequest) -> "QuerySet[Delivery]":
    return Delivery.objects.of(request.seller).select_related("order", "change", "webhook")


def _crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("Settings"), "url": reverse("portal:settings")},
        {"label": _("API and webhooks"), "url": reverse("api:settings")},
        {"label": _("Deliveries"), "url": reverse("api:deliveries")},
    ]
