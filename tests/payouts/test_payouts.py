"""From an agreed set-off to the bank and back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.files import path_of
from marketplace.kernel.models import OutgoingMail
from marketplace.kernel.states import IllegalMove
from marketplace.ledger.models import Entry
from marketplace.ledger.queries import balance
from marketplace.parties.models import AccountState, BankAccount, Market, Seller
from marketplace.parties.operations import SamePerson
from settlement.netting.models import SetOff
from settlement.netting.models import State as SetOffState
from settlement.payouts.models import (
    BankEntry,
    Batch,
    BatchState,
    EntryState,
    Payout,
    PayoutState,
    StatementState,
)
from settlement.payouts.operations.batching import (
    NoFile,
    NothingToPay,
    approve_batch,
    cancel_batch,
    make_batch,
    send_batch,
    take_out,
)
from settlement.payouts.operations.matching import NoMatch, assign_entry
from settlement.payouts.operations.paying import give_up_payout, mark_failed, mark_paid, retry_payout
from settlement.payouts.operations.preparing import prepare
from settlement.payouts.operations.reading import TakenBefore
from tests.cast import today_in, work_off_but_rendering
from tests.netting.telling import give_account, send_payouts
from tests.payouts.conftest import agreed
from tests.payouts.telling import movement, statement, upload
from tests.stories.test_resale import CARD


@pytest.fixture
def sent(payout: Payout, seller: Seller, carla: Any, dan: Any) -> Payout:
    """The same payout, given to the bank."""
    return send_payouts(seller, carla, dan)[0]


def test_whoever_prepares_a_batch_does_not_approve_it(payout: Payout, market: Market, carla: Any) -> None:
    batch = make_batch(market=market, by=carla, at=timezone.now())

    with pytest.raises(SamePerson):
        approve_batch(batch_id=batch.pk, by=carla, at=timezone.now())

    assert Payout.objects.get().state == PayoutState.CREATED
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(approved_by=carla)


def test_nothing_is_paid_to_a_seller_without_an_account_in_use(
    market: Market, seller: Seller, carla: Any
) -> None:
    agreed(market, CARD)

    with pytest.raises(NothingToPay, match="account"):
        make_batch(market=market, by=carla, at=timezone.now())

    assert not Batch.objects.exists()


def test_a_batch_is_given_to_the_bank_only_with_its_file(
    payout: Payout, market: Market, carla: Any, dan: Any
) -> None:
    batch = make_batch(market=market, by=carla, at=timezone.now())
    with pytest.raises(IllegalMove):
        send_batch(batch_id=batch.pk, by=carla, at=timezone.now())
    approve_batch(batch_id=batch.pk, by=dan, at=timezone.now())
    with pytest.raises(NoFile):
        send_batch(batch_id=batch.pk, by=carla, at=timezone.now())

    work_off_but_rendering()
    send_batch(batch_id=batch.pk, by=carla, at=timezone.now())

    file = Batch.objects.get().file
    assert file is not None
    written = path_of(file).read_text()
    assert f"<EndToEndId>{payout.reference}</EndToEndId>" in written
    assert '<InstdAmt Ccy="CZK">1149.50</InstdAmt>' in written


def test_a_cancelled_batch_leaves_its_payouts_for_the_next(
    payout: Payout, market: Market, carla: Any, dan: Any
) -> None:
    batch = make_batch(market=market, by=carla, at=timezone.now())
    approve_batch(batch_id=batch.pk, by=dan, at=timezone.now())

    cancel_batch(batch_id=batch.pk, reason="The wrong day.", by=carla, at=timezone.now())

    again = make_batch(market=market, by=dan, at=timezone.now())
    assert list(again.payouts.all()) == [payout]
    work_off_but_rendering()
    assert run_checks() == []


def test_a_payout_taken_out_is_not_in_the_batch(payout: Payout, market: Market, carla: Any, dan: Any) -> None:
    batch = make_batch(market=market, by=carla, at=timezone.now())

    take_out(payout_id=payout.pk, by=dan, at=timezone.now())

    emptied = Batch.objects.get()
    assert (emptied.count, emptied.total) == (0, 0)
    with pytest.raises(NothingToPay):
        approve_batch(batch_id=batch.pk, by=dan, at=timezone.now())
    assert run_checks() == []


def test_the_statement_pays_the_payout_and_settles_the_books(
    sent: Payout, market: Market, seller: Seller
) -> None:
    told = upload(market, statement(market, movement(-1149_50, end_to_end=sent.reference)))

    assert told.state == StatementState.READ
    assert Payout.objects.get().state == PayoutState.PAID
    assert balance(market_id=market.pk, kind="payable", seller_id=seller.pk) == 0
    assert balance(market_id=market.pk, kind="bank") == 1331_00 - 1149_50
    assert run_checks() == []


def test_a_movement_told_in_two_files_moves_money_once(sent: Payout, market: Market) -> None:
    told = movement(-1149_50, end_to_end=sent.reference)
    upload(market, statement(market, told))

    upload(market, statement(market, told, number="2026-2"))

    assert BankEntry.objects.count() == 1
    assert Entry.objects.filter(key__startswith="payout:").count() == 1
    assert run_checks() == []


def test_a_payout_the_bank_paid_twice_waits_for_a_person(sent: Payout, market: Market) -> None:
    upload(market, statement(market, movement(-1149_50, end_to_end=sent.reference)))

    again = movement(-1149_50, end_to_end=sent.reference, reference="BANK-2")
    upload(market, statement(market, again, number="2026-2"))

    assert Entry.objects.filter(key__startswith="payout:").count() == 1
    assert "twice" in BankEntry.objects.get(state=EntryState.UNMATCHED).note


def test_the_same_file_is_taken_in_once(sent: Payout, market: Market) -> None:
    content = statement(market, movement(-1149_50, end_to_end=sent.reference))
    upload(market, content)

    with pytest.raises(TakenBefore):
        upload(market, content)


def test_a_statement_of_another_account_is_refused(sent: Payout, market: Market) -> None:
    other = "CZ5508000000001234567899"

    told = upload(market, statement(market, movement(-1149_50, end_to_end=sent.reference), iban=other))

    assert told.state == StatementState.UNREADABLE
    assert other in told.note
    assert Payout.objects.get().state == PayoutState.SENT


@pytest.mark.parametrize("content", [b"", b"not xml", b"<!DOCTYPE a><a/>", b"<a/>"])
def test_a_file_that_is_no_banks_changes_nothing(sent: Payout, market: Market, content: bytes) -> None:
    told = upload(market, content)

    assert told.state == StatementState.UNREADABLE
    assert told.note
    assert not BankEntry.objects.exists()
    assert Payout.objects.get().state == PayoutState.SENT


def test_another_amount_waits_for_a_person(sent: Payout, market: Market) -> None:
    upload(market, statement(market, movement(-1149_00, end_to_end=sent.reference)))

    entry = BankEntry.objects.get()
    assert entry.state == EntryState.UNMATCHED
    assert "1149.50" in entry.note
    assert Payout.objects.get().state == PayoutState.SENT


def test_money_the_bank_sends_back_is_owed_again_and_paid_again(
    sent: Payout, market: Market, seller: Seller, carla: Any, dan: Any
) -> None:
    upload(market, statement(market, movement(-1149_50, end_to_end=sent.reference)))
    back = movement(1149_50, end_to_end=sent.reference, reference="BANK-2", returned="AC04")
    upload(market, statement(market, back, number="2026-2"))

    failed = Payout.objects.get()
    assert failed.state == PayoutState.FAILED
    assert "closed" in failed.failure.lower()
    assert balance(market_id=market.pk, kind="payable", seller_id=seller.pk) == -1149_50
    assert OutgoingMail.objects.filter(key=f"payout:{sent.reference}:failed").count() == 1
    assert run_checks() == []

    retry_payout(payout_id=failed.pk, by=carla, at=timezone.now())
    with pytest.raises(IllegalMove):
        retry_payout(payout_id=failed.pk, by=carla, at=timezone.now())
    (again,) = send_payouts(seller, carla, dan)
    upload(market, statement(market, movement(-1149_50, end_to_end=again.reference), number="2026-3"))
    assert balance(market_id=market.pk, kind="payable", seller_id=seller.pk) == 0
    assert run_checks() == []


def test_a_payout_given_up_comes_on_the_next_set_off(sent: Payout) -> None:
    mark_failed(payout_id=sent.pk, reason="The account is closed.", by=None, at=timezone.now())

    give_up_payout(payout_id=sent.pk, reason="The seller asked to wait.", by=None, at=timezone.now())
    work_off_but_rendering()

    assert SetOff.objects.get(state=SetOffState.PROPOSED).payables == 1149_50
    with pytest.raises(IllegalMove):
        give_up_payout(payout_id=sent.pk, reason="Again.", by=None, at=timezone.now())
    assert run_checks() == []


def test_a_payout_is_not_paid_before_the_bank_has_it(payout: Payout) -> None:
    with pytest.raises(IllegalMove):
        mark_paid(payout_id=payout.pk, paid_on=today_in(payout.market), by=None, at=timezone.now())

    assert not Entry.objects.filter(key__startswith="payout:").exists()


def test_preparing_twice_prepares_once(payout: Payout) -> None:
    with transaction.atomic():
        assert prepare(set_off_id=payout.set_off_id, at=timezone.now()) is None

    assert Payout.objects.count() == 1


def test_a_batch_is_not_approved_to_an_account_its_seller_left(
    payout: Payout, market: Market, seller: Seller, carla: Any, dan: Any
) -> None:
    batch = make_batch(market=market, by=carla, at=timezone.now())
    BankAccount.objects.filter(seller=seller).update(state=AccountState.RETIRED)
    give_account(seller, "CZ9455000000001011038930")

    with pytest.raises(IllegalMove, match="account"):
        approve_batch(batch_id=batch.pk, by=dan, at=timezone.now())

    assert Payout.objects.get().state == PayoutState.CREATED


def test_a_batch_whose_day_is_over_is_not_approved(
    payout: Payout, market: Market, carla: Any, dan: Any
) -> None:
    batch = make_batch(market=market, by=carla, at=timezone.now())

    with pytest.raises(IllegalMove, match="day"):
        approve_batch(batch_id=batch.pk, by=dan, at=timezone.now() + timedelta(days=10))

    assert Batch.objects.get().state == BatchState.CREATED


def test_a_payout_called_failed_too_early_may_turn_out_paid(sent: Payout, market: Market) -> None:
    mark_failed(payout_id=sent.pk, reason="No answer.", by=None, at=timezone.now())

    upload(market, statement(market, movement(-1149_50, end_to_end=sent.reference)))

    assert Payout.objects.get().state == PayoutState.PAID
    assert run_checks() == []


def test_what_the_bank_only_accepted_is_matched_with_nothing(
    sent: Payout, market: Market, carla: Any
) -> None:
    upload(market, statement(market, movement(-1149_50, end_to_end=sent.reference, booked="PDNG")))
    entry = BankEntry.objects.get()

    with pytest.raises(NoMatch):
        assign_entry(entry_id=entry.pk, reference=sent.reference, by=carla, at=timezone.now())

    assert Payout.objects.get().state == PayoutState.SENT
