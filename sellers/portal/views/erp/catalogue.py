"""The channels there are: the one that is connected, how far its catalogue is read, and how to begin."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sellers.door.entry import SellerRequest
from sellers.erp.models import Channel, ChannelState
from sellers.erp.operations.reading_anew import read_anew as ask_to_read
from sellers.erp.queries import channel_of
from sellers.erp.refusals import Refused
from sellers.portal.erp.card import card_of, reading_of
from sellers.portal.erp.entry import ACTORS, READERS, ChannelRequest, channel_view, erp_view, may_act


@require_GET
@erp_view(READERS)
def channels(request: SellerRequest) -> HttpResponse:
    """The seller's channel, the ERPs there are, and the companies connected before."""
    channel = channel_of(request.seller)
    if channel is not None:
        channel.seller = request.seller
    before = Channel.objects.of(request.seller).filter(state=ChannelState.OFF).order_by("-connected_at")
    told = {
        "card": card_of(channel, at=timezone.now()) if channel is not None else None,
        "channel": channel,
        "before": before,
        "may_act": may_act(request),
    }
    return render(request, "portal/erp/channels.html", told)


@require_GET
@erp_view(READERS)
def progress(request: SellerRequest) -> HttpResponse:
    """How far the catalogue is read: the part of a page that asks for itself while it moves."""
    channel = channel_of(request.seller)
    reading = reading_of(channel, at=timezone.now()) if channel is not None else None
    return render(request, "portal/erp/parts/reading.html", {"reading": reading, "channel": channel})


@require_POST
@channel_view(ACTORS)
def read_anew(request: ChannelRequest) -> HttpResponse:
    """Have the ERP's lists and catalogue read anew."""
    try:
        ask_to_read(channel_id=request.channel.pk, by=request.user, at=timezone.now())
        messages.success(
            request,
            _("The lists and the catalogue of %(channel)s are read anew.") % {"channel": request.channel},
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:erp_channels")
