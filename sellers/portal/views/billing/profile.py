"""The billing profile: whom all invoices to come are made out to."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sellers.door.entry import SellerRequest
from sellers.portal.billing.entry import ACTORS, READERS, billing_view, may_act
from sellers.portal.billing.recipient_form import RecipientForm
from settlement.billing.models import BillingProfile
from settlement.billing.operations.profiles import save_profile
from settlement.billing.queries import recipient_for


@require_GET
@billing_view(READERS)
def profile(request: SellerRequest) -> HttpResponse:
    """The recipient's data of all invoices to come."""
    return _page(request, RecipientForm(recipient=recipient_for(request.seller)))


@require_POST
@billing_view(ACTORS)
def save(request: SellerRequest) -> HttpResponse:
    """Keep the recipient's data; invoices already issued stay as they are."""
    form = RecipientForm(request.POST, recipient=recipient_for(request.seller))
    if not form.is_valid():
        return _page(request, form, status=422)
    save_profile(seller_id=request.seller.pk, recipient=form.told(), by=request.user, at=timezone.now())
    messages.success(request, _("Saved. The next invoices are made out so."))
    return redirect("portal:billing_profile")


def _page(request: SellerRequest, form: RecipientForm, status: int = 200) -> HttpResponse:
    told = {
        "form": form,
        "recipient": recipient_for(request.seller),
        "is_kept": BillingProfile.objects.filter(seller=request.seller).exists(),
        "may_act": may_act(request),
        "market": request.seller.market,
    }
    return render(request, "portal/billing/profile.html", told, status=status)
