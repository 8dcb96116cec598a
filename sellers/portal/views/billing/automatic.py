"""Automatic invoicing: choosing it, a rehearsal of last month, and what its runs did."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sellers.door.entry import SellerRequest
from sellers.portal.billing.automatic import AutomaticForm, first_choice, offers_of, rehearsals_of
from sellers.portal.billing.entry import ACTORS, READERS, billing_view, may_act
from sellers.portal.columns import Badge
from sellers.portal.listing import cursors_in, turned
from sellers.portal.paging import cut_page
from settlement.billing.models import AutomaticRun, Mode, RunState
from settlement.billing.operations.automatic import choose_automatic, try_again
from settlement.billing.queries import automatic_of
from settlement.billing.refusals import Refused

TONES = {RunState.ISSUED: "invoiced", RunState.EMPTY: "closed", RunState.REFUSED: "refused"}


@require_GET
@billing_view(READERS)
def automatic(request: SellerRequest) -> HttpResponse:
    """How deposits are invoiced by themselves, what last month would have been, and every run."""
    today = timezone.localdate()
    initial = first_choice(automatic_of(request.seller), today=today)
    return _page(request, AutomaticForm(initial=initial))


@require_POST
@billing_view(ACTORS)
def choose(request: SellerRequest) -> HttpResponse:
    """Choose how deposits are invoiced by themselves, and from when on."""
    form = AutomaticForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    mode = Mode(form.cleaned_data["mode"])
    try:
        choose_automatic(
            seller_id=request.seller.pk,
            mode=mode,
            starts_on=form.cleaned_data["starts_on"],
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        form.add_error("starts_on", str(refusal))
        return _page(request, form, status=422)
    text = _("Automatic invoicing is off.") if mode == Mode.OFF else _("Automatic invoicing is on: %(mode)s.")
    messages.success(request, text % {"mode": mode.label})
    return redirect("portal:automatic")


@require_POST
@billing_view(ACTORS)
def run_again(request: SellerRequest, pk: int) -> HttpResponse:
    """Try a run again that was refused."""
    run = get_object_or_404(AutomaticRun.objects.of(request.seller), pk=pk)
    done = (
        try_again(run_id=run.pk, by=request.user, at=timezone.now()) if run.state == RunState.REFUSED else run
    )
    if done is None or done.state == RunState.REFUSED:
        messages.error(request, done.reason if done else _("Automatic invoicing is off; nothing was done."))
    elif done.state == RunState.ISSUED:
        names = ", ".join(done.invoices.order_by("pk").values_list("reference", flat=True))
        messages.success(request, _("Invoiced: %(invoices)s.") % {"invoices": names})
    else:
        messages.info(request, _("There is nothing left to invoice."))
    return redirect("portal:automatic")


def _page(request: SellerRequest, form: AutomaticForm, status: int = 200) -> HttpResponse:
    seller, today = request.seller, timezone.localdate()
    chosen = automatic_of(seller)
    month, rehearsals = rehearsals_of(seller, today=today)
    page = cut_page(_runs(request), field="ran_at", descending=True, asked=cursors_in(request.GET))
    told: dict[str, Any] = {
        "form": form,
        "offers": offers_of(form, chosen, today=today),
        "chosen": chosen,
        "is_on": chosen is not None and chosen.mode != Mode.OFF,
        "month": month,
        "rehearsals": rehearsals,
        "runs": [
            {"row": row, "badge": _badge(row), "last_on": row.end_on - timedelta(days=1)} for row in page.rows
        ],
        "newer_url": turned(request.GET, before=page.newer) if page.newer else "",
        "older_url": turned(request.GET, after=page.older) if page.older else "",
        "market": seller.market,
        "may_act": may_act(request),
    }
    return render(request, "portal/billing/automatic.html", told, status=status)


def _runs(request: SellerRequest) -> Any:
    return AutomaticRun.objects.of(request.seller).select_related("deposit").prefetch_related("invoices")


def _badge(run: AutomaticRun) -> Badge:
    return Badge(run.get_state_display(), TONES[RunState(run.state)])
