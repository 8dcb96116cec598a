"""Vouchers: issued, redeemed, given back, expired, blocked; their liability stands in the books."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from marketplace.kernel.books import run_checks
from marketplace.kernel.states import IllegalMove
from marketplace.ledger.queries import balance
from marketplace.orders.models import Order, Refund, State
from marketplace.orders.operations.refunding import NotByMoney, pay_refund, reactivate_voucher
from marketplace.parties.models import Market
from marketplace.vouchers.models import MovementKind, Origin, Voucher, VoucherMovement
from marketplace.vouchers.models import State as VoucherState
from marketplace.vouchers.operations import (
    Outcome,
    ReasonMissing,
    block_voucher,
    expire_due,
    issue_vouchers,
    release_voucher,
)
from marketplace.vouchers.rules import VoucherFacts, new_code, renewed_until
from tests.cast import BEFORE, take
from tests.orders.telling import tender
from tests.stories.hungary import (
    by_voucher,
    come_back,
    give_voucher,
    hungarian,
    make_agent,
    make_hungary,
)

LATER = datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.fixture
def hungary(db: None) -> Market:
    market = make_hungary()
    make_agent(market)
    return market


def refusal(market: Market, *told: dict[str, Any]) -> str:
    (taken,) = take(market, *told)
    assert taken.outcome == "refused"
    return taken.reason


def paid_by(code: str, amount: str, rest: str = "", number: str = "V1") -> dict[str, Any]:
    tenders = [by_voucher(code, amount)]
    total = float(amount) + float(rest or 0)
    if rest:
        tenders.append(tender("card", rest))
    return hungarian(number, f"{total:.2f}", *tenders)


def test_a_sold_voucher_is_owed_and_one_given_away_is_a_promotion(hungary: Market) -> None:
    give_voucher(hungary, "SOLD", "5000.00")
    issue_vouchers(
        market=hungary, told=[VoucherFacts("GIFT", 300_00)], origin=Origin.GIVEN, by=None, at=BEFORE
    )

    assert balance(market_id=hungary.pk, kind="vouchers") == -5300_00
    assert balance(market_id=hungary.pk, kind="bank") == 5000_00
    assert balance(market_id=hungary.pk, kind="promotion") == 300_00
    assert run_checks() == []


def test_the_same_voucher_again_changes_nothing_and_another_amount_is_refused(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "5000.00")

    told = issue_vouchers(
        market=hungary,
        told=[VoucherFacts("CODE", 5000_00), VoucherFacts("CODE", 6000_00)],
        origin=Origin.SOLD,
        by=None,
        at=BEFORE,
    )

    assert [each.outcome for each in told] == [Outcome.UNCHANGED, Outcome.REFUSED]
    assert told[1].reason == "code: CODE was issued already, for 5000.00"
    assert Voucher.objects.get().balance == 5000_00


def test_a_file_of_vouchers_keeps_the_good_ones(
    hungary: Market, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "vouchers.jsonl"
    lines = [
        '{"code": "AAAA-1", "amount": "100.00", "expires_on": "2027-01-31"}',
        '{"code": "B"}',
        "nonsense",
    ]
    file.write_text("\n".join(lines))

    with pytest.raises(SystemExit):
        call_command("import_vouchers", str(file), "--market", "HU", "--json")

    told = json.loads(capsys.readouterr().out)
    assert (told["issued"], told["unchanged"], [each["line"] for each in told["refused"]]) == (1, 0, [2, 3])
    assert Voucher.objects.get().expires_on == date(2027, 1, 31)


def test_a_voucher_pays_once_however_often_its_order_is_told(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "5000.00")
    told = paid_by("CODE", "2000.00", "1000.00")

    outcomes = [take(hungary, told)[0].outcome for _ in range(3)]

    assert outcomes == ["taken", "unchanged", "unchanged"]
    assert Voucher.objects.get().balance == 3000_00
    order = Order.objects.get()
    assert (order.voucher_amount, order.to_pay, order.to_collect) == (2000_00, 1000_00, 0)


def test_two_orders_of_one_file_share_a_voucher_as_far_as_it_goes(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "5000.00")

    told = take(
        hungary,
        *(paid_by("CODE", "2000.00", number=f"V{place}") for place in range(3)),
    )

    assert [each.outcome for each in told] == ["taken", "taken", "refused"]
    assert told[2].reason == "tenders: voucher CODE has 1000.00 HUF left, the order uses 2000.00"
    assert Voucher.objects.get().balance == 1000_00
    balances = VoucherMovement.objects.filter(kind=MovementKind.REDEEMED).order_by("pk")
    assert list(balances.values_list("balance", flat=True)) == [3000_00, 1000_00]
    assert run_checks() == []


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"code": "OTHER"}, "tenders.1.voucher: HU has no voucher OTHER"),
        ({"amount": "5000.01"}, "tenders: voucher CODE has 5000.00 HUF left, the order uses 5000.01"),
    ],
)
def test_a_voucher_that_cannot_pay_takes_no_order_in(
    hungary: Market, facts: dict[str, str], reason: str
) -> None:
    give_voucher(hungary, "CODE", "5000.00")

    told = paid_by(facts.get("code", "CODE"), facts.get("amount", "5000.00"))

    assert refusal(hungary, told) == reason
    assert not Order.objects.exists()
    assert Voucher.objects.get().balance == 5000_00


def test_a_voucher_pays_through_its_last_day_and_not_after(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "5000.00", expires_on=date(2026, 10, 2))
    late = paid_by("CODE", "1000.00", number="LATE") | {"placed_at": "2026-10-03T00:10:00+02:00"}
    last = paid_by("CODE", "1000.00", number="LAST") | {"placed_at": "2026-10-02T23:50:00+02:00"}

    assert refusal(hungary, late) == "tenders: voucher CODE expired after 2026-10-02"
    assert take(hungary, last)[0].outcome == "taken"


def test_what_is_left_of_an_expired_voucher_is_breakage(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "5000.00", expires_on=date(2026, 10, 31))
    take(hungary, paid_by("CODE", "2000.00"))

    assert expire_due(market=hungary, at=datetime(2026, 10, 31, 20, tzinfo=UTC)) == 0
    assert expire_due(market=hungary, at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC)) == 1

    voucher = Voucher.objects.get()
    assert (voucher.state, voucher.balance) == (VoucherState.EXPIRED, 0)
    assert balance(market_id=hungary.pk, kind="breakage") == -3000_00
    assert run_checks() == []


def test_an_expired_voucher_that_gets_money_back_may_be_used_again(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "5000.00", expires_on=date(2026, 10, 31))
    take(hungary, paid_by("CODE", "5000.00"))
    come_back(hungary, "R1", "V1")
    expire_due(market=hungary, at=LATER)

    reactivate_voucher(refund_id=Refund.objects.get().pk, by=None, at=LATER)

    voucher = Voucher.objects.get()
    assert (voucher.state, voucher.balance) == (VoucherState.ACTIVE, 5000_00)
    assert voucher.expires_on == date(2027, 12, 1)
    assert run_checks() == []


def test_a_vouchers_part_never_comes_back_as_money(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "5000.00")
    take(hungary, paid_by("CODE", "5000.00"))
    come_back(hungary, "R1", "V1")

    with pytest.raises(NotByMoney):
        pay_refund(refund_id=Refund.objects.get().pk, paid_at=LATER, by=None, at=LATER)

    assert Refund.objects.get().state == "owed"
    assert Voucher.objects.get().balance == 0


def test_a_voucher_comes_back_once(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "5000.00")
    take(hungary, paid_by("CODE", "5000.00"))
    come_back(hungary, "R1", "V1")
    refund = Refund.objects.get()
    reactivate_voucher(refund_id=refund.pk, by=None, at=LATER)

    with pytest.raises(IllegalMove):
        reactivate_voucher(refund_id=refund.pk, by=None, at=LATER)

    assert Voucher.objects.get().balance == 5000_00


def test_a_blocked_voucher_pays_nothing_until_it_is_released(hungary: Market) -> None:
    voucher = give_voucher(hungary, "CODE", "5000.00")
    with pytest.raises(ReasonMissing):
        block_voucher(voucher_id=voucher.pk, reason=" ", by=None, at=BEFORE)
    block_voucher(voucher_id=voucher.pk, reason="Reported stolen.", by=None, at=BEFORE)
    assert refusal(hungary, paid_by("CODE", "1000.00")) == "tenders: voucher CODE is blocked"

    release_voucher(voucher_id=voucher.pk, reason="Found again.", by=None, at=BEFORE)

    assert take(hungary, paid_by("CODE", "1000.00"))[0].outcome == "taken"


def test_a_voucher_above_the_total_is_for_a_person_to_decide(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "5000.00")
    told = hungarian("V1", "1000.00", by_voucher("CODE", "2000.00"))

    assert refusal(hungary, told).startswith("tenders: they add to 2000.00, the lines to 1000.00")


def test_an_order_heard_of_only_when_it_was_cancelled_used_no_voucher(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "5000.00")
    told = paid_by("CODE", "5000.00") | {"status": "cancelled", "status_times": {}}

    assert take(hungary, told)[0].outcome == "taken"

    assert Voucher.objects.get().balance == 5000_00
    assert not Refund.objects.exists()
    assert run_checks() == []


def test_an_order_that_came_back_undelivered_waits_for_customer_service(hungary: Market) -> None:
    give_voucher(hungary, "CODE", "5000.00")
    told = paid_by("CODE", "5000.00", "1000.00")
    shipped = {"status": "shipped", "status_times": {"shipped": "2026-10-03T15:00:00+02:00"}}
    paid = [told["tenders"][0], tender("card", "1000.00", paid_at="2026-10-02T10:00:00+02:00")]
    take(hungary, told | shipped | {"tenders": paid})

    take(hungary, told | {"tenders": paid, "status": "returned", "status_times": {}})

    assert Order.objects.get().state == State.RETURNED
    assert Voucher.objects.get().balance == 0
    told_refunds = Refund.objects.order_by("tender__position").values_list("tender__method", "state")
    assert list(told_refunds) == [("voucher", "owed"), ("card", "owed")]
    assert run_checks() == []


def test_the_database_itself_refuses_to_overdraw_a_voucher(hungary: Market) -> None:
    voucher = give_voucher(hungary, "CODE", "5000.00")

    with pytest.raises(IntegrityError), transaction.atomic():
        Voucher.objects.filter(pk=voucher.pk).update(balance=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Voucher.objects.filter(pk=voucher.pk).update(amount=9000_00)


def test_codes_are_long_and_differ() -> None:
    codes = {new_code() for _ in range(1000)}

    assert len(codes) == 1000
    assert {len(code) for code in codes} == {19}


@pytest.mark.parametrize(
    ("expires_on", "days", "until"),
    [
        (None, 365, None),
        (date(2026, 10, 31), 30, date(2026, 12, 31)),
        (date(2027, 6, 1), 30, date(2027, 6, 1)),
        (date(2026, 10, 31), None, date(2026, 12, 1)),
    ],
)
def test_a_reactivated_voucher_is_never_shortened(
    expires_on: date | None, days: int | None, until: date | None
) -> None:
    assert renewed_until(expires_on=expires_on, on=date(2026, 12, 1), days=days) == until
