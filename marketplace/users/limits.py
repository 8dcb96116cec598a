"""How often a login may do what costs the machine much; the rates stand in the settings."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.ratelimit import consume
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

View = Callable[..., HttpResponseBase]


def limited(action: str) -> Callable[[View], View]:
    """Refuse a login that does this too often, before anything is done."""

    def guard(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not consume(request, action=action, user=request.user):
                return render(request, "429.html", status=429)
            return view(request, *args, **kwargs)

        return counted

    return guard
