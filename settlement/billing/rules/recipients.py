"""Whom an invoice is made out to, and what is wrong with it. Pure: no Django, no clock."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any

from marketplace.parties.rules import BadTaxId, check_tax_id

EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")
LENGTHS = {"name": 150, "tax_id": 20, "street": 120, "city": 80, "zip": 12, "email": 254}
ZIPS = {"MX": r"\d{5}", "PL": r"\d{2}-\d{3}", "CZ": r"\d{3} ?\d{2}", "SK": r"\d{3} ?\d{2}", "HU": r"\d{4}",
        "RO": r"\d{6}", "HR": r"\d{5}", "SI": r"\d{4}", "PE": r"\d{5}", "CO": r"\d{6}"}  # fmt: skip
CODED = {"MX": ("regime", "use")}
"""What else must be said where the tax authority codes it."""


class Problem(Enum):
    """What may be wrong with a field."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NO_TAX_ID = "no_tax_id"
    NO_EMAIL = "no_email"
    NO_ZIP = "no_zip"
    NO_CODE = "no_code"


@dataclass(frozen=True, slots=True)
class Recipient:
    """The recipient's data as they stand on an invoice; ``country`` is the seller's and is not chosen."""

    name: str
    tax_id: str
    street: str
    city: str
    zip: str
    country: str
    email: str
    regime: str = ""
    use: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def recipient_of(told: Mapping[str, Any]) -> Recipient:
    """A recipient from what was told of it: blanks are tidied, the tax id is written as on invoices."""
    values = {each.name: _tidy(str(told.get(each.name, ""))) for each in fields(Recipient)}
    with suppress(BadTaxId):  # told by problems_of, beside the other fields
        values["tax_id"] = check_tax_id(values["tax_id"], country=values["country"])
    return Recipient(**values)


def _tidy(text: str) -> str:
    """A text without what cannot be seen or printed."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def problems_of(
    recipient: Recipient, *, regimes: Mapping[str, Any], uses: Mapping[str, Any]
) -> dict[str, Problem]:
    """What is wrong, by field; nothing where an invoice can be made out to it."""
    return dict(_problems(recipient, {"regime": regimes, "use": uses}))


def _problems(recipient: Recipient, codes: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Problem]]:
    for name, longest in LENGTHS.items():
        value = getattr(recipient, name)
        if not value:
            yield name, Problem.MISSING
        elif len(value) > longest:
            yield name, Problem.TOO_LONG
        elif problem := _shape(name, value, recipient.country):
            yield name, problem
    for name in CODED.get(recipient.country, ()):
        if not getattr(recipient, name):
            yield name, Problem.MISSING
        elif getattr(recipient, name) not in codes[name]:
            yield name, Problem.NO_CODE


def _shape(name: str, value: str, country: str) -> Problem | None:
    if name == "email" and not EMAIL.fullmatch(value):
        return Problem.NO_EMAIL
    if name == "zip" and country in ZIPS and not re.fullmatch(ZIPS[country], value):
        return Problem.NO_ZIP
    if name == "tax_id":
        try:
            check_tax_id(value, country=country)
        except BadTaxId:
            return Problem.NO_TAX_ID
    return None
