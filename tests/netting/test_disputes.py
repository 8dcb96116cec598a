"""Disputing orders of a set-off: the rest moves on, the disputed waits, on both sides."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail
from marketplace.kernel.states import IllegalMove
from marketplace.ledger.queries import balance
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document
from settlement.documents.operations.voiding import Answered, ReasonMissing, void_document
from settlement.invoices.models import Invoice
from settlement.invoices.operations.deciding import cancel_invoice
from settlement.netting.models import Dispute, Ground, How, Item, Outcome, SetOff, SetOffLine, State
from settlement.netting.operations.answering import (
    ChangedSince,
    accept_lapsed,
    confirm_set_off,
    withdraw_set_off,
)
from settlement.netting.operations.disputing import (
    AlreadyDisputed,
    NoCashToTakeOver,
    NotOnTheSetOff,
    answer_dispute,
    decide_dispute,
    dispute_orders,
)
from settlement.netting.operations.proposing import propose_left, propose_set_offs
from settlement.payouts.models import Payout
from tests.cast import settle, take, work_off_but_rendering
from tests.netting.telling import agree, invoice
from tests.orders.telling import tell_order
from tests.stories.test_resale import CARD, COD, TRANSFER


@pytest.fixture
def proposed(market: Market, seller: Seller) -> SetOff:
    """A set-off over a card order A, a cash order B and a transfer order C: 3,878.05 against 2,577.30."""
    for number, facts in (("A", CARD), ("B", COD), ("C", TRANSFER)):
        take(market, tell_order(number=number, **facts))
    settle(market)
    set_off = invoice(Document.objects.get())
    assert set_off is not None
    return set_off


def dispute(set_off: SetOff, *numbers: str, reason: str = "The customer paid by card.") -> list[Dispute]:
    return dispute_orders(set_off_id=set_off.pk, numbers=numbers, reason=reason, by=None, at=timezone.now())


def decide(disputed: Dispute, outcome: Outcome) -> None:
    decide_dispute(dispute_id=disputed.pk, outcome=outcome, text="Looked into.", by=None, at=timezone.now())
    work_off_but_rendering()


def test_a_disputed_cash_order_stays_open_on_both_sides_and_the_rest_is_paid(proposed: SetOff) -> None:
    (disputed,) = dispute(proposed, "B")

    left = SetOff.objects.get()
    assert (disputed.cash, disputed.share) == (2577_30, 2214_30)
    assert (left.netted, left.to_pay, left.to_collect) == (0, 3878_05 - 2214_30, 0)
    agree(left)
    assert Payout.objects.get().amount == 1663_75
    assert sum(item.withheld for item in Item.objects.all()) == 2577_30 + 2214_30
    assert run_checks() == []


def test_a_disputed_card_order_withholds_its_share_alone(proposed: SetOff) -> None:
    (disputed,) = dispute(proposed, "A", reason="The commission is wrong.")

    left = SetOff.objects.get()
    assert (disputed.cash, disputed.share) == (0, 1149_50)
    assert (left.netted, left.to_pay) == (2577_30, 3878_05 - 1149_50 - 2577_30)
    assert run_checks() == []


def test_when_the_amounts_stand_the_next_set_off_takes_them(proposed: SetOff) -> None:
    (disputed,) = dispute(proposed, "B")
    agree(SetOff.objects.get())

    decide(disputed, Outcome.STANDS)

    following = SetOff.objects.get(state=State.PROPOSED)
    assert (following.payables, following.receivables, following.netted) == (2214_30, 2577_30, 2214_30)
    assert run_checks() == []
    agree(following)
    assert run_checks() == []


def test_cash_that_turns_out_to_be_with_the_marketplace_is_no_longer_owed(
    proposed: SetOff, market: Market, seller: Seller
) -> None:
    (disputed,) = dispute(proposed, "B")
    agree(SetOff.objects.get())

    decide(disputed, Outcome.HELD_HERE)

    assert balance(market_id=market.pk, kind="receivable", seller_id=seller.pk) == 0
    following = SetOff.objects.get(state=State.PROPOSED)
    assert (following.netted, following.to_pay) == (0, 2214_30)
    assert run_checks() == []


def test_a_dispute_decided_while_its_set_off_waits_is_netted_there_again(proposed: SetOff) -> None:
    (disputed,) = dispute(proposed, "B")

    decide(disputed, Outcome.WITHDRAWN)

    left = SetOff.objects.get()
    assert (left.netted, left.to_pay, left.disputed_payables) == (2577_30, 1300_75, 0)
    assert run_checks() == []


def test_cash_taken_over_while_its_set_off_waits_leaves_its_line_alone(proposed: SetOff) -> None:
    (disputed,) = dispute(proposed, "B")

    decide(disputed, Outcome.HELD_HERE)

    left = SetOff.objects.get()
    assert (left.netted, left.to_pay, left.to_collect) == (0, 3878_05, 0)
    agree(left)
    assert run_checks() == []


def test_cash_is_not_taken_over_where_none_is_disputed(proposed: SetOff) -> None:
    (disputed,) = dispute(proposed, "A")

    with pytest.raises(NoCashToTakeOver):
        decide(disputed, Outcome.HELD_HERE)

    assert Dispute.objects.get().state == "open"


def test_an_order_is_disputed_once(proposed: SetOff) -> None:
    dispute(proposed, "B")

    with pytest.raises(AlreadyDisputed):
        dispute(proposed, "B")

    assert Dispute.objects.count() == 1


@pytest.mark.parametrize("numbers", [("nothing",), ("A", "nothing"), ()])
def test_what_is_not_on_the_set_off_is_not_disputed(proposed: SetOff, numbers: tuple[str, ...]) -> None:
    with pytest.raises(NotOnTheSetOff):
        dispute(proposed, *numbers)

    assert not Dispute.objects.exists()
    assert SetOff.objects.get().disputed_payables == 0


def test_a_dispute_needs_a_reason(proposed: SetOff) -> None:
    with pytest.raises(ReasonMissing):
        dispute(proposed, "B", reason=" ")

    assert not Dispute.objects.exists()


def test_an_agreed_set_off_is_not_disputed(proposed: SetOff) -> None:
    agree(proposed)

    with pytest.raises(IllegalMove):
        dispute(proposed, "B")

    assert Item.objects.filter(withheld__gt=0).count() == 0


def test_each_side_reads_what_the_other_says(proposed: SetOff, market: Market, seller: Seller) -> None:
    (disputed,) = dispute(proposed, "B", reason="Our courier never had it.")

    answer_dispute(dispute_id=disputed.pk, text="Which courier?", by=None, at=timezone.now(), as_seller=False)

    letters = OutgoingMail.objects.filter(key__startswith="dispute:").order_by("pk")
    assert [letter.recipients for letter in letters] == [[market.accounting_email], [seller.email]]
    assert "Our courier never had it." in letters[0].body
    assert "Which courier?" in letters[1].body


def test_silence_past_the_deadline_is_agreement(proposed: SetOff) -> None:
    assert accept_lapsed(at=proposed.lapses_at - timedelta(seconds=1)) == 0

    assert accept_lapsed(at=proposed.lapses_at) == 1

    agreed = SetOff.objects.get()
    assert (agreed.state, agreed.how) == (State.CONFIRMED, How.DEADLINE)
    work_off_but_rendering()
    assert Payout.objects.get().amount == 1300_75
    assert run_checks() == []


def test_the_deadline_is_working_days_later_in_the_markets_zone(proposed: SetOff) -> None:
    days = (proposed.answer_by - proposed.proposed_at.date()).days

    assert 5 <= days <= 12
    assert proposed.answer_by.weekday() < 5
    assert proposed.lapses_at.hour in (22, 23)  # midnight in Prague


def test_a_withdrawn_set_off_frees_its_items_and_its_papers(proposed: SetOff) -> None:
    with pytest.raises(Answered):
        void_document(document_id=Document.objects.get().pk, reason="No.", by=None, at=timezone.now())

    withdraw_set_off(set_off_id=proposed.pk, reason="An order is missing.", by=None, at=timezone.now())

    assert Document.objects.get().netted_at is None
    assert all(item.available == item.total for item in Item.objects.all())
    assert run_checks() == []


def test_an_agreed_set_off_is_not_withdrawn(proposed: SetOff, carla: Any) -> None:
    agree(proposed)

    with pytest.raises(IllegalMove):
        withdraw_set_off(set_off_id=proposed.pk, reason="Too late.", by=carla, at=timezone.now())

    assert SetOff.objects.get().state == State.CONFIRMED


def test_what_was_withdrawn_is_proposed_again_after_a_day(proposed: SetOff, market: Market) -> None:
    withdraw_set_off(set_off_id=proposed.pk, reason="An order is missing.", by=None, at=timezone.now())

    def propose(later: timedelta) -> int:
        with transaction.atomic():
            return propose_left(market=market, at=timezone.now() + later)

    assert propose(timedelta(hours=2)) == 0
    assert propose(timedelta(hours=25)) == 1
    assert propose(timedelta(hours=26)) == 0
    assert run_checks() == []


def test_a_set_off_in_trouble_stops_no_other(proposed: SetOff, market: Market, rival: Seller) -> None:
    take(market, tell_order(number="R", seller=rival.partner_number, **CARD))
    settle(market)
    other = invoice(Document.objects.get(seller=rival))
    assert other is not None
    SetOffLine.objects.filter(set_off=proposed, netted__gt=0).update(netted=0, remaining=F("total"))
    Item.objects.filter(seller=proposed.seller).update(reserved=F("total"))

    assert accept_lapsed(at=max(proposed.lapses_at, other.lapses_at)) == 1

    assert SetOff.objects.get(pk=other.pk).state == State.CONFIRMED
    assert SetOff.objects.get(pk=proposed.pk).state == State.PROPOSED


def test_an_order_disputed_before_its_invoice_came_is_withheld_of_it(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="B", **COD), tell_order(number="A", **CARD))
    settle(market)
    document = Document.objects.get()
    with transaction.atomic():
        (overdue,) = propose_set_offs(seller_ids=[seller.pk], ground=Ground.OVERDUE, at=timezone.now())
    dispute(overdue, "B")
    agree(SetOff.objects.get())

    set_off = invoice(document)

    assert set_off is not None
    assert (set_off.payables, set_off.receivables, set_off.netted) == (1149_50, 0, 0)
    assert Dispute.objects.get().share == 2214_30
    assert run_checks() == []
    decide(Dispute.objects.get(), Outcome.STANDS)
    assert run_checks() == []


def test_a_disputed_orders_share_follows_it_to_the_next_invoice(proposed: SetOff) -> None:
    (disputed,) = dispute(proposed, "B")
    withdraw_set_off(set_off_id=proposed.pk, reason="Wrong invoice.", by=None, at=timezone.now())
    first = Invoice.objects.get()
    cancel_invoice(invoice_id=first.pk, reason="Booked by mistake.", by=None, at=timezone.now())
    assert run_checks() == []

    again = invoice(Document.objects.get(), "FV-2026-2")

    assert again is not None
    assert again.payables == 3878_05 - 2214_30
    assert run_checks() == []
    decide(disputed, Outcome.STANDS)
    assert run_checks() == []


def test_a_document_whose_cash_is_disputed_or_was_taken_over_is_not_voided(proposed: SetOff) -> None:
    (disputed,) = dispute(proposed, "B")
    withdraw_set_off(set_off_id=proposed.pk, reason="Wrong invoice.", by=None, at=timezone.now())
    cancel_invoice(invoice_id=Invoice.objects.get().pk, reason="A mistake.", by=None, at=timezone.now())
    document = Document.objects.get()
    for outcome in (None, Outcome.HELD_HERE):
        if outcome:
            decide(disputed, outcome)
        with pytest.raises(Answered):
            void_document(document_id=document.pk, reason="No.", by=None, at=timezone.now())
        assert run_checks() == []


def test_a_document_whose_dispute_ended_may_be_voided(proposed: SetOff) -> None:
    (disputed,) = dispute(proposed, "B")
    withdraw_set_off(set_off_id=proposed.pk, reason="Wrong invoice.", by=None, at=timezone.now())
    cancel_invoice(invoice_id=Invoice.objects.get().pk, reason="A mistake.", by=None, at=timezone.now())
    decide(disputed, Outcome.STANDS)

    void_document(document_id=Document.objects.get().pk, reason="No.", by=None, at=timezone.now())

    assert run_checks() == []


def test_many_orders_disputed_at_once_are_one_letter(proposed: SetOff, market: Market) -> None:
    dispute(proposed, "A", "B", "C")

    letter = OutgoingMail.objects.get(key__startswith="dispute:")
    assert letter.recipients == [market.accounting_email]
    assert "A, B, C" in letter.body


def test_agreeing_to_other_sums_than_were_seen_is_refused(proposed: SetOff) -> None:
    seen = proposed.net_due
    dispute(proposed, "A")

    with pytest.raises(ChangedSince):
        confirm_set_off(set_off_id=proposed.pk, by=None, at=timezone.now(), seen=seen)

    now = SetOff.objects.get()
    assert now.state == State.PROPOSED
    confirm_set_off(set_off_id=proposed.pk, by=None, at=timezone.now(), seen=now.net_due)
    assert run_checks() == []
