"""Sellers' keys, webhooks and messages in the back office: looked at. Secrets are shown nowhere."""

from django.contrib import admin

from marketplace.kernel.backoffice import LookOnlyAdmin, state_column
from sellers.api.models import ApiKey, Delivery, DeliveryState, Switch, Webhook


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
