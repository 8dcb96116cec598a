"""Charging fees for services, and taking one back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from marketplace.kernel.audit import Act, record, record_all
from marketplace.kernel.money import decimal_text
from marketplace.kernel.zones import local_date
from marketplace.ledger.operations import reverse
from marketplace.parties.models import Market, Seller
from settlement.billing.models import Deposit, Fee, FeeKind, FeeSource, FeeState, FeeTaking
from settlement.billing.operations.numbering import number
from settlement.billing.operations.taking import take_from_deposits
from settlement.billing.refusals import NoDeposits, OtherPayment, Refused, SentBefore, Used
from settlement.documents.operations.voiding import ReasonMissing


class BadFee(Refused):
    """What was told of a fee cannot be."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service to be charged: its amount in minor units, VAT included."""

    kind: FeeKind
    text: str
    amount: int
    charged_at: datetime
    external_id: str = ""


@transaction.atomic
def charge_fees(
    *, seller_id: int, services: Sequence[Service], source: FeeSource, by: Any, at: datetime
) -> list[Fee]:
    """Charge a seller for services, each once per number, and take them from its deposits, oldest first.

    :raises NoDeposits: if the seller's market takes no deposits.
    :raises BadFee: if an amount or a day cannot be.
    :raises OtherPayment: if a number was charged before with another amount, or to another seller.
    :raises SentBefore: if a form was sent before with something else in it.
    """
    seller = Seller.objects.locked().select_related("market").get(pk=seller_id)
    market = seller.market
    if not market.takes_deposits:
        raise NoDeposits(
            _("Sellers of %(market)s pay nothing in ahead, so nothing can be charged against it.")
            % {"market": market}
        )
    standing = _standing(market, source, services)
    _check_twins(services)
    for service in services:
        _check(service, seller, at)
        if (fee := standing.get(service.external_id)) is not None:
            _check_again(service, fee, seller)
    fresh = [
        _prepared(service, seller, source, by, at)
        for service in _once(services)
        if service.external_id not in standing
    ]
    number(fresh, market=market, kind="fee", at=at)
    Fee.objects.bulk_create(fresh)
    acts = [Act(fee.reference, seller_id, {"amount": fee.gross, "for": fee.text}) for fee in fresh]
    record_all(verb="fee.charged", acts=acts, by=by, at=at)
    take_from_deposits(seller_id=seller_id, market=market, at=at)
    keys = [*(fee.pk for fee in standing.values()), *(fee.pk for fee in fresh)]
    return list(Fee.objects.filter(pk__in=keys).order_by("pk"))


@transaction.atomic
def withdraw_fee(*, fee_id: int, reason: str, by: Any, at: datetime) -> Fee:
    """Take a fee back that was charged by mistake; what it took goes back to the deposits.

    :raises Used: if it stands on an invoice, or was taken back before.
    :raises ReasonMissing: if no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; the seller and your colleagues will read it."))
    owner = Fee.objects.values_list("seller", flat=True).get(pk=fee_id)
    seller = Seller.objects.locked().select_related("market").get(pk=owner)
    fee = Fee.objects.locked().get(pk=fee_id)
    if fee.state == FeeState.WITHDRAWN:
        raise Used(_("%(fee)s was taken back before.") % {"fee": fee})
    if fee.invoiced:
        raise Used(_("%(fee)s stands on an invoice; the invoice must be cancelled first.") % {"fee": fee})
    _undo(fee, at)
    fee.state, fee.withdrawn_at, fee.reason, fee.taken = FeeState.WITHDRAWN, at, reason.strip()[:300], 0
    fee.save(update_fields=["state", "withdrawn_at", "reason", "taken"])
    record(
        verb="fee.withdrawn",
        subject=fee.reference,
        by=by,
        at=at,
        seller_id=owner,
        details={"why": reason[:200]},
    )
    take_from_deposits(seller_id=owner, market=seller.market, at=at)
    return fee


def _undo(fee: Fee, at: datetime) -> None:
    takings = list(fee.takings.filter(undone_at__isnull=True).select_related("deposit", "fee"))
    for taking in takings:
        reverse(key=taking.key, at=at, text=f"Taken back: fee {fee.reference}")
        Deposit.objects.filter(pk=taking.deposit_id).update(
            taken=F("taken") - taking.gross, taken_vat=F("taken_vat") - taking.vat
        )
    FeeTaking.objects.filter(pk__in=[taking.pk for taking in takings]).update(undone_at=at)


def _standing(market: Market, source: FeeSource, services: Iterable[Service]) -> dict[str, Fee]:
    told = [service.external_id for service in services if service.external_id]
    rows = Fee.objects.filter(market=market, source=source, external_id__in=told)
    return {row.external_id: row for row in rows}


def _check(service: Service, seller: Seller, at: datetime) -> None:
    if service.amount <= 0:
        raise BadFee(
            _("A fee is more than nothing; %(amount)s is not.") % {"amount": decimal_text(service.amount)}
        )
    if service.charged_at > at:
        raise BadFee(_("The fee “%(text)s” lies in the future.") % {"text": service.text})


def _check_again(service: Service, fee: Fee, seller: Seller) -> None:
    """What was charged before is told again as it was. A system may word it anew; a person who does means
    another thing.
    """
    day = local_date(service.charged_at, seller.market.zone)
    told = (seller.pk, service.amount, service.kind, service.text[:200], day)
    stands = (fee.seller_id, fee.gross, fee.kind, fee.text, fee.charged_on)
    if fee.source == FeeSource.HAND and told != stands:
        raise SentBefore(
            _(
                "This form was sent before with something else in it, and charged %(fee)s, which stands. If"
                " this is another service, send it again; if it corrects that one, take that one back first."
            )
            % {"fee": fee}
        )
    if told[:2] != stands[:2]:
        raise OtherPayment(
            _(
                "%(id)s was charged before as %(fee)s, with another amount or to another seller; nothing was"
                " changed."
            )
            % {"id": service.external_id, "fee": fee}
        )


def _check_twins(services: Iterable[Service]) -> None:
    """A number told twice in one call must be told alike."""
    told: dict[str, Service] = {}
    for each in services:
        if each.external_id and told.setdefault(each.external_id, each) != each:
            raise OtherPayment(
                _("%(id)s is told twice, with different content; nothing was charged.")
                % {"id": each.external_id}
            )


def _once(services: Iterable[Service]) -> list[Service]:
    """Each numbered service once, also where the same call tells of it twice."""
    numbered = {each.external_id: each for each in services if each.external_id}
    return [*(each for each in services if not each.external_id), *numbered.values()]


def _prepared(service: Service, seller: Seller, source: FeeSource, by: Any, at: datetime) -> Fee:
    market = seller.market
    return Fee(
        market=market,
        seller=seller,
        kind=service.kind,
        text=service.text[:200],
        source=source,
        external_id=service.external_id,
        currency=market.currency,
        gross=service.amount,
        vat_bp=market.standard_vat_bp,
        charged_at=service.charged_at,
        charged_on=local_date(service.charged_at, market.zone),
        recorded_at=at,
        charged_by=by if getattr(by, "pk", None) else None,
    )
