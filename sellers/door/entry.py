"""The one door: who may enter a seller's pages, as what, and for which seller.

Login is demanded by middleware for every page. A view behind :func:`seller_view` gets a request that
knows its seller; every query then starts from ``.of(request.seller)``, so that another seller's rows are
simply not there.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from marketplace.parties.models import Member, Role, Seller
from marketplace.parties.queries import memberships_of
from marketplace.users.models import User

SESSION_KEY = "seller"
View = Callable[..., HttpResponseBase]


class SellerRequest(HttpRequest):
    """A request that has come through the door."""

    user: User
    seller: Seller
    role: Role
    memberships: list[Member]


def seller_view(needed: Role) -> Callable[[View], View]:
    """Let in the members of a seller whose role allows what ``needed`` is for; the page runs in the
    market's zone.
    """

    def guard(view: View) -> View:
        @wraps(view)
        @never_cache
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            members = memberships_of(cast(User, request.user))
            if not members:
                return _turn_away(request)
            guest = _seat(request, members)
            if not guest.role.allows(needed):
                told = {"needed": needed, "role": guest.role}
                return render(request, "door/not_allowed.html", told, status=403)
            with timezone.override(ZoneInfo(guest.seller.market.zone)):
                return view(guest, *args, **kwargs)

        entered.door = needed  # type: ignore[attr-defined]
        return entered

    return guard


def _seat(request: HttpRequest, members: list[Member]) -> SellerRequest:
    """Put the seller at hand on the request: the one chosen last, if the login still belongs to it, else
    the first.
    """
    chosen = request.session.get(SESSION_KEY)
    member = next((each for each in members if each.seller_id == chosen), members[0])
    guest = cast(SellerRequest, request)
    guest.seller, guest.role, guest.memberships = member.seller, Role(member.role), members
    return guest


def _turn_away(request: HttpRequest) -> HttpResponse:
    """Staff belong in admin; a login without a seller is told whom to ask."""
    if cast(User, request.user).is_staff:
        return redirect("admin:index")
    return render(request, "door/no_seller.html", status=403)
