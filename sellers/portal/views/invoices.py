"""The seller's invoice for a document: handing it in, and its file."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.electronic_invoice import take_electronic
from sellers.portal.invoice_form import InvoiceForm
from sellers.portal.views.documents import OWN_PARTS, document_page, send_file
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.invoices.operations import submitting


@require_POST
@seller_view(Role.FINANCE)
@limited("upload")
def submit(request: SellerRequest, reference: str) -> HttpResponse:
    """Hand in the invoice for a document; what differs comes back with its cause."""
    own = Document.objects.of(request.seller).select_related(*OWN_PARTS)
    document = get_object_or_404(own, reference=reference)
    form = InvoiceForm(request.POST, request.FILES, document=document, today=timezone.localdate())
    if not form.is_valid():
        messages.error(request, _("The invoice was not handed in; see below why."))
        return document_page(request, document, form, status=422)
    try:
        _hand_in(request, document, form)
    except submitting.Differs as refusal:
        messages.error(request, str(refusal))
        return document_page(request, document, form, variances=refusal.variances, status=422)
    except submitting.NumberTaken as refusal:
        return _again(request, document, form, "number", refusal)
    except submitting.NoInvoiceFile as refusal:
        return _again(request, document, form, "file", refusal)
    return redirect(reverse("portal:document", args=[reference]) + "#invoice")


@require_POST
@seller_view(Role.FINANCE)
@limited("upload")
def submit_file(request: SellerRequest, reference: str) -> HttpResponse:
    """Hand in an electronic invoice: all is read from its file; what differs comes back with its cause."""
    own = Document.objects.of(request.seller).select_related(*OWN_PARTS)
    document = get_object_or_404(own, reference=reference)
    sent = request.FILES.get("electronic")
    try:
        if sent is None:
            raise submitting.NoInvoiceFile(_("Choose the file of your electronic invoice first."))
        invoice = take_electronic(document=document, sent=sent, by=request.user, at=timezone.now())
    except submitting.Differs as refusal:
        messages.error(request, str(refusal))
        return document_page(request, document, _blank(document), variances=refusal.variances, status=422)
    except (submitting.NotAwaited, submitting.NumberTaken, submitting.NoInvoiceFile) as refusal:
        messages.error(request, str(refusal))
        return document_page(request, document, _blank(document), status=422)
    told = {"number": invoice.number}
    messages.success(
        request, _("Invoice %(number)s was read and equals the document; accounting books it next.") % told
    )
    return redirect(reverse("portal:document", args=[reference]) + "#invoice")


def _blank(document: Document) -> InvoiceForm:
    return InvoiceForm(document=document, today=timezone.localdate())


def _hand_in(request: SellerRequest, document: Document, form: InvoiceForm) -> None:
    """Hand it in; that none is awaited any more is told, and the page shows why."""
    try:
        invoice = submitting.submit_invoice(
            document_id=document.pk,
            told=form.told(),
            paper=form.paper(),
            by=request.user,
            at=timezone.now(),
        )
    except submitting.NotAwaited as refusal:
        messages.error(request, str(refusal))
    else:
        told = {"number": invoice.number}
        messages.success(request, _("Invoice %(number)s is handed in; accounting books it next.") % told)


@require_GET
@seller_view(Role.VIEWER)
def invoice_file(request: SellerRequest, reference: str, pk: int) -> HttpResponseBase:
    """The file of an invoice the seller handed in."""
    own = Invoice.objects.of(request.seller).select_related("file")
    invoice = get_object_or_404(own, pk=pk, document__reference=reference)
    return send_file(request, invoice.file)


def _again(
    request: SellerRequest, document: Document, form: InvoiceForm, field: str, refusal: Exception
) -> HttpResponse:
    messages.error(request, str(refusal))
    form.add_error(field, str(refusal))
    return document_page(request, document, form, status=422)
