"""Payment files for the bank: pain.001.001.09, and a table where no IBAN is known. Pure: no Django, no clock.

The same facts make the same bytes, so a file written again is the file that was written.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources

from lxml import etree
from sepaxml import SepaTransfer
from stdnum import iban
from stdnum.exceptions import ValidationError

from marketplace.kernel.money import decimal_text
from settlement.payouts import refusals
from settlement.payouts.latin import LETTERS, latin

SCHEMA = "pain.001.001.09"
DOMESTIC = frozenset({"CZK", "HUF", "PLN", "RON"})
"""Paid within their country; euros are paid by the SEPA scheme. We know no file for others."""
LONGEST_ID, LONGEST_NAME, LONGEST_TEXT = 35, 70, 140
MOST = 999_999_999_99
"""The most one SEPA credit transfer moves, in cents; nobody is owed as much in another currency."""
COLUMNS = ("Reference", "Name", "Account", "Amount", "Currency", "Pay on", "Text")

_ID = re.compile(f"[{LETTERS}]{{1,{LONGEST_ID}}}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_ACCOUNT = re.compile(r"[0-9]{6,34}")
_NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who pays; without a BIC the bank finds itself by the IBAN."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment; ``end_to_end`` is the id that comes back with every answer about it."""

    end_to_end: str
    name: str
    iban: str
    amount_minor: int
    currency: str
    text: str


def payment_file(
    *,
    message_id: str,
    debtor: Debtor,
    transfers: Sequence[Transfer],
    execute_on: date,
    created_at: datetime,
    currency: str,
) -> bytes:
    """Write one order to pay, each transfer booked by itself so that the statement names it.

    Names over 70 letters are cut and texts over 140; both are put into basic Latin letters. The block of
    payments bears the message's id.

    :raises Unwritable: if the format cannot carry it; the kinds are in ``refusals``.
    """
    if currency not in DOMESTIC | {"EUR"}:
        raise refusals.UnknownCurrency(currency=currency)
    _check_all(message_id, transfers, currency)
    for transfer in transfers:
        if not _is_iban(transfer.iban):
            raise refusals.BadAccount(end_to_end=transfer.end_to_end, account=transfer.iban)
    order = SepaTransfer(_payer(debtor, currency), schema=SCHEMA, clean=False)
    for transfer in transfers:
        order.add_payment(_payment(transfer, execute_on))
    document = etree.fromstring(order.export(validate=False))
    _name(document, message_id, created_at)
    _check_schema(document)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8")


def payment_csv(*, message_id: str, transfers: Sequence[Transfer], execute_on: date, currency: str) -> bytes:
    """Write a table of payments for countries whose banks take no pain.001.

    A text a spreadsheet would take for a formula gets an apostrophe before it.

    :raises Unwritable: if a transfer cannot be right; the kinds are in ``refusals``.
    """
    _check_all(message_id, transfers, currency)
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for transfer in transfers:
        if not _ACCOUNT.fullmatch(transfer.iban):
            raise refusals.BadAccount(end_to_end=transfer.end_to_end, account=transfer.iban)
        table.writerow([_cell(value) for value in _row(transfer, execute_on)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _check_all(message_id: str, transfers: Sequence[Transfer], currency: str) -> None:
    if not transfers:
        raise refusals.NoTransfers
    _check_id(message_id)
    known: set[str] = set()
    for transfer in transfers:
        _check_id(transfer.end_to_end)
        if transfer.end_to_end in known:
            raise refusals.RepeatedId(end_to_end=transfer.end_to_end)
        known.add(transfer.end_to_end)
        _check_amount(transfer, currency)
        if not latin(transfer.name, LONGEST_NAME):
            raise refusals.NoName(end_to_end=transfer.end_to_end)


def _check_id(text: str) -> None:
    """The rulebook forbids slashes at the ends and double ones, blanks are lost on the way."""
    if not _ID.fullmatch(text) or text != text.strip(" /") or "//" in text:
        raise refusals.BadId(end_to_end=text)


def _check_amount(transfer: Transfer, currency: str) -> None:
    where = {"end_to_end": transfer.end_to_end, "amount": decimal_text(transfer.amount_minor)}
    if transfer.currency != currency:
        raise refusals.MixedCurrencies(end_to_end=transfer.end_to_end, currency=transfer.currency)
    if transfer.amount_minor <= 0:
        raise refusals.NotPositive(**where)
    if currency == "EUR" and transfer.amount_minor > MOST:
        raise refusals.TooMuch(**where)
    if currency == "HUF" and transfer.amount_minor % 100:
        raise refusals.BrokenForints(**where)


def _is_iban(number: str) -> bool:
    try:
        iban.validate(number)
    except ValidationError:
        return False
    return True


def _payer(debtor: Debtor, currency: str) -> dict[str, object]:
    name = latin(debtor.name, LONGEST_NAME)
    for value, fine in (
        (debtor.name, name),
        (debtor.iban, _is_iban(debtor.iban)),
        (debtor.bic, not debtor.bic or _BIC.fullmatch(debtor.bic)),
    ):
        if not fine:
            raise refusals.BadPayer(value=value)
    return {
        "name": name,
        "IBAN": iban.compact(debtor.iban),
        "currency": currency,
        "batch": True,
        "domestic": currency in DOMESTIC,
        **({"BIC": debtor.bic} if debtor.bic else {}),
    }


def _payment(transfer: Transfer, execute_on: date) -> dict[str, object]:
    return {
        "name": latin(transfer.name, LONGEST_NAME),
        "IBAN": iban.compact(transfer.iban),
        "amount": transfer.amount_minor,
        "currency": transfer.currency,
        "description": latin(transfer.text, LONGEST_TEXT) or transfer.end_to_end,
        "execution_date": execute_on,
        "endtoend_id": transfer.end_to_end,
    }


def _name(document: etree._Element, message_id: str, created_at: datetime) -> None:
    """Put our ids and our time where the library drew its own, and ask for single bookings."""
    said = {
        "MsgId": message_id,
        "CreDtTm": created_at.isoformat(timespec="seconds"),
        "PmtInfId": message_id,
        "BtchBookg": "false",
    }
    for tag, text in said.items():
        for element in document.iter(f"{{{_NAMESPACE}}}{tag}"):
            element.text = text
    for bank in document.iter(f"{{{_NAMESPACE}}}FinInstnId"):
        if not len(bank):
            other = etree.SubElement(bank, f"{{{_NAMESPACE}}}Othr")
            etree.SubElement(other, f"{{{_NAMESPACE}}}Id").text = "NOTPROVIDED"


def _check_schema(document: etree._Element) -> None:
    try:
        _schema().assertValid(document)
    except etree.DocumentInvalid as error:
        raise refusals.AgainstTheSchema(why=str(error)) from None


@cache
def _schema() -> etree.XMLSchema:
    """The schema as sepaxml brings it; lxml checks by it forty times as fast as sepaxml does."""
    with resources.as_file(resources.files("sepaxml") / "schemas" / f"{SCHEMA}.xsd") as path:
        return etree.XMLSchema(file=str(path))


def _row(transfer: Transfer, execute_on: date) -> Sequence[str]:
    return (
        transfer.end_to_end,
        transfer.name,
        transfer.iban,
        decimal_text(transfer.amount_minor),
        transfer.currency,
        execute_on.isoformat(),
        transfer.text,
    )


def _cell(text: str) -> str:
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return f"'{plain}" if plain[:1] in tuple("=+-@") else plain
