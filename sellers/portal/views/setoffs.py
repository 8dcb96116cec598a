"""Set-offs: the list, one of them, agreeing to it, and disputing orders of it."""

import re

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
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
from sellers.portal.lists.setoffs import SET_OFFS, set_offs_of
from sellers.portal.setoff_page import set_off_told
from sellers.portal.views.documents import send_file
from sellers.portal.views.lists import list_page, list_workbook
from settlement.documents.operations.voiding import ReasonMissing
from settlement.netting.models import Dispute, SetOff
from settlement.netting.operations import answering, disputing

REFUSALS = (IllegalMove, ReasonMissing, disputing.NotOnTheSetOff, disputing.AlreadyDisputed)


class DisputeForm(forms.Form):
    """Orders of a set-off that the seller objects to, ticked or typed, and why."""

    numbers = forms.CharField(
        label=gettext_lazy("Order numbers, besides those ticked"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One a line, or with commas between them; also orders without cash of yours."),
    )
    reason = forms.CharField(
        label=gettext_lazy("What is wrong"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def orders(self, ticked: list[str]) -> list[str]:
        """The numbers ticked and typed, each once."""
        typed = [number for number in re.split(r"[\s,;]+", self.cleaned_data["numbers"]) if number]
        return [number for number in dict.fromkeys([*ticked, *typed]) if "\x00" not in number]


@require_GET
@seller_view(Role.VIEWER)
def set_off_list(request: SellerRequest) -> HttpResponse:
    """The seller's set-offs: what they net, and who pays whom."""
    empty = {
        "title": _("No set-off yet"),
        "text": _(
            "Once accounting has booked your invoice, what it says is set off against the customers' cash "
            "you hold. You see it here first, and agree to it or dispute single orders."
        ),
        "url": reverse("portal:documents") + "?tab=awaited",
        "link": _("Documents that await your invoice"),
        "icon": "arrows-exchange",
    }
    disputed = Dispute.objects.of(request.seller).open().count()
    own = set_offs_of(request.seller)
    return list_page(request, SET_OFFS, own, template="portal/set_offs.html", empty=empty, disputed=disputed)


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def set_off_export(request: SellerRequest) -> HttpResponseBase:
    """The list of set-offs as a workbook."""
    return list_workbook(request, SET_OFFS, set_offs_of(request.seller))


@require_GET
@seller_view(Role.VIEWER)
def set_off_detail(request: SellerRequest, reference: str) -> HttpResponse:
    """One set-off: its sums, both its sides, which cash paid which invoice, and what came of it."""
    return _page(request, get_object_or_404(_own(request), reference=reference), DisputeForm())


@require_POST
@seller_view(Role.FINANCE)
def confirm(request: SellerRequest, reference: str) -> HttpResponse:
    """Agree to a set-off."""
    set_off = get_object_or_404(_own(request), reference=reference)
    told = request.POST.get("seen", "")
    seen = int(told) if re.fullmatch(r"-?[0-9]{1,18}", told) else None
    try:
        answering.confirm_set_off(set_off_id=set_off.pk, by=request.user, at=timezone.now(), seen=seen)
        messages.success(request, _("You agreed to set-off %(reference)s.") % {"reference": reference})
    except (IllegalMove, answering.ChangedSince) as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:set_off", reference)


@require_POST
@seller_view(Role.FINANCE)
def dispute(request: SellerRequest, reference: str) -> HttpResponse:
    """Object to orders of a set-off; the rest of it is netted anew."""
    set_off = get_object_or_404(_own(request), reference=reference)
    form = DisputeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was disputed; see below why."))
        return _page(request, set_off, form, status=422)
    numbers = form.orders(request.POST.getlist("orders"))
    try:
        disputing.dispute_orders(
            set_off_id=set_off.pk,
            numbers=numbers,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        form.add_error("numbers", str(refusal))
        return _page(request, set_off, form, status=422)
    told = {"numbers": ", ".join(numbers)}
    messages.success(request, _("Disputed: %(numbers)s. The rest was netted anew.") % told)
    return redirect("portal:set_off", reference)


@require_GET
@seller_view(Role.VIEWER)
def set_off_file(request: SellerRequest, reference: str) -> HttpResponseBase:
    """The agreement of a set-off as a PDF."""
    set_off = get_object_or_404(_own(request), reference=reference)
    if set_off.pdf is None:
        raise Http404
    return send_file(request, set_off.pdf)


def _own(request: SellerRequest) -> "QuerySet[SetOff]":
    return SetOff.objects.of(request.seller).select_related("pdf", "confirmed_by")


def _page(request: SellerRequest, set_off: SetOff, form: DisputeForm, status: int = 200) -> HttpResponse:
    may_answer = request.role.allows(Role.FINANCE)
    told = set_off_told(set_off, request.GET, at=timezone.now(), may_answer=may_answer)
    told["form"] = form
    told["ticked"] = request.POST.getlist("orders")
    return render(request, "portal/set_off.html", told, status=status)
