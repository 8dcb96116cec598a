"""Deposits coming in: from the payment system, the bank's statement, or by two people's hands."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.money import decimal_text
from marketplace.kernel.states import move
from marketplace.kernel.zones import local_date
from marketplace.ledger.operations import post, reverse
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import Market, Seller
from marketplace.parties.operations import SamePerson
from settlement.billing.models import AutomaticInvoicing, Deposit, DepositSource, DepositState, Mode
from settlement.billing.operations.numbering import number
from settlement.billing.operations.squaring import unsquare
from settlement.billing.operations.taking import take_from_deposits
from settlement.billing.operations.telling import tell_of_deposit
from settlement.billing.refusals import NoDeposits, OtherPayment, Refused, SentBefore, Used
from settlement.documents.operations.voiding import ReasonMissing

EARLIEST_DAYS = 366
"""How far back a deposit's day may lie: beyond that it is a slip of the pen."""


class BadDeposit(Refused):
    """What was told of a deposit cannot be."""


@transaction.atomic
def receive_deposit(
    *,
    seller_id: int,
    source: DepositSource,
    external_id: str,
    amount: int,
    currency: str,
    received_at: datetime,
    at: datetime,
    method: str = "",
    note: str = "",
) -> Deposit:
    """Take in money a seller paid, once per payment: what was told before is returned as it is.

    :raises NoDeposits: if the seller's market takes no deposits.
    :raises BadDeposit: if the amount, the currency or the day cannot be.
    :raises OtherPayment: if the same payment was told before for another seller, amount or day.
    """
    assert source != DepositSource.HAND
    assert external_id
    seller = _locked(seller_id)
    standing = _told_before(seller.market, source, external_id)
    if standing is not None:
        _check_same(standing, seller, amount, currency, received_at)
        return standing
    deposit = _prepared(seller, amount, currency, received_at, at)
    deposit.source, deposit.external_id = source, external_id
    deposit.method, deposit.note = method[:40], note[:300]
    deposit.state = DepositState.RECEIVED
    return _take_in(deposit, seller.market, by=None, at=at)


@transaction.atomic
def propose_deposit(
    *,
    seller_id: int,
    amount: int,
    received_at: datetime,
    method: str,
    note: str,
    by: Any,
    at: datetime,
    form_key: UUID | None = None,
) -> Deposit:
    """Enter a deposit by hand, once per form; it counts once a second person approves it.

    :raises NoDeposits: if the seller's market takes no deposits.
    :raises BadDeposit: if the amount or the day cannot be.
    :raises SentBefore: if the same form was sent before with something else in it.
    """
    seller = _locked(seller_id)
    deposit = _prepared(seller, amount, seller.market.currency, received_at, at)
    deposit.source, deposit.state, deposit.proposed_by = DepositSource.HAND, DepositState.PROPOSED, by
    deposit.method, deposit.note, deposit.form_key = method[:40], note[:300], form_key
    if (standing := _of_form(form_key)) is not None:
        _check_typed(standing, deposit)
        return standing
    number([deposit], market=seller.market, kind="deposit", at=at)
    try:
        with transaction.atomic():
            deposit.save(force_insert=True)
    except IntegrityError:  # the form, at the same moment, for another seller: its lock is another
        if (standing := _of_form(form_key)) is not None:
            _check_typed(standing, deposit)
        raise
    _record("deposit.proposed", deposit, by, at)
    return deposit


@transaction.atomic
def approve_deposit(*, deposit_id: int, by: Any, at: datetime) -> Deposit:
    """Let a deposit entered by hand count.

    :raises IllegalMove: if it does not wait for that.
    :raises SamePerson: if the approver entered it.
    """
    deposit, market = _locked_deposit(deposit_id)
    if deposit.proposed_by_id == by.pk:
        raise SamePerson(_("You entered this deposit; somebody else must approve it."))
    move(deposit, DepositState.RECEIVED, by=by, at=at, also={"approved_by": by})
    _post(deposit, at)
    _record("deposit.approved", deposit, by, at)
    _go_on(deposit, market, at)
    return deposit


@transaction.atomic
def refuse_deposit(*, deposit_id: int, reason: str, by: Any, at: datetime) -> Deposit:
    """Refuse a deposit entered by hand; whoever entered it may do so, too.

    :raises IllegalMove: if it does not wait for approval.
    :raises ReasonMissing: if no reason is given.
    """
    _check_reason(reason)
    deposit, _market = _locked_deposit(deposit_id)
    move(deposit, DepositState.REFUSED, by=by, at=at, reason=reason.strip()[:300])
    _record("deposit.refused", deposit, by, at)
    return deposit


@transaction.atomic
def reverse_deposit(*, deposit_id: int, reason: str, by: Any, at: datetime) -> Deposit:
    """Take a deposit back that never was, such as a card payment charged back.

    :raises IllegalMove: if it does not count.
    :raises Used: if fees were taken from it, or it stands on an invoice.
    :raises ReasonMissing: if no reason is given.
    """
    _check_reason(reason)
    deposit, market = _locked_deposit(deposit_id)
    if deposit.invoiced:
        raise Used(
            _("%(deposit)s stands on an invoice; the invoice must be cancelled first.") % {"deposit": deposit}
        )
    if deposit.taken:
        raise Used(
            _("Fees were taken from %(deposit)s; take them back first, or charge the amount as a fee.")
            % {"deposit": deposit}
        )
    move(deposit, DepositState.REVERSED, by=by, at=at, reason=reason.strip()[:300])
    reverse(key=deposit.key, at=at, text=f"Taken back: deposit {deposit.reference}")
    unsquare(deposit, market=market, at=at)
    _record("deposit.reversed", deposit, by, at)
    tell_of_deposit(deposit, market=market, at=at)
    return deposit


