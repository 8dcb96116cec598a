"""The list of change requests, each with how far its letter to support is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from marketplace.parties.models import Seller
from sellers.portal.billing.letters import Sent, letters_of
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.listing import Listing
from settlement.billing.models import ChangeRequest, RequestState, Wish
from settlement.billing.operations.telling import ticket_key

TONES = {
    RequestState.REQUESTED: "awaited",
    RequestState.DONE: "done",
    RequestState.DECLINED: "declined",
    RequestState.WITHDRAWN: "closed",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, the letter that told support of it, and how long it waited, or waits."""

    request: ChangeRequest
    ticket: Sent | None
    age: timedelta

    @property
    def badge(self) -> Badge:
        return Badge(self.request.get_state_display(), TONES[RequestState(self.request.state)])

    @property
    def mailed(self) -> Badge | None:
        return self.ticket.badge if self.ticket else None

    @property
    def waited(self) -> str:
        return waited_text(self.age)


def waited_text(age: timedelta) -> str:
    """A time in whole days, or in whole hours where it is less than two days."""
    hours = int(age.total_seconds() // 3600)
    if hours < 48:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s day", "%(count)s days", hours // 24) % {"count": hours // 24}


def asked(requests: Sequence[ChangeRequest]) -> list[Asked]:
    """Requests with their letters, in one look."""
    now, letters = timezone.now(), letters_of([ticket_key(each) for each in requests])
    return [
        Asked(each, letters.get(ticket_key(each)), (each.decided_at or now) - each.requested_at)
        for each in requests
    ]


def search_requests(seller: Seller, text: str) -> Q:
    """By its number, its invoice's, or a part of the reason or the answer."""
    return (
        Q(reference__icontains=text)
        | Q(invoice__reference__icontains=text)
        | Q(reason__icontains=text)
        | Q(answer__icontains=text)
    )


def _invoice_url(row: Any) -> str:
    return reverse("portal:billing_invoice", args=[row.request.invoice.reference])


REQUESTS = Listing(
    name="change-requests",
    title=gettext_lazy("Change requests"),
    columns=(
        Column(
            gettext_lazy("Request"),
            lambda row: row.request.reference,
            css="at-title nowrap",
            url=lambda row: reverse("portal:change_request", args=[row.request.reference]),
            width=20,
        ),
        Column(gettext_lazy("Wish"), lambda row: row.request.get_wish_display(), css="at-sub", width=22),
        Column(
            gettext_lazy("Invoice"), lambda row: row.request.invoice.reference, css="nowrap", url=_invoice_url
        ),
        Column(
            gettext_lazy("Asked for"),
            lambda row: row.request.requested_at,
            Kind.MOMENT,
            "at-sub",
            sort="-asked",
        ),
        Column(gettext_lazy("State"), lambda row: row.badge, Kind.STATE, css="at-badge", width=20),
        Column(gettext_lazy("Waited"), lambda row: row.waited, css="nowrap"),
        Column(gettext_lazy("Letter to support"), lambda row: row.mailed, Kind.STATE, width=20),
        Column(gettext_lazy("Reason"), lambda row: row.request.reason, on_page=False, width=50),
        Column(
            gettext_lazy("Accounting's answer"), lambda row: row.request.answer, css="at-none long", width=50
        ),
    ),
    sorts={"asked": "requested_at"},
    sort="-asked",
    day="requested_at",
    search=search_requests,
    placeholder=gettext_lazy("Request or invoice number, reason"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "open": (pgettext_lazy("several requests", "Waiting"), Q(state=RequestState.REQUESTED)),
        "decided": (
            pgettext_lazy("several requests", "Decided"),
            Q(state__in=[RequestState.DONE, RequestState.DECLINED]),
        ),
    },
    tabs_label=gettext_lazy("Requests by state"),
    states={str(wish): (wish.label, Q(wish=wish)) for wish in Wish},
    states_label=gettext_lazy("Wish"),
    prepare=asked,
)
