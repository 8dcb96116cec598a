"""Sessions end: after a while without a request, and after half a day in any case."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

STARTED = "saldo_started"
SEEN = "saldo_seen"
WRITE_EVERY_SECONDS = 60  # so that looking around does not write the session at each request


class SessionLimits:
    """Middleware that logs out whoever was idle too long, or logged in too long ago."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._check(request, now=int(time.time()))
        return self.get_response(request)

    def _check(self, request: HttpRequest, *, now: int) -> None:
        started = request.session.setdefault(STARTED, now)
        seen = request.session.setdefault(SEEN, now)
        too_old = now - started >= settings.SESSION_COOKIE_AGE
        if too_old or now - seen >= settings.SESSION_IDLE_SECONDS:
            logout(request)
        elif now - seen >= WRITE_EVERY_SECONDS:
            request.session[SEEN] = now
