"""The whole way of the money with a bank that answers: file out, status, notice and statement back."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.files import path_of
from marketplace.ledger.queries import balance
from marketplace.parties.models import Market, NegativeBalance, Seller
from settlement.documents.models import Document
from settlement.netting.models import Item
from settlement.payouts.models import (
    BankEntry,
    Batch,
    Collection,
    CollectionState,
    EntryState,
    Payout,
    PayoutState,
)
from settlement.payouts.operations.batching import approve_batch, make_batch, send_batch
from settlement.payouts.operations.reading import TakenBefore
from tests.cast import settle, take, work_off_but_rendering
from tests.netting.telling import agree, give_account, invoice
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.payouts.bank import OURS, THEIRS, Bank, opened
from tests.payouts.telling import upload
from tests.stories.test_resale import CARD

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
"""The working day before the bank's clock starts: a batch of it is to be paid on the Monday."""

CLOSED = "CZ5855000000001265098001"


@pytest.fixture
def bank() -> Iterator[Bank]:
    with opened() as opened_bank:
        opened_bank.open_account(OURS["CZK"], "CZK")
        opened_bank.open_account(CLOSED, "CZK", behaviour="closed-account")
        yield opened_bank


def owe(market: Market, *sellers: Seller, **facts: Any) -> None:
    """A document of each seller, invoiced and agreed on."""
    take(market, *(tell_order(seller=seller.partner_number, **facts) for seller in sellers))
    settle(market)
    for document in Document.objects.order_by("pk"):
        set_off = invoice(document)
        assert set_off is not None
        agree(set_off)


def send(market: Market, bank: Bank, carla: Any, dan: Any) -> Batch:
    batch = make_batch(market=market, by=carla, at=FRIDAY)
    approve_batch(batch_id=batch.pk, by=dan, at=FRIDAY)
    work_off_but_rendering()
    batch = send_batch(batch_id=batch.pk, by=carla, at=timezone.now())
    assert batch.file is not None
    taken = bank.send(path_of(batch.file).read_bytes())
    assert taken["findings"] == []
    return batch


def read_back(market: Market, bank: Bank) -> None:
    """Upload all the bank has written, whichever kind, in the order it wrote it."""
    for kind in ("pain.002", "camt.054", "camt.053"):
        for letter in bank.letters(kind, OURS["CZK"]):
            with suppress(TakenBefore):
                upload(market, letter)


def test_one_seller_is_paid_and_one_whose_account_is_closed_is_told_why(
    bank: Bank, market: Market, seller: Seller, rival: Seller, carla: Any, dan: Any
) -> None:
    give_account(seller, THEIRS["CZK"])
    give_account(rival, CLOSED)
    owe(market, seller, rival, **CARD)
    send(market, bank, carla, dan)
    bank.pass_days(2)

    read_back(market, bank)

    good, bad = Payout.objects.get(seller=seller), Payout.objects.get(seller=rival)
    assert (good.state, bad.state) == (PayoutState.PAID, PayoutState.FAILED)
    assert "closed" in bad.failure.lower()
    assert balance(market_id=market.pk, kind="bank") == 2 * 1331_00 - good.amount
    assert not BankEntry.objects.filter(state=EntryState.UNMATCHED).exists()
    assert run_checks() == []


def test_a_seller_pays_a_demand_by_its_symbol(bank: Bank, market: Market, seller: Seller) -> None:
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()
    lines = [goods("6050.00"), shipping(), cod_fee()]
    owe(market, seller, lines=lines, tenders=[tender("cod", "6207.30")])
    demand = Collection.objects.get()

    payer = {"name": "Horizont s.r.o.", "iban": THEIRS["CZK"]}
    bank.receive(OURS["CZK"], demand.amount, debtor=payer, reference=f"VS:{demand.symbol}")
    bank.pass_days(2)
    read_back(market, bank)

    assert Collection.objects.get().state == CollectionState.PAID
    assert not Item.objects.unsettled().exists()
    assert run_checks() == []


def test_a_file_the_bank_got_twice_is_paid_once_and_nothing_is_called_failed(
    bank: Bank, market: Market, seller: Seller, carla: Any, dan: Any
) -> None:
    give_account(seller, THEIRS["CZK"])
    owe(market, seller, **CARD)
    batch = send(market, bank, carla, dan)
    assert batch.file is not None
    bank.send(path_of(batch.file).read_bytes())
    for letter in bank.letters("pain.002", OURS["CZK"]):
        upload(market, letter)

    assert Payout.objects.get().state == PayoutState.SENT
    refused = BankEntry.objects.get(state=EntryState.UNMATCHED)
    assert "twice" in refused.note
    bank.pass_days(2)
    read_back(market, bank)
    assert Payout.objects.get().state == PayoutState.PAID
    assert run_checks() == []
