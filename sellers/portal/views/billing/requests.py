"""Change requests: the list, one of them with what was asked and what came of it, and taking it back."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.kernel.states import IllegalMove
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest
from sellers.portal.billing.entry import ACTORS, READERS, billing_view, may_act
from sellers.portal.billing.letters import send_letter_again
from sellers.portal.lists.requests import REQUESTS, asked
from sellers.portal.views.lists import list_page, list_workbook
from settlement.billing.catalogues import reasons_for
from settlement.billing.models import ChangeRequest, RequestState, Wish
from settlement.billing.operations.requesting import withdraw_request
from settlement.billing.operations.telling import ticket_key
from settlement.billing.rules.splitting import wanted_of


@require_GET
@billing_view(READERS)
def request_list(request: SellerRequest) -> HttpResponse:
    """What was asked of accounting, and how far it is."""
    empty = {
        "title": _("No change requested"),
        "text": _(
            "To have an invoice corrected, split or cancelled, open it and press the button. Accounting"
            " decides, and what follows is done for you."
        ),
        "url": reverse("portal:billing_invoices"),
        "link": _("Go to the invoices"),
        "icon": "edit",
    }
    return list_page(request, REQUESTS, _own(request), template="portal/billing/requests.html", empty=empty)


@require_GET
@billing_view(READERS)
@limited("export")
def request_export(request: SellerRequest) -> HttpResponseBase:
    """The list of change requests as a workbook."""
    return list_workbook(request, REQUESTS, _own(request))


@require_GET
@billing_view(READERS)
def request_detail(request: SellerRequest, reference: str) -> HttpResponse:
    """One request: what was asked, the letter to support, accounting's answer, and what was issued."""
    row = _row(request, reference)
    (told,) = asked([row])
    is_open, acts = row.state == RequestState.REQUESTED, may_act(request)
    codes = reasons_for(row.market.code, row.wish)
    wanted = [
        {"recipient": each.recipient, "lines": len(each.parts), "gross": each.gross}
        for each in wanted_of(row.wanted)
    ]
    context: dict[str, Any] = {
        "asked": told,
        "row": row,
        "code": codes.get(row.reason_code, row.reason_code),
        "wanted": wanted,
        "issued": row.issued.order_by("pk"),
        "is_open": is_open,
        "is_cancel": row.wish == Wish.CANCEL,
        "may_withdraw": is_open and acts,
        "may_send_again": acts and told.ticket is not None and told.ticket.is_dead,
        "crumbs": [
            {"label": _("Change requests"), "url": reverse("portal:change_requests")},
            {"label": row.reference},
        ],
    }
    return render(request, "portal/billing/request.html", context)


@require_POST
@billing_view(ACTORS)
def withdraw(request: SellerRequest, reference: str) -> HttpResponse:
    """Take a request back that accounting has not decided yet."""
    row = _row(request, reference)
    try:
        withdraw_request(request_id=row.pk, by=request.user, at=timezone.now())
        messages.success(request, _("Request %(number)s is withdrawn; nothing changes.") % {"number": row})
    except IllegalMove:
        messages.error(request, _("Request %(number)s was decided meanwhile.") % {"number": row})
    return redirect("portal:change_request", reference)


@require_POST
@billing_view(ACTORS)
def send_ticket_again(request: SellerRequest, reference: str) -> HttpResponse:
    """Have the letter to support sent again that could not be."""
    send_letter_again(request, ticket_key(_row(request, reference)))
    return redirect("portal:change_request", reference)


def _own(request: SellerRequest) -> "QuerySet[ChangeRequest]":
    return ChangeRequest.objects.of(request.seller).select_related("invoice", "market", "requested_by")


def _row(request: SellerRequest, reference: str) -> ChangeRequest:
    return get_object_or_404(_own(request), reference=reference)
