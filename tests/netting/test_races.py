"""Two at once: no debt is set off, invoiced or paid twice. Each guard is shown to be needed."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.states import IllegalMove
from marketplace.parties.models import Seller
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.invoices.operations.submitting import NotAwaited
from settlement.netting.models import Item, SetOff, Side
from settlement.netting.operations.answering import accept_lapsed, confirm_set_off
from settlement.netting.operations.disputing import dispute_orders
from settlement.payouts.models import Payout
from settlement.payouts.operations.batching import NothingToPay, make_batch
from settlement.payouts.operations.preparing import create_payout, prepare
from tests.cast import make_accountant, make_market, make_seller, settle, take, work_off_but_rendering
from tests.documents.test_races import at_once
from tests.netting.telling import agree, give_account, hand_in, invoice
from tests.orders.telling import tell_order
from tests.stories.test_resale import CARD, COD

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def a_document() -> Document:
    market = make_market()
    seller = make_seller(market, "3003", "Horizont s.r.o.")
    give_account(seller)
    take(market, tell_order(number="A", **CARD), tell_order(number="B", **COD))
    settle(market)
    return Document.objects.get()


def a_set_off() -> SetOff:
    set_off = invoice(a_document())
    assert set_off is not None
    return set_off


def test_a_set_off_confirmed_eight_times_at_once_is_set_off_once() -> None:
    set_off = a_set_off()

    raised = at_once(*[lambda: confirm_set_off(set_off_id=set_off.pk, by=None, at=timezone.now())] * 8)
    work_off_but_rendering()

    assert [type(each) for each in raised] == [IllegalMove] * 7
    assert Payout.objects.get().amount == 1149_50 + 2214_30 - 2577_30
    assert run_checks() == []


def test_the_sellers_word_and_the_deadline_at_once_agree_once() -> None:
    set_off = a_set_off()

    at_once(
        lambda: confirm_set_off(set_off_id=set_off.pk, by=None, at=timezone.now()),
        *[lambda: accept_lapsed(at=set_off.lapses_at)] * 4,
    )
    work_off_but_rendering()

    assert SetOff.objects.get().state == "confirmed"
    assert run_checks() == []


def test_an_order_disputed_while_its_set_off_is_agreed_is_either_withheld_or_set_off() -> None:
    set_off = a_set_off()
    at_once(
        lambda: confirm_set_off(set_off_id=set_off.pk, by=None, at=timezone.now()),
        lambda: dispute_orders(
            set_off_id=set_off.pk, numbers=["B"], reason="Not ours.", by=None, at=timezone.now()
        ),
    )
    work_off_but_rendering()

    cash = Item.objects.get(side=Side.RECEIVABLE)
    assert (cash.settled, cash.withheld) in ((2577_30, 0), (0, 2577_30))
    assert run_checks() == []


def naively_settle(item: Item, amount: int) -> None:
    """What confirming would be without locks: look, then write."""
    with transaction.atomic():
        Item.objects.filter(pk=item.pk).update(settled=F("settled") + amount)


def test_the_database_refuses_to_settle_more_than_is_owed() -> None:
    a_set_off()
    item = Item.objects.get(side=Side.RECEIVABLE)

    raised = at_once(*[lambda: naively_settle(item, item.total)] * 4)

    assert [type(each) for each in raised] == [IntegrityError] * 3


def test_without_the_constraint_it_would_settle_four_times() -> None:
    """The control of the test above."""
    a_set_off()
    item = Item.objects.get(side=Side.RECEIVABLE)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE netting_item DROP CONSTRAINT item_is_not_overdrawn")

    raised = at_once(*[lambda: naively_settle(item, item.total)] * 4)

    assert raised == []
    assert Item.objects.get(pk=item.pk).settled == 4 * item.total


def test_an_invoice_handed_in_by_two_tabs_at_once_is_taken_once() -> None:
    document = a_document()

    raised = at_once(*(lambda place=place: hand_in(document, f"FV-{place}") for place in range(6)))

    assert [type(each) for each in raised] == [NotAwaited] * 5
    assert Invoice.objects.count() == 1


def naively_hand_in(first: Invoice, number: str) -> None:
    copied = ("market", "seller", "document", "issued_on", "currency", "net", "vat", "gross", "file")
    Invoice.objects.create(
        **{name: getattr(first, name) for name in copied}, number=number, submitted_at=timezone.now()
    )


@pytest.mark.parametrize("guarded", [True, False])
def test_the_constraint_is_what_keeps_a_document_from_two_invoices(guarded: bool) -> None:
    first = hand_in(a_document())
    if not guarded:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX one_live_invoice_per_document")

    raised = at_once(*(lambda place=place: naively_hand_in(first, f"X{place}") for place in range(4)))

    assert len(raised) == (4 if guarded else 0)
    assert Invoice.objects.count() == (1 if guarded else 5)


def test_what_a_set_off_leaves_is_prepared_once() -> None:
    set_off = a_set_off()
    confirm_set_off(set_off_id=set_off.pk, by=None, at=timezone.now())

    def act() -> Any:
        with transaction.atomic():
            return prepare(set_off_id=set_off.pk, at=timezone.now())

    raised = at_once(*[act] * 6)
    work_off_but_rendering()

    assert raised == []
    assert Payout.objects.count() == 1
    assert run_checks() == []


@pytest.mark.parametrize("guarded", [True, False])
def test_the_constraint_is_what_keeps_a_set_off_from_two_payouts(guarded: bool) -> None:
    set_off = agree(a_set_off())
    amounts = dict(Payout.objects.get().items.values_list("item", "amount"))
    if not guarded:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX one_live_payout_per_set_off")

    def act() -> Any:
        with transaction.atomic():
            return create_payout(set_off, amounts, timezone.now())

    raised = at_once(*[act] * 4)

    assert [type(each) for each in raised] == ([IntegrityError] * 4 if guarded else [])
    assert Payout.objects.count() == (1 if guarded else 5)


def test_two_accountants_who_prepare_batches_at_once_pay_each_payout_once() -> None:
    agree(a_set_off())
    market = Seller.objects.get().market
    carla, dan = make_accountant("carla@x.example"), make_accountant("dan@x.example")

    raised = at_once(
        *(lambda by=by: make_batch(market=market, by=by, at=timezone.now()) for by in (carla, dan))
    )

    assert [type(each) for each in raised] == [NothingToPay]
    assert Payout.objects.get().batch is not None
    assert run_checks() == []
