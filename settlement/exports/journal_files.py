"""The journal as a file: a workbook with the trial balance on a sheet of its own, or a CSV."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.translation import gettext as _

from marketplace.kernel.money import decimal_text
from settlement.exports.journal import Balance, Journal, Line
from settlement.exports.queries import Serial
from settlement.exports.sheets import Book, Column, Kind, text_cell

CHUNK = 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Where a spreadsheet would take a text for a formula."""


def write_workbook(out: IO[bytes], journal: Journal, *, at: datetime) -> int:
    """Write the journal and its trial balance to a seekable file; how many lines."""
    book, scope = Book(out, at=at), journal.scope
    table = book.table(_("Journal"), _columns())
    moment = Serial("entry__at", zone=scope.market.zone, through_year=scope.last_on.year + 1)
    currency = book.word(scope.market.currency)
    for some in _chunks(journal.lines(moment)):
        table.write([_row(book, each, currency) for each in some])
    table.finish()
    balances = book.table(_("Trial balance"), _balance_columns())
    balances.write([_balance_row(book, each, currency) for each in journal.trial_balance()])
    balances.finish()
    book.close()
    return table.rows


def write_csv(out: IO[str], journal: Journal) -> int:
    """Write the journal's lines; how many."""
    zone, currency = ZoneInfo(journal.scope.market.zone), journal.scope.market.currency
    table = csv.writer(out)
    table.writerow([column.title for column in _columns()])
    count = 0
    for line in journal.lines(F("entry__at")):
        count += 1
        table.writerow(
            (
                line.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
                _plain(line.key),
                _plain(line.text),
                line.account.kind,
                line.account.partner_number,
                _plain(line.account.seller),
                decimal_text(line.amount) if line.amount > 0 else "",
                decimal_text(-line.amount) if line.amount < 0 else "",
                currency,
            )
        )
    return count


def _columns() -> Sequence[Column]:
    return (
        Column(_("Date"), Kind.MOMENT, 18),
        Column(_("Key"), Kind.TEXT, 34),
        Column(_("Text"), Kind.TEXT, 46),
        Column(_("Account"), Kind.WORD, 34),
        Column(_("Partner number"), Kind.NUMBER, 12),
        Column(_("Seller"), Kind.TEXT, 30),
        Column(_("Debit"), Kind.MONEY, 16),
        Column(_("Credit"), Kind.MONEY, 16),
        Column(_("Currency"), Kind.WORD, 10),
    )


def _balance_columns() -> Sequence[Column]:
    return (
        Column(_("Account"), Kind.WORD, 40),
        Column(_("Partner number"), Kind.NUMBER, 12),
        Column(_("Seller"), Kind.TEXT, 34),
        Column(_("Opening balance (debit +, credit −)"), Kind.MONEY, 18),
        Column(_("Debit"), Kind.MONEY, 16),
        Column(_("Credit"), Kind.MONEY, 16),
        Column(_("Closing balance (debit +, credit −)"), Kind.MONEY, 18),
        Column(_("Currency"), Kind.WORD, 10),
    )


def _row(book: Book, line: Line, currency: int) -> str:
    account = line.account
    return (
        f"<row>{Kind.MOMENT.value % line.at}{Kind.TEXT.value % text_cell(line.key)}"
        f"{Kind.TEXT.value % text_cell(line.text)}{Kind.WORD.value % book.word(account.kind)}"
        f"{_seller(account)}"
        f"{_money_if(line.amount)}{_money_if(-line.amount)}{Kind.WORD.value % currency}</row>"
    )


def _seller(account: Balance) -> str:
    """Whose account it is: number and name, empty where it is the market's own."""
    if not account.partner_number:
        return "<c/><c/>"
    return Kind.NUMBER.value % account.partner_number + Kind.TEXT.value % text_cell(account.seller)


def _money_if(minor: int) -> str:
    """An amount on its own side; the other side stays empty."""
    return Kind.MONEY.value % minor if minor > 0 else "<c/>"


def _balance_row(book: Book, balance: Balance, currency: int) -> str:
    sums = (balance.opening, balance.debits, balance.credits, balance.closing)
    return (
        f"<row>{Kind.WORD.value % book.word(balance.kind)}{_seller(balance)}"
        f"{''.join(Kind.MONEY.value % each for each in sums)}{Kind.WORD.value % currency}</row>"
    )


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(rows)
    while some := list(islice(left, CHUNK)):
        yield some


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
