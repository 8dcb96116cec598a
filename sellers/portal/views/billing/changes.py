"""Asking for an invoice to be corrected, split or cancelled: the form, what would come of it, and sending."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from sellers.door.entry import SellerRequest
from sellers.portal.billing.changing import ChangeDraft
from sellers.portal.billing.entry import ACTORS, billing_view
from sellers.portal.billing.framing import frames_papers
from sellers.portal.billing.invoices import credit_note_of
from sellers.portal.billing.signs import signs_of
from settlement.billing.models import BillingInvoice, Wish
from settlement.billing.operations.requesting import request_change
from settlement.billing.refusals import Refused
from settlement.documents.operations.voiding import ReasonMissing

TITLES = {
    Wish.EDIT: gettext_lazy("Correct invoice %(number)s"),
    Wish.SPLIT: gettext_lazy("Split invoice %(number)s"),
    Wish.CANCEL: gettext_lazy("Cancel invoice %(number)s"),
}


@require_GET
@frames_papers
@billing_view(ACTORS)
def change_form(request: SellerRequest, reference: str, wish: str) -> HttpResponse:
    """The form of a change."""
    invoice = _invoice(request, reference)
    if refusal := _why_not(invoice):
        messages.error(request, refusal)
        return redirect("portal:billing_invoice", reference)
    return _page(request, ChangeDraft(invoice, _wish(wish)))


@require_POST
@frames_papers
@billing_view(ACTORS)
def change_preview(request: SellerRequest, reference: str, wish: str) -> HttpResponse:
    """What would come of it; nothing is asked for yet."""
    draft = ChangeDraft(_invoice(request, reference), _wish(wish), request.POST)
    if not {"add", "drop", "add_up"}.isdisjoint(request.POST):
        return _page(request, draft)
    if not draft.is_valid():
        return _page(request, draft, status=422)
    return _page(request, draft, shows=True)


@require_POST
@frames_papers
@billing_view(ACTORS)
def change_send(request: SellerRequest, reference: str, wish: str) -> HttpResponse:
    """Ask accounting for what was looked at."""
    draft = ChangeDraft(_invoice(request, reference), _wish(wish), request.POST)
    if not draft.is_valid():
        return _page(request, draft, status=422)
    if request.POST.get("seen") != draft.fingerprint:
        messages.info(
            request, _("Something was changed since the preview. Look at it once more, then send it.")
        )
        return _page(request, draft, shows=True)
    try:
        asked = request_change(
            invoice_id=draft.invoice.pk,
            wish=draft.wish,
            wanted=draft.wanted,
            by=request.user,
            at=timezone.now(),
            **draft.texts,
        )
    except (Refused, ReasonMissing) as refusal:
        draft.refusal = str(refusal)
        return _page(request, draft, status=422)
    messages.success(
        request,
        _("Request %(number)s is sent; support is mailed, and accounting decides.") % {"number": asked},
    )
    return redirect("portal:change_request", asked.reference)


def _invoice(request: SellerRequest, reference: str) -> BillingInvoice:
    own = BillingInvoice.objects.of(request.seller)
    rows = own.select_related("market", "seller__market", "credits", "replaces", "credit_note")
    return get_object_or_404(rows, reference=reference)


def _wish(text: str) -> Wish:
    if text not in Wish.values:
        raise Http404
    return Wish(text)


def _why_not(invoice: BillingInvoice) -> str:
    """Why nothing can be asked for; said before somebody fills in a form in vain."""
    if invoice.is_credit or credit_note_of(invoice) is not None:
        return _("%(number)s cannot be changed any more.") % {"number": invoice}
    if invoice.change_requests.open().exists():
        return _("%(number)s is being changed already; wait for that request, or withdraw it.") % {
            "number": invoice
        }
    return ""


def _page(
    request: SellerRequest, draft: ChangeDraft, *, shows: bool = False, status: int = 200
) -> HttpResponse:
    invoice = draft.invoice
    results = draft.results(at=timezone.now()) if shows else []
    after = [each.sheet for each in results[1:]]
    title = str(TITLES[draft.wish]) % {"number": invoice.reference}
    told: dict[str, Any] = {
        "draft": draft,
        "invoice": invoice,
        "title": title,
        "results": results,
        "after": {name: sum(getattr(sheet, name) for sheet in after) for name in ("net", "vat", "gross")},
        "seen": draft.fingerprint if shows else "",
        "signs": signs_of(invoice.currency),
        "crumbs": [
            {"label": _("Invoices"), "url": reverse("portal:billing_invoices")},
            {
                "label": invoice.reference,
                "url": reverse("portal:billing_invoice", args=[invoice.reference]),
            },
            {"label": draft.wish.label},
        ],
    }
    return render(request, "portal/billing/change.html", told, status=status)
