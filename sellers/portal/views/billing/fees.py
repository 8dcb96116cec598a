"""Fees for services: the list, and one of them."""

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest
from sellers.portal.billing.deposit_page import fee_told
from sellers.portal.billing.entry import READERS, billing_view
from sellers.portal.lists.service_fees import FEES, standing_of
from sellers.portal.views.lists import list_page, list_workbook
from settlement.billing.models import Fee


@require_GET
@billing_view(READERS)
def fee_list(request: SellerRequest) -> HttpResponse:
    """What the marketplace charged for services."""
    empty = {
        "title": _("No fee yet"),
        "text": _(
            "Shipping labels, storage and other services are charged here and taken from your deposits."
        ),
        "icon": "receipt",
    }
    return list_page(request, FEES, _own(request), template="portal/billing/fees.html", empty=empty)


@require_GET
@billing_view(READERS)
@limited("export")
def fee_export(request: SellerRequest) -> HttpResponseBase:
    """The list of fees as a workbook."""
    return list_workbook(request, FEES, _own(request))


@require_GET
@billing_view(READERS)
def fee_detail(request: SellerRequest, reference: str) -> HttpResponse:
    """One fee: the deposits it was taken from, or the invoice it stands on."""
    fee = get_object_or_404(_own(request), reference=reference)
    told = {
        "fee": fee,
        "badge": standing_of(fee),
        "market": request.seller.market,
        "crumbs": [{"label": _("Fees"), "url": reverse("portal:fees")}, {"label": fee.reference}],
        **fee_told(fee, request.seller, request.GET),
    }
    return render(request, "portal/billing/fee.html", told)


def _own(request: SellerRequest) -> "QuerySet[Fee]":
    return Fee.objects.of(request.seller)
