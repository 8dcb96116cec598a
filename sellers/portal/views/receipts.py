"""Receipts: the files that came, what is due, the orders without one, and what can be done about each."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.kernel.states import IllegalMove
from marketplace.orders.models import Order
from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.lists.receipts import RECEIVED, WITHOUT, is_open_to
from sellers.portal.views.documents import send_file
from sellers.portal.views.lists import list_page, list_workbook
from sellers.receipts.models import Origin, Outcome, Receipt, ReceivedFile
from sellers.receipts.operations.withdrawing import Needed, ReasonMissing, assign_files, withdraw_receipt
from sellers.receipts.queries import DUE, LATE, candidates_of, clock_of, to_do, twins_of


@require_GET
@seller_view(Role.VIEWER)
def receipt_list(request: SellerRequest) -> HttpResponse:
    """What is due, the way to upload, and every file that came with what became of it."""
    required = request.seller.market.receipt_required
    return list_page(
        request,
        RECEIVED,
        _files(request),
        template="portal/receipts.html",
        clock=clock_of(request.seller, at=timezone.now()) if required else None,
        may_upload=request.role.allows(Role.OPERATIONS),
        market=request.seller.market,
        empty=_nothing_came(request),
    )


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def receipt_export(request: SellerRequest) -> HttpResponseBase:
    """The list of files as a workbook."""
    return list_workbook(request, RECEIVED, _files(request))


@require_GET
@seller_view(Role.VIEWER)
def without_list(request: SellerRequest) -> HttpResponse:
    """The orders without a receipt, the oldest first."""
    return list_page(
        request,
        WITHOUT,
        _without(request),
        template="portal/orders_without_receipt.html",
        empty={
            "title": _("Every order has its receipt"),
            "text": _("Orders to be shipped, and those shipped already, appear here while they have none."),
            "icon": "file-certificate",
        },
        crumbs=_crumbs(_("Orders without a receipt")),
    )


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def without_export(request: SellerRequest) -> HttpResponseBase:
    """The orders without a receipt as a workbook."""
    return list_workbook(request, WITHOUT, _without(request))


@require_GET
@seller_view(Role.VIEWER)
def received_file(request: SellerRequest, pk: int) -> HttpResponseBase:
    """A file as it came; one that is kept in quarantine is not handed out."""
    row = get_object_or_404(_files(request).select_related("file"), pk=pk)
    if row.file is None or not is_open_to(row):
        raise Http404
    return send_file(request, row.file)


@require_GET
@seller_view(Role.VIEWER)
def receipt_paper(request: SellerRequest, pk: int, kind: str) -> HttpResponseBase:
    """The XML or the PDF of a registered receipt."""
    receipt = get_object_or_404(Receipt.objects.of(request.seller).select_related("xml", "pdf"), pk=pk)
    file = {"xml": receipt.xml, "pdf": receipt.pdf}.get(kind)
    if file is None:
        raise Http404
    return send_file(request, file)


@require_POST
@seller_view(Role.OPERATIONS)
def withdraw(request: SellerRequest, pk: int) -> HttpResponse:
    """Take a receipt back while its order is not sent."""
    receipt = get_object_or_404(Receipt.objects.of(request.seller).select_related("order"), pk=pk)
    try:
        withdraw_receipt(
            receipt_id=receipt.pk,
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=timezone.now(),
            as_seller=True,
        )
        messages.success(request, _("Receipt %(number)s is withdrawn.") % {"number": receipt.number})
    except (IllegalMove, Needed, ReasonMissing) as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("portal:order", args=[receipt.order.number]) + "#receipt")


@require_GET
@seller_view(Role.VIEWER)
def choose(request: SellerRequest, pk: int) -> HttpResponse:
    """A receipt that fits several orders: which of them is it?"""
    row = _unclear(request, pk)
    own = Order.objects.of(request.seller)
    told = {
        "row": row,
        "files": twins_of(row).order_by("position"),
        "number": row.told.get("number", ""),
        "candidates": own.filter(number__in=candidates_of(row)).order_by("placed_at", "pk"),
        "is_open": ReceivedFile.objects.filter(to_do(), pk=row.pk).exists(),
        "may_choose": request.role.allows(Role.OPERATIONS),
        "crumbs": _crumbs(_("Choose the order")),
    }
    return render(request, "portal/receipt_choose.html", told)


@require_POST
@seller_view(Role.OPERATIONS)
@limited("upload")
def assign(request: SellerRequest, pk: int) -> HttpResponse:
    """Register a receipt on the order a person chose for it."""
    row = _unclear(request, pk)
    number = (request.POST.get("other", "").strip() or request.POST.get("order", "")).replace("\x00", "")
    order = Order.objects.of(request.seller).select_related("market", "seller").filter(number=number).first()
    if order is None:
        messages.error(request, _("Choose one of the orders, or type the number of another of yours."))
        return redirect("portal:receipt_choose", pk)
    keys = list(twins_of(row).values_list("pk", flat=True))
    bundle = assign_files(
        file_ids=keys, order=order, origin=Origin.PORTAL, by=request.user, at=timezone.now()
    )
    return redirect("portal:receipt_bundle", bundle.pk)


def _files(request: SellerRequest) -> "QuerySet[ReceivedFile]":
    return ReceivedFile.objects.of(request.seller).select_related("receipt__order", "order", "bundle")


def _without(request: SellerRequest) -> "QuerySet[Order]":
    if not request.seller.market.receipt_required:
        return Order.objects.none()
    return Order.objects.of(request.seller).filter(DUE | LATE)


def _unclear(request: SellerRequest, pk: int) -> ReceivedFile:
    return get_object_or_404(_files(request), pk=pk, outcome=Outcome.TO_A_PERSON)


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": _("Receipts"), "url": reverse("portal:receipts")}, {"label": label}]


def _nothing_came(request: SellerRequest) -> dict[str, str]:
    box = request.seller.market.receipts_email
    return {
        "title": _("No file has come yet"),
        "text": _("Upload receipts above, or mail them to %(mailbox)s. Each file gets its answer here.")
        % {"mailbox": box},
        "icon": "file-certificate",
    }
