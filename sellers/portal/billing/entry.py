"""The door to the pages of billing: they are there where the seller's market takes deposits."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponseBase

from marketplace.parties.models import Role
from sellers.door.entry import SellerRequest, View, seller_view

READERS, ACTORS = Role.VIEWER, Role.FINANCE


def billing_view(needed: Role) -> Callable[[View], View]:
    """Let in whom :func:`seller_view` does, to sellers who pay in ahead; for others there is no such page."""

    def guard(view: View) -> View:
        @wraps(view)
        def entered(request: SellerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.seller.market.takes_deposits:
                raise Http404
            return view(request, *args, **kwargs)

        return seller_view(needed)(entered)

    return guard


def may_act(request: SellerRequest) -> bool:
    """Whether this login may invoice, ask for changes and choose."""
    return request.role.allows(ACTORS)
