"""Receipts for sellers' systems: handed in, asked after, and listed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.uploads import TooMuch, laid_files
from marketplace.orders.models import Order
from sellers.api.asking import BadQuestion, cut_rows, read_row_question
from sellers.api.entry import ApiRequest, Turned, api_view
from sellers.api.receipts import told_bundle, told_receipt
from sellers.receipts.models import Bundle, Origin, Receipt
from sellers.receipts.operations.taking import NothingSent, TooManyFiles, take_in

Answer = Callable[[ApiRequest], HttpResponse]


@api_view("")
def receipts(request: ApiRequest) -> HttpResponse:
    """The seller's receipts, or files to become some."""
    ways: dict[str, Answer] = {"GET": _list, "POST": _hand_in}
    if request.method not in ways:
        told = _("Call this address by %(method)s.") % {"method": "GET, POST"}
        raise Turned(405, "method_not_allowed", told, Allow="GET, POST")
    return ways[request.method](request)


@api_view("GET")
def bundle(request: ApiRequest, pk: int) -> HttpResponse:
    """Files that were handed in together, each with what became of it."""
    found = Bundle.objects.of(request.seller).select_related("order").filter(pk=pk).first()
    if found is None:
        raise Turned(404, "not_found", _("You handed in no files under this number."))
    return JsonResponse({"bundle": _told(found)})


def _list(request: ApiRequest) -> HttpResponse:
    try:
        question = read_row_question(request.GET.dict(), zone=request.seller.market.zone)
    except BadQuestion as refusal:
        raise Turned(400, "bad_request", str(refusal)) from None
    now = timezone.now()
    own = Receipt.objects.of(request.seller).select_related("order", "returned", "original")
    rows, cursor = cut_rows(own, question, at="registered_at")
    told: dict[str, Any] = {"receipts": [told_receipt(row) for row in rows], "next": cursor or None}
    headers = {}
    if cursor:
        query = urlencode({**request.GET.dict(), "cursor": cursor})
        headers["Link"] = f'<{request.path}?{query}>; rel="next"'
    if rows:
        _note(request, "api.receipts_read", f"{len(rows)} receipts", {"asked": request.GET.dict()}, at=now)
    return JsonResponse(told, headers=headers)


def _hand_in(request: ApiRequest) -> HttpResponse:
    try:
        with laid_files(request) as files:
            sent = [each for each in files if each.field == "files"]
            taken = take_in(
                seller=request.seller,
                files=sent,
                origin=Origin.API,
                by=request.key.created_by,
                at=timezone.now(),
                order=_order_of(request),
            )
    except NothingSent:
        told = _("files: send the XML and the PDF of each receipt as multipart/form-data.")
        raise Turned(400, "bad_request", told) from None
    except (TooMuch, TooManyFiles) as refusal:
        raise Turned(413, "too_large", str(refusal)) from None
    _note(request, "api.receipts_sent", str(taken.pk), {"files": len(sent)}, at=taken.opened_at)
    address = reverse("api:receipt_bundle", args=[taken.pk])
    return JsonResponse({"bundle": _told(taken)}, status=202, headers={"Location": address})


def _told(found: Bundle) -> dict[str, Any]:
    files = found.files.select_related("receipt__order", "order").order_by("position")
    return told_bundle(found, files)


def _order_of(request: ApiRequest) -> Order | None:
    number = request.POST.get("order", "").replace("\x00", "")
    if not number:
        return None
    order = Order.objects.of(request.seller).filter(number=number).first()
    if order is None:
        raise Turned(404, "not_found", _("You have no order with this number."))
    return order


def _note(request: ApiRequest, verb: str, subject: str, details: dict[str, Any], *, at: Any) -> None:
    record(
        verb=verb,
        subject=subject,
        by=request.key.created_by,
        at=at,
        seller_id=request.seller.pk,
        details={"key": request.key.prefix, **details},
    )
