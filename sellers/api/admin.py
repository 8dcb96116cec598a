"""Sellers' keys, webhooks and messages in the back office: looked at, their secrets shown nowhere. The keys
of the marketplace's own systems are made and revoked here.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import LookOnlyAdmin, badge, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice
from marketplace.parties.models import Market
from sellers.api.models import ApiKey, Delivery, DeliveryState, MarketKey, Scope, Switch, Webhook
from sellers.api.operations.market_keys import make_market_key, revoke_market_key


@admin.register(ApiKey)
class ApiKeyAdmin(LookOnlyAdmin):
    list_display = ("prefix", "seller", "name", "created_at", "created_by", "last_used_at", "revoked_at")
    search_fields = ("prefix", "name", "seller__partner_number")
    ordering = ("-pk",)
    list_select_related = ("seller", "created_by")
    fields = readonly_fields = (*list_display, "revoked_by")


@admin.register(Webhook)
class WebhookAdmin(LookOnlyAdmin):
    list_display = ("url", "seller", "wire", "shown_state", "switched_at", "failures", "rests_until", "dead")
    list_filter = ("state", "wire")
    search_fields = ("url", "seller__partner_number")
    ordering = ("-pk",)
    list_select_related = ("seller",)
    fields = readonly_fields = list_display
    shown_state = state_column({Switch.ON: "ok"})


@admin.register(Delivery)
class DeliveryAdmin(LookOnlyAdmin):
    list_display = (
        "public_id",
        "seller",
        "order",
        "event",
        "shown_state",
        "tries",
        "created_at",
        "tried_at",
        "status",
        "fault",
    )
    list_filter = ("state", "event", "fault")
    search_fields = ("order__number", "seller__partner_number")
    ordering = ("-pk",)
    show_full_result_count = False
    list_select_related = ("seller", "order")
    fields = readonly_fields = (*list_display, "webhook", "again", "due_at", "ended_at", "answer")
    shown_state = state_column(
        {DeliveryState.WAITING: "info", DeliveryState.DONE: "ok", DeliveryState.DEAD: "bad"}
    )


class MarketKeyForm(forms.Form):
    """Whose key it is, what for, and what it opens."""

    market = forms.ModelChoiceField(Market.objects.none(), label=_("Market"))
    name = forms.CharField(
        label=_("What is it for?"), max_length=60, help_text=_("For example: the payment system.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It tells of"), choices=Scope, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        markets: forms.ModelChoiceField[Market] = self.fields["market"]  # type: ignore[assignment]
        markets.queryset = Market.objects.filter(takes_deposits=True).order_by("code")


def _revoke(request: HttpRequest, row: MarketKey, text: str) -> None:
    revoke_market_key(key_id=row.pk, **acting(request))


@admin.register(MarketKey)
class MarketKeyAdmin(DeskAdmin):
    list_display = ("prefix", "market", "name", "opens", "state", "last_used_at", "created_at", "created_by")
    list_filter = ("market", "for_deposits", "for_fees")
    search_fields = ("prefix", "name")
    ordering = ("-pk",)
    list_select_related = ("market", "created_by")
    fields = readonly_fields = (*list_display, "revoked_at", "revoked_by")
    deeds = (
        Deed(
            "revoke",
            _("Revoke"),
            _revoke,
            note=_("What uses it is turned away from then on. It cannot be undone."),
            when=lambda request, row: row.revoked_at is None,
            grave=True,
        ),
    )

    @admin.display(description=_("tells of"))
    def opens(self, row: MarketKey) -> str:
        return ", ".join(str(scope.label) for scope in Scope if scope in row.scopes)

    @admin.display(description=_("state"), ordering="revoked_at")
    def state(self, row: MarketKey) -> SafeString:
        return badge(_("Revoked"), "none") if row.revoked_at else badge(_("In use"), "ok")

    def tools(self, request: HttpRequest) -> Iterable[tuple[Any, str]]:
        if request.user.has_perm("api.add_marketkey"):
            yield _("Make a key"), reverse("admin:api_marketkey_make")

    def get_urls(self) -> list[URLPattern]:
        make = self.admin_site.admin_view(self.make)
        return [path("make/", make, name="api_marketkey_make"), *super().get_urls()]

    def make(self, request: HttpRequest) -> HttpResponse:
        """Make a key; it is shown on this one page."""
        if not (request.user.has_perm("api.add_marketkey") and self.has_view_permission(request)):
            raise PermissionDenied
        form = MarketKeyForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self.own_page(request, title=_("Make a key"), form=form, submit=_("Make a key"))
        told = form.cleaned_data
        _key, token = make_market_key(
            market_id=told["market"].pk,
            name=told["name"].strip(),
            scopes=[Scope(each) for each in told["scopes"]],
            **acting(request),
        )
        text = gettext("This key is shown now and never again; put it where your system keeps its secrets:")
        notices = [Notice(format_html("{} <code>{}</code>", text, token), "warn")]
        return self.own_page(request, title=_("Your new key"), notices=notices)
