"""The reference a seller's transfer bears, so that it is known whose deposit it is. Pure: no Django.

It is a creditor reference of ISO 11649: RF, two check digits, the market's code and the partner number. Where
a bank takes digits alone, the partner number stands before the same check digits.
"""

import re

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

_BARE = re.compile(r"(?<![A-Z0-9])([0-9]{4,6})-([0-9]{2})(?![A-Z0-9-])")
"""7101-45 within a text; without the hyphen it must be all there is."""
_DIGITS = re.compile(r"([0-9]{4,6})-?([0-9]{2})")


def creditor_reference(market: str, partner_number: str) -> str:
    """The reference by which a seller of a market pays in: ``RF45MX7101``."""
    return f"RF{_check_digits(market, partner_number)}{market}{partner_number}"


def digits_only(market: str, partner_number: str) -> str:
    """The same where a bank takes no letters: ``7101-45``."""
    return f"{partner_number}-{_check_digits(market, partner_number)}"


def partners_in(text: str, market: str) -> set[str]:
    """The partner numbers that a payer's words name by a reference whose check digits are right.

    Blanks and signs between its parts do not matter; banks and payers group it as they like.
    """
    words = text.upper()
    compact = "".join(re.findall("[A-Z0-9]", words))
    named = set(_creditor_references(compact, market))
    if named:
        return named
    whole = _DIGITS.fullmatch("".join(words.split()))
    pairs = {(whole[1], whole[2])} if whole else {(found[1], found[2]) for found in _BARE.finditer(words)}
    return {partner for partner, check in pairs if check == _check_digits(market, partner)}


def _creditor_references(compact: str, market: str) -> list[str]:
    """Longer numbers may follow a reference directly, so each length is tried; check digits decide."""
    found = []
    for place in re.finditer(f"RF[0-9]{{2}}{market}", compact):
        for length in (4, 5, 6):
            partner = compact[place.end() : place.end() + length]
            if len(partner) == length and partner.isdecimal() and iso11649.is_valid(place[0] + partner):
                found.append(partner)
    return found


def _check_digits(market: str, partner_number: str) -> str:
    return str(mod_97_10.calc_check_digits(f"{market}{partner_number}RF"))
