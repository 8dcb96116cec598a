"""Change requests in the back office: a queue, what would come of each, and the decision."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import Work, badge, money, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import (
    Notice,
    Table,
    history,
    link_column,
    market_column,
    queue_filter,
)
from marketplace.kernel.models import MailState, OutgoingMail
from marketplace.kernel.states import IllegalMove
from marketplace.kernel.zones import local_date
from settlement.billing.admin import approving, outcomes
from settlement.billing.admin.parts import REQUEST_TONES, mail_table, send_dead
from settlement.billing.catalogues import reason_text
from settlement.billing.models import ChangeRequest, RequestState
from settlement.billing.operations.requesting import decline_request
from settlement.billing.refusals import Refused
from settlement.billing.rules.waiting import waits_long
from settlement.documents.operations.voiding import ReasonMissing


def letters_of(row: ChangeRequest) -> "QuerySet[OutgoingMail]":
    """The ticket: the letter that opened it, and the answers to it."""
    return OutgoingMail.objects.filter(key__startswith=f"change_request:{row.reference}:")


def _decline(request: HttpRequest, row: ChangeRequest, text: str) -> None:
    decline_request(request_id=row.pk, reason=text, **acting(request))


def _send_again(request: HttpRequest, row: ChangeRequest, text: str) -> None:
    send_dead(letters_of(row))


def _waits(request: HttpRequest, row: ChangeRequest) -> bool:
    return row.state == RequestState.REQUESTED


def _failed(request: HttpRequest, row: ChangeRequest) -> bool:
    return letters_of(row).filter(state=MailState.DEAD).exists()


DEEDS = (
    Deed(
        "decline",
        _("Decline"),
        _decline,
        refusals=(IllegalMove, ReasonMissing),
        asks=_("reason"),
        note=_("The invoice stays as it is. The seller is written to and reads the reason."),
        when=_waits,
        grave=True,
    ),
    Deed(
        "send_again",
        _("Send the failed letters again"),
        _send_again,
        refusals=(Refused,),
        when=_failed,
        listed=False,
    ),
)


@admin.register(ChangeRequest)
class ChangeRequestAdmin(DeskAdmin):
    list_display = (
        "reference",
        "seller",
        "wish",
        "shown_invoice",
        "shown_amount",
        "age",
        "shown_state",
        "reason",
        "shown_market",
    )
    list_filter = (
        queue_filter(RequestState.choices, waiting=[RequestState.REQUESTED]),
        "market",
        "wish",
        "year",
    )
    search_fields = ("reference", "invoice__reference", "seller__partner_number", "seller__name")
    ordering = ("requested_at", "pk")
    list_select_related = ("seller", "market", "invoice")
    deeds = DEEDS
    work = (Work(_("Change requests for invoices"), Q(state=RequestState.REQUESTED)),)
    fields = readonly_fields = (
        "reference",
        "seller",
        "shown_state",
        "wish",
        "shown_invoice",
        "shown_amount",
        "reason",
        "shown_code",
        "requested_by",
        "requested_at",
        "age",
        "decided_at",
        "answer",
    )
    shown_market = market_column
    shown_state = state_column(REQUEST_TONES)
    shown_invoice = link_column("invoice", _("invoice"))

    @admin.display(description=_("total"), ordering="invoice__gross")
    def shown_amount(self, row: ChangeRequest) -> SafeString:
        return money(row.invoice.gross, row.invoice.currency)

    @admin.display(description=_("the authority's reason"))
    def shown_code(self, row: ChangeRequest) -> str:
        return reason_text(row.market.code, row.reason_code) or "–"

    @admin.display(description=_("waiting for"), ordering="requested_at")
    def age(self, row: ChangeRequest) -> SafeString | str:
        """How long it waits; it stands out after two working days."""
        if row.state != RequestState.REQUESTED:
            return "–"
        waited, zone = timesince(row.requested_at, depth=1), row.market.zone
        long = waits_long(local_date(row.requested_at, zone), local_date(timezone.now(), zone))
        return badge(waited, "bad") if long else waited

    def notices(self, request: HttpRequest, row: ChangeRequest) -> Iterable[Notice]:
        if _failed(request, row):
            yield Notice(_("A letter of its ticket could not be sent; the reason stands below."), "bad")
        if row.state == RequestState.REQUESTED:
            yield Notice(outcomes.in_words(row), "warn")

    def steps(self, request: HttpRequest, row: ChangeRequest) -> Iterable[tuple[Any, str]]:
        if row.state == RequestState.REQUESTED and self.has_act_permission(request):
            yield _("Approve…"), reverse("admin:billing_changerequest_approve", args=[row.pk])

    def tables_for(self, request: HttpRequest, row: ChangeRequest) -> Iterable[Table]:
        yield from outcomes.tables(request, row)
        yield mail_table(letters_of(row))
        yield history(row, REQUEST_TONES)

    def get_urls(self) -> list[URLPattern]:
        approve = self.admin_site.admin_view(partial(approving.approve_page, self))
        own = path("<int:pk>/approve/", approve, name="billing_changerequest_approve")
        return [own, *super().get_urls()]
