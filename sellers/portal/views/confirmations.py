"""Balance confirmations: asked for on the balance page, drawn by a job, kept for download."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.as_of import AsOfForm
from sellers.portal.views.documents import send_file
from settlement.payouts.models import Confirmation
from settlement.payouts.operations.confirming import NotOverYet, ask_confirmation


@require_POST
@seller_view(Role.FINANCE)
@limited("export")
def ask(request: SellerRequest) -> HttpResponse:
    """Ask for the confirmation of the balance at the end of a day."""
    form = AsOfForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the day at whose end the balance is to be confirmed."))
        return redirect("portal:balance")
    try:
        ask_confirmation(
            seller=request.seller, as_of=form.cleaned_data["as_of"], by=request.user, at=timezone.now()
        )
    except NotOverYet as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The confirmation is being drawn; it appears below in a moment."))
    return redirect("portal:balance")


@require_GET
@seller_view(Role.VIEWER)
def confirmation_file(request: SellerRequest, pk: int) -> HttpResponseBase:
    """A confirmation's PDF."""
    confirmation = get_object_or_404(Confirmation.objects.of(request.seller).select_related("pdf"), pk=pk)
    if confirmation.pdf is None:
        raise Http404
    return send_file(request, confirmation.pdf)
