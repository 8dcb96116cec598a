"""What comes back: registered once, refunded by whoever holds the money, refused where it cannot be."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from marketplace.kernel.books import run_checks
from marketplace.kernel.files import store
from marketplace.kernel.models import OutgoingMail
from marketplace.kernel.states import IllegalMove
from marketplace.ledger.queries import balance
from marketplace.orders.models import Refund, Return
from marketplace.orders.operations.refunding import (
    NotYoursToPay,
    ProofMissing,
    ReasonMissing,
    accept_proof,
    pay_refund,
    refuse_proof,
    tell_refund,
)
from marketplace.orders.parsing.returns import read_return
from marketplace.orders.rules.facts import Refused
from marketplace.parties.models import Market, RefundOrder, Seller
from tests.cast import BEFORE, MakeOrder, take
from tests.orders.telling import cod_fee, discount, goods, shipping, tell_order, tender
from tests.stories.hungary import come_back

COD = {"lines": [goods("2420.00"), shipping(), cod_fee()], "tenders": [tender("cod", "2577.30")]}
SPLIT = {
    "lines": [goods("500.00", quantity=2)],
    "tenders": [tender("card", "300.00"), tender("transfer", "700.00")],
}


PAID = {
    "method": "transfer",
    "amount": "500.00",
    "paid_by": "marketplace",
    "paid_at": "2026-10-11T10:00:00+02:00",
}


def why_refused(market: Market, order: str, **facts: Any) -> str:
    taken = come_back(market, "R9", order, **facts)
    assert taken.outcome == "refused"
    assert not Return.objects.filter(number="R9").exists()
    return taken.reason


def test_the_same_return_again_changes_nothing(market: Market, make_order: MakeOrder) -> None:
    make_order(number="A")

    outcomes = [come_back(market, "R1", "A").outcome for _ in range(3)]

    assert outcomes == ["taken", "unchanged", "unchanged"]
    assert Refund.objects.get().amount == 1210_00
    assert OutgoingMail.objects.filter(key__startswith="return:").count() == 1


def test_a_number_is_of_one_return(market: Market, make_order: MakeOrder) -> None:
    make_order(number="A", **COD)
    come_back(market, "R1", "A")

    taken = come_back(market, "R1", "A", lines=[{"line": 2, "quantity": 1}])

    assert taken.reason == "number: this return was registered with another order, time or other goods"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"lines": [{"line": 4, "quantity": 1}]}, "lines: the order has no line 4"),
        ({"lines": [{"line": 1, "quantity": 2}]}, "lines: 2 of line 1 came back, but only 1 are left"),
        ({"at": "2026-10-01T10:00:00+02:00"}, "at: 2026-10-01T10:00:00+02:00 lies before the delivery"),
        (
            {"refunds": [{"method": "cod", "amount": "2420.01", "paid_by": "seller"}]},
            "refunds: they add to 2420.01, what came back was sold for 2420.00",
        ),
        (
            {"refunds": [{"method": "card", "amount": "10.00", "paid_by": "marketplace"}]},
            "refunds: card can give back 0.00 at most, not 10.00",
        ),
    ],
)
def test_what_cannot_have_come_back_is_refused(
    market: Market, make_order: MakeOrder, facts: dict[str, Any], reason: str
) -> None:
    make_order(number="A", **COD)

    assert why_refused(market, "A", **facts) == reason


def test_a_refusal_is_worded_in_the_language_of_its_reader_but_for_its_key(
    market: Market, make_order: MakeOrder
) -> None:
    make_order(number="A", **COD)

    with translation.override("cs"):
        reason = why_refused(market, "A", lines=[{"line": 4, "quantity": 1}])

    assert reason == "lines: objednávka nemá řádek 4"


def test_only_what_was_delivered_comes_back(market: Market, make_order: MakeOrder) -> None:
    make_order(number="A", status="shipped")
    make_order(number="T", test=True)

    assert why_refused(market, "A").startswith("order: A is shipped; only what was delivered")
    assert why_refused(market, "T") == "order: T is a test order; those never touch money"
    assert why_refused(market, "X") == "order: CZ has no order X"


def test_goods_come_back_without_their_discount_only_while_something_is_left(
    market: Market, make_order: MakeOrder
) -> None:
    lines = [goods("1000.00"), goods("500.00"), discount("150.00")]
    make_order(number="A", lines=lines, tenders=[tender("card", "1350.00")])

    come_back(market, "R1", "A")
    reason = why_refused(market, "A", lines=[{"line": 2, "quantity": 1}])
    whole = [{"line": 2, "quantity": 1}, {"line": 3, "quantity": 1}]

    assert reason.startswith("lines: what is left would be worth less than nothing")
    assert come_back(market, "R2", "A", lines=whole).outcome == "taken"
    assert [refund.amount for refund in Refund.objects.order_by("pk")] == [1000_00, 350_00]
    assert run_checks() == []


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"lines": []}, "lines: List should have at least 1 item"),
        ({"colour": "red"}, "colour: unknown key"),
        ({"lines": [{"line": 1, "quantity": 0}]}, "lines.1.quantity: Input should be greater"),
        ({"lines": [{"line": 1, "quantity": 1}] * 2}, "lines: line 1 is named twice"),
        ({"refunds": [{"method": "cod", "amount": "-1.00", "paid_by": "seller"}]}, "refunds.1.amount: -1.00"),
        ({"at": "2026-10-01"}, "at: Input should"),
    ],
)
def test_what_the_format_does_not_allow_is_refused_by_name(told: dict[str, Any], reason: str) -> None:
    facts = {
        "number": "R1",
        "order": "A",
        "at": "2026-10-10T10:00:00+02:00",
        "lines": [{"line": 1, "quantity": 1}],
    }

    with pytest.raises(Refused) as refusal:
        read_return(json.dumps(facts | told))

    assert str(refusal.value).startswith(reason)


def test_a_file_of_returns_keeps_the_good_ones(
    market: Market, make_order: MakeOrder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_order(number="A")
    file = tmp_path / "returns.jsonl"
    good = {
        "number": "R1",
        "order": "A",
        "at": "2026-10-10T10:00:00+02:00",
        "lines": [{"line": 1, "quantity": 1}],
    }
    file.write_text(f"{json.dumps(good)}\n{json.dumps(good | {'number': 'R2', 'order': 'X'})}\n")

    with pytest.raises(SystemExit):
        call_command("import_returns", str(file), "--market", "CZ", "--json")

    told = json.loads(capsys.readouterr().out)
    assert (told["taken"], told["refused"]) == (
        1,
        [{"line": 2, "number": "R2", "reason": "order: CZ has no order X"}],
    )


@pytest.mark.parametrize(
    ("order", "parts"),
    [
        (RefundOrder.PRO_RATA, [("card", 150_00), ("transfer", 350_00)]),
        (RefundOrder.VOUCHER_FIRST, [("card", 150_00), ("transfer", 350_00)]),
    ],
)
def test_a_refund_is_shared_over_what_each_tender_can_give_back(
    market: Market, make_order: MakeOrder, order: str, parts: list[tuple[str, int]]
) -> None:
    Market.objects.update(refund_order=order)
    make_order(number="A", **SPLIT)

    come_back(market, "R1", "A")

    told = Refund.objects.order_by("tender__position").values_list("tender__method", "amount")
    assert list(told) == parts


def test_what_was_really_paid_back_replaces_what_was_planned(market: Market, make_order: MakeOrder) -> None:
    make_order(number="A", **SPLIT)
    come_back(market, "R1", "A")

    taken = come_back(market, "R1", "A", refunds=[PAID])

    assert taken.outcome == "moved"
    assert [(each.tender.method, each.amount) for each in Refund.objects.live()] == [("transfer", 500_00)]
    assert balance(market_id=market.pk, kind="bank") == 500_00
    assert come_back(market, "R1", "A", refunds=[PAID]).outcome == "unchanged"
    assert run_checks() == []


def test_what_was_paid_back_never_changes(market: Market, make_order: MakeOrder) -> None:
    make_order(number="A", **SPLIT)
    come_back(market, "R1", "A", refunds=[PAID])

    other = PAID | {"method": "card", "amount": "300.00"}
    taken = come_back(market, "R1", "A", refunds=[other])

    assert taken.reason == "refunds: other than they were paid; what was paid back never changes"


def a_sellers_refund(market: Market, make_order: MakeOrder) -> Refund:
    make_order(number="A", **COD)
    come_back(market, "R1", "A")
    return Refund.objects.get()


def test_in_resale_a_sellers_refund_counts_once_its_proof_was_seen(
    market: Market, make_order: MakeOrder
) -> None:
    refund = a_sellers_refund(market, make_order)
    now = timezone.now()
    with pytest.raises(ProofMissing):
        tell_refund(refund_id=refund.pk, paid_at=now, proof=None, note="", by=None, at=now)
    proof = store(name="slip.pdf", content_type="application/pdf", chunks=[b"%PDF-"], at=now)

    tell_refund(refund_id=refund.pk, paid_at=BEFORE, proof=proof, note="By transfer.", by=None, at=now)
    with pytest.raises(ReasonMissing):
        refuse_proof(refund_id=refund.pk, reason="", by=None, at=now)
    refuse_proof(refund_id=refund.pk, reason="Another customer's slip.", by=None, at=now)
    tell_refund(refund_id=refund.pk, paid_at=BEFORE, proof=proof, note="", by=None, at=now)
    accept_proof(refund_id=refund.pk, by=None, at=now)

    refund.refresh_from_db()
    assert (refund.state, refund.paid_at) == ("paid", BEFORE)
    moves = refund.changes.order_by("pk").values_list("from_state", "to_state")
    assert list(moves) == [("owed", "told"), ("told", "owed"), ("owed", "told"), ("told", "paid")]


def test_nobody_pays_what_another_holds(market: Market, make_order: MakeOrder) -> None:
    refund = a_sellers_refund(market, make_order)
    now = timezone.now()

    with pytest.raises(NotYoursToPay):
        pay_refund(refund_id=refund.pk, paid_at=now, by=None, at=now)
    with pytest.raises(IllegalMove):
        accept_proof(refund_id=refund.pk, by=None, at=now)

    refund.refresh_from_db()
    assert refund.state == "owed"
    assert balance(market_id=market.pk, kind="bank") == 0


def test_a_seller_is_told_what_it_must_give_back(market: Market, make_order: MakeOrder) -> None:
    a_sellers_refund(market, make_order)

    letter = OutgoingMail.objects.get(key__startswith="return:")

    assert letter.recipients == ["3003@seller.example"]
    assert "2,420.00" in letter.body.replace("\xa0", " ")


def test_what_a_cancelled_order_paid_is_owed_back(market: Market, seller: Seller) -> None:
    told = tell_order(
        number="A", status="open", tenders=[tender("card", "1210.00", paid_at="2026-10-02T10:00:00+02:00")]
    )
    take(market, told)

    take(market, told | {"status": "cancelled"})

    refund = Refund.objects.get()
    assert (refund.payer, refund.amount, refund.state) == ("marketplace", 1210_00, "owed")
    pay_refund(refund_id=refund.pk, paid_at=BEFORE, by=None, at=timezone.now())
    assert balance(market_id=market.pk, kind="prepaid") == 0
    assert run_checks() == []
