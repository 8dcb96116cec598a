"""Drafts: what was ticked, for whom, how the invoice will look, and issuing it, once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest
from sellers.portal.billing.drafts import Drafted, drafted
from sellers.portal.billing.entry import ACTORS, READERS, billing_view, may_act
from sellers.portal.billing.framing import frames_papers, is_framed, paper
from sellers.portal.billing.recipient_form import RecipientForm
from settlement.billing.models import InvoiceDraft
from settlement.billing.operations.drafting import correct_draft, issue_draft, untick
from settlement.billing.previews import preview_pdf
from settlement.billing.refusals import Refused
from settlement.documents.drawing import NotRendered


@require_GET
@frames_papers
@billing_view(READERS)
def draft_detail(request: SellerRequest, key: UUID) -> HttpResponse:
    """A draft: the recipient to be corrected beside the very invoice; once issued, the invoice."""
    draft = _draft(request, key)
    if draft.invoice is not None:
        return redirect("portal:billing_invoice", draft.invoice.reference)
    looked = drafted(draft)
    return _page(request, looked, RecipientForm(recipient=looked.recipient, keeps=True))


@require_GET
@is_framed
@billing_view(READERS)
def preview(request: SellerRequest, key: UUID) -> HttpResponse:
    """The paper as it will be, in a frame of the draft's page."""
    return paper(_looked(request, key).sheet(at=timezone.now()))


@require_GET
@billing_view(READERS)
@limited("export")
def preview_file(request: SellerRequest, key: UUID) -> HttpResponse:
    """The paper as it will be, as a PDF."""
    looked = _looked(request, key)
    try:
        pdf = preview_pdf(looked.sheet(at=timezone.now()))
    except NotRendered:
        messages.error(request, _("The preview could not be drawn in time. Nothing is lost; try it again."))
        return redirect("portal:draft", key)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="preview.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@frames_papers
@billing_view(ACTORS)
def correct(request: SellerRequest, key: UUID) -> HttpResponse:
    """Correct whom the invoice is made out to; the preview shows it then."""
    looked = drafted(_draft(request, key))
    form = RecipientForm(request.POST, recipient=looked.recipient, keeps=True)
    if not form.is_valid():
        return _page(request, looked, form, status=422)
    _correct(request, looked, form)
    messages.success(request, _("The preview shows your corrections."))
    return redirect("portal:draft", key)


@require_POST
@frames_papers
@billing_view(ACTORS)
def issue(request: SellerRequest, key: UUID) -> HttpResponse:
    """Issue the invoice that was looked at; what was corrected meanwhile is shown first."""
    looked = drafted(_draft(request, key))
    form = RecipientForm(request.POST, recipient=looked.recipient, keeps=True)
    if not form.is_valid():
        return _page(request, looked, form, status=422)
    shown = form.told() == looked.recipient
    _correct(request, looked, form)
    if not shown and looked.draft.invoice is None:
        messages.info(
            request, _("Your corrections are in the preview now. Look at it once more, then issue it.")
        )
        return redirect("portal:draft", key)
    try:
        invoice = issue_draft(draft_id=key, by=request.user, at=timezone.now(), seen=_seen(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:draft", key)
    messages.success(
        request,
        _("Invoice %(number)s is issued; its files are being drawn and mailed.") % {"number": invoice},
    )
    return redirect(reverse("portal:billing_invoice", args=[invoice.reference]) + "?issued=1")


@require_POST
@billing_view(ACTORS)
def untick_gone(request: SellerRequest, key: UUID) -> HttpResponse:
    """Take off the draft what was invoiced meanwhile."""
    looked = drafted(_draft(request, key))
    untick(draft_id=key, deposit_ids=[each.pk for each in looked.gone])
    messages.success(request, _("Unticked; the rest is in the preview."))
    return redirect("portal:draft", key)


def _draft(request: SellerRequest, key: UUID) -> InvoiceDraft:
    own = InvoiceDraft.objects.of(request.seller).select_related("seller__market", "invoice")
    return get_object_or_404(own, pk=key)


def _looked(request: SellerRequest, key: UUID) -> Drafted:
    looked = drafted(_draft(request, key))
    if not looked.deposits:
        raise Http404
    return looked


def _correct(request: SellerRequest, looked: Drafted, form: RecipientForm) -> None:
    correct_draft(
        draft_id=looked.draft.pk,
        recipient=form.told(),
        keep=form.cleaned_data["keep"],
        by=request.user,
        at=timezone.now(),
    )


def _seen(request: SellerRequest) -> int | None:
    """The total that the page showed."""
    told = request.POST.get("seen", "")
    return int(told) if told.isdecimal() and len(told) < 20 else None


def _page(request: SellerRequest, looked: Drafted, form: RecipientForm, status: int = 200) -> HttpResponse:
    told: dict[str, Any] = {
        "draft": looked.draft,
        "looked": looked,
        "form": form,
        "gone": looked.gone,
        "market": request.seller.market,
        "may_act": may_act(request),
        "crumbs": [
            {"label": _("Deposits"), "url": reverse("portal:deposits")},
            {"label": _("Preview of the invoice")},
        ],
    }
    return render(request, "portal/billing/draft.html", told, status=status)
