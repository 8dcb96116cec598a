"""A seller's deposits are known by its reference, however its payers and banks write it."""

import pytest
from stdnum import iso11649

from marketplace.parties.models import Market, Seller
from settlement.billing.references import deposit_digits, deposit_reference, seller_of_reference
from settlement.billing.rules.references import creditor_reference, partners_in
from tests.billing.mexico import make_payer


def test_it_is_an_international_creditor_reference(mexico: Market, sol: Seller) -> None:
    assert (deposit_reference(sol), deposit_digits(sol)) == ("RF45MX7101", "7101-45")


@pytest.mark.parametrize("partner_number", ["0001", "7101", "71010", "999999"])
def test_banks_accept_it_for_every_partner_number(partner_number: str) -> None:
    assert iso11649.is_valid(creditor_reference("MX", partner_number))


@pytest.mark.parametrize(
    "words",
    [
        "RF45MX7101",
        "rf45 mx71 01",
        "RF45-MX-7101",
        "Recarga RF45MX7101, gracias",
        "RECARGARF45MX7101OCTUBRE",
        "RF45MX7101 2026",
        "7101-45",
        "710145",
        "7101 45",
        "recarga 7101-45.",
    ],
)
def test_it_is_found_as_payers_write_it(words: str, mexico: Market, sol: Seller) -> None:
    assert seller_of_reference(mexico, words) == sol


@pytest.mark.parametrize(
    "words",
    [
        "",
        "7101",
        "RF46MX7101",
        "RF45MX7201",
        "RF45CZ7101",
        "45MX7101",
        "Rechnung 710145 vom 3.",
        "2026-11-05",
        "97101-45",
        "7101-450",
        "7101-45-1",
        "RF45MX",
    ],
)
def test_what_only_looks_like_it_names_nobody(words: str, mexico: Market, sol: Seller) -> None:
    assert seller_of_reference(mexico, words) is None


def test_a_reference_of_nobody_names_nobody(mexico: Market) -> None:
    assert seller_of_reference(mexico, "RF45MX7101") is None


def test_words_that_name_two_sellers_name_nobody(mexico: Market, sol: Seller) -> None:
    rival = make_payer(mexico, "7102", "Tienda Luna S.A. de C.V.")

    assert seller_of_reference(mexico, deposit_reference(sol), deposit_reference(rival)) is None
    assert seller_of_reference(mexico, deposit_reference(rival)) == rival


def test_one_wrong_digit_or_two_swapped_are_always_noticed() -> None:
    right = creditor_reference("MX", "7101")
    for place in (2, 3, *range(6, 10)):
        for digit in "0123456789":
            wrong = right[:place] + digit + right[place + 1 :]
            assert wrong == right or not partners_in(wrong, "MX"), wrong
    for place in range(6, 9):
        swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert swapped == right or not partners_in(swapped, "MX"), swapped
