"""What the marketplace invoices an agency seller, and credits: the list, and the files."""

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.lists.fees import FEES
from sellers.portal.views.documents import KINDS, send_file
from sellers.portal.views.lists import list_page, list_workbook
from settlement.billing.models import FeeInvoice


@require_GET
@seller_view(Role.VIEWER)
def fee_list(request: SellerRequest) -> HttpResponse:
    """The marketplace's commission invoices and credit notes."""
    empty = {
        "title": _("No commission invoice yet"),
        "text": _(
            "You sell to the customers yourself; the marketplace invoices you its commission. After each "
            "settlement period its commission invoice appears here."
        ),
        "url": reverse("portal:documents"),
        "link": _("Go to the documents"),
        "icon": "receipt",
    }
    return list_page(request, FEES, _own(request), template="portal/fee_invoices.html", empty=empty)


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def fee_export(request: SellerRequest) -> HttpResponseBase:
    """The list of commission invoices as a workbook."""
    return list_workbook(request, FEES, _own(request))


@require_GET
@seller_view(Role.VIEWER)
def fee_file(request: SellerRequest, reference: str, kind: str) -> HttpResponseBase:
    """A commission invoice's PDF or Excel file."""
    fee = get_object_or_404(_own(request).select_related("pdf", "xlsx"), reference=reference)
    file = getattr(fee, kind) if kind in KINDS else None
    if file is None:
        raise Http404
    return send_file(request, file)


def _own(request: SellerRequest) -> "QuerySet[FeeInvoice]":
    return FeeInvoice.objects.of(request.seller).select_related("document")
