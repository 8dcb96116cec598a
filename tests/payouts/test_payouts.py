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
from marketplace.parties.models import AccountState, BankAccount, Market, NegativeBalance, Seller
from marketplace.parties.operations import SamePerson
from settlement.documents.models import Document
from settlement.netting.models import Item, SetOff
from settlement.netting.models import State as SetOffState
from settlement.payouts.models import (
    BankEntry,
    Batch,
    BatchState,
    Collection,
    CollectionState,
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
from settlement.payouts.operations.collecting import TooMuchMoney, cancel_collection, receive_money
from settlement.payouts.operations.matching import NoMatch, assign_entry, set_aside
from settlement.payouts.operations.paying import give_up_payout, mark_failed, mark_paid, retry_payout
from settlement.payouts.operations.preparing import prepare
from settlement.payouts.operations.reading import TakenBefore
from tests.cast import settle, take, work_off_but_rendering
from tests.netting.telling import agree, give_account, invoice, send_payouts
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.payouts.telling import movement, statement, upload
from tests.stories.test_resale import CARD


def now() -> Any:
    return timezone.now()


def agreed(market: Market, told: dict[str, Any]) -> SetOff:
    take(market, told)
    settle(market)
    set_off = invoice(Document.objects.latest("pk"))
    assert set_off is not None
    return agree(set_off)


@pytest.fixture
def payout(market: Market, seller: Seller) -> Payout:
    """A payout of 1,149.50 that waits for a payment batch."""
    give_account(seller)
    agreed(market, tell_order(**CARD))
    return Payout.objects.get()


@pytest.fixture
def sent(payout: Payout, seller: Seller, carla: Any, dan: Any) -> Payout:
    """The same payout, given to the bank."""
    return send_payouts(seller, carla, dan)[0]


@pytest.fixture
def demand(market: Market, seller: Seller) -> Collection:
    """A demand of 907.50."""
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()
    lines = [goods("6050.00"), shipping(), cod_fee()]
    agreed(market, tell_order(lines=lines, tenders=[tender("cod", "6207.30")]))
    return Collection.objects.get()


def test_whoever_prepares_a_batch_does_not_approve_it(payout: Payout, market: Market, carla: Any) -> None:
    batch = make_batch(market=market, by=carla, at=now())

    with pytest.raises(SamePerson):
        approve_batch(batch_id=batch.pk, by=carla, at=now())

    assert Payout.objects.get().state == PayoutState.CREATED
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(approved_by=carla)


def test_nothing_is_paid_to_a_seller_without_an_account_in_use(
    market: Market, seller: Seller, carla: Any
) -> None:
    agreed(market, tell_order(**CARD))

    with pytest.raises(NothingToPay, match="account"):
        make_batch(market=market, by=carla, at=now())

    assert not Batch.objects.exists()


def test_a_batch_is_given_to_the_bank_only_with_its_file(
    payout: Payout, market: Market, carla: Any, dan: Any
) -> None:
    batch = make_batch(market=market, by=carla, at=now())
    with pytest.raises(IllegalMove):
        send_batch(batch_id=batch.pk, by=carla, at=now())
    approve_batch(batch_id=batch.pk, by=dan, at=now())
    with pytest.raises(NoFile):
        send_batch(batch_id=batch.pk, by=carla, at=now())

    work_off_but_rendering()
    send_batch(batch_id=batch.pk, by=carla, at=now())

    file = Batch.objects.get().file
    assert file is not None
    written = path_of(file).read_text()
    assert f"<EndToEndId>{payout.reference}</EndToEndId>" in written
    assert '<InstdAmt Ccy="CZK">1149.50</InstdAmt>' in written


def test_a_cancelled_batch_leaves_its_payouts_for_the_next(
    payout: Payout, market: Market, carla: Any, dan: Any
) -> None:
    batch = make_batch(market=market, by=carla, at=now())
    approve_batch(batch_id=batch.pk, by=dan, at=now())

    cancel_batch(batch_id=batch.pk, reason="The wrong day.", by=carla, at=now())

    again = make_batch(market=market, by=dan, at=now())
    assert list(again.payouts.all()) == [payout]
    work_off_but_rendering()
    assert run_checks() == []


def test_a_payout_taken_out_is_not_in_the_batch(payout: Payout, market: Market, carla: Any, dan: Any) -> None:
    batch = make_batch(market=market, by=carla, at=now())

    take_out(payout_id=payout.pk, by=dan, at=now())

    emptied = Batch.objects.get()
    assert (emptied.count, emptied.total) == (0, 0)
    with pytest.raises(NothingToPay):
        approve_batch(batch_id=batch.pk, by=dan, at=now())
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

    retry_payout(payout_id=failed.pk, by=carla, at=now())
    with pytest.raises(IllegalMove):
        retry_payout(payout_id=failed.pk, by=carla, at=now())
    (again,) = send_payouts(seller, carla, dan)
    upload(market, statement(market, movement(-1149_50, end_to_end=again.reference), number="2026-3"))
    assert balance(market_id=market.pk, kind="payable", seller_id=seller.pk) == 0
    assert run_checks() == []


def test_a_payout_given_up_comes_on_the_next_set_off(sent: Payout) -> None:
    mark_failed(payout_id=sent.pk, reason="The account is closed.", by=None, at=now())

    give_up_payout(payout_id=sent.pk, reason="The seller asked to wait.", by=None, at=now())
    work_off_but_rendering()

    assert SetOff.objects.get(state=SetOffState.PROPOSED).payables == 1149_50
    with pytest.raises(IllegalMove):
        give_up_payout(payout_id=sent.pk, reason="Again.", by=None, at=now())
    assert run_checks() == []


def test_a_payout_is_not_paid_before_the_bank_has_it(payout: Payout) -> None:
    with pytest.raises(IllegalMove):
        mark_paid(payout_id=payout.pk, paid_on=now().date(), by=None, at=now())

    assert not Entry.objects.filter(key__startswith="payout:").exists()


def test_preparing_twice_prepares_once(payout: Payout) -> None:
    with transaction.atomic():
        assert prepare(set_off_id=payout.set_off_id, at=now()) is None

    assert Payout.objects.count() == 1


def test_a_demand_is_paid_by_its_variable_symbol(demand: Collection, market: Market) -> None:
    upload(market, statement(market, movement(907_50, text=f"VS {demand.symbol}")))

    assert Collection.objects.get().state == CollectionState.PAID
    assert not Item.objects.unsettled().exists()
    assert run_checks() == []


def test_a_demand_is_paid_in_parts(demand: Collection, market: Market) -> None:
    upload(market, statement(market, movement(400_00, text=f"VS {demand.symbol}")))
    half = Collection.objects.get()
    assert (half.state, half.missing) == (CollectionState.DEMANDED, 507_50)
    assert run_checks() == []

    rest = movement(507_50, text=f"VS {demand.symbol}", reference="BANK-2")
    upload(market, statement(market, rest, number="2026-2"))

    assert Collection.objects.get().state == CollectionState.PAID
    assert run_checks() == []


def test_more_than_is_demanded_waits_for_a_person(demand: Collection, market: Market) -> None:
    upload(market, statement(market, movement(1000_00, text=f"VS {demand.symbol}")))

    assert BankEntry.objects.get().state == EntryState.UNMATCHED
    assert Collection.objects.get().received == 0
    with pytest.raises(TooMuchMoney):
        receive_money(collection_id=demand.pk, amount=1000_00, received_on=now().date(), by=None, at=now())


def test_money_without_a_symbol_is_matched_by_hand_once(
    demand: Collection, market: Market, carla: Any
) -> None:
    upload(market, statement(market, movement(907_50, text="thanks")))
    entry = BankEntry.objects.get()
    assert entry.state == EntryState.UNMATCHED
    with pytest.raises(NoMatch):
        assign_entry(entry_id=entry.pk, reference="CZ-D-2026-999999", by=carla, at=now())

    assign_entry(entry_id=entry.pk, reference=demand.reference.lower(), by=carla, at=now())

    assert Collection.objects.get().state == CollectionState.PAID
    with pytest.raises(IllegalMove):
        set_aside(entry_id=entry.pk, reason="Not ours.", by=carla, at=now())
    assert run_checks() == []


def test_a_demand_taken_back_is_carried(demand: Collection) -> None:
    cancel_collection(collection_id=demand.pk, reason="We wait for the next period.", by=None, at=now())

    assert sum(item.available for item in Item.objects.unsettled()) == 907_50
    assert run_checks() == []


def test_two_alike_payments_of_different_days_are_two_payments(demand: Collection, market: Market) -> None:
    first = movement(400_00, text=f"VS {demand.symbol}", reference="")
    upload(market, statement(market, first))

    later = first.replace("2026-11-20", "2026-11-19")
    upload(market, statement(market, later, number="2026-2"))

    assert BankEntry.objects.count() == 2
    assert Collection.objects.get().received == 800_00
    assert run_checks() == []


def test_a_batch_is_not_approved_to_an_account_its_seller_left(
    payout: Payout, market: Market, seller: Seller, carla: Any, dan: Any
) -> None:
    batch = make_batch(market=market, by=carla, at=now())
    BankAccount.objects.filter(seller=seller).update(state=AccountState.RETIRED)
    give_account(seller, "CZ9455000000001011038930")

    with pytest.raises(IllegalMove, match="account"):
        approve_batch(batch_id=batch.pk, by=dan, at=now())

    assert Payout.objects.get().state == PayoutState.CREATED


def test_a_batch_whose_day_is_over_is_not_approved(
    payout: Payout, market: Market, carla: Any, dan: Any
) -> None:
    batch = make_batch(market=market, by=carla, at=now())

    with pytest.raises(IllegalMove, match="day"):
        approve_batch(batch_id=batch.pk, by=dan, at=now() + timedelta(days=10))

    assert Batch.objects.get().state == BatchState.CREATED


def test_a_contract_changed_in_between_demands_nothing_twice(market: Market, seller: Seller) -> None:
    lines = [goods("6050.00"), shipping(), cod_fee()]
    carried = agreed(market, tell_order(lines=lines, tenders=[tender("cod", "6207.30")]))
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()

    with transaction.atomic():
        assert prepare(set_off_id=carried.pk, at=now()) is None

    assert not Collection.objects.exists()
    assert run_checks() == []


def test_a_payout_called_failed_too_early_may_turn_out_paid(sent: Payout, market: Market) -> None:
    mark_failed(payout_id=sent.pk, reason="No answer.", by=None, at=now())

    upload(market, statement(market, movement(-1149_50, end_to_end=sent.reference)))

    assert Payout.objects.get().state == PayoutState.PAID
    assert run_checks() == []


def test_what_the_bank_only_accepted_is_matched_with_nothing(
    sent: Payout, market: Market, carla: Any
) -> None:
    upload(market, statement(market, movement(-1149_50, end_to_end=sent.reference, booked="PDNG")))
    entry = BankEntry.objects.get()

    with pytest.raises(NoMatch):
        assign_entry(entry_id=entry.pk, reference=sent.reference, by=carla, at=now())

    assert Payout.objects.get().state == PayoutState.SENT
