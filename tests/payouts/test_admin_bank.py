"""Accountants and the bank: demands, uploaded files, movements that wait for a person."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from marketplace.kernel.typed import NotAnAmount, amount_in
from marketplace.parties.models import Market
from settlement.netting.models import Item, SetOff
from settlement.payouts.bank_answers.tree import MOST_BYTES
from settlement.payouts.models import (
    BankEntry,
    Collection,
    CollectionReceipt,
    CollectionState,
    EntryState,
    Payout,
    PayoutState,
    Statement,
    StatementState,
)
from tests.cast import today_in, work_off_but_rendering
from tests.desk import act, listed, make_looker, name_of, offered, page, press, queries_of, seen
from tests.payouts.standing import stand
from tests.payouts.telling import movement, statement, upload

Way = Callable[..., list[str]]


# Demands


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("907.50", 907_50), ("907,5", 907_50), (" 1 907 ", 1907_00), ("1\N{NO-BREAK SPACE}907.5", 1907_50)],
)
def test_an_amount_is_read_as_it_is_typed(typed: str, minor: int) -> None:
    assert amount_in(typed) == minor


@pytest.mark.parametrize(
    "typed", ["", "many", "1,907.50", "1.907", "-5", "1e5", "907.505", "٩٠٧", "9" * 17, "1_000", "NaN"]
)
def test_an_amount_that_cannot_be_read_for_sure_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAmount):
        amount_in(typed)


@pytest.mark.parametrize("way", [act, press])
def test_money_received_by_hand_is_noted(way: Way, demand: Collection, carla_client: Client) -> None:
    assert way(carla_client, demand, "received", "900") == ["1 done."]
    assert "CZK 907.50 CZK 7.50" in listed(carla_client, Collection)

    assert way(carla_client, demand, "received", "7.50") == ["1 done."]

    assert Collection.objects.get().state == CollectionState.PAID
    assert list(CollectionReceipt.objects.order_by("pk").values_list("amount", flat=True)) == [900_00, 7_50]
    assert "CZ-D-" not in listed(carla_client, Collection)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("all of it", "is no amount; write it as 907.50"),
        ("", "is no amount"),
        ("907.51", "not between zero and what"),
        ("0", "not between zero and what"),
    ],
)
def test_money_that_cannot_be_right_is_refused(
    typed: str, refusal: str, demand: Collection, carla_client: Client
) -> None:
    before = stand()

    for way in (act, press):
        assert refusal in way(carla_client, demand, "received", typed)[0]

    assert stand() == before
    assert (
        'value="907.50"'
        in carla_client.get(reverse("admin:payouts_collection_change", args=[demand.pk])).content.decode()
    )


def test_a_demand_is_taken_back_with_a_reason(demand: Collection, carla_client: Client) -> None:
    before = stand()
    assert "Say why" in press(carla_client, demand, "take_back", "")[0]
    assert stand() == before

    press(carla_client, demand, "take_back", "Carried instead")

    assert Collection.objects.get().state == CollectionState.CANCELLED
    assert Item.objects.unsettled().get().available == 907_50
    before = stand()
    assert "waits for no money" in act(carla_client, demand, "received", "1")[0]
    assert "cannot become" in act(carla_client, demand, "take_back", "Again")[0]
    assert stand() == before


def test_overdue_demands_are_found(demand: Collection, carla_client: Client) -> None:
    assert "CZ-D-" not in listed(carla_client, Collection, due="overdue")
    assert "CZ-D-" in listed(carla_client, Collection, due="later")

    address = f"{reverse('admin:payouts_collection_changelist')}?state=all"
    carla_client.get(address)
    of_one = queries_of(carla_client, address)
    late = Collection.objects.get()
    late.pk, late.reference, late.serial, late.symbol = None, "CZ-D-2026-000009", 9, "2600000009"
    late.due_on, late.set_off = today_in(demand.market) - timedelta(days=3), _another(late.set_off)
    late.save()

    assert "CZ-D-2026-000009" in listed(carla_client, Collection, due="overdue")
    assert "CZ-D-2026-000001" not in listed(carla_client, Collection, due="overdue")
    assert queries_of(carla_client, address) == of_one


def _another(set_off: SetOff) -> SetOff:
    row = SetOff.objects.get(pk=set_off.pk)
    row.pk, row.reference, row.serial = None, f"{set_off.reference[:-1]}9", 9
    row.save()
    return row


# Bank files


def send_file(client: Client, content: bytes, market: Market | None, name: str = "bank.xml") -> Any:
    told = {"market": market.pk if market else "", "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("admin:payouts_statement_upload"), told, follow=True)


def test_a_bank_file_is_uploaded_and_says_what_became_of_its_movements(
    sent: Payout, market: Market, carla: Any, carla_client: Client
) -> None:
    content = statement(
        market,
        movement(-1149_50, end_to_end=sent.reference),
        movement(-50_00, reference="FEE-1", text="Account fee"),
    )

    text = seen(send_file(carla_client, content, market))
    assert "Its movements are being read and matched." in text
    work_off_but_rendering()

    assert Statement.objects.get().uploaded_by == carla
    assert Payout.objects.get().state == PayoutState.PAID
    assert "2 1 1" in listed(carla_client, Statement)
    text = page(carla_client, Statement.objects.get())
    assert "1 movement waits for a person." in text
    assert "Matched CZ-P-2026-000001 −CZK 1,149.50" in text


def test_the_same_bank_file_is_taken_once(market: Market, carla_client: Client) -> None:
    content = statement(market, movement(5_00))
    send_file(carla_client, content, market)
    before = stand()

    assert "taken in before" in seen(send_file(carla_client, content, market, "other.xml"))

    assert stand() == before


def test_an_upload_needs_a_market_and_a_file_of_bearable_size(market: Market, carla_client: Client) -> None:
    before = stand()

    answers = [
        seen(send_file(carla_client, b"x" * (MOST_BYTES + 1), market)),
        seen(send_file(carla_client, b"", market)),
        seen(send_file(carla_client, b"<x/>", None)),
    ]

    told = ("too large", "empty", "required")
    assert all(each in answer for each, answer in zip(told, answers, strict=True))
    assert stand() == before


def test_an_unreadable_bank_file_says_why(market: Market, carla_client: Client) -> None:
    send_file(carla_client, b"hello", market)
    work_off_but_rendering()

    row = Statement.objects.get()
    assert row.state == StatementState.UNREADABLE
    assert row.note
    assert row.note in page(carla_client, row)


# The bank's movements


def test_a_movement_nobody_could_match_is_matched_by_hand(
    demand: Collection, market: Market, carla_client: Client
) -> None:
    upload(market, statement(market, movement(907_50, text="November")))
    entry = BankEntry.objects.get()
    assert "It names no demand of ours" in listed(carla_client, BankEntry)
    assert f"{demand.reference} 3003 Horizont s.r.o." in page(carla_client, entry)
    before = stand()
    assert "There is no payout or demand CZ-D-9" in act(carla_client, entry, "match", "cz-d-9")[0]
    assert stand() == before

    assert press(carla_client, entry, "match", demand.reference.lower()) == ["1 done."]

    assert Collection.objects.get().state == CollectionState.PAID
    assert "BANK-1" not in listed(carla_client, BankEntry)
    before = stand()
    assert "matched already" in act(carla_client, entry, "match", demand.reference)[0]
    assert "matched already" in act(carla_client, entry, "aside", "No")[0]
    assert stand() == before
    assert offered(carla_client, entry) == set()


def test_more_money_than_a_demand_asks_for_is_not_matched(
    demand: Collection, market: Market, carla_client: Client
) -> None:
    upload(market, statement(market, movement(1000_00)))
    before = stand()

    assert (
        "not between zero and" in press(carla_client, BankEntry.objects.get(), "match", demand.reference)[0]
    )

    assert stand() == before


def test_a_debit_of_another_amount_is_not_a_payouts(
    sent: Payout, market: Market, carla_client: Client
) -> None:
    upload(market, statement(market, movement(-1_00)))
    before = stand()

    assert (
        "the movement over 1.00" in press(carla_client, BankEntry.objects.get(), "match", sent.reference)[0]
    )

    assert stand() == before


def test_a_movement_is_set_aside_with_a_reason(market: Market, carla_client: Client) -> None:
    upload(market, statement(market, movement(-50_00, text="Account fee")))
    entry = BankEntry.objects.get()
    before = stand()
    assert "Say why" in act(carla_client, entry, "aside", " ")[0]
    assert stand() == before

    assert act(carla_client, entry, "aside", "The bank's fee") == ["1 done."]

    aside = BankEntry.objects.get()
    assert (aside.state, aside.note) == (EntryState.ASIDE, "The bank's fee")
    assert offered(carla_client, entry) == {"match"}


def test_the_movements_of_one_file_are_listed(market: Market, carla_client: Client) -> None:
    first = upload(market, statement(market, movement(5_00, reference="ONE"), number="1"))
    upload(market, statement(market, movement(6_00, reference="TWO"), number="2"))

    text = listed(carla_client, BankEntry, statement=first.pk, state="all")

    assert "ONE" in text
    assert "TWO" not in text


def test_who_may_only_look_uploads_and_matches_nothing(market: Market) -> None:
    upload(market, statement(market, movement(5_00)))
    looker, before, entry = make_looker(), stand(), BankEntry.objects.get()

    assert offered(looker, entry) == set()
    assert looker.post(reverse(name_of(entry, "do"), args=[entry.pk, "aside"])).status_code == 403
    assert send_file(looker, b"<x/>", market).status_code == 403
    assert "Upload a file" not in seen(looker.get("/admin/payouts/statement/"))

    assert stand() == before


def test_nothing_is_uploaded_by_looking(carla_client: Client) -> None:
    assert carla_client.get(reverse("admin:payouts_statement_upload")).status_code == 405
