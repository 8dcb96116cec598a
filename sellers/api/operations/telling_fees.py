"""Fees the marketplace's systems tell of: each once per number, and one that is refused stops no other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from marketplace.kernel.money import Money
from marketplace.parties.models import Market, Seller
from sellers.api.models import MarketKey
from sellers.api.operations.told import NotTaken, code_of, differing, note, once_more, unknown_seller
from sellers.api.parsing import FeeTold
from settlement.billing.models import Fee, FeeKind, FeeSource
from settlement.billing.operations.charging import Service, charge_fees
from settlement.billing.refusals import OtherPayment, Refused


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a fee: the fee, and whether it is new; or why it was not taken."""

    fee: Fee | None
    is_new: bool
    refusal: NotTaken | None = None


def take_fees(*, key: MarketKey, told: Sequence[FeeTold], at: datetime) -> list[Taken]:
    """Charge fees, each once per number; what became of each. One that is refused stops no other."""
    market = key.market
    partners = {each.seller for each in told}
    sellers = {
        row.partner_number: row for row in Seller.objects.filter(market=market, partner_number__in=partners)
    }
    found: dict[int, Taken] = {}
    for partner, places in _by_seller(told).items():
        seller = sellers.get(partner)
        if seller is None:
            unknown = Taken(None, False, unknown_seller(market, partner))
            found |= dict.fromkeys(places, unknown)
        else:
            found |= _charge(seller, {place: told[place] for place in places}, market, at)
    new = sum(taken.is_new for taken in found.values())
    note(key, "api.fees_told", f"{new} fees", at, told=len(told))
    return [found[place] for place in range(len(told))]


def _by_seller(told: Sequence[FeeTold]) -> dict[str, list[int]]:
    """The places of the fees of each seller."""
    places: dict[str, list[int]] = {}
    for place, each in enumerate(told):
        places.setdefault(each.seller, []).append(place)
    return places


def _charge(seller: Seller, told: dict[int, FeeTold], market: Market, at: datetime) -> dict[int, Taken]:
    """Charge fees of one seller: the new ones together, those in doubt each by itself.

    One that is told twice in the same call counts once.
    """
    numbers = {each.external_id for each in told.values()}
    standing = _standing(market, numbers)
    fresh = {each.external_id: place for place, each in reversed(told.items()) if each.charged_at <= at}
    together = sorted(place for number, place in fresh.items() if number not in standing)
    found = _charge_together(seller, {place: told[place] for place in together}, market, at)
    standing = _standing(market, numbers)
    for place, each in told.items():
        if place not in found and each.external_id in standing:
            found[place] = _taken(standing[each.external_id], each, seller, is_new=False)
        elif place not in found:
            found[place] = _charge_alone(seller, each, market, at)
    return found


def _charge_together(
    seller: Seller, told: dict[int, FeeTold], market: Market, at: datetime
) -> dict[int, Taken]:
    try:
        fees = _fees(seller, told.values(), at) if told else {}
    except (Refused, IntegrityError):  # another call tells some of the same just now
        return {place: _charge_alone(seller, each, market, at) for place, each in told.items()}
    return {place: _told_now(fees[each.external_id], each, seller, at) for place, each in told.items()}


def _standing(market: Market, numbers: Iterable[str]) -> dict[str, Fee]:
    """The fees that were told before under these numbers."""
    rows = Fee.objects.filter(market=market, source=FeeSource.API, external_id__in=numbers)
    return {fee.external_id: fee for fee in rows.select_related("seller")}


def _charge_alone(seller: Seller, told: FeeTold, market: Market, at: datetime) -> Taken:
    try:
        fees = once_more(lambda: _fees(seller, [told], at))
    except OtherPayment:
        return Taken(None, False, _other_fee(_standing(market, [told.external_id])[told.external_id], told))
    except Refused as refusal:
        return Taken(None, False, NotTaken(code_of(refusal), str(refusal)))
    return _told_now(fees[told.external_id], told, seller, at)


def _fees(seller: Seller, told: Iterable[FeeTold], at: datetime) -> dict[str, Fee]:
    services = [
        Service(FeeKind(each.kind), each.text, each.minor, each.charged_at, each.external_id) for each in told
    ]
    with transaction.atomic():
        fees = charge_fees(seller_id=seller.pk, services=services, source=FeeSource.API, by=None, at=at)
    return {fee.external_id: fee for fee in fees}


def _told_now(fee: Fee, told: FeeTold, seller: Seller, at: datetime) -> Taken:
    return _taken(fee, told, seller, is_new=fee.recorded_at == at)


def _taken(fee: Fee, told: FeeTold, seller: Seller, *, is_new: bool) -> Taken:
    """A fee as the answer to what was told: its own, or one told before with other content."""
    before = (fee.seller_id, fee.gross, fee.kind, fee.text, fee.charged_at)
    if before != (seller.pk, told.minor, told.kind, told.text, told.charged_at):
        return Taken(None, False, _other_fee(fee, told))
    return Taken(fee, is_new)


def _other_fee(fee: Fee, told: FeeTold) -> NotTaken:
    money = Money(fee.gross, fee.currency)
    before = (fee.seller.partner_number, fee.kind, fee.text, money, fee.charged_at)
    now = (told.seller, told.kind, told.text, Money(told.minor, fee.currency), told.charged_at)
    return differing(told.external_id, fee.reference, before, now)
