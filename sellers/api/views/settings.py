"""API and webhooks: the seller's keys, and where its orders are sent."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.api.models import ApiKey, Delivery, DeliveryState, Switch, Webhook, Wire
from sellers.api.operations import keys, webhooks
from sellers.api.rules import BadAddress
from sellers.api.wording import fault_text
from sellers.door.entry import SellerRequest, seller_view

SHOWN_REVOKED = 10


class KeyForm(forms.Form):
    """What a key is called."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=60,
        help_text=gettext_lazy("For example: warehouse, or the name of your shop system."),
    )


class WebhookForm(forms.Form):
    """Where a seller's orders are sent."""

    url = forms.CharField(
        label=gettext_lazy("Address on your server"),
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    wire = forms.ChoiceField(label=gettext_lazy("Format"), choices=Wire.choices)


@require_GET
@seller_view(Role.VIEWER)
def page(request: SellerRequest) -> HttpResponse:
    """The seller's keys and its webhook."""
    return _page(request)


@require_POST
@seller_view(Role.OPERATIONS)
@limited("api_settings")
def make_key(request: SellerRequest) -> HttpResponse:
    """Make a key; it is shown on this one page."""
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            _key, token = keys.make_key(
                seller_id=request.seller.pk,
                name=form.cleaned_data["name"],
                by=request.user,
                at=timezone.now(),
            )
            return _page(request, token=token)
        except keys.TooManyKeys:
            form.add_error(None, _("You have as many keys as there may be; revoke one you no longer use."))
    return _page(request, key_form=form, status=422)


@require_POST
@seller_view(Role.OPERATIONS)
def revoke_key(request: SellerRequest, pk: int) -> HttpResponse:
    """Take a key back for good."""
    key = get_object_or_404(ApiKey.objects.of(request.seller), pk=pk)
    keys.revoke_key(key_id=key.pk, by=request.user, at=timezone.now())
    messages.success(request, _("Key %(key)s opens nothing any more.") % {"key": key})
    return redirect("api:settings")


@require_POST
@seller_view(Role.OPERATIONS)
@limited("api_settings")
def save_webhook(request: SellerRequest) -> HttpResponse:
    """Make the webhook, or have it lead elsewhere; a new one's secret is shown on this one page."""
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            _webhook, secret = webhooks.save_webhook(
                seller_id=request.seller.pk,
                url=form.cleaned_data["url"],
                wire=form.cleaned_data["wire"],
                by=request.user,
                clock=timezone.now,
            )
        except BadAddress as refusal:
            form.add_error("url", fault_text(refusal.fault))
        else:
            if secret:
                return _page(request, secret=secret)
            messages.success(request, _("Your orders are sent to %(url)s now.") % form.cleaned_data)
            return redirect("api:settings")
    return _page(request, webhook_form=form, status=422)


@require_POST
@seller_view(Role.OPERATIONS)
@limited("api_settings")
def renew_secret(request: SellerRequest) -> HttpResponse:
    """Give the webhook another secret; it is shown on this one page."""
    webhook = get_object_or_404(Webhook.objects.of(request.seller))
    secret = webhooks.renew_secret(webhook_id=webhook.pk, by=request.user, at=timezone.now())
    return _page(request, secret=secret)


@require_POST
@seller_view(Role.OPERATIONS)
def switch(request: SellerRequest, to: str) -> HttpResponse:
    """Switch the webhook on or off."""
    webhook = get_object_or_404(Webhook.objects.of(request.seller))
    if to == Switch.ON:
        webhooks.switch_on(webhook_id=webhook.pk, by=request.user, clock=timezone.now)
        messages.success(request, _("From now on your orders are sent to %(url)s.") % {"url": webhook.url})
    else:
        webhooks.switch_off(webhook_id=webhook.pk, by=request.user, at=timezone.now())
        messages.success(request, _("The webhook is off; nothing is sent."))
    return redirect("api:settings")


@require_POST
@seller_view(Role.OPERATIONS)
@limited("api_settings")
def send_test(request: SellerRequest) -> HttpResponse:
    """Send a message that tells of no order."""
    webhook = get_object_or_404(Webhook.objects.of(request.seller))
    try:
        delivery = webhooks.send_test(webhook_id=webhook.pk, by=request.user, at=timezone.now())
    except webhooks.SwitchedOff:
        messages.error(request, _("Switch the webhook on first."))
        return redirect("api:settings")
    messages.success(request, _("A test is on its way; its answer stands here in a moment."))
    return redirect("api:delivery", delivery.pk)


def _page(
    request: SellerRequest,
    *,
    token: str = "",
    secret: str = "",
    key_form: KeyForm | None = None,
    webhook_form: WebhookForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; ``token`` and ``secret`` are shown this once and are kept nowhere."""
    webhook = Webhook.objects.of(request.seller).first()
    initial = {"url": webhook.url, "wire": webhook.wire} if webhook else {"wire": Wire.SALDO}
    told: dict[str, Any] = {
        "token": token,
        "secret": secret,
        "keys": _keys(request),
        "key_form": key_form or KeyForm(),
        "webhook": webhook,
        "webhook_form": webhook_form or WebhookForm(initial=initial),
        "failed": _failed(webhook),
        "may_change": request.role.allows(Role.OPERATIONS),
        "address": request.build_absolute_uri(reverse("api:orders")),
        "takes_deposits": request.seller.market.takes_deposits,
        "crumbs": [
            {"label": _("Settings"), "url": reverse("portal:settings")},
            {"label": _("API and webhooks")},
        ],
    }
    return render(request, "api/settings.html", told, status=status)


def _keys(request: SellerRequest) -> list[ApiKey]:
    """The keys that open, newest first, and below them the last ones revoked."""
    rows = ApiKey.objects.of(request.seller).select_related("created_by").order_by("-pk")
    return [*rows.live(), *rows.exclude(revoked_at=None).order_by("-revoked_at")[:SHOWN_REVOKED]]


def _failed(webhook: Webhook | None) -> bool:
    """Whether the last message that ended was given up on."""
    last = Delivery.objects.filter(webhook=webhook, ended_at__isnull=False).order_by("-pk").first()
    return webhook is not None and last is not None and last.state == DeliveryState.DEAD
