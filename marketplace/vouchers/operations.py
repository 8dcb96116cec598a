"""Every write to vouchers: issuing, redeeming, reactivating, expiring, blocking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.money import LARGEST, decimal_text
from marketplace.kernel.states import IllegalMove, move
from marketplace.kernel.zones import local_date
from marketplace.ledger.operations import post_all
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import Market
from marketplace.vouchers.models import MovementKind, Origin, State, Voucher, VoucherMovement
from marketplace.vouchers.rules import Refused, VoucherFacts, renewed_until

AGAINST = {Origin.SOLD: "bank", Origin.GIVEN: "promotion"}


class Outcome(StrEnum):
    """What became of a voucher that was told to us."""

    ISSUED = "issued"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Told:
    """The outcome for one voucher, and the reason where it was refused."""

    code: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """A part of an order paid by a locked voucher: its key names the tender, once for all."""

    voucher: Voucher
    key: str
    amount: int
    order: str
    at: datetime


class ReasonMissing(Exception):
    """Blocking and reactivating need a reason."""


@transaction.atomic
def issue_vouchers(
    *, market: Market, told: Sequence[VoucherFacts], origin: Origin, by: Any, at: datetime
) -> list[Told]:
    """Issue vouchers; one that stands already with the same amount is left as it is.

    A sold voucher's money reached the marketplace's bank; one given away is its own promotion. A
    refused one does not stop the rest.
    """
    Market.objects.select_for_update(no_key=True, of=("self",)).get(pk=market.pk)  # one batch at a time
    codes = [facts.code for facts in told]
    standing = {row.code: row for row in Voucher.objects.filter(market=market, code__in=codes)}
    fresh: dict[str, Voucher] = {}
    outcomes = []
    for facts in told:
        try:
            outcome = _issue_one(market, facts, origin, {**standing, **fresh}, fresh, at)
            outcomes.append(Told(facts.code, outcome))
        except Refused as refusal:
            outcomes.append(Told(facts.code, Outcome.REFUSED, str(refusal)))
    Voucher.objects.bulk_create(fresh.values(), batch_size=2000)
    _move_money(
        MovementKind.ISSUED, [Use(row, _issue_key(row), row.amount, "", at) for row in fresh.values()], by
    )
    if fresh:
        details = {"vouchers": len(fresh), "amount": sum(row.amount for row in fresh.values())}
        record(verb="voucher.issued", subject=market.code, by=by, at=at, details=details)
    return outcomes


def lock_vouchers(*, market: Market, codes: Sequence[str]) -> dict[str, Voucher]:
    """Lock vouchers of a market in one order; by code, those that there are."""
    assert connection.in_atomic_block
    rows = Voucher.objects.locked().filter(market=market, code__in=set(codes))
    return {row.code: row for row in rows}


def check_use(*, voucher: Voucher, amount: int, at: datetime) -> None:
    """Refuse to pay with a locked voucher what it cannot pay.

    :raises Refused: if it is blocked, was over at that time, or has less left.
    """
    if voucher.state == State.BLOCKED:
        raise Refused(_("voucher %(code)s is blocked") % {"code": voucher.code})
    if voucher.state == State.EXPIRED or voucher.is_over(local_date(at, voucher.market.zone)):
        raise Refused(
            _("voucher %(code)s expired after %(day)s") % {"code": voucher.code, "day": voucher.expires_on}
        )
    if amount > voucher.balance:
        raise Refused(
            _("voucher %(code)s has %(left)s %(currency)s left, the order uses %(used)s")
            % {
                "code": voucher.code,
                "left": decimal_text(voucher.balance),
                "currency": voucher.currency,
                "used": decimal_text(amount),
            }
        )


def redeem(*, uses: Sequence[Use]) -> None:
    """Take what orders use from locked vouchers, whose balances the caller's checks have lowered already.

    A constraint refuses to take more than is there, whatever was checked before.
    """
    _move_money(MovementKind.REDEEMED, uses, None)


def give_back(*, uses: Sequence[Use], by: Any, at: datetime, reason: str) -> None:
    """Give money back to locked vouchers, once per key; one that was over is active again.

    What came back may be used for as long as the market renews vouchers.
    """
    known = set(
        VoucherMovement.objects.filter(key__in=[each.key for each in uses]).values_list("key", flat=True)
    )
    uses = [each for each in uses if each.key not in known]
    for each in uses:
        voucher = each.voucher
        today = local_date(at, voucher.market.zone)
        last = renewed_until(
            expires_on=voucher.expires_on, on=today, days=voucher.market.voucher_renewal_days
        )
        voucher.expires_on = last
        voucher.save(update_fields=["expires_on"])
        voucher.balance += each.amount
        if voucher.state == State.EXPIRED:
            move(voucher, _before_it_expired(voucher), by=by, at=at, reason=reason[:200])
    _move_money(MovementKind.REACTIVATED, uses, by, reason=reason)


def _before_it_expired(voucher: Voucher) -> State:
    """A voucher that was blocked stays blocked, whatever comes back to it."""
    last = voucher.changes.filter(to_state=State.EXPIRED).order_by("-pk").first()
    return State.BLOCKED if last is not None and last.from_state == State.BLOCKED else State.ACTIVE


@transaction.atomic
def expire_due(*, market: Market, at: datetime, late_days: int = 0, limit: int = 500) -> int:
    """Expire the vouchers of a market whose last day has passed; how many. What is left becomes breakage.

    For ``late_days`` more its money is kept for orders that were placed in time and are told of late.
    """
    today = local_date(at, market.zone) - timedelta(days=late_days)
    due = Voucher.objects.filter(market=market, expires_on__lt=today).exclude(state=State.EXPIRED)
    rows = list(due.locked().select_related("market")[:limit])
    uses = []
    for voucher in rows:
        if voucher.balance:
            count = voucher.movements.filter(kind=MovementKind.EXPIRED).count()
            uses.append(Use(voucher, f"{voucher.pk}:expired:{count + 1}", voucher.balance, "", at))
        voucher.balance = 0
    _move_money(MovementKind.EXPIRED, uses, None)
    for voucher in rows:
        move(voucher, State.EXPIRED, by=None, at=at)
    return len(rows)


@transaction.atomic
def block_voucher(*, voucher_id: int, reason: str, by: Any, at: datetime) -> Voucher:
    """Stop a voucher from paying, until it is released.

    :raises IllegalMove: if it is blocked or expired.
    :raises ReasonMissing: if no reason is given.
    """
    return _turn(voucher_id, State.BLOCKED, "voucher.blocked", reason, by, at)


@transaction.atomic
def release_voucher(*, voucher_id: int, reason: str, by: Any, at: datetime) -> Voucher:
    """Let a blocked voucher pay again.

    :raises IllegalMove: if it is not blocked.
    :raises ReasonMissing: if no reason is given.
    """
    return _turn(voucher_id, State.ACTIVE, "voucher.released", reason, by, at, only=State.BLOCKED)


def _turn(
    voucher_id: int, to: State, verb: str, reason: str, by: Any, at: datetime, *, only: str = ""
) -> Voucher:
    if not reason.strip():
        raise ReasonMissing(_("Say why; your colleagues will read it."))
    voucher = Voucher.objects.locked().get(pk=voucher_id)
    if only and voucher.state != only:
        raise IllegalMove(_("Voucher %(code)s is not blocked.") % {"code": voucher.code})
    move(voucher, to, by=by, at=at, reason=reason.strip()[:200])
    record(verb=verb, subject=voucher.masked, by=by, at=at, details={"reason": reason[:200]})
    return voucher


def _issue_one(
    market: Market,
    facts: VoucherFacts,
    origin: Origin,
    known: dict[str, Voucher],
    fresh: dict[str, Voucher],
    at: datetime,
) -> Outcome:
    standing = known.get(facts.code)
    if standing is not None:
        if standing.amount != facts.amount:
            raise Refused(
                _("code: %(code)s was issued already, for %(amount)s")
                % {"code": facts.code, "amount": decimal_text(standing.amount)}
            )
        return Outcome.UNCHANGED
    if facts.amount > LARGEST:
        raise Refused(_("amount: larger than any voucher's"))
    fresh[facts.code] = Voucher(
        market=market,
        code=facts.code,
        origin=origin,
        currency=market.currency,
        amount=facts.amount,
        balance=facts.amount,
        issued_at=at,
        expires_on=facts.expires_on,
    )
    return Outcome.ISSUED


def _issue_key(voucher: Voucher) -> str:
    return f"{voucher.pk}:issued"


def _move_money(kind: MovementKind, uses: Sequence[Use], by: Any, *, reason: str = "") -> None:
    """Write movements of locked vouchers whose balance the caller has set, and post them."""
    if not uses:
        return
    if kind != MovementKind.ISSUED:
        rows = {each.voucher.pk: each.voucher for each in uses}
        Voucher.objects.bulk_update(list(rows.values()), ["balance"], batch_size=500)
    VoucherMovement.objects.bulk_create(
        [
            VoucherMovement(
                voucher=each.voucher,
                key=each.key,
                kind=kind,
                amount=each.amount,
                balance=balance,
                at=each.at,
                by=by if getattr(by, "pk", None) else None,
                order=each.order,
                reason=reason[:200],
            )
            for each, balance in zip(uses, _balances(kind, uses), strict=True)
        ],
        batch_size=2000,
    )
    post_all([_draft(kind, each) for each in uses])


def _balances(kind: MovementKind, uses: Sequence[Use]) -> list[int]:
    """The balance after each of several uses, the last of a voucher being the one it has now."""
    adds = kind in (MovementKind.ISSUED, MovementKind.REACTIVATED)
    later: dict[int, int] = {}
    balances = []
    for each in reversed(uses):
        balances.append(each.voucher.balance + later.get(each.voucher.pk, 0))
        step = -each.amount if adds else each.amount
        later[each.voucher.pk] = later.get(each.voucher.pk, 0) + step
    return balances[::-1]


def _draft(kind: MovementKind, use: Use) -> Draft:
    voucher = use.voucher
    other, sign = {
        MovementKind.ISSUED: (AGAINST[Origin(voucher.origin)], -1),
        MovementKind.REDEEMED: ("prepaid", 1),
        MovementKind.REACTIVATED: ("prepaid", -1),
        MovementKind.EXPIRED: ("breakage", 1),
    }[kind]
    return Draft(
        key=f"voucher:{use.key}",
        market_id=voucher.market_id,
        at=use.at,
        text=f"Voucher {voucher.masked} {kind}" + (f", order {use.order}" if use.order else ""),
        legs=(Leg("vouchers", sign * use.amount), Leg(other, -sign * use.amount)),
    )
