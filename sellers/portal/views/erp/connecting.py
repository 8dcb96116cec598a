"""What opens the ERP: the first step of connecting, a new token later, and disconnecting."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest
from sellers.erp.choices import country_name
from sellers.erp.models import Channel, ChannelState
from sellers.erp.operations.connecting import disconnect_channel
from sellers.erp.queries import channel_of
from sellers.erp.refusals import Refused
from sellers.portal.erp.credentials import keep_credentials
from sellers.portal.erp.credentials_form import CredentialsForm
from sellers.portal.erp.entry import ACTORS, READERS, ChannelRequest, channel_view, erp_view, may_act
from sellers.portal.erp.wizard import CREDENTIALS, framed


@require_GET
@erp_view(READERS)
def connect(request: SellerRequest) -> HttpResponse:
    """The first step: what opens the ERP."""
    channel = channel_of(request.seller)
    return _page(request, CredentialsForm(seller=request.seller, channel=channel), channel, wizard=True)


@require_POST
@erp_view(ACTORS)
@limited("erp_credentials")
def connect_now(request: SellerRequest) -> HttpResponse:
    """Try the credentials; if the ERP takes them the channel is connected, and the next step follows."""
    return _keep(request, channel_of(request.seller), wizard=True)


@require_GET
@channel_view(READERS)
def credentials(request: ChannelRequest) -> HttpResponse:
    """The credentials of a connected channel: a new token, another user of the same company."""
    form = CredentialsForm(seller=request.seller, channel=request.channel)
    return _page(request, form, request.channel, wizard=False)


@require_POST
@channel_view(ACTORS)
@limited("erp_credentials")
def change(request: ChannelRequest) -> HttpResponse:
    """Try other credentials to the same books, and keep them."""
    return _keep(request, request.channel, wizard=False)


@require_GET
@channel_view(READERS)
def disconnect(request: ChannelRequest) -> HttpResponse:
    """What stays and what ends when a channel is disconnected."""
    told = framed(CREDENTIALS, request.channel, wizard=False) | {"may_act": may_act(request)}
    return render(request, "portal/erp/disconnect.html", told)


@require_POST
@channel_view(ACTORS)
def disconnect_now(request: ChannelRequest) -> HttpResponse:
    """Disconnect the channel and forget its token."""
    try:
        disconnect_channel(channel_id=request.channel.pk, by=request.user, at=timezone.now())
        text = _("%(channel)s is disconnected. Its token is forgotten; what was invoiced stays known.")
        messages.success(request, text % {"channel": request.channel})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:erp_channels")


def _keep(request: SellerRequest, channel: Channel | None, *, wizard: bool) -> HttpResponse:
    form = CredentialsForm(request.POST, seller=request.seller, channel=channel)
    if form.is_valid():
        try:
            kept = keep_credentials(request.seller, channel, form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            _tell(request, kept, form.cleaned_data.get("country", ""), is_new=channel is None)
            return redirect("portal:erp_connect_configuration" if wizard else "portal:erp_credentials")
    return _page(request, form, channel, wizard=wizard, status=422)


def _tell(request: SellerRequest, channel: Channel, chosen: str, *, is_new: bool) -> None:
    """Say whose books these are, and what of them is otherwise than expected."""
    told = {
        "channel": channel.name,
        "company": channel.company,
        "number": channel.company_number,
        "country": country_name(channel.country),
        "chosen": country_name(chosen),
        "theirs": channel.currency,
        "ours": request.seller.market.currency,
    }
    text = (
        _("Connected to the books of %(company)s (%(number)s, %(country)s). Its catalogue is being read.")
        if is_new
        else _("The credentials are kept; they open the books of %(company)s (%(number)s, %(country)s).")
    )
    messages.success(request, text % told)
    if chosen and chosen != channel.country:
        text = _("You chose %(chosen)s, but the company is of %(country)s: its fields are shown.")
        messages.warning(request, text % told)
    if channel.currency and channel.currency != request.seller.market.currency:
        text = _("The company's books are in %(theirs)s. Orders in %(ours)s cannot be invoiced there.")
        messages.warning(request, text % told)


def _page(
    request: SellerRequest, form: CredentialsForm, channel: Channel | None, *, wizard: bool, status: int = 200
) -> HttpResponse:
    told: dict[str, Any] = framed(CREDENTIALS, channel, wizard=wizard) | {
        "form": form,
        "is_refused": channel is not None and channel.state == ChannelState.REFUSED,
        "may_act": may_act(request),
    }
    return render(request, "portal/erp/credentials.html", told, status=status)
