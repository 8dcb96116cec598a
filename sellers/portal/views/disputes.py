"""Disputes: the list, and one of them with its conversation."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from marketplace.kernel.states import IllegalMove
from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.lists.setoffs import DISPUTES, decision_of
from sellers.portal.papers import kind_of
from sellers.portal.views.lists import list_page, list_workbook
from settlement.documents.operations.voiding import ReasonMissing
from settlement.netting.models import Dispute, DisputeState, Outcome, Paper
from settlement.netting.operations import disputing

REFUSALS = (IllegalMove, ReasonMissing)


class MessageForm(forms.Form):
    """What the seller says in a dispute."""

    text = forms.CharField(
        label=gettext_lazy("Your message"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_GET
@seller_view(Role.VIEWER)
def dispute_list(request: SellerRequest) -> HttpResponse:
    """The orders the seller objected to."""
    empty = {
        "title": _("No dispute"),
        "text": _(
            "If an amount of an order on a set-off is not right, dispute it on the set-off's page while it "
            "waits for your answer. The rest of the set-off goes on."
        ),
        "url": reverse("portal:set_offs"),
        "link": _("Go to the set-offs"),
        "icon": "message-circle",
    }
    return list_page(
        request,
        DISPUTES,
        _own(request),
        template="portal/disputes.html",
        empty=empty,
        crumbs=[{"label": _("Set-offs"), "url": reverse("portal:set_offs")}, {"label": _("Disputes")}],
    )


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def dispute_export(request: SellerRequest) -> HttpResponseBase:
    """The list of disputes as a workbook."""
    return list_workbook(request, DISPUTES, _own(request))


@require_GET
@seller_view(Role.VIEWER)
def dispute_detail(request: SellerRequest, pk: int) -> HttpResponse:
    """One dispute: what is withheld, what was said, and how it was decided."""
    return _page(request, get_object_or_404(_own(request), pk=pk), MessageForm())


@require_POST
@seller_view(Role.FINANCE)
def answer(request: SellerRequest, pk: int) -> HttpResponse:
    """Say something to accounting."""
    dispute = get_object_or_404(_own(request), pk=pk)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, dispute, form, status=422)
    try:
        disputing.answer_dispute(
            dispute_id=pk,
            text=form.cleaned_data["text"],
            by=request.user,
            at=timezone.now(),
            as_seller=True,
        )
        messages.success(request, _("Your message went to accounting."))
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:dispute", pk)


@require_POST
@seller_view(Role.FINANCE)
def withdraw(request: SellerRequest, pk: int) -> HttpResponse:
    """Withdraw a dispute: the amounts stand as they were proposed."""
    dispute = get_object_or_404(_own(request), pk=pk)
    form = MessageForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why you withdraw it; accounting will read it."))
        return _page(request, dispute, form, status=422)
    try:
        disputing.decide_dispute(
            dispute_id=pk,
            outcome=Outcome.WITHDRAWN,
            text=form.cleaned_data["text"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(
            request, _("You withdrew the dispute about order %(order)s.") % {"order": dispute.order}
        )
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:dispute", pk)


def _own(request: SellerRequest) -> "QuerySet[Dispute]":
    return Dispute.objects.of(request.seller).select_related(
        "order", "set_off", "cash_item", "invoice_item__document"
    )


def _page(request: SellerRequest, dispute: Dispute, form: MessageForm, status: int = 200) -> HttpResponse:
    is_open, item = dispute.state == DisputeState.OPEN, dispute.invoice_item
    told = {
        "dispute": dispute,
        "badge": decision_of(dispute),
        "held": item is not None and item.paper == Paper.HELD,
        "item_kind": kind_of(item) if item is not None else "",
        "said": dispute.messages.select_related("by").order_by("at", "pk"),
        "is_open": is_open,
        "may_answer": is_open and request.role.allows(Role.FINANCE),
        "form": form,
        "crumbs": [
            {"label": _("Set-offs"), "url": reverse("portal:set_offs")},
            {"label": _("Disputes"), "url": reverse("portal:disputes")},
            {"label": dispute.order.number},
        ],
    }
    return render(request, "portal/dispute.html", told, status=status)
