"""One order: its page, the moves its seller makes, and what the seller pays back of it."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.kernel.states import IllegalMove
from marketplace.orders.models import Custody, Method, Order, Refund, Tender, TenderState
from marketplace.orders.operations import moves
from marketplace.orders.operations.refunding import NotYoursToPay, ProofMissing
from marketplace.orders.operations.telling import NoAccount
from marketplace.orders.wording import payment_text
from marketplace.parties.models import BusinessModel, Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.bulk import REFUSALS
from sellers.portal.erp.entry import may_invoice
from sellers.portal.erp.order_card import erp_card
from sellers.portal.life import life_of_order
from sellers.portal.order_page import moves_of, stages_of
from sellers.portal.payment_card import invoice_card, payment_parts
from sellers.portal.queries import customer_of, review_of, split_of_money, timeline_of, voided_of
from sellers.portal.receipt_card import receipt_card
from sellers.portal.refund_form import RefundForm, tell_as_paid
from sellers.portal.remaining import remaining_of
from sellers.portal.returns_card import is_mine_to_pay, live_refunds, returns_card
from sellers.portal.views.documents import send_file
from settlement.claims.queries import why_not


@require_GET
@seller_view(Role.VIEWER)
def order_detail(request: SellerRequest, number: str) -> HttpResponse:
    """One order: its way, its money, its lines, and why it is or is not on a document."""
    return _page(request, _own(request, number), {})


@require_POST
@seller_view(Role.OPERATIONS)
def confirm(request: SellerRequest, number: str) -> HttpResponse:
    """Send a pending order: its seller confirms it, and sees its customer in full from then on."""
    order = _own(request, number)

    def send() -> str:
        moves.confirm_order(order_id=order.pk, by=request.user, at=timezone.now())
        text = _("Order %(number)s is sent. You see the customer's address now; ship it when it is packed.")
        return text % {"number": number}

    return _made(request, number, send)


@require_POST
@seller_view(Role.OPERATIONS)
def advance(request: SellerRequest, number: str, to: str) -> HttpResponse:
    """Move one of the seller's own orders on its way."""
    order = _own(request, number)

    def move() -> str:
        moved = moves.advance_order(order_id=order.pk, to=to, by=request.user, at=timezone.now())
        return _("Order %(number)s: %(state)s.") % {"number": number, "state": moved.get_state_display()}

    return _made(request, number, move)


@require_POST
@seller_view(Role.OPERATIONS)
def receive(request: SellerRequest, number: str) -> HttpResponse:
    """Mark the bank transfer the seller waits for as received."""
    order = _own(request, number)

    def mark() -> str:
        moves.receive_transfer(order_id=order.pk, by=request.user, at=timezone.now(), as_seller=True)
        return _("The transfer for order %(number)s is received.") % {"number": number}

    return _made(request, number, mark)


@require_POST
@seller_view(Role.FINANCE)
@limited("upload")
def refund_told(request: SellerRequest, number: str, pk: int) -> HttpResponse:
    """Tell a refund as paid to the customer; in resale accounting sees its proof first."""
    order = _own(request, number)
    refund = get_object_or_404(order.refunds.select_related("order__market"), pk=pk, payer=Custody.SELLER)
    form = RefundForm(request.POST, request.FILES, refund=refund, today=timezone.localdate())
    if not form.is_valid():
        messages.error(request, _("The refund was not told; see below why."))
        return _page(request, order, {pk: form}, status=422)
    try:
        tell_as_paid(form, by=request.user, at=timezone.now())
        messages.success(request, _("The refund of order %(number)s is told.") % {"number": number})
    except (IllegalMove, NotYoursToPay, ProofMissing) as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("portal:order", args=[number]) + "#returns")


@require_GET
@seller_view(Role.VIEWER)
def refund_proof(request: SellerRequest, number: str, pk: int) -> HttpResponseBase:
    """The proof of a refund the seller told as paid."""
    own = Refund.objects.of(request.seller).select_related("proof")
    refund = get_object_or_404(own, pk=pk, order__number=number)
    if refund.proof is None:
        raise Http404
    return send_file(request, refund.proof)


def _own(request: SellerRequest, number: str) -> Order:
    own = Order.objects.of(request.seller).select_related("market", "claim", "seller")
    return get_object_or_404(own, number=number)


def _made(request: SellerRequest, number: str, make: Callable[[], str]) -> HttpResponse:
    """Make a move and say what came of it; a refusal says what to do."""
    try:
        messages.success(request, make())
    except NoAccount as refusal:
        url = reverse("portal:settings") + "#bank-account"
        messages.error(
            request, format_html('{} <a href="{}">{}</a>', str(refusal), url, _("Enter the bank account"))
        )
    except moves.ReceiptMissing as refusal:
        url = reverse("portal:order", args=[number]) + "#receipt"
        messages.error(
            request, format_html('{} <a href="{}">{}</a>', str(refusal), url, _("Upload its receipt"))
        )
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:order", number)


def _page(
    request: SellerRequest, order: Order, filled: Mapping[int, RefundForm], status: int = 200
) -> HttpResponse:
    """An order's page, with the forms for its refunds as they were filled in."""
    tenders = list(order.tenders.select_related("voucher").order_by("position"))
    refunds = live_refunds(order)
    may_move = request.role.allows(Role.OPERATIONS)
    lines = list(order.lines.order_by("position"))
    told = {
        "order": order,
        "agency": order.model == BusinessModel.AGENCY,
        "customer": customer_of(order),
        "lines": lines,
        "commission_net": sum(line.commission_net for line in lines),
        "parts": split_of_money(order),
        "paid": payment_parts(order, tenders, refunds),
        "payment": payment_text(order.payment),
        "remaining": remaining_of(order, tenders),
        "invoice": invoice_card(order),
        "back": returns_card(order, refunds, _forms(request, order, refunds) | dict(filled)),
        "papers": receipt_card(order),
        "erp": erp_card(order),
        "may_invoice": may_invoice(request),
        "timeline": timeline_of(order),
        "stages": stages_of(order),
        "why": why_not(order=order, at=timezone.now()),
        "review": review_of(order),
        "voided": voided_of(order),
        "life": life_of_order(order),
        "may_move": may_move,
        "moves": moves_of(order) if may_move else [],
        "may_receive": may_move and _awaits_transfer(order, tenders),
        "crumbs": [{"label": _("Orders"), "url": reverse("portal:orders")}, {"label": order.number}],
    }
    return render(request, "portal/order.html", told, status=status)


def _forms(request: SellerRequest, order: Order, refunds: list[Refund]) -> dict[int, RefundForm]:
    """An empty form for each refund the seller has still to pay."""
    if not request.role.allows(Role.FINANCE):
        return {}
    mine = [each for each in refunds if is_mine_to_pay(each)]
    for refund in mine:
        refund.order = order
    return {each.pk: RefundForm(refund=each, today=timezone.localdate()) for each in mine}


def _awaits_transfer(order: Order, tenders: list[Tender]) -> bool:
    return not order.is_pending and any(
        (each.method, each.state, each.custody) == (Method.TRANSFER, TenderState.AWAITED, Custody.SELLER)
        for each in tenders
    )
