"""Uploading receipts: many files by one request, and what became of each."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.kernel.uploads import Laid, TooMuch, takes_many
from marketplace.orders.models import Order
from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.columns import table_of
from sellers.portal.lists.receipts import OF_BUNDLE
from sellers.portal.views.lists import list_page
from sellers.receipts.models import GOOD, QUIET, Bundle, BundleState, Origin, Outcome, ReceivedFile
from sellers.receipts.operations.taking import NothingSent, TooManyFiles, stop_reading, take_in
from sellers.receipts.queries import job_of

PLACES = ("page", "list", "order")
"""Where it is told how far the reading is: the files' own page, the list of all, the order's page."""
INLINE = 10
"""Files told one by one below the form that brought them."""


@require_POST
@seller_view(Role.OPERATIONS)
@limited("upload")
@takes_many
def upload(request: SellerRequest, sent: list[Laid] | TooMuch) -> HttpResponse:
    """Take receipts in, for one order or for those they name."""
    try:
        if isinstance(sent, TooMuch):
            raise sent
        order = _order_of(request)
        bundle = take_in(
            seller=request.seller,
            files=sent,
            origin=Origin.PORTAL,
            by=request.user,
            at=timezone.now(),
            order=order,
        )
    except (TooMuch, NothingSent, TooManyFiles) as refusal:
        return _refused(request, refusal)
    if request.htmx:  # type: ignore[attr-defined]
        return _state(request, bundle, at="order" if order else "list")
    return redirect("portal:receipt_bundle", bundle.pk)


@require_GET
@seller_view(Role.VIEWER)
def bundle_detail(request: SellerRequest, pk: int) -> HttpResponse:
    """Files that came together: how far they are read, then what became of each."""
    bundle = _own(request, pk)
    return list_page(
        request,
        OF_BUNDLE,
        _files(bundle),
        template="portal/receipt_bundle.html",
        **_told(request, bundle, at="page"),
        unclear=_unclear(bundle),
        empty={"title": _("No file"), "icon": "file-certificate"},
        crumbs=[
            {"label": _("Receipts"), "url": reverse("portal:receipts")},
            {"label": bundle.get_origin_display()},
        ],
    )


@require_GET
@seller_view(Role.VIEWER)
def bundle_progress(request: SellerRequest, pk: int) -> HttpResponse:
    """The part of a page that changes while files are read; where the rest does too, it is loaded anew."""
    at = request.GET.get("at", "page")
    return _state(request, _own(request, pk), at=at if at in PLACES else "page")


@require_POST
@seller_view(Role.OPERATIONS)
def cancel(request: SellerRequest, pk: int) -> HttpResponse:
    """Stop the reading of files; what is registered already stays."""
    bundle = _own(request, pk)
    stop_reading(bundle_id=bundle.pk, by=request.user, at=timezone.now())
    messages.info(request, _("The reading is being stopped; what is registered already stays."))
    return redirect("portal:receipt_bundle", pk)


def _own(request: SellerRequest, pk: int) -> Bundle:
    return get_object_or_404(Bundle.objects.of(request.seller).select_related("order"), pk=pk)


def _files(bundle: Bundle) -> "QuerySet[ReceivedFile]":
    return bundle.files.select_related("receipt__order", "order", "bundle")


def _order_of(request: SellerRequest) -> Order | None:
    number = request.POST.get("order", "")
    if not number:
        return None
    return get_object_or_404(Order.objects.of(request.seller), number=number.replace("\x00", ""))


def _refused(request: SellerRequest, refusal: Exception) -> HttpResponse:
    """Why nothing was taken: below the form, or on the page one comes from."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "components/notice.html", {"tone": "bad", "text": str(refusal)}, status=422)
    messages.error(request, str(refusal))
    number = request.POST.get("order", "")
    if Order.objects.of(request.seller).filter(number=number.replace("\x00", "")).exists():
        return redirect(reverse("portal:order", args=[number]) + "#receipt")
    return redirect("portal:receipts")


def _state(request: SellerRequest, bundle: Bundle, *, at: str) -> HttpResponse:
    told = _told(request, bundle, at=at)
    if at == "list" and bundle.state != BundleState.READING:
        told |= _inline(bundle, request)
    answer = render(request, "portal/parts/bundle_state.html", told)
    if at != "list" and bundle.state != BundleState.READING:
        answer["HX-Refresh"] = "true"  # what became of the files stands there now
    return answer


def _told(request: SellerRequest, bundle: Bundle, *, at: str) -> dict[str, Any]:
    """How far the reading is; ``at`` is the page it stands on."""
    job, running = job_of(bundle), bundle.state == BundleState.READING
    return {
        "bundle": bundle,
        "at": at,
        "poll_url": f"{reverse('portal:receipt_bundle_progress', args=[bundle.pk])}?at={at}",
        "job": job,
        "running": running and job is not None,
        "failed": running and job is None,
        "stopping": job is not None and job.cancel_requested_at is not None,
        "counts": None if running else _counts(bundle),
        "may_upload": request.role.allows(Role.OPERATIONS),
        "market": request.seller.market,
    }


def _counts(bundle: Bundle) -> dict[str, int]:
    outcomes = list(bundle.files.values_list("outcome", flat=True))
    registered = sum(outcome in GOOD for outcome in outcomes)
    quiet = sum(outcome in QUIET for outcome in outcomes) - registered
    return {"registered": registered, "todo": len(outcomes) - registered - quiet, "other": quiet}


def _inline(bundle: Bundle, request: SellerRequest) -> dict[str, Any]:
    """The first files with their outcomes, those first that need a hand."""
    rows = sorted(_files(bundle).order_by("position"), key=lambda row: row.outcome in QUIET)
    return {
        "table": table_of(
            OF_BUNDLE.columns,
            rows[:INLINE],
            caption=str(OF_BUNDLE.title),
            currency=request.seller.market.currency,
            sortable=False,
        ),
        "more": len(rows) > INLINE,
    }


def _unclear(bundle: Bundle) -> list[ReceivedFile]:
    """One file of each receipt that fits several orders."""
    rows = bundle.files.filter(outcome=Outcome.TO_A_PERSON).order_by("position")
    return list({row.told.get("number", row.pk): row for row in rows}.values())
