"""Deposits at the desk: one person enters, another approves; what is used is not taken back."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import AuditRecord, OutgoingMail
from marketplace.ledger.models import Entry
from marketplace.parties.models import Market, Seller
from marketplace.users.models import User
from settlement.billing.models import Deposit, DepositSource, DepositState
from settlement.billing.operations.receiving import propose_deposit
from tests.billing.mexico import NOON, charge, invoice, make_payer, pay_in
from tests.cast import client_of, make_market, today_in
from tests.desk import act, listed, make_looker, offered, page, press, queries_of, seen, told

ENTER = reverse("admin:billing_deposit_enter")


def form(sol: Seller, **other: Any) -> dict[str, Any]:
    """What an accountant types for a deposit."""
    typed = {"market": sol.market_id, "number": "7101", "amount": "1 500,50", "day": "", "method": "cash"}
    return typed | {"note": "Receipt 17 of the branch in Puebla", "form_key": uuid4()} | other


def key_in(answer: Any) -> str:
    """The key in a form's hidden field."""
    found = re.search(r'name="form_key" value="([0-9a-f-]{36})"', answer.content.decode())
    assert found
    return found[1]


@pytest.fixture
def proposed(sol: Seller, carla: User) -> Deposit:
    """Carla entered 1,500.00 that a branch took in cash."""
    return propose_deposit(
        seller_id=sol.pk, amount=1500_00, received_at=NOON, method="cash", note="Puebla", by=carla, at=NOON
    )


def test_a_deposit_entered_by_hand_waits_for_a_second_person(
    sol: Seller, carla: User, carla_client: Client, dan: User
) -> None:
    messages = told(carla_client.post(ENTER, form(sol), follow=True))

    deposit = Deposit.objects.get()
    assert messages == ["Entered. It counts once somebody else approves it."]
    assert (deposit.gross, deposit.state, deposit.source, deposit.proposed_by) == (
        1500_50,
        DepositState.PROPOSED,
        DepositSource.HAND,
        carla,
    )
    assert not Entry.objects.filter(key=deposit.key).exists()
    assert offered(carla_client, deposit) == {"refuse"}
    assert offered(client_of(dan), deposit) == {"approve", "refuse"}
    assert "You entered this deposit, so you cannot approve it" in page(carla_client, deposit)


def test_a_form_sent_twice_is_one_deposit_and_answers_with_its_page(
    sol: Seller, carla_client: Client
) -> None:
    typed = form(sol)
    first = carla_client.post(ENTER, typed)

    again = carla_client.post(ENTER, typed)

    deposit = Deposit.objects.get()
    assert first.headers["Location"] == again.headers["Location"]
    assert str(deposit.pk) in again.headers["Location"]
    assert AuditRecord.objects.filter(verb="deposit.proposed").count() == 1


def test_each_form_has_a_key_of_its_own(carla_client: Client) -> None:
    first, second = (carla_client.get(ENTER, follow=True) for _ in range(2))

    assert key_in(first) != key_in(second)


def test_who_goes_back_to_a_form_that_was_sent_finds_the_same_form(sol: Seller, carla_client: Client) -> None:
    page = carla_client.get(ENTER)
    address = page.headers["Location"]
    key = key_in(carla_client.get(address))
    carla_client.post(address, form(sol, form_key=key))

    assert key_in(carla_client.get(address)) == key
    carla_client.post(address, form(sol, form_key=key))

    assert Deposit.objects.count() == 1


def test_a_form_sent_again_with_another_amount_is_asked_about_first(
    sol: Seller, carla_client: Client
) -> None:
    typed = form(sol)
    carla_client.post(ENTER, typed)

    answer = carla_client.post(ENTER, typed | {"amount": "99.00"})

    assert Deposit.objects.get().gross == 1500_50
    assert "sent before with something else in it, and made MX-DP-2026-000001, which stands" in seen(answer)
    assert 'value="99.00"' in answer.content.decode()
    carla_client.post(ENTER, typed | {"amount": "99.00", "form_key": key_in(answer)})
    assert sorted(Deposit.objects.values_list("gross", flat=True)) == [99_00, 1500_50]


def test_a_form_sent_again_after_its_deposit_was_decided_shows_it_and_does_not_say_it_waits(
    sol: Seller, carla_client: Client, dan: User
) -> None:
    typed = form(sol)
    carla_client.post(ENTER, typed, follow=True)
    press(client_of(dan), Deposit.objects.get(), "approve")

    messages = told(carla_client.post(ENTER, typed, follow=True))

    assert messages == []
    assert Deposit.objects.get().state == DepositState.RECEIVED


