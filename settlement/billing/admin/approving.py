"""Approving a change request: a page that says what will be issued, and then it is."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from marketplace.kernel.desk import DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice
from marketplace.kernel.states import IllegalMove
from settlement.billing.admin import outcomes
from settlement.billing.models import ChangeRequest, RequestState
from settlement.billing.operations.requesting import approve_request
from settlement.billing.refusals import Refused


def approve_page(desk: DeskAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """What approving a request issues, to the cent; sent from here, it is issued."""
    if not (desk.has_view_permission(request) and desk.has_act_permission(request)):
        raise PermissionDenied
    row = get_object_or_404(desk.get_queryset(request).select_related("invoice", "market", "seller"), pk=pk)
    if request.method == "POST":
        return _approve(request, row)
    if row.state != RequestState.REQUESTED:
        messages.info(request, _("It was decided already."))
        return redirect("admin:billing_changerequest_change", row.pk)
    return desk.own_page(
        request,
        title=_("Approve %(request)s") % {"request": row},
        template="admin/billing/approve.html",
        row=row,
        notices=_notices(row),
        tables=list(outcomes.tables(request, row)),
    )


def _approve(request: HttpRequest, row: ChangeRequest) -> HttpResponse:
    try:
        issued = approve_request(request_id=row.pk, **acting(request))
    except (IllegalMove, Refused) as refusal:
        messages.error(request, f"{row}: {refusal}")
    else:
        names = ", ".join(each.reference for each in issued)
        messages.success(request, _("Carried out. Issued: %(names)s.") % {"names": names})
    return redirect("admin:billing_changerequest_change", row.pk)


def _notices(row: Any) -> list[Notice]:
    return [
        Notice(outcomes.in_words(row), "warn"),
        Notice(
            _(
                "Numbers are taken, the books are posted, and the seller, support and accounting are written "
                "to. It cannot be undone, only changed again by another request."
            )
        ),
    ]
