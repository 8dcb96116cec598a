"""The door to the pages of ERP channels: they are there for sellers who invoice customers themselves."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from marketplace.parties.models import BusinessModel, Role, Seller
from sellers.door.context import may_have_channels
from sellers.door.entry import SellerRequest, View, seller_view
from sellers.erp.models import Channel
from sellers.portal.erp.at_hand import with_channel

READERS, ACTORS = Role.VIEWER, Role.FINANCE


class ChannelRequest(SellerRequest):
    """A request of a seller that has a live channel."""

    channel: Channel


def invoices_itself(seller: Seller) -> bool:
    """Whether a seller invoices its customers itself, and has use for an ERP."""
    return bool(seller.contract.model == BusinessModel.AGENCY)


def erp_view(needed: Role) -> Callable[[View], View]:
    """Let in whom :func:`seller_view` does, to sellers by agency and those with a channel of before; for
    others there is no such page.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def entered(request: SellerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may_have_channels(request.seller):
                raise Http404
            if request.POST.get("seller", str(request.seller.pk)) != str(request.seller.pk):
                return _of_another(request)
            return view(request, *args, **kwargs)

        return seller_view(needed)(entered)

    return guard


def _of_another(request: SellerRequest) -> HttpResponseBase:
    """A form of one seller, sent after the login went over to another in another window: what it says is of
    other books.
    """
    text = _("The page was opened for another seller, and you are at %(seller)s now. Nothing was changed.")
    messages.error(request, text % {"seller": request.seller.name})
    return redirect("portal:erp_channels")


def channel_view(needed: Role) -> Callable[[View], View]:
    """As :func:`erp_view`, with the seller's live channel; who has none is led to where one is connected."""

    def guard(view: View) -> View:
        @wraps(view)
        def entered(request: ChannelRequest, channel: Channel, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.channel = channel
            return view(request, *args, **kwargs)

        return erp_view(needed)(with_channel(entered))

    return guard


def invoicing_view(view: View) -> View:
    """Let in who works on orders and who keeps the books: either may have orders invoiced."""

    @wraps(view)
    def entered(request: SellerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_invoice(request):
            told = {"needed": Role.FINANCE, "role": request.role}
            return render(request, "door/not_allowed.html", told, status=403)
        return view(request, *args, **kwargs)

    return erp_view(Role.VIEWER)(entered)


def may_invoice(request: SellerRequest) -> bool:
    """Whether this login may have orders invoiced and put errors right."""
    return any(request.role.allows(each) for each in (Role.OPERATIONS, Role.FINANCE))


def may_act(request: SellerRequest) -> bool:
    """Whether this login may connect channels and change them."""
    return request.role.allows(ACTORS)
