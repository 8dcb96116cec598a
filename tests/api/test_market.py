"""The marketplace's own systems tell of deposits and fees: each once, whatever is lost on the way."""

from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.parties.models import Market, Seller
from settlement.billing.models import Deposit, DepositSource, Fee, FeeKind, FeeSource
from settlement.billing.operations.receiving import reverse_deposit
from tests.api.answers import error
from tests.api.market import DEPOSITS, FEES, PAYMENT, SERVICE, Payments, outcomes, payments_of, stand
from tests.billing.mexico import charge, make_payer, pay_in
from tests.stories.hungary import make_hungary


def test_a_deposit_is_taken_in_and_answered(payments: Payments, sol: Seller) -> None:
    answer = payments.pay()

    assert answer.status_code == 201
    deposit = Deposit.objects.get()
    assert (deposit.seller, deposit.gross, deposit.source) == (sol, 1500_00, DepositSource.API)
    told = answer.json()["deposit"]
    assert told | {"recorded_at": ""} == PAYMENT | {"number": "MX-DP-2026-000001", "recorded_at": ""}
    assert answer["Location"] == f"{DEPOSITS}pay-1/"
    assert run_checks() == []


def test_the_same_payment_told_again_is_answered_the_same_and_counts_once(payments: Payments) -> None:
    first = payments.pay()
    payments.charge()

    again = payments.pay(received_at="2026-10-05T18:00:00+00:00", amount="1500")

    assert again.status_code == 200
    assert again.json() == first.json()
    assert Deposit.objects.count() == 1
    assert run_checks() == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"amount": "1500.01"}, "1500.01 MXN"),
        ({"seller": "7102"}, "7102"),
        ({"received_at": "2026-10-06T12:00:00-06:00"}, "2026-10-06T12:00:00-06:00"),
        ({"method": "cash"}, "cash"),
        ({"currency": "USD"}, "1500.00 USD"),
    ],
)
def test_the_same_number_with_other_content_is_refused_naming_both(
    change: dict[str, str], named: str, payments: Payments, mexico: Market
) -> None:
    make_payer(mexico, "7102", "Tienda Luna S.A. de C.V.")
    payments.pay()
    before = stand()

    told = error(payments.pay(**change), 409)

    assert told["code"] == "conflict"
    assert "MX-DP-2026-000001: 7101" in told["message"]
    assert "1500.00 MXN" in told["message"]
    assert named in told["message"].partition("Now it is told as")[2]
    assert stand() == before


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"seller": "7999"}, 422, "unknown_seller"),
        ({"currency": "USD"}, 422, "refused"),
        ({"received_at": "2036-10-05T12:00:00-06:00"}, 422, "refused"),
        ({"received_at": "2016-10-05T12:00:00-06:00"}, 422, "refused"),
        ({"received_at": "2026-10-05T12:00:00"}, 400, "bad_request"),
        ({"received_at": "yesterday"}, 400, "bad_request"),
        ({"received_at": 1791223200}, 400, "bad_request"),
        ({"amount": 1500.00}, 400, "bad_request"),
        ({"amount": "1500.001"}, 400, "bad_request"),
        ({"amount": "0.00"}, 400, "bad_request"),
        ({"amount": "-5.00"}, 400, "bad_request"),
        ({"amount": "1e3"}, 400, "bad_request"),
        ({"amount": "1,500.00"}, 400, "bad_request"),
        ({"amount": "9" * 14}, 400, "bad_request"),
        ({"amount": "٩"}, 400, "bad_request"),
        ({"external_id": ""}, 400, "bad_request"),
        ({"external_id": "pay 1"}, 400, "bad_request"),
        ({"external_id": "pay/1"}, 400, "bad_request"),
        ({"external_id": "x" * 81}, 400, "bad_request"),
        ({"external_id": "pay-1\n"}, 400, "bad_request"),
        ({"seller": 7101}, 400, "bad_request"),
        ({"seller": "71"}, 400, "bad_request"),
        ({"method": "c\x00rd"}, 400, "bad_request"),
        ({"method": "x" * 41}, 400, "bad_request"),
        ({"note": "surprise"}, 400, "bad_request"),
    ],
)
def test_what_cannot_be_a_deposit_is_refused_by_name_and_changes_nothing(
    change: dict[str, Any], status: int, code: str, payments: Payments
) -> None:
    before = stand()

    told = error(payments.pay(**change), status)

    assert told["code"] == code
    assert code != "bad_request" or next(iter(change)) in told["message"]
    assert stand() == before


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "1", '{"amount": NaN}', b"\xff", "[" * 100_000])
def test_a_body_that_is_no_deposit_is_refused(body: str | bytes, payments: Payments) -> None:
    before = stand()

    assert error(payments.post(DEPOSITS, body), 400)["code"] == "bad_request"
    assert error(payments.post(FEES, body), 400)["code"] == "bad_request"

    assert stand() == before