def _locked(seller_id: int) -> Seller:
    assert connection.in_atomic_block
    seller = Seller.objects.locked().select_related("market").get(pk=seller_id)
    if not seller.market.takes_deposits:
        raise NoDeposits(
            _("Sellers of %(market)s pay nothing in ahead; the market's settings say so.")
            % {"market": seller.market}
        )
    return seller


def _locked_deposit(deposit_id: int) -> tuple[Deposit, Market]:
    owner = Deposit.objects.values_list("seller", flat=True).get(pk=deposit_id)
    seller = Seller.objects.locked().select_related("market").get(pk=owner)
    return Deposit.objects.locked().select_related("seller").get(pk=deposit_id), seller.market


def _prepared(seller: Seller, amount: int, currency: str, received_at: datetime, at: datetime) -> Deposit:
    market = seller.market
    day, today = local_date(received_at, market.zone), local_date(at, market.zone)
    if amount <= 0:
        raise BadDeposit(
            _("A deposit is more than nothing; %(amount)s is not.") % {"amount": decimal_text(amount)}
        )
    if currency != market.currency:
        raise BadDeposit(
            _("%(market)s keeps its books in %(ours)s; %(theirs)s cannot be taken in.")
            % {"market": market, "ours": market.currency, "theirs": currency}
        )
    if day > today or (today - day).days > EARLIEST_DAYS:
        raise BadDeposit(
            _("The day it was received, %(day)s, lies in the future or long ago.") % {"day": day}
        )
    return Deposit(
        market=market,
        seller=seller,
        currency=currency,
        gross=amount,
        vat_bp=market.standard_vat_bp,
        received_at=received_at,
        received_on=day,
        recorded_at=at,
    )


def _told_before(market: Market, source: str, external_id: str) -> Deposit | None:
    """The deposit of a payment told before; a transfer taken back may be another seller's."""
    rows = Deposit.objects.filter(market=market, source=source, external_id=external_id)
    if source == DepositSource.BANK:
        rows = rows.exclude(state=DepositState.REVERSED)
    return rows.first()


def _check_same(standing: Deposit, seller: Seller, amount: int, currency: str, received_at: datetime) -> None:
    told = (seller.pk, amount, currency, received_at)
    if told != (standing.seller_id, standing.gross, standing.currency, standing.received_at):
        raise OtherPayment(
            _(
                "Payment %(id)s was taken in before as %(deposit)s, for another seller, amount or time;"
                " nothing was changed."
            )
            % {"id": standing.external_id, "deposit": standing}
        )


def _of_form(form_key: UUID | None) -> Deposit | None:
    return None if form_key is None else Deposit.objects.filter(form_key=form_key).first()


def _check_typed(standing: Deposit, deposit: Deposit) -> None:
    if _typed(standing) != _typed(deposit):
        raise SentBefore(
            _(
                "This form was sent before with something else in it, and made %(deposit)s, which stands. If"
                " this is another deposit, send it again; if it corrects that one, refuse that one first."
            )
            % {"deposit": standing}
        )


def _typed(deposit: Deposit) -> tuple[int, int, date, str, str]:
    """What a form said; "today" is a day, whatever the hour."""
    return deposit.seller_id, deposit.gross, deposit.received_on, deposit.method, deposit.note


def _take_in(deposit: Deposit, market: Market, *, by: Any, at: datetime) -> Deposit:
    number([deposit], market=market, kind="deposit", at=at)
    try:
        with transaction.atomic():
            deposit.save(force_insert=True)
    except IntegrityError:
        raise OtherPayment(
            _("Payment %(id)s is being taken in for another seller; nothing was changed.")
            % {"id": deposit.external_id}
        ) from None
    _post(deposit, at)
    _record("deposit.received", deposit, by, at)
    _go_on(deposit, market, at)
    return deposit


def _post(deposit: Deposit, at: datetime) -> None:
    post(
        Draft(
            key=deposit.key,
            market_id=deposit.market_id,
            at=at,
            text=f"Deposit {deposit.reference}",
            legs=(
                Leg("bank", deposit.gross),
                Leg("deposits", -deposit.gross, seller_id=deposit.seller_id),
            ),
        )
    )


def _go_on(deposit: Deposit, market: Market, at: datetime) -> None:
    """What a deposit that counts sets off: fees that waited for it, a letter, its own invoice."""
    take_from_deposits(seller_id=deposit.seller_id, market=market, at=at)
    if deposit.source != DepositSource.API:
        tell_of_deposit(deposit, market=market, at=at)
    chosen = AutomaticInvoicing.objects.filter(seller=deposit.seller_id, mode=Mode.DEPOSIT)
    if chosen.filter(starts_on__lte=deposit.received_on).exists():
        key = f"deposit:{deposit.pk}"
        enqueue("billing.invoice_deposit", key=key, seller_id=deposit.seller_id, deposit_id=deposit.pk)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(_("Say why; the seller and your colleagues will read it."))


def _record(verb: str, deposit: Deposit, by: Any, at: datetime) -> None:
    told = {"amount": deposit.gross, "source": deposit.source, "external_id": deposit.external_id}
    record(verb=verb, subject=deposit.reference, by=by, at=at, seller_id=deposit.seller_id, details=told)
