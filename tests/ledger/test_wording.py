"""The journal is kept in English and read in the reader's language."""

import pytest
from django.utils import translation

from marketplace.ledger.wording import TEXTS, entry_text


@pytest.mark.parametrize(
    ("posted", "read"),
    [
        ("Refund of order 10085339302", "Vrácení peněz za objednávku 10085339302"),
        ("cod of order A-1", "dobírka, objednávka A-1"),
        ("Voucher …47K2 issued", "Poukaz …47K2 vystaven"),
        ("Voucher …47K2 redeemed, order A for B", "Poukaz …47K2 uplatněn, objednávka A for B"),
        ("Seller's invoice F 1 for CZ-2026-000001", "Faktura prodejce F 1 k CZ-2026-000001"),
        ("Sent back: payout CZ-P-1", "Vráceno bankou: výplata CZ-P-1"),
    ],
)
def test_a_text_is_read_in_the_language_of_its_reader(posted: str, read: str) -> None:
    with translation.override("cs"):
        assert entry_text(posted) == read
    with translation.override("en"):
        assert entry_text(posted) == posted


def test_a_text_nobody_knows_is_shown_as_it_was_posted() -> None:
    with translation.override("cs"):
        assert entry_text("Opening balance 2020") == "Opening balance 2020"


def test_no_text_is_taken_for_another() -> None:
    for text in TEXTS:
        told = {"order": "O-1", "code": "…1234", "number": "N-1", "document": "D-1", "deposit": "P-1"}
        with translation.override("cs"):
            assert entry_text(text % told) == translation.gettext(text) % told
