"""Deposits: the list with what is ticked to be invoiced, one of them, and the way to a draft."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest
from sellers.portal.billing.deposit_page import deposit_told
from sellers.portal.billing.entry import ACTORS, READERS, billing_view, may_act
from sellers.portal.billing.paying_in import paying_in
from sellers.portal.billing.signs import forms_of_deposits, signs_of
from sellers.portal.billing.ticks import Ticked, keys_in, matching, open_ones, sum_of
from sellers.portal.lists.deposits import DEPOSITS, TICKS, deposits_for, standing_of
from sellers.portal.views.lists import list_page, list_workbook
from settlement.billing.models import Deposit
from settlement.billing.operations.drafting import draft_invoice
from settlement.billing.operations.issuing import MOST_LINES
from settlement.billing.queries import standing_of as standing_of_seller
from settlement.billing.refusals import NotInvoiceable

MOST_IN_ADDRESS = 200
"""Ticks that an address can carry, where the browser runs no script."""


@require_GET
@billing_view(READERS)
def deposit_list(request: SellerRequest) -> HttpResponse:
    """The deposits, those to be invoiced first, and what of them is ticked."""
    ticking = may_act(request)
    return list_page(
        request,
        deposits_for(may_tick=ticking),
        _own(request),
        template="portal/billing/deposits.html",
        standing=standing_of_seller(request.seller),
        market=request.seller.market,
        paying_in=paying_in(request.seller),
        empty={
            "title": _("No deposit yet"),
            "text": _(
                "Pay in by bank transfer as shown above. Each deposit appears here as soon as it is booked."
            ),
            "icon": "wallet",
        },
        **(_ticks(request) if ticking else {}),
    )


@require_GET
@billing_view(READERS)
@limited("export")
def deposit_export(request: SellerRequest) -> HttpResponseBase:
    """The list of deposits as a workbook."""
    return list_workbook(request, DEPOSITS, _own(request))


@require_GET
@billing_view(READERS)
def deposit_detail(request: SellerRequest, reference: str) -> HttpResponse:
    """One deposit: the fees taken from it, and the invoices and credit notes it stands on."""
    deposit = get_object_or_404(_own(request), reference=reference)
    told = {
        "deposit": deposit,
        "badge": standing_of(deposit),
        "market": request.seller.market,
        "may_act": may_act(request),
        "crumbs": [
            {"label": _("Deposits"), "url": reverse("portal:deposits")},
            {"label": deposit.reference},
        ],
        **deposit_told(deposit, request.seller, request.GET),
    }
    return render(request, "portal/billing/deposit.html", told)


@require_POST
@billing_view(ACTORS)
def tick(request: SellerRequest) -> HttpResponse:
    """Make a draft of what was ticked; or only add it up, where the browser runs no script."""
    query = QueryDict(request.POST.get("query", ""))
    elsewhere = keys_in([request.POST.get("ticked", "")]) - keys_in([request.POST.get("shown", "")])
    keys = elsewhere | keys_in(request.POST.getlist("deposit"))
    everything = "all" in request.POST
    if "add_up" in request.POST:
        return redirect(_added_up(query, keys, everything=everything))
    if everything:
        keys = set(matching(request.seller, query).values_list("pk", flat=True))
    else:
        keys = _still_open(request, keys)
    try:
        draft = draft_invoice(
            seller=request.seller, deposit_ids=list(keys), by=request.user, at=timezone.now()
        )
    except NotInvoiceable as refusal:
        messages.error(request, str(refusal))
        return redirect(_added_up(query, keys, everything=everything))
    return redirect("portal:draft", draft.pk)


def _still_open(request: SellerRequest, keys: set[int]) -> set[int]:
    """The ticked that can be invoiced; of the others, ticked in a list that has aged, one is told."""
    left = set(open_ones(request.seller, keys).values_list("pk", flat=True))
    gone = _own(request).filter(pk__in=list(keys - left)[:MOST_LINES])
    if names := list(gone.order_by("pk").values_list("reference", flat=True)[:6]):
        shown = ", ".join(names[:5]) + ("…" if len(names) > 5 else "")
        messages.warning(
            request, _("Left out, since it is on an invoice already: %(names)s.") % {"names": shown}
        )
    return left


def _own(request: SellerRequest) -> "QuerySet[Deposit]":
    return Deposit.objects.of(request.seller)


def _ticks(request: SellerRequest) -> dict[str, Any]:
    """What is ticked so far, and what all that match would come to."""
    asked = request.GET
    keys, everything = keys_in([asked.get("ticked", "")]), bool(asked.get("all"))
    match = sum_of(matching(request.seller, asked))
    ticked = match if everything else sum_of(open_ones(request.seller, keys)) if keys else Ticked(0, 0)
    return {
        "ticks_form": TICKS,
        "ticked": {str(key) for key in keys},
        "ticked_text": ",".join(map(str, sorted(keys))),
        "everything": everything,
        "sum": ticked,
        "match": match,
        "is_most": match.count == MOST_LINES,
        "signs": signs_of(request.seller.market.currency),
        "forms": forms_of_deposits(),
        "filter_text": _filter_text(asked),
        "query": asked.urlencode(),
        "may_tick": True,
    }


def _filter_text(asked: QueryDict) -> str:
    """The list's filters, always written the same: what "all that match" holds for."""
    return "&".join(
        f"{name}={asked[name]}" for name in ("q", "since", "state", "tab", "until") if asked.get(name)
    )


def _added_up(query: QueryDict, keys: set[int], *, everything: bool) -> str:
    """The list with these ticks in its address, as far as they fit."""
    asked = query.copy()
    asked.pop("all", None)
    asked["ticked"] = ",".join(map(str, sorted(keys)[:MOST_IN_ADDRESS]))
    if everything:
        asked["all"] = "1"
    return f"{reverse('portal:deposits')}?{asked.urlencode()}"
