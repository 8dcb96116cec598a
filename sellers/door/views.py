"""Switching between the sellers a login belongs to."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from marketplace.parties.queries import memberships_of
from marketplace.users.models import User
from sellers.door.entry import SESSION_KEY


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Make another of the login's own sellers the one at hand."""
    chosen = request.POST.get("seller", "")
    mine = {str(member.seller_id): member for member in memberships_of(cast(User, request.user))}
    if chosen not in mine:
        raise Http404
    request.session[SESSION_KEY] = mine[chosen].seller_id
    return redirect("portal:home")
