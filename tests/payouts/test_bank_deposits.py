"""The bank's statement brings sellers' deposits: each movement once, whosever it names, or it waits."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.ledger.queries import balance
from marketplace.parties.models import Market, NegativeBalance, Seller
from settlement.billing.models import Deposit, DepositSource, DepositState
from settlement.billing.references import deposit_reference
from settlement.netting.models import SetOff, State
from settlement.netting.operations.proposing import propose_overdue
from settlement.payouts.models import BankEntry, Collection, CollectionState, EntryState
from settlement.payouts.operations.matching import NoMatch, assign_entry, match_entry
from settlement.payouts.operations.reading import TakenBefore
from tests.billing.mexico import charge, make_payer, pay_in
from tests.desk import act, listed, page
from tests.ledger.test_ledger import plant
from tests.netting.fees import MONTH_OVER, invoiced
from tests.netting.telling import agree
from tests.payouts.standing import stand
from tests.payouts.telling import movement, statement, upload

STRAYED = "bank: every deposit from a statement is one movement's, and of its amount"


def pesos(amount: int, **told: Any) -> str:
    return movement(amount, **({"currency": "MXN"} | told))


def structured(reference: str, *, amount: str = "1500.00") -> str:
    """A movement whose payer gave the reference in the field for it and wrote nothing."""
    field = f"<RmtInf><Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf>"
    told = pesos(int(amount.replace(".", "")))
    return told.replace("</TxDtls>", f"{field}</TxDtls>")


def test_a_transfer_that_names_a_seller_becomes_its_deposit(mexico: Market, sol: Seller) -> None:
    upload(mexico, statement(mexico, pesos(1500_00, text=f"Recarga {deposit_reference(sol)}")))

    deposit = Deposit.objects.get()
    entry = BankEntry.objects.get()
    assert (deposit.seller, deposit.gross, deposit.state) == (sol, 1500_00, DepositState.RECEIVED)
    assert (deposit.source, deposit.received_on) == (DepositSource.BANK, date(2026, 11, 20))
    assert (entry.state, entry.deposit, entry.match) == (EntryState.MATCHED, deposit, deposit)
    assert balance(market_id=mexico.pk, kind="deposits") == -1500_00
    assert run_checks() == []


@pytest.mark.parametrize("reference", ["RF45MX7101", "RF45 MX71 01", "710145"])
def test_the_field_for_references_is_read(reference: str, mexico: Market, sol: Seller) -> None:
    upload(mexico, statement(mexico, structured(reference)))

    assert Deposit.objects.get().seller == sol


def test_waiting_fees_are_taken_from_it_at_once(mexico: Market, sol: Seller) -> None:
    charge(sol, "500.00")

    upload(mexico, statement(mexico, pesos(1500_00, text=deposit_reference(sol))))

    assert Deposit.objects.get().left == 1000_00
    assert run_checks() == []


def test_the_same_file_brings_it_once(mexico: Market, sol: Seller) -> None:
    content = statement(mexico, pesos(1500_00, text=deposit_reference(sol)))
    upload(mexico, content)

    with pytest.raises(TakenBefore):
        upload(mexico, content)

    assert Deposit.objects.count() == 1


def test_another_file_with_the_same_movement_brings_only_what_is_new(mexico: Market, sol: Seller) -> None:
    told = pesos(1500_00, text=deposit_reference(sol))
    upload(mexico, statement(mexico, told, structured("RF45MX7101")))

    more = pesos(200_00, text=deposit_reference(sol), reference="BANK-2")
    upload(mexico, statement(mexico, told, structured("RF45MX7101"), more, number="2026-2"))

    assert sorted(Deposit.objects.values_list("gross", flat=True)) == [200_00, 1500_00, 1500_00]
    assert run_checks() == []


def test_two_movements_alike_in_one_file_are_two_deposits(mexico: Market, sol: Seller) -> None:
    told = pesos(1500_00, text=deposit_reference(sol), reference="")

    upload(mexico, statement(mexico, told, told))

    assert Deposit.objects.count() == 2
    assert run_checks() == []


def test_a_movement_matched_again_is_left_as_it_is(mexico: Market, sol: Seller) -> None:
    upload(mexico, statement(mexico, pesos(1500_00, text=deposit_reference(sol))))
    before = stand()

    match_entry(entry_id=BankEntry.objects.get().pk, at=timezone.now())

    assert stand() == before
    assert Deposit.objects.count() == 1


def test_a_demand_named_beside_the_reference_comes_first(mexico: Market, sol: Seller) -> None:
    sol.contract.negative_balance = NegativeBalance.DEMAND
    sol.contract.save()
    invoiced(sol)
    propose_overdue(market=mexico, at=MONTH_OVER + timedelta(days=60))
    agree(SetOff.objects.get(state=State.PROPOSED))
    demand = Collection.objects.get()

    text = f"{demand.reference} {deposit_reference(sol)}"
    upload(mexico, statement(mexico, pesos(116_00, text=text)))

    assert Collection.objects.get().state == CollectionState.PAID
    assert not Deposit.objects.exists()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"currency": "USD", "text": "RF45MX7101"}, "USD cannot be taken in"),
        ({"text": "RF46MX7101"}, "no seller's reference for deposits"),
        ({"text": "Gracias"}, "no seller's reference for deposits"),
    ],
)
def test_money_that_cannot_be_a_deposit_waits_for_a_person_with_the_reason(
    told: dict[str, Any], why: str, mexico: Market, sol: Seller
) -> None:
    upload(mexico, statement(mexico, pesos(1500_00, **told)))

    entry = BankEntry.objects.get()
    assert entry.state == EntryState.UNMATCHED
    assert why in entry.note
    assert not Deposit.objects.exists()


def test_where_nothing_is_paid_in_ahead_the_money_waits(market: Market, seller: Seller) -> None:
    upload(market, statement(market, movement(1500_00, text=deposit_reference(seller))))

    entry = BankEntry.objects.get()
    assert entry.state == EntryState.UNMATCHED
    assert "pay nothing in ahead" in entry.note


def test_money_sent_back_is_no_deposit(mexico: Market, sol: Seller) -> None:
    upload(mexico, statement(mexico, pesos(-1500_00, text=deposit_reference(sol))))

    assert BankEntry.objects.get().state == EntryState.UNMATCHED
    assert not Deposit.objects.exists()


@pytest.mark.parametrize("told", ["7101", "rf45 mx7101", " 7101-45 "])
def test_a_person_says_whose_deposit_it_is(told: str, mexico: Market, sol: Seller, carla: Any) -> None:
    upload(mexico, statement(mexico, pesos(1500_00, text="Gracias")))

    assign_entry(entry_id=BankEntry.objects.get().pk, reference=told, by=carla, at=timezone.now())

    assert Deposit.objects.get().seller == sol
    assert run_checks() == []


@pytest.mark.parametrize(
    ("reference", "amount", "currency"),
    [("7109", 1500_00, "MXN"), ("7101", -1500_00, "MXN"), ("7101", 1500_00, "USD")],
)
def test_a_persons_word_that_cannot_be_right_changes_nothing(
    reference: str, amount: int, currency: str, mexico: Market, sol: Seller, carla: Any
) -> None:
    upload(mexico, statement(mexico, pesos(amount, currency=currency, text="Gracias")))
    before = stand()

    with pytest.raises(NoMatch):
        assign_entry(entry_id=BankEntry.objects.get().pk, reference=reference, by=carla, at=timezone.now())

    assert stand() == before
    assert not Deposit.objects.exists()


def test_a_partner_number_of_a_market_without_deposits_is_no_match(
    market: Market, seller: Seller, carla_client: Client
) -> None:
    upload(market, statement(market, movement(5_00)))
    before = stand()

    assert (
        "There is no payout or demand 3003" in act(carla_client, BankEntry.objects.get(), "match", "3003")[0]
    )

    assert stand() == before


def test_accountants_see_the_deposit_of_a_movement(mexico: Market, sol: Seller, carla_client: Client) -> None:
    upload(mexico, statement(mexico, structured("RF45MX7101"), pesos(5_00, text="Gracias", reference="B-2")))
    first, second = BankEntry.objects.order_by("position")

    assert "MX-DP-2026-000001" in page(carla_client, first)
    assert "RF45MX7101" in listed(carla_client, BankEntry, state="all", q="RF45MX7101")
    assert act(carla_client, second, "match", "7101") == ["1 done."]
    assert "MX-DP-2026-000002" in listed(carla_client, BankEntry, state="all")


FAULTS = {
    "amount": "UPDATE payouts_bankentry SET amount = amount + 1",
    "identity": "UPDATE payouts_bankentry SET identity = 'other'",
    "movement": "DELETE FROM payouts_bankentry",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_between_movements_and_deposits_is_noticed(fault: str, mexico: Market, sol: Seller) -> None:
    upload(mexico, statement(mexico, pesos(1500_00, text=deposit_reference(sol))))
    make_payer(mexico, "7102", "Tienda Luna S.A. de C.V.")
    pay_in(sol, "10.00")
    assert run_checks() == []

    assert STRAYED in plant(FAULTS[fault])


def test_money_that_names_two_demands_is_no_deposit(mexico: Market, sol: Seller) -> None:
    for number, name in (("7103", "Uno"), ("7104", "Dos")):
        payer = make_payer(mexico, number, name)
        payer.contract.negative_balance = NegativeBalance.DEMAND
        payer.contract.save()
        invoiced(payer)
    propose_overdue(market=mexico, at=MONTH_OVER + timedelta(days=60))
    for set_off in SetOff.objects.filter(state=State.PROPOSED):
        agree(set_off)
    demands = list(Collection.objects.values_list("reference", flat=True))

    text = f"{demands[0]} {demands[1]} {deposit_reference(sol)}"
    upload(mexico, statement(mexico, pesos(116_00, text=text)))

    entry = BankEntry.objects.get()
    assert entry.state == EntryState.UNMATCHED
    assert "several demands" in entry.note
    assert not Deposit.objects.exists()
