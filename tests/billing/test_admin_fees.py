"""Fees at the desk: charged by hand once, taken from deposits, and taken back with a reason."""

from typing import Any

from django.test import Client
from django.urls import reverse

from marketplace.kernel.books import run_checks
from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.models import Deposit, Fee, FeeSource, FeeState, FeeTaking
from settlement.billing.operations.monthly import invoice_fees
from tests.billing.mexico import NOON, charge, pay_in
from tests.cast import make_market
from tests.desk import listed, make_looker, offered, page, press, queries_of, seen, told

CHARGE = reverse("admin:billing_fee_charge")
KEY = "01234567-89ab-4cde-8f01-23456789abcd"


def form(sol: Seller, **other: Any) -> dict[str, Any]:
    """What an accountant types for a service."""
    typed = {"market": sol.market_id, "number": "7101", "kind": "storage", "text": "Pallets, October"}
    return typed | {"amount": "116,00", "day": "", "form_key": KEY} | other


def test_a_fee_charged_by_hand_is_taken_from_the_deposits(
    sol: Seller, carla: User, carla_client: Client
) -> None:
    deposit = pay_in(sol, "100.00")

    messages = told(carla_client.post(CHARGE, form(sol), follow=True))

    fee = Fee.objects.get()
    deposit.refresh_from_db()
    assert messages == ["Charged, and taken from the deposits as far as they reach."]
    assert (fee.gross, fee.taken, fee.uncovered) == (116_00, 100_00, 16_00)
    assert (fee.source, fee.charged_by) == (FeeSource.HAND, carla)
    assert deposit.left == 0
    text = page(carla_client, fee)
    assert "No deposit covers all of it" in text
    assert f"{deposit} " in text
    assert "Taken MX$13.79 MX$100.00" in text
    assert f"fee:{fee}:1" in text
    assert run_checks() == []


def test_the_same_form_sent_twice_charges_once(sol: Seller, carla_client: Client) -> None:
    carla_client.post(CHARGE, form(sol))
    carla_client.post(CHARGE, form(sol))
    assert Fee.objects.count() == 1

    answer = carla_client.post(CHARGE, form(sol, amount="117"))

    assert "sent before with something else in it, and charged MX-FE-2026-000001" in seen(answer)
    assert Fee.objects.get().gross == 116_00


def test_a_form_sent_again_with_other_words_is_asked_about_first(sol: Seller, carla_client: Client) -> None:
    carla_client.post(CHARGE, form(sol))

    answer = carla_client.post(CHARGE, form(sol, text="Pallets, November"))

    assert "sent before with something else in it" in seen(answer)
    key = answer.context["form"]["form_key"].value()
    carla_client.post(CHARGE, form(sol, text="Pallets, November", form_key=key))
    assert sorted(Fee.objects.values_list("text", flat=True)) == ["Pallets, November", "Pallets, October"]


def test_who_goes_back_to_a_form_that_was_sent_finds_the_same_form(sol: Seller, carla_client: Client) -> None:
    address = carla_client.get(CHARGE).headers["Location"]
    for _twice in range(2):
        key = carla_client.get(address).context["form"]["form_key"].value()
        carla_client.post(address, form(sol, form_key=key))
    assert Fee.objects.count() == 1

    other = carla_client.get(CHARGE).headers["Location"]

    key = carla_client.get(other).context["form"]["form_key"].value()
    carla_client.post(other, form(sol, form_key=key))
    assert Fee.objects.count() == 2


def test_a_form_sent_again_after_its_fee_was_taken_back_charges_nothing(
    sol: Seller, carla_client: Client
) -> None:
    carla_client.post(CHARGE, form(sol), follow=True)
    press(carla_client, Fee.objects.get(), "withdraw", "not ordered")

    assert told(carla_client.post(CHARGE, form(sol), follow=True)) == []
    assert Fee.objects.get().state == FeeState.WITHDRAWN


def test_what_cannot_be_charged_is_said_at_the_form(sol: Seller, carla_client: Client) -> None:
    czech = make_market("CZ")
    refused: dict[str, dict[str, Any]] = {
        "A fee is more than nothing": {"amount": "0"},
        "lies in the future": {"day": "2999-01-01"},
        "no seller of this number": {"number": "1"},
        "Select a valid choice": {"market": czech.pk},
        "Enter a valid UUID": {"form_key": "x"},
    }

    for why, typed in refused.items():
        assert why in seen(carla_client.post(CHARGE, form(sol, **typed)))

    assert not Fee.objects.exists()


def test_a_fee_taken_back_gives_the_deposit_back(sol: Seller, carla_client: Client) -> None:
    pay_in(sol, "100.00")
    fee = charge(sol, "30.00")
    assert "Say why" in press(carla_client, fee, "withdraw", " ")[0]

    assert press(carla_client, fee, "withdraw", "charged twice") == ["1 done."]

    fee.refresh_from_db()
    assert (fee.state, fee.taken) == (FeeState.WITHDRAWN, 0)
    assert Deposit.objects.get().left == 100_00
    assert FeeTaking.objects.get().undone_at is not None
    text = page(carla_client, fee)
    assert "charged twice" in text
    assert f"reversal:fee:{fee}:1" in text
    assert offered(carla_client, fee) == set()
    assert "was taken back before" in press(carla_client, fee, "withdraw", "again")[0]
    assert run_checks() == []


def test_an_invoiced_fee_is_not_taken_back(sol: Seller, carla_client: Client) -> None:
    fee = charge(sol, "30.00")
    issued = invoice_fees(seller_id=sol.pk, before=NOON.date().replace(month=11, day=1), at=NOON)
    assert issued is not None

    assert "stands on an invoice" in press(carla_client, fee, "withdraw", "x")[0]

    assert Fee.objects.get().state == FeeState.CHARGED
    assert str(issued) in page(carla_client, fee)
    assert str(fee) in listed(carla_client, Fee, covered="invoiced")
    assert str(fee) not in listed(carla_client, Fee, covered="no")


def test_the_list_tells_and_sums_up_what_is_covered(sol: Seller, carla_client: Client) -> None:
    charge(sol, "30.00")
    pay_in(sol, "20.00")
    charge(sol, "5.00")

    text = listed(carla_client, Fee)
    assert "MX-FE-2026-000001 7101 Tienda Sol S.A. de C.V. Shipping label: Label" in text
    assert "MX$30.00 MX$20.00 MX$10.00 Charged" in text
    sums = seen(carla_client.get(reverse("admin:billing_fee_changelist"), {"covered": "no"}))
    assert "MXN 2 MX$35.00 MX$20.00 MX$0.00 MX$15.00" in sums


def test_those_who_may_only_look_charge_nothing(sol: Seller, sara_client: Client) -> None:
    fee, client = charge(sol, "30.00"), make_looker()

    assert offered(client, fee) == set()
    assert client.post(CHARGE, form(sol)).status_code == 403
    address = reverse("admin:billing_fee_do", args=[fee.pk, "withdraw"])
    assert client.post(address, {"text": "x"}).status_code == 403
    assert sara_client.get(CHARGE).status_code == 403
    assert Fee.objects.get().state == FeeState.CHARGED


def test_the_page_asks_the_same_questions_however_many_deposits_paid(
    sol: Seller, carla_client: Client
) -> None:
    pay_in(sol, "1.00")
    fee = charge(sol, "100.00")
    own = reverse("admin:billing_fee_change", args=[fee.pk])
    carla_client.get(own)
    few = queries_of(carla_client, own)

    for _each in range(5):
        pay_in(sol, "1.00")

    assert queries_of(carla_client, own) == few
