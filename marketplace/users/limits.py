"""How often a login may do what costs the machine much; the rates stand in the settings."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.ratelimit import consume
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def limited(action: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Refuse a login that does this too often, before anything is done."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not consume(request, action=action, user=request.user):
                return render(request, "429.html", status=429)
            return view(request, *args, **kwargs)

        return counted

    return guard
