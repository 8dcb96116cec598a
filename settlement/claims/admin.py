"""Which document holds which order, and which orders are held back."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import LookOnlyAdmin, each
from settlement.claims.models import Claim, Hold
from settlement.claims.operations import release_hold


@admin.register(Claim)
class ClaimAdmin(LookOnlyAdmin):
    list_display = ("order", "reference", "claimed_at")
    search_fields = ("order__number", "reference")
    ordering = ("-claimed_at", "-pk")
    list_select_related = ("order",)
    show_full_result_count = False


@admin.register(Hold)
class HoldAdmin(LookOnlyAdmin):
    list_display = ("order", "reason", "placed_by", "placed_at", "released_at")
    search_fields = ("order__number", "reason")
    ordering = ("-placed_at",)
    list_select_related = ("order", "placed_by")
    actions = ("release",)

    @admin.action(description=_("Release: the dispute is closed"), permissions=["act"])
    def release(self, request: HttpRequest, chosen: "QuerySet[Hold]") -> None:
        def act(row: Hold) -> None:
            release_hold(order_id=row.order_id, by=request.user, at=timezone.now())

        each(request, chosen, act, refusals=())
