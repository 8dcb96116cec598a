"""The list of invoices in the ERP, and their PDFs."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest
from sellers.erp.models import ErpState
from sellers.erp.operations.papers import paper_url
from sellers.erp.refusals import Refused
from sellers.portal.erp.entry import erp_view
from sellers.portal.lists.erp_invoices import ERP_INVOICES, erp_invoices_of
from sellers.portal.views.lists import list_page, list_workbook


@require_GET
@erp_view(Role.VIEWER)
def invoice_list(request: SellerRequest) -> HttpResponse:
    """The seller's orders in the ERP, those asked for last first."""
    empty = {
        "title": _("No order is invoiced in the ERP yet"),
        "text": _(
            "Tick orders in the list of orders and have them invoiced, or switch automatic invoicing on."
        ),
        "url": reverse("portal:orders"),
        "link": _("Go to the orders"),
        "icon": "file-invoice",
    }
    crumbs = [{"label": _("Channels"), "url": reverse("portal:erp_channels")}, {"label": _("Invoices")}]
    own = erp_invoices_of(request.seller)
    return list_page(
        request, ERP_INVOICES, own, template="portal/erp/invoices.html", empty=empty, crumbs=crumbs
    )


@require_GET
@erp_view(Role.VIEWER)
@limited("export")
def invoice_export(request: SellerRequest) -> HttpResponseBase:
    """The list of invoices in the ERP as a workbook."""
    return list_workbook(request, ERP_INVOICES, erp_invoices_of(request.seller))


@require_GET
@erp_view(Role.VIEWER)
@limited("export")
def paper(request: SellerRequest, number: str) -> HttpResponse:
    """The PDF of an order's invoice, which the ERP keeps."""
    own = erp_invoices_of(request.seller).filter(state=ErpState.DONE)
    row = get_object_or_404(own, order__number=number)
    try:
        return HttpResponseRedirect(paper_url(invoice_id=row.pk, clock=timezone.now))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse("portal:order", args=[number]) + "#erp")
