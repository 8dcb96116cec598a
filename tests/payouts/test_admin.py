"""Accountants pay: batches made and approved by two people, payouts by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.kernel.models import AuditRecord, Job, JobState
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document
from settlement.netting.models import Item
from settlement.payouts.models import (
    Batch,
    BatchState,
    Payout,
    PayoutState,
)
from settlement.payouts.operations.batching import approve_batch
from tests.cast import client_of, settle, take, today_in, work_off_but_rendering
from tests.desk import act, listed, make_looker, name_of, offered, page, press, queries_of, seen
from tests.netting.telling import agree, give_account, invoice, send_payouts
from tests.orders.telling import tell_order
from tests.payouts.conftest import agreed
from tests.payouts.standing import stand
from tests.payouts.telling import movement, statement, upload
from tests.stories.test_resale import CARD

BATCHES = "/admin/payouts/batch/"
Way = Callable[..., list[str]]


def make(client: Client, market: str = "CZ") -> Any:
    return client.post(reverse("admin:payouts_batch_make"), {"market": market}, follow=True)


# Payment batches


def test_a_batch_is_prepared_from_what_waits_in_a_market(
    payout: Payout, carla: Any, carla_client: Client
) -> None:
    assert "CZ Meridian CZ 1 CZK 1,149.50 – Prepare a payment batch" in seen(carla_client.get(BATCHES))

    text = seen(make(carla_client))

    batch = Batch.objects.get()
    assert (batch.created_by, list(batch.payouts.all())) == (carla, [payout])
    assert "Somebody else must approve it now." in text
    assert "You prepared this batch, so you cannot approve it" in text
    assert "CZ-P-2026-000001 3003 Horizont s.r.o. CZ65 •••• 5399 Being prepared CZK 1,149.50" in text
    assert "Waiting to be paid" not in seen(carla_client.get(BATCHES))


def test_a_batch_of_nothing_is_refused(payout: Payout, carla_client: Client) -> None:
    make(carla_client)
    before = stand()

    assert "No payout waits in CZ Meridian CZ." in seen(make(carla_client))
    assert make(carla_client, "XX").status_code == 404

    assert stand() == before


def test_payouts_without_an_account_in_use_are_told_of(
    market: Market, seller: Seller, carla_client: Client
) -> None:
    agreed(market, CARD)
    before = stand()

    assert "CZ Meridian CZ 1 CZK 1,149.50 1 Prepare" in seen(carla_client.get(BATCHES))
    assert "approve their accounts first" in seen(make(carla_client))
    assert "no bank account in use" in page(carla_client, Payout.objects.get())

    assert stand() == before


@pytest.mark.parametrize("way", [act, press])
def test_whoever_prepared_a_batch_does_not_approve_it(
    way: Way, batch: Batch, carla_client: Client, dan: Any, dan_client: Client
) -> None:
    before = stand()

    assert "somebody else must approve it" in way(carla_client, batch, "approve")[0]
    assert stand() == before
    assert offered(carla_client, batch) == {"cancel"}
    assert offered(dan_client, batch) == {"approve", "cancel"}
    assert "carla@meridian.example prepared this batch." in page(dan_client, batch)

    assert way(dan_client, batch, "approve") == ["1 done."]
    approved = Batch.objects.get()
    assert (approved.state, approved.approved_by) == (BatchState.APPROVED, dan)


def test_a_batch_is_cancelled_with_a_reason(batch: Batch, carla_client: Client) -> None:
    before = stand()
    assert "Say why" in press(carla_client, batch, "cancel", " ")[0]
    assert stand() == before

    press(carla_client, batch, "cancel", "The wrong day")

    assert Batch.objects.get().state == BatchState.CANCELLED
    assert Payout.objects.waiting().count() == 1
    assert "The wrong day" in page(carla_client, batch)


def test_the_payment_file_is_downloaded_given_to_the_bank_and_said_to_be(
    batch: Batch, carla: Any, carla_client: Client, dan: Any
) -> None:
    approve_batch(batch_id=batch.pk, by=dan, at=timezone.now())
    before = stand()
    assert "being written" in page(carla_client, batch)
    assert "being written" in press(carla_client, batch, "send")[0]
    assert carla_client.get(reverse("admin:payouts_batch_file", args=[batch.pk, "file"])).status_code == 404
    assert stand() == before
    work_off_but_rendering()

    assert "Download the payment file" in page(carla_client, batch)
    answer = carla_client.get(reverse("admin:payouts_batch_file", args=[batch.pk, "file"]))
    assert b"CZ-P-2026-000001" in b"".join(getattr(answer, "streaming_content", []))
    assert AuditRecord.objects.get(verb="file.downloaded").by == carla
    assert Batch.objects.get().state == BatchState.APPROVED

    assert press(carla_client, batch, "send") == ["1 done."]
    assert Payout.objects.get().state == PayoutState.SENT
    before = stand()
    assert "cannot become" in press(carla_client, batch, "cancel", "Too late")[0]
    assert stand() == before


def test_a_payment_file_that_could_not_be_written_says_so(
    batch: Batch, carla_client: Client, dan: Any
) -> None:
    approve_batch(batch_id=batch.pk, by=dan, at=timezone.now())
    Job.objects.filter(name="payouts.write_file").update(state=JobState.DEAD, error="no_name")

    assert "could not be written" in page(carla_client, batch)


# Payouts


def test_payouts_are_listed_by_where_they_are(failed: Payout, carla_client: Client) -> None:
    assert "CZ-P-2026-000001" in listed(carla_client, Payout)
    assert "The account is closed." in listed(carla_client, Payout, state="failed")
    assert "CZ-P-" not in listed(carla_client, Payout, state="waiting")

    press(carla_client, failed, "again")

    assert "CZ-P-2026-000002" in listed(carla_client, Payout, state="waiting")
    make(carla_client)
    assert "CZ-P-2026-000002" not in listed(carla_client, Payout, state="waiting")
    assert "CZ-P-2026-000002" in listed(carla_client, Payout, state="created")
    assert "CZ-P-2026-000002" in listed(carla_client, Payout, batch=Batch.objects.latest("pk").pk)
    assert "tried again as CZ-P-2026-000002" in page(carla_client, failed)


@pytest.mark.parametrize("way", [act, press])
def test_a_payout_is_marked_paid_by_hand_with_a_note(
    way: Way, sent: Payout, carla: Any, carla_client: Client
) -> None:
    assert way(carla_client, sent, "paid", "Seen on the account") == ["1 done."]

    paid = Payout.objects.get()
    assert (paid.state, paid.paid_on) == (PayoutState.PAID, today_in(sent.market))
    assert "Seen on the account" in page(carla_client, sent)
    assert not Item.objects.unsettled().exists()


@pytest.mark.parametrize("way", [act, press])
def test_a_payout_is_marked_failed_with_a_reason(way: Way, sent: Payout, carla_client: Client) -> None:
    before = stand()
    assert "Say why" in way(carla_client, sent, "failed", "")[0]
    assert stand() == before

    way(carla_client, sent, "failed", "The account is closed.")

    assert Payout.objects.get().state == PayoutState.FAILED
    assert "It was not paid: The account is closed." in page(carla_client, sent)


def test_a_failed_payout_is_paid_again_once(failed: Payout, carla_client: Client) -> None:
    assert press(carla_client, failed, "again") == ["1 done."]
    before = stand()

    assert "tried again already" in act(carla_client, failed, "again")[0]
    assert "tried again already" in act(carla_client, failed, "give_up", "No")[0]

    assert stand() == before


def test_a_failed_payout_is_given_up_with_a_reason(failed: Payout, carla_client: Client) -> None:
    before = stand()
    assert "Say why" in press(carla_client, failed, "give_up", "")[0]
    assert stand() == before

    press(carla_client, failed, "give_up", "The seller closed down")

    assert Payout.objects.get(pk=failed.pk).state == PayoutState.CANCELLED
    assert Item.objects.unsettled().get().reserved == 0


def test_a_payout_is_taken_out_of_a_batch_before_its_approval_only(
    batch: Batch, payout: Payout, carla_client: Client, dan: Any
) -> None:
    assert offered(carla_client, payout) == {"take_out"}
    assert press(carla_client, payout, "take_out") == ["1 done."]
    assert Payout.objects.get().batch is None
    before = stand()

    assert "in no batch" in act(carla_client, payout, "take_out")[0]
    assert "Every payout was taken out" in press(client_of(dan), batch, "approve")[0]

    assert stand() == before


def test_what_the_bank_has_not_got_is_neither_paid_nor_failed(
    batch: Batch, payout: Payout, carla_client: Client
) -> None:
    before = stand()

    assert "cannot become" in act(carla_client, payout, "paid")[0]
    assert "cannot become" in act(carla_client, payout, "failed", "No")[0]
    assert "take it out first" in act(carla_client, payout, "give_up", "No")[0]
    assert "did not fail" in act(carla_client, payout, "again")[0]

    assert stand() == before


# All lists and pages


def test_who_may_only_look_is_offered_nothing_and_does_nothing(
    batch: Batch, payout: Payout, market: Market
) -> None:
    looker, before = make_looker(), stand()

    for row, deed in ((batch, "approve"), (payout, "take_out")):
        assert offered(looker, row) == set()
        assert looker.post(reverse(name_of(row, "do"), args=[row.pk, deed])).status_code == 403
    assert make(looker).status_code == 403
    assert "Waiting to be paid" not in seen(looker.get(BATCHES))

    assert stand() == before


def test_nothing_happens_by_looking_at_the_address_that_makes_a_batch(
    payout: Payout, carla_client: Client
) -> None:
    before = stand()

    assert carla_client.get(reverse("admin:payouts_batch_make"), {"market": "CZ"}).status_code == 405

    assert stand() == before


def test_lists_ask_the_same_questions_however_long_they_are(
    market: Market, seller: Seller, rival: Seller, carla: Any, dan: Any, carla_client: Client
) -> None:
    lists = [
        BATCHES,
        *(f"/admin/payouts/{name}" for name in ("payout/", "statement/", "bankentry/?state=all")),
    ]
    give_account(seller)
    give_account(rival)
    take(market, tell_order(**CARD), tell_order(**CARD | {"seller": "3004"}))
    settle(market)

    def play(document: Document) -> None:
        number = document.seller.partner_number
        set_off = invoice(document, f"FV-{number}")
        assert set_off is not None
        agree(set_off)
        send_payouts(document.seller, carla, dan)
        upload(market, statement(market, movement(9_00, reference=number), number=number))

    first, second = Document.objects.order_by("pk")
    play(first)
    for address in lists:
        carla_client.get(address)
    short = [queries_of(carla_client, address) for address in lists]
    play(second)

    assert [queries_of(carla_client, address) for address in lists] == short
