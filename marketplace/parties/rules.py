"""Checks of tax ids and account numbers. Pure: no Django, no clock."""

from importlib import import_module
from types import ModuleType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stdnum import iban
from stdnum.exceptions import ValidationError

TAX_ID_MODULES = {
    "CZ": "cz.dic",
    "SK": "sk.dph",
    "PL": "pl.nip",
    "HU": "hu.anum",
    "HR": "hr.oib",
    "SI": "si.ddv",
    "RO": "ro.cui",
    "PE": "pe.ruc",
    "MX": "mx.rfc",
    "CO": "co.nit",
}
"""The country's tax id as python-stdnum names it."""

IBAN_COUNTRIES = frozenset({"CZ", "SK", "PL", "HU", "HR", "SI", "RO"})


class BadTaxId(ValueError):
    """A tax id is not one of its country."""


class BadZone(ValueError):
    """There is no time zone of that name."""


class BadAccountNumber(ValueError):
    """A bank account number cannot be right."""


def check_tax_id(tax_id: str, *, country: str) -> str:
    """The tax id without blanks, as it stands on invoices (a country's prefix stays), its check digit
    verified.

    :raises BadTaxId: if it is not one of that country.
    """
    written = "".join(tax_id.split()).upper()
    if country not in TAX_ID_MODULES:
        return written
    try:
        _module(country).validate(written)
    except ValidationError as error:
        raise BadTaxId(f"{tax_id} is no tax id of {country}: {error}") from None
    return written


def check_zone(zone: str) -> str:
    """The time zone, if there is one of that name.

    :raises BadZone: if there is none.
    """
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError):
        raise BadZone(f"{zone} is no time zone such as Europe/Prague") from None


def check_account_number(number: str, *, country: str) -> str:
    """The account number in its compact form; an IBAN where the country uses them.

    :raises BadAccountNumber: if it cannot be right.
    """
    compact = "".join(number.split()).upper()
    if country not in IBAN_COUNTRIES:
        if not (compact.isascii() and compact.isdigit() and 10 <= len(compact) <= 20):
            raise BadAccountNumber(
                f"{number} is no account number of {country}: 10 to 20 digits are expected"
            )
        return compact
    try:
        return str(iban.validate(compact))
    except ValidationError as error:
        raise BadAccountNumber(f"{number} is no IBAN: {error}") from None


def _module(country: str) -> ModuleType:
    return import_module(f"stdnum.{TAX_ID_MODULES[country]}")