def test_a_missing_field_is_named(payments: Payments) -> None:
    told = {name: value for name, value in PAYMENT.items() if name != "currency"}

    assert "currency" in error(payments.post(DEPOSITS, told), 400)["message"]


def test_where_nothing_is_paid_in_ahead_nothing_is_taken(market: Market, seller: Seller) -> None:
    payments = payments_of(market)
    before = stand()

    told = error(payments.pay(seller="3003", currency="CZK"), 409)
    assert told["code"] == "no_deposits"
    answer = payments.charge({"seller": "3003"})
    assert answer.json()["fees"][0]["error"]["code"] == "no_deposits"

    assert stand() == before


def test_a_deposit_is_looked_up_as_it_stands(payments: Payments, sol: Seller, carla: Any) -> None:
    payments.pay()
    payments.charge()

    told = payments.get(f"{DEPOSITS}pay-1/").json()["deposit"]

    assert (told["seller"], told["state"], told["taken"], told["left"]) == (
        "7101",
        "received",
        "116.00",
        "1384.00",
    )
    other = pay_in(sol, "10.00", number="pay-2")
    reverse_deposit(deposit_id=other.pk, reason="Charged back", by=carla, at=timezone.now())
    assert payments.get(f"{DEPOSITS}pay-2").json()["deposit"]["state"] == "reversed"
    assert error(payments.get(f"{DEPOSITS}pay-3/"), 404)["code"] == "not_found"
    assert error(payments.get(f"{DEPOSITS}pay%00-1/"), 404)["code"] == "not_found"


def test_a_deposit_of_another_market_is_not_there(payments: Payments) -> None:
    payments.pay()
    elsewhere = payments_of(make_hungary(takes_deposits=True))

    assert error(elsewhere.get(f"{DEPOSITS}pay-1/"), 404)
    assert error(elsewhere.pay(currency="HUF"), 422)["code"] == "unknown_seller"


def test_addresses_work_with_and_without_a_slash_at_the_end(payments: Payments) -> None:
    assert payments.post(DEPOSITS.rstrip("/"), PAYMENT).status_code == 201
    assert payments.post(FEES.rstrip("/"), [SERVICE]).status_code == 200


def test_fees_are_charged_together_and_taken_from_deposits(payments: Payments, mexico: Market) -> None:
    make_payer(mexico, "7102", "Tienda Luna S.A. de C.V.")
    payments.pay()

    answer = payments.charge(
        {}, {"external_id": "label-2", "seller": "7102"}, {"external_id": "label-3", "kind": "storage"}
    )

    told = answer.json()
    assert (told["charged"], told["known"], told["refused"]) == (3, 0, 0)
    assert told["fees"][0] | {"fee": {}} == {
        "external_id": "label-1",
        "outcome": "charged",
        "fee": {},
        "error": None,
    }
    assert told["fees"][0]["fee"]["number"] == "MX-FE-2026-000001"
    assert told["fees"][1]["fee"]["seller"] == "7102"
    assert Deposit.objects.get().left == 1500_00 - 232_00
    assert run_checks() == []


def test_fees_told_again_are_known_and_charged_once(payments: Payments) -> None:
    first = payments.charge({}, {"external_id": "label-2"})

    again = payments.charge({}, {"external_id": "label-2"}, {"external_id": "label-3"})

    assert outcomes(again) == ["known", "known", "charged"]
    assert [each["fee"] for each in again.json()["fees"][:2]] == [
        each["fee"] for each in first.json()["fees"]
    ]
    assert Fee.objects.count() == 3


