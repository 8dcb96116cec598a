"""One order into the ERP by a click, and how far it is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.orders.models import Order
from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest
from sellers.erp.models import ErpInvoice, ErpState
from sellers.erp.operations.asking import ask_for_invoice
from sellers.erp.operations.stamping import stamp_invoice
from sellers.erp.refusals import Refused
from sellers.portal.erp.entry import erp_view, invoicing_view, may_invoice
from sellers.portal.erp.order_card import erp_card


@require_POST
@invoicing_view
def invoice_order(request: SellerRequest, number: str) -> HttpResponse:
    """Have an order invoiced in the ERP, or tried again."""
    order = get_object_or_404(Order.objects.of(request.seller), number=number)
    try:
        row = ask_for_invoice(order_id=order.pk, by=request.user, at=timezone.now())
        told = {"order": number, "erp": row.channel.get_provider_display()}
        messages.success(request, _("Order %(order)s is on its way to %(erp)s.") % told)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("portal:order", args=[number]) + "#erp")


@require_POST
@invoicing_view
@limited("export")
def stamp(request: SellerRequest, number: str) -> HttpResponse:
    """Have the invoice of an order stamped that lacks its stamp."""
    own = ErpInvoice.objects.of(request.seller).filter(state=ErpState.DONE)
    row = get_object_or_404(own, order__number=number)
    try:
        stamp_invoice(invoice_id=row.pk, by=request.user, clock=timezone.now)
        messages.success(request, _("The invoice of order %(order)s is stamped.") % {"order": number})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("portal:order", args=[number]) + "#erp")


@require_GET
@erp_view(Role.VIEWER)
def order_state(request: SellerRequest, number: str) -> HttpResponse:
    """The card of an order's invoice, which asks anew until there is nothing to wait for."""
    order = get_object_or_404(Order.objects.of(request.seller).select_related("seller"), number=number)
    card = erp_card(order)
    if card is None:
        return HttpResponse()
    told = {"order": order, "erp": card, "may_invoice": may_invoice(request)}
    return render(request, "portal/erp/parts/order_card.html", told)
