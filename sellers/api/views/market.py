"""What the marketplace's own systems tell: deposits that sellers paid in, and services to be charged."""

from collections import Counter
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sellers.api.billing import answered_deposit, answered_fee, told_deposit
from sellers.api.entry import MarketRequest, Turned, market_view
from sellers.api.models import Scope
from sellers.api.openapi import description
from sellers.api.operations.telling_deposits import take_deposit
from sellers.api.operations.telling_fees import Taken, take_fees
from sellers.api.operations.told import NotTaken
from sellers.api.parsing import BadBody, FeeTold, TooMany, read_deposit, read_fees
from settlement.billing.models import Deposit, DepositSource

OUTCOMES = ("charged", "known", "refused")
STATUSES = {"conflict": 409, "no_deposits": 409, "unknown_seller": 422, "refused": 422}


@market_view("POST", Scope.DEPOSITS)
def deposit_told(request: MarketRequest) -> HttpResponse:
    """Take one deposit in, once per number."""
    try:
        told = read_deposit(_body(request))
        deposit, is_new = take_deposit(key=request.key, told=told, at=timezone.now())
    except BadBody as fault:
        raise Turned(400, "bad_request", str(fault)) from None
    except NotTaken as refusal:
        raise Turned(STATUSES[refusal.code], refusal.code, str(refusal)) from None
    address = reverse("api:market_deposit", args=[deposit.external_id])
    answer = {"deposit": answered_deposit(deposit)}
    return JsonResponse(answer, status=201 if is_new else 200, headers={"Location": address})


@market_view("GET", Scope.DEPOSITS)
def deposit_detail(request: MarketRequest, external_id: str) -> HttpResponse:
    """A deposit the payment system told of, as it stands now."""
    rows = Deposit.objects.filter(market=request.market, source=DepositSource.API)
    deposit = None
    if "\x00" not in external_id:  # no number has one, and PostgreSQL takes none
        deposit = rows.select_related("seller").filter(external_id=external_id).first()
    if deposit is None:
        raise Turned(404, "not_found", _("No deposit was told under this number."))
    return JsonResponse({"deposit": told_deposit(deposit) | {"seller": deposit.seller.partner_number}})


@market_view("POST", Scope.FEES)
def fees_told(request: MarketRequest) -> HttpResponse:
    """Charge fees, each once per number; one that is refused stops no other."""
    try:
        items = read_fees(_body(request))
    except TooMany as fault:
        raise Turned(413, "too_large", str(fault)) from None
    except BadBody as fault:
        raise Turned(400, "bad_request", str(fault)) from None
    told = [item for item in items if isinstance(item, FeeTold)]
    taken = iter(take_fees(key=request.key, told=told, at=timezone.now()) if told else [])
    answers = [_unread(item) if isinstance(item, BadBody) else _outcome(item, next(taken)) for item in items]
    counts = Counter(answer["outcome"] for answer in answers)
    return JsonResponse({"fees": answers, **{each: counts[each] for each in OUTCOMES}})


@market_view("GET")
def described(request: MarketRequest) -> HttpResponse:
    """This part of the API, in OpenAPI's words."""
    return JsonResponse(description())


@market_view("")
def nowhere(request: MarketRequest, rest: str) -> HttpResponse:
    """An address that leads nowhere."""
    raise Turned(404, "not_found", _("There is nothing at this address; see the guide for those there are."))


def _body(request: MarketRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig:
        raise Turned(413, "too_large", _("The body is too large; tell fewer at once.")) from None


def _unread(fault: BadBody) -> dict[str, Any]:
    return {
        "external_id": None,
        "outcome": "refused",
        "fee": None,
        "error": {"code": "bad_request", "message": str(fault)},
    }


def _outcome(told: FeeTold, taken: Taken) -> dict[str, Any]:
    if taken.fee is None:
        assert taken.refusal is not None
        error = {"code": taken.refusal.code, "message": str(taken.refusal)}
        return {"external_id": told.external_id, "outcome": "refused", "fee": None, "error": error}
    outcome = "charged" if taken.is_new else "known"
    fee = answered_fee(taken.fee, told.seller)
    return {"external_id": told.external_id, "outcome": outcome, "fee": fee, "error": None}