def test_a_bad_fee_stops_no_good_one(payments: Payments, mexico: Market) -> None:
    make_payer(mexico, "7102", "Tienda Luna S.A. de C.V.")
    payments.charge({"external_id": "old"})

    answer = payments.charge(
        {"external_id": "good-1"},
        {"external_id": "old", "amount": "1.00"},
        {"external_id": "old", "seller": "7102"},
        {"external_id": "old", "text": "Another label"},
        {"external_id": "late", "charged_at": "2036-10-05T12:30:00-06:00"},
        {"external_id": "who", "seller": "7999"},
        {"external_id": "odd", "kind": "magic"},
        {"external_id": "many", "amount": 5},
        {"external_id": "good-2"},
    )

    told = answer.json()["fees"]
    assert [each["error"] and each["error"]["code"] for each in told] == [
        None,
        "conflict",
        "conflict",
        "conflict",
        "refused",
        "unknown_seller",
        "bad_request",
        "bad_request",
        None,
    ]
    assert answer.json() | {"fees": []} == {"fees": [], "charged": 2, "known": 0, "refused": 7}
    assert "MX-FE-2026-000001: 7101" in told[1]["error"]["message"]
    assert "kind" in told[6]["error"]["message"]
    assert sorted(Fee.objects.values_list("external_id", flat=True)) == ["good-1", "good-2", "old"]
    assert run_checks() == []


def test_a_fee_told_twice_in_one_call_is_charged_once(payments: Payments) -> None:
    answer = payments.charge({}, {}, {"amount": "1.00"})

    assert outcomes(answer) == ["charged", "known", "refused"]
    assert Fee.objects.get().gross == 116_00


def test_a_thousand_fees_are_taken_and_one_more_is_too_many(payments: Payments) -> None:
    many = [SERVICE | {"external_id": f"label-{place}"} for place in range(1001)]
    before = stand()
    assert error(payments.post(FEES, many), 413)["code"] == "too_large"
    assert stand() == before

    assert payments.post(FEES, many[1:]).json()["charged"] == 1000

    assert Fee.objects.count() == 1000


def test_a_body_beyond_bounds_is_refused(payments: Payments) -> None:
    assert error(payments.post(FEES, "[" + " " * 3_000_000 + "]"), 413)["code"] == "too_large"


def test_every_kind_of_fee_can_be_told(payments: Payments) -> None:
    told = [{"external_id": kind, "kind": kind} for kind in FeeKind.values]

    assert outcomes(payments.charge(*told)) == ["charged"] * len(FeeKind)


def test_what_people_charged_by_hand_is_another_number(payments: Payments, sol: Seller) -> None:
    fee = charge(sol, "10.00", number="label-1")
    assert fee.source == FeeSource.API

    assert outcomes(payments.charge()) == ["refused"]
    assert Fee.objects.count() == 1


def test_the_right_method_is_named(payments: Payments) -> None:
    answer = payments.get(DEPOSITS)

    assert error(answer, 405)["code"] == "method_not_allowed"
    assert answer["Allow"] == "POST"
    assert error(payments.get("/api/v1/market/nothing"), 404)["code"] == "not_found"


def test_the_description_names_every_address_and_what_they_take(payments: Payments) -> None:
    told = payments.get("/api/v1/market/openapi.json").json()

    assert set(told["paths"]) == {DEPOSITS, f"{DEPOSITS}{{external_id}}/", FEES}
    schemas = told["components"]["schemas"]
    assert set(schemas["DepositTold"]["properties"]) == set(PAYMENT)
    assert set(schemas["FeeTold"]["properties"]) == set(SERVICE)
    answered = payments.pay().json()["deposit"]
    assert set(schemas["DepositTaken"]["required"]) == set(answered)
    assert set(schemas["Deposit"]["required"]) == set(payments.get(f"{DEPOSITS}pay-1/").json()["deposit"])
    fees = payments.charge().json()
    assert set(schemas["Fees"]["required"]) == set(fees)
    assert set(schemas["Fee"]["required"]) == set(fees["fees"][0]["fee"])
