"""Settings: the seller as the marketplace knows it, whom to invoice, the bank account, members, the
language.
"""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from marketplace.parties.models import AccountState, Role
from marketplace.parties.operations import SameAccount, propose_bank_account
from marketplace.parties.queries import cadence_after
from marketplace.parties.rules import BadAccountNumber
from sellers.door.entry import SellerRequest, seller_view
from sellers.mailroom.models import AllowedSender


class BankAccountForm(forms.Form):
    """Where the seller wants to be paid."""

    number = forms.CharField(label=gettext_lazy("New account number (IBAN)"), max_length=50)


@require_GET
@seller_view(Role.VIEWER)
def settings_page(request: SellerRequest) -> HttpResponse:
    """The seller's data and terms."""
    return _page(request, BankAccountForm())


@require_POST
@seller_view(Role.OWNER)
def bank_account(request: SellerRequest) -> HttpResponse:
    """Propose another bank account; a person at the marketplace approves it."""
    form = BankAccountForm(request.POST)
    if form.is_valid():
        try:
            account = propose_bank_account(
                seller_id=request.seller.pk,
                number=form.cleaned_data["number"],
                by=request.user,
                at=timezone.now(),
            )
        except BadAccountNumber:
            refusal = _("This account number cannot be right: check it for a typing mistake.")
            messages.error(request, refusal)
            form.add_error("number", refusal)
        except SameAccount:
            messages.error(request, _("This account is in use already; nothing was changed."))
            return redirect("portal:settings")
        else:
            told = {"account": account.masked}
            messages.success(request, _("%(account)s waits for the marketplace's approval.") % told)
            return redirect("portal:settings")
    return _page(request, form, status=422)


def _page(request: SellerRequest, form: BankAccountForm, status: int = 200) -> HttpResponse:
    seller = request.seller
    accounts = {row.state: row for row in seller.bank_accounts.exclude(state=AccountState.RETIRED)}
    told = {
        "contract": seller.contract,
        "cadence": cadence_after(seller.contract, delivered_last_period=0),
        "market": seller.market,
        "account": accounts.get(AccountState.ACTIVE),
        "proposed": accounts.get(AccountState.PROPOSED),
        "members": seller.members.select_related("user").order_by("user__email"),
        "senders": AllowedSender.objects.filter(seller=seller).select_related("added_by").order_by("address"),
        "form": form,
        "may_change": request.role.allows(Role.OWNER),
    }
    return render(request, "portal/settings.html", told, status=status)
