"""The machines' door: who may enter with a key, and for which seller.

A session counts for nothing here, so that no browser can be led to call it. A view behind
:func:`api_view` gets a request that knows its seller and its key; every query then starts from
``.of(request.seller)``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from marketplace.parties.models import Seller
from marketplace.users.limits import allowed
from sellers.api.models import ApiKey
from sellers.api.operations.keys import digest_of, note_use

LONGEST_KEY = 200
View = Callable[..., HttpResponse]


class ApiRequest(HttpRequest):
    """A request that has come through the machines' door."""

    seller: Seller
    key: ApiKey


class Turned(Exception):
    """A request that is not answered; how it is told, and with which status."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers


def api_view(method: str) -> Callable[[View], View]:
    """Let in the systems of a seller that show one of its keys, by a method or, without one, by any; the
    answer is written in its market's zone.
    """

    def guard(view: View) -> View:
        @wraps(view)
        @csrf_exempt
        @login_not_required
        @never_cache
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                guest = _seat(request)
                if method and request.method != method:
                    told = _("Call this address by %(method)s.") % {"method": method}
                    raise Turned(405, "method_not_allowed", told, Allow=method)
                with timezone.override(ZoneInfo(guest.seller.market.zone)):
                    return view(guest, *args, **kwargs)
            except Turned as refusal:
                return refused(refusal)

        entered.door = "key"  # type: ignore[attr-defined]
        return entered

    return guard


def refused(refusal: Turned) -> HttpResponse:
    """Why a request was not answered, as every one of our answers says it."""
    told = {"error": {"code": refusal.code, "message": str(refusal)}}
    return JsonResponse(told, status=refusal.status, headers=refusal.headers)


def _seat(request: HttpRequest) -> ApiRequest:
    """Find the key a request shows; a stranger is told what to do, and not too often."""
    key = _key_of(request)
    if key is None:
        if not allowed(request, "api_refused"):
            raise _too_often()
        told = _(
            "Send a valid key of yours as “Authorization: Bearer saldo_…”. Keys are made, and revoked, under "
            "Settings > API and webhooks."
        )
        raise Turned(401, "unauthorized", told, **{"WWW-Authenticate": 'Bearer realm="Saldo"'})
    if not allowed(request, "api", key=str(key.pk)):
        raise _too_often()
    note_use(key, at=timezone.now())
    guest = cast(ApiRequest, request)
    guest.seller, guest.key = key.seller, key
    return guest


def _key_of(request: HttpRequest) -> ApiKey | None:
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_KEY:
        return None
    live = ApiKey.objects.live().filter(digest=digest_of(token), seller__is_active=True)
    return live.select_related("seller__market", "created_by").first()


def _too_often() -> Turned:
    return Turned(429, "too_many_requests", _("Too many requests; wait a minute."), **{"Retry-After": "60"})