def test_whoever_entered_it_cannot_approve_it_and_is_told_so(proposed: Deposit, carla_client: Client) -> None:
    for messages in (press(carla_client, proposed, "approve"), act(carla_client, proposed, "approve")):
        assert messages == [f"{proposed}: You entered this deposit; somebody else must approve it."]

    proposed.refresh_from_db()
    assert proposed.state == DepositState.PROPOSED
    assert not Entry.objects.exists()


def test_a_second_person_approves_it_and_it_counts(proposed: Deposit, carla: User, dan: User) -> None:
    client = client_of(dan)

    assert press(client, proposed, "approve") == ["1 done."]

    proposed.refresh_from_db()
    assert (proposed.state, proposed.approved_by) == (DepositState.RECEIVED, dan)
    text = page(client, proposed)
    assert f"In the books Entry At {proposed.key}" in text
    assert "Waits for a second person Received dan@meridian.example" in text
    assert run_checks() == []


def test_it_is_refused_with_a_reason_and_never_counts(proposed: Deposit, dan: User) -> None:
    client = client_of(dan)
    assert "Say why" in press(client, proposed, "refuse", "  ")[0]

    assert press(client, proposed, "refuse", "no such receipt") == ["1 done."]

    proposed.refresh_from_db()
    assert proposed.state == DepositState.REFUSED
    assert "no such receipt" in page(client, proposed)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"number": "9999"}, "This market has no seller of this number."),
        ({"amount": "1.5.0"}, "is no amount"),
        ({"amount": "0"}, "A deposit is more than nothing"),
        ({"day": "2020-01-01"}, "lies in the future or long ago"),
        ({"day": "2999-01-01"}, "lies in the future or long ago"),
        ({"note": " "}, "This field is required."),
    ],
)
def test_what_cannot_be_a_deposit_is_said_at_the_form_and_keeps_what_was_typed(
    typed: dict[str, str], why: str, sol: Seller, carla_client: Client
) -> None:
    answer = carla_client.post(ENTER, form(sol, **typed))

    assert why in seen(answer)
    assert 'value="cash"' in answer.content.decode()
    assert not Deposit.objects.exists()


def test_only_markets_that_take_deposits_can_be_chosen(sol: Seller, carla_client: Client) -> None:
    czech = make_market("CZ")

    html = carla_client.get(ENTER, follow=True).content.decode()
    answer = carla_client.post(ENTER, form(sol, market=czech.pk))

    assert f'value="{sol.market_id}" selected' in html
    assert f'<option value="{czech.pk}"' not in html
    assert "Select a valid choice" in seen(answer)
    assert not Deposit.objects.exists()


def test_a_day_before_today_is_the_beginning_of_that_day_in_the_market(
    sol: Seller, carla_client: Client
) -> None:
    day = today_in(sol.market).replace(day=1)

    carla_client.post(ENTER, form(sol, day=day.isoformat()))

    assert Deposit.objects.get().received_on == day


def test_a_deposit_that_looks_like_another_is_pointed_out(proposed: Deposit, sol: Seller, dan: User) -> None:
    pay_in(sol, "1500.00")

    text = page(client_of(dan), proposed)

    assert "MX-DP-2026-000002 is of the same seller, day and amount: is it the same money?" in text


def test_an_unused_deposit_is_taken_back_with_a_reason(sol: Seller, carla_client: Client) -> None:
    deposit = pay_in(sol, "100.00")
    assert "Say why" in press(carla_client, deposit, "reverse", "")[0]

    assert press(carla_client, deposit, "reverse", "charged back") == ["1 done."]

    deposit.refresh_from_db()
    assert (deposit.state, deposit.left) == (DepositState.REVERSED, 0)
    assert f"reversal:{deposit.key}" in page(carla_client, deposit)
    assert OutgoingMail.objects.filter(key=f"{deposit.key}:reversed").exists()
    assert run_checks() == []


def test_a_used_deposit_is_not_taken_back(sol: Seller, eva: User, carla_client: Client) -> None:
    taken, invoiced = pay_in(sol, "100.00"), pay_in(sol, "200.00")
    charge(sol, "10.00")
    invoice(sol, invoiced, by=eva)

    assert "Fees were taken from" in press(carla_client, taken, "reverse", "x")[0]
    assert "stands on an invoice" in press(carla_client, invoiced, "reverse", "x")[0]

    assert set(Deposit.objects.values_list("state", flat=True)) == {DepositState.RECEIVED}


