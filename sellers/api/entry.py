"""The machines' door: who may enter with a key, and for which seller, or for which market.

A session counts for nothing here, so that no browser can be led to call it. A view behind
:func:`api_view` gets a request that knows its seller and its key; every query then starts from
``.of(request.seller)``. One behind :func:`market_view` is called by the marketplace's own systems and
knows its market. Neither kind of key opens the other's door.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from marketplace.parties.models import Market, Seller
from marketplace.users.limits import allowed
from sellers.api.models import ApiKey, MarketKey, Scope
from sellers.api.operations.keys import digest_of, note_use

LONGEST_KEY = 200
View = Callable[..., HttpResponseBase]


class ApiRequest(HttpRequest):
    """A request that has come through the machines' door."""

    seller: Seller
    key: ApiKey


class MarketRequest(HttpRequest):
    """A request of a system of the marketplace's."""

    market: Market
    key: MarketKey


class Turned(Exception):
    """A request that is not answered; how it is told, and with which status."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers


def api_view(method: str) -> Callable[[View], View]:
    """Let in the systems of a seller that show one of its keys, by a method or, without one, by any; the
    answer is written in its market's zone.
    """
    return _door(method, _seat)


def market_view(method: str, scope: Scope | None = None) -> Callable[[View], View]:
    """Let in the marketplace's own systems that show a key of a market, one for this if that is told."""
    return _door(method, lambda request: _seat_of_market(request, scope))


def _door(method: str, seat: Callable[[HttpRequest], tuple[HttpRequest, Market]]) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @wraps(view)
        @csrf_exempt
        @login_not_required
        @never_cache
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                guest, market = seat(request)
                if method and request.method != method:
                    told = _("Call this address by %(method)s.") % {"method": method}
                    raise Turned(405, "method_not_allowed", told, Allow=method)
                with timezone.override(ZoneInfo(market.zone)):
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


def _seat(request: HttpRequest) -> tuple[ApiRequest, Market]:
    """Find the seller's key a request shows; a stranger is told what to do, and not too often."""
    digest = _digest_shown(request)
    live = ApiKey.objects.live().filter(digest=digest, seller__is_active=True)
    key = live.select_related("seller__market", "created_by").first() if digest else None
    if key is None:
        if digest and MarketKey.objects.live().filter(digest=digest).exists():
            raise _forbidden(_("This key is one of the marketplace's; it opens nothing of a seller's."))
        raise _stranger(
            request,
            _(
                "Send a valid key of yours as “Authorization: Bearer saldo_…”. Keys are made, and revoked, "
                "under Settings > API and webhooks."
            ),
        )
    _let_in(request, key, str(key.pk), "api")
    guest = cast(ApiRequest, request)
    guest.seller, guest.key = key.seller, key
    return guest, key.seller.market


def _seat_of_market(request: HttpRequest, scope: Scope | None) -> tuple[MarketRequest, Market]:
    """Find the market's key a request shows, which must be for what it asks."""
    digest = _digest_shown(request)
    live = MarketKey.objects.live().filter(digest=digest)
    key = live.select_related("market").first() if digest else None
    if key is None:
        if digest and ApiKey.objects.live().filter(digest=digest).exists():
            raise _forbidden(_("This key is a seller's; it opens nothing of the marketplace's."))
        raise _stranger(
            request,
            _("Send a valid key of the market as “Authorization: Bearer saldo_market_…”."),
        )
    _let_in(request, key, f"market:{key.pk}", "api_market")
    if scope is not None and scope not in key.scopes:
        raise _forbidden(_("This key is not for %(scope)s.") % {"scope": scope.label})
    guest = cast(MarketRequest, request)
    guest.market, guest.key = key.market, key
    return guest, key.market


def _let_in(request: HttpRequest, key: ApiKey | MarketKey, name: str, action: str) -> None:
    if not allowed(request, action, key=name):
        raise _too_often()
    note_use(key, at=timezone.now())


def _digest_shown(request: HttpRequest) -> str:
    """What is kept of the key a request shows; "" if it shows none."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_KEY:
        return ""
    return digest_of(token)


def _stranger(request: HttpRequest, told: str) -> Turned:
    if not allowed(request, "api_refused"):
        return _too_often()
    return Turned(401, "unauthorized", told, **{"WWW-Authenticate": 'Bearer realm="Saldo"'})


def _forbidden(told: str) -> Turned:
    return Turned(403, "forbidden", told)


def _too_often() -> Turned:
    return Turned(429, "too_many_requests", _("Too many requests; wait a minute."), **{"Retry-After": "60"})
