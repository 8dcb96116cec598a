"""Export for invoicing: choose a period, see what accounting would leave out, write the workbook, send it."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from marketplace.kernel.models import JobState
from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.door.templatetags.days import through
from sellers.portal.paging import cut_page
from sellers.portal.views.documents import send_file
from settlement.documents.models import Document
from settlement.exports import operations
from settlement.exports.models import Export
from settlement.exports.queries import pre_review
from settlement.periods.operations import StillRunning
from settlement.periods.queries import Offered, offered_periods
from settlement.periods.rules import Span
from settlement.review.models import Origin, Submission
from settlement.review.operations.submitting import NoSuchPeriod, submit_workbook


class UploadForm(forms.Form):
    """A workbook, possibly shortened, for a period that is over."""

    period = forms.ChoiceField(label=gettext_lazy("Period"))
    file = forms.FileField(label=gettext_lazy("Workbook (.xlsx)"))

    def __init__(self, *args: Any, offered: list[Offered], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        over = [each.span for each in offered if each.is_over]
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(f"{span.first_on}_{span.end_on}", span_text(span)) for span in over]

    def span(self) -> Span:
        first_on, end_on = self.cleaned_data["period"].split("_")
        return Span(date.fromisoformat(first_on), date.fromisoformat(end_on))


def span_text(span: Span) -> str:
    """A period as a person writes it: ``1. 10. 2026 – 31. 10. 2026`` in the page's language."""
    return through(span.first_on, span.last_on)


@require_GET
@seller_view(Role.VIEWER)
def export_list(request: SellerRequest) -> HttpResponse:
    """The periods to choose from, what was exported and what was sent."""
    return _page(request, UploadForm(offered=_offered(request)))


@require_GET
@seller_view(Role.VIEWER)
def period(request: SellerRequest, first_on: str, end_on: str) -> HttpResponse:
    """A period before it is exported: what goes in, and what accounting would leave out."""
    chosen = _chosen(request, _span(first_on, end_on))
    told = {
        "period": chosen,
        "preview": pre_review(
            seller=request.seller, starts_at=chosen.starts_at, cutoff=chosen.ends_at, at=timezone.now()
        ),
        "market": request.seller.market,
        "documents": Document.objects.of(request.seller).filter(
            period__first_on=chosen.span.first_on, period__end_on=chosen.span.end_on
        ),
        "crumbs": [
            {"label": _("Exports for invoicing"), "url": "../../.."},
            {"label": span_text(chosen.span)},
        ],
        "may_export": request.role.allows(Role.FINANCE),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "portal/parts/pre_review.html", told)
    return render(request, "portal/period.html", told)


@require_POST
@seller_view(Role.FINANCE)
@limited("export")
def create(request: SellerRequest, first_on: str, end_on: str) -> HttpResponse:
    """Have the workbook of a period written."""
    chosen = _chosen(request, _span(first_on, end_on))
    export = operations.request_export(
        seller_id=request.seller.pk, span=chosen.span, by=request.user, at=timezone.now()
    )
    return redirect("portal:export", export.pk)


@require_GET
@seller_view(Role.VIEWER)
def export_detail(request: SellerRequest, pk: int) -> HttpResponse:
    """One export: its progress, then its workbook and the way to accounting."""
    return render(request, "portal/export.html", _export_told(request, pk))


@require_GET
@seller_view(Role.VIEWER)
def export_progress(request: SellerRequest, pk: int) -> HttpResponse:
    """The part of an export's page that changes while its job runs."""
    return render(request, "portal/parts/export_state.html", _export_told(request, pk))


@require_POST
@seller_view(Role.FINANCE)
def cancel(request: SellerRequest, pk: int) -> HttpResponse:
    """Stop an export that is being written."""
    export = get_object_or_404(Export.objects.of(request.seller), pk=pk)
    operations.cancel_export(export_id=export.pk, by=request.user, at=timezone.now())
    messages.info(request, _("The export is being stopped; nothing of it is kept."))
    return redirect("portal:export", pk)