def test_the_page_shows_what_a_deposit_was_used_for(sol: Seller, eva: User, carla_client: Client) -> None:
    deposit = pay_in(sol, "116.00")
    charge(sol, "11.60")
    issued = invoice(sol, deposit, by=eva)

    text = page(carla_client, deposit)

    assert "MX-FE-2026-000001 Label" in text
    assert "Taken MX$1.60 MX$11.60" in text
    assert f"{issued} Invoice 5 Oct 2026 live MX$100.00 MX$16.00 MX$116.00" in text


def test_the_list_is_narrowed_searched_and_summed_up(
    mexico: Market, sol: Seller, eva: User, carla_client: Client
) -> None:
    luna = make_payer(mexico, "7102", "Luna S.A.")
    first, second = pay_in(sol, "100.00"), pay_in(sol, "50.00")
    pay_in(luna, "7.00", number="bank-77")
    charge(sol, "20.00")
    invoice(sol, second, by=eva)

    text = listed(carla_client, Deposit)
    assert "MX-DP-2026-000001 7101 Tienda Sol S.A. de C.V. Received 5 Oct 2026 MX$100.00 MX$80.00" in text
    assert str(second) not in listed(carla_client, Deposit, left="uninvoiced")
    assert str(first) in listed(carla_client, Deposit, left="uninvoiced")
    assert listed(carla_client, Deposit, q="bank-77").count("MX-DP-") == 1
    sums = seen(carla_client.get(reverse("admin:billing_deposit_changelist"), {"q": "7101"}))
    assert "Sums of this list Currency Rows Received Left To be invoiced" in sums
    assert "MXN 2 MX$150.00 MX$130.00 MX$100.00" in sums


def test_those_who_may_only_look_enter_and_decide_nothing(proposed: Deposit, sol: Seller) -> None:
    client = make_looker()

    assert offered(client, proposed) == set()
    assert "Enter a deposit" not in seen(client.get(reverse("admin:billing_deposit_changelist")))
    assert client.get(ENTER).status_code == 403
    assert client.post(ENTER, form(sol)).status_code == 403
    address = reverse("admin:billing_deposit_do", args=[proposed.pk, "approve"])
    assert client.post(address).status_code == 403
    assert Deposit.objects.get().state == DepositState.PROPOSED


def test_customer_service_sees_no_deposits(proposed: Deposit, sara_client: Client) -> None:
    for address in (ENTER, reverse("admin:billing_deposit_changelist")):
        assert sara_client.get(address).status_code == 403


def test_what_waits_stands_on_the_first_page_for_those_who_may_decide(
    proposed: Deposit, carla_client: Client
) -> None:
    answer = carla_client.get("/admin/")

    assert "Deposits that wait for a second person 1" in seen(answer)
    assert 'href="/admin/billing/deposit/?state__exact=proposed"' in answer.content.decode()
    assert listed(carla_client, Deposit, state__exact="proposed").count("MX-DP-") == 1
    assert "Deposits that wait" not in seen(make_looker().get("/admin/"))


def test_entering_and_deciding_is_kept_in_the_audit_trail(proposed: Deposit, dan: User) -> None:
    press(client_of(dan), proposed, "approve")

    kept = AuditRecord.objects.filter(subject=proposed.reference).order_by("pk")
    assert [(each.verb, each.by_id) for each in kept] == [
        ("deposit.proposed", proposed.proposed_by_id),
        ("deposit.approved", dan.pk),
    ]


def test_the_list_and_the_page_ask_the_same_questions_however_much_there_is(
    sol: Seller, eva: User, carla_client: Client
) -> None:
    address = reverse("admin:billing_deposit_changelist")
    deposit = pay_in(sol, "1000.00")
    charge(sol, "1.00")
    own = reverse("admin:billing_deposit_change", args=[deposit.pk])
    for each in (address, own):  # what is remembered between requests is asked for once
        carla_client.get(each)
    few, few_own = queries_of(carla_client, address), queries_of(carla_client, own)

    for _each in range(5):
        charge(sol, "1.00")
        pay_in(sol, "10.00")

    assert queries_of(carla_client, address) == few
    assert queries_of(carla_client, own) == few_own
