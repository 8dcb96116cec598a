"""Pages that need a live channel."""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sellers.door.entry import SellerRequest, View
from sellers.erp.queries import channel_of


def with_channel(view: View) -> View:
    """Hand a view the seller's live channel; who has none is led to where one is connected."""

    @wraps(view)
    def entered(request: SellerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        channel = channel_of(request.seller)
        if channel is None:
            messages.error(request, _("No ERP is connected. Connect one first."))
            return redirect("portal:erp_channels")
        channel.seller = request.seller
        return view(request, channel, *args, **kwargs)

    return entered