@require_POST
@seller_view(Role.FINANCE)
def send(request: SellerRequest, pk: int) -> HttpResponse:
    """Hand an export's workbook to accounting."""
    export = get_object_or_404(Export.objects.of(request.seller).select_related("file"), pk=pk)
    if export.file is None or export.preview:
        messages.error(request, _("Only a finished export of a period that is over can be sent."))
        return redirect("portal:export", pk)
    return _submit(request, export.span, export.file, Origin.EXPORT)


@require_GET
@seller_view(Role.VIEWER)
def workbook(request: SellerRequest, pk: int) -> HttpResponseBase:
    """An export's workbook."""
    export = get_object_or_404(Export.objects.of(request.seller).select_related("file"), pk=pk)
    if export.file is None:
        raise Http404
    return send_file(request, export.file)


@require_POST
@seller_view(Role.FINANCE)
@limited("upload")
def upload(request: SellerRequest) -> HttpResponse:
    """Hand in a workbook from the seller's own machine."""
    form = UploadForm(request.POST, request.FILES, offered=_offered(request))
    if not form.is_valid():
        messages.error(request, _("The workbook was not sent; see below why."))
        return _page(request, form, status=422)
    sent: UploadedFile[Any] = form.cleaned_data["file"]
    try:
        file = operations.store_upload(
            seller_id=request.seller.pk,
            name=sent.name or "",
            size=sent.size or 0,
            chunks=sent.chunks(),
            at=timezone.now(),
        )
    except operations.UnusableUpload as refusal:
        messages.error(request, str(refusal))
        form.add_error("file", str(refusal))
        return _page(request, form, status=422)
    return _submit(request, form.span(), file, Origin.UPLOAD)


def _submit(request: SellerRequest, span: Span, file: Any, origin: Origin) -> HttpResponse:
    try:
        submission = submit_workbook(
            seller_id=request.seller.pk,
            span=span,
            file=file,
            origin=origin,
            by=request.user,
            at=timezone.now(),
        )
    except (StillRunning, NoSuchPeriod):
        messages.error(
            request, _("This period is not over yet; it can be sent after its last day. Nothing was sent.")
        )
        return redirect("portal:exports")
    return redirect("portal:submission", submission.pk)


def _page(request: SellerRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    rows = Export.objects.of(request.seller).select_related("job", "file")
    sent = Submission.objects.of(request.seller).select_related("period", "document")
    page = cut_page(sent, field="submitted_at", descending=True, asked=request.GET.dict())
    told = {
        "offered": _offered(request),
        "exports": rows.order_by("-created_at", "-pk")[:10],
        "submissions": page.rows,
        "newer_url": f"?before={page.newer}" if page.newer else "",
        "older_url": f"?after={page.older}" if page.older else "",
        "form": form,
        "market": request.seller.market,
        "may_export": request.role.allows(Role.FINANCE),
    }
    return render(request, "portal/exports.html", told, status=status)


def _offered(request: SellerRequest) -> list[Offered]:
    return offered_periods(seller=request.seller, at=timezone.now())


def _span(first_on: str, end_on: str) -> Span:
    try:
        return Span(date.fromisoformat(first_on), date.fromisoformat(end_on))
    except ValueError:
        raise Http404 from None


def _chosen(request: SellerRequest, span: Span) -> Offered:
    found = [each for each in _offered(request) if each.span == span]
    if not found:
        raise Http404
    return found[0]


def _export_told(request: SellerRequest, pk: int) -> dict[str, Any]:
    export = get_object_or_404(Export.objects.of(request.seller).select_related("job", "file"), pk=pk)
    job = export.job
    failed = export.file is None and (job is None or job.state in (JobState.DEAD, JobState.DONE))
    return {
        "export": export,
        "job": job,
        "running": export.file is None and job is not None and job.is_unfinished,
        "stopping": job is not None and job.is_unfinished and job.cancel_requested_at is not None,
        "cancelled": export.file is None and job is not None and job.state == JobState.CANCELLED,
        "failed": failed,
        "market": request.seller.market,
        "may_export": request.role.allows(Role.FINANCE),
        "crumbs": [{"label": _("Exports for invoicing"), "url": ".."}, {"label": span_text(export.span)}],
    }
