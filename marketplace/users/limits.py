"""How often a login, or a key, may do what costs the machine much; the rates stand in the settings."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.ratelimit import consume
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

View = Callable[..., HttpResponseBase]


def allowed(request: HttpRequest, action: str, *, key: str | None = None, user: Any = None) -> bool:
    """Count one more of an action, by any method, looking included; False if it was one too many."""
    try:
        usage = consume(request, app="allauth.account", action=action, key=key, user=user, limit_get=True)
    except PermissionDenied:
        return True  # a socket without an address, as a proxy on this machine has
    return usage is not None


def limited(action: str) -> Callable[[View], View]:
    """Refuse a login that does this too often, before anything is done."""

    def guard(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not allowed(request, action, user=request.user):
                return render(request, "429.html", status=429)
            return view(request, *args, **kwargs)

        return counted

    return guard
