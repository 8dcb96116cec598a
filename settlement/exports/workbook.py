"""The workbook of an export for invoicing, row by row. Pure: no Django, no clock.

Columns are found by their place, whatever language their titles are in: ``settlement.exports.reading`` relies
on it.
Amounts come as minor units, moments as days since 1899-12-30 in the market's local time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from settlement.exports.sheets import (
    MOST_ROWS,
    Book,
    Column,
    Kind,
    Table,
    clean,
    is_safe,
    moment_if_any,
    text_cell,
)

OrderRow = tuple[str, int, str, str, str, int, str, int, int, int, int, int]
"""Number, COD amount, customer, created, delivered, total, payment, to collect, purchase price, late, key,
voucher.
"""

ListedRow = tuple[str, int, str, str, str | None, int, str, int, int, int, str, int]
"""The same of an order that need not be delivered, with its status in the place of its key."""

LeftOutRow = tuple[str, str, str | None, str, int, str, str]
"""Number, created, delivered, status, total, verdict, reference of the document that holds it."""

About = Iterable[tuple[str, Kind, str | int]]
"""Lines of a label and a value of some kind."""

ORDER_KINDS = (
    Kind.NUMBER,
    Kind.MONEY,
    Kind.TEXT,
    Kind.MOMENT,
    Kind.MOMENT,
    Kind.MONEY,
    Kind.MONEY,
    Kind.MONEY,
    Kind.WORD,
    Kind.MONEY,
    Kind.MONEY,
    Kind.MONEY,
    Kind.WORD,
    Kind.WORD,
)
ORDER_WIDTHS = (18, 13, 28, 17, 17, 14, 12, 14, 22, 14, 14, 14, 10, 10)
LEFT_OUT_KINDS = (
    Kind.NUMBER,
    Kind.MOMENT,
    Kind.MOMENT_IF_ANY,
    Kind.WORD,
    Kind.MONEY,
    Kind.WORD,
    Kind.WORD,
    Kind.WORD,
    Kind.TEXT,
)
LEFT_OUT_WIDTHS = (18, 17, 17, 18, 14, 10, 28, 18, 20)
LISTED_KINDS = (*ORDER_KINDS[:4], Kind.MOMENT_IF_ANY, *ORDER_KINDS[5:], Kind.WORD)


@dataclass(frozen=True, slots=True)
class Words:
    """What the workbook says, in its reader's language."""

    orders: str
    left_out: str
    about: str
    order_titles: Sequence[str]
    left_out_titles: Sequence[str]
    yes: str
    no: str
    payment: Callable[[str], str]
    status: Callable[[str], str]
    verdict: Callable[[str], str]


@dataclass(slots=True)
class Sums:
    """How many orders were written, and what they add up to."""

    rows: int = 0
    total: int = 0
    purchase: int = 0

    def add(self, rows: Sequence[OrderRow]) -> None:
        """Add a chunk."""
        self.rows += len(rows)
        self.total += sum([row[5] for row in rows])
        self.purchase += sum([row[8] for row in rows])


class Workbook:
    """An export being written: orders, then those left out, then what it is about."""

    def __init__(
        self, out: IO[bytes], *, words: Words, currency: str, at: datetime, most_rows: int = MOST_ROWS
    ) -> None:
        self._book = Book(out, at=at, most_rows=most_rows)
        self._words, self._currency = words, self._book.word(currency)
        self.sums = Sums()
        self._orders = self._book.table(words.orders, _columns(words.order_titles, ORDER_KINDS, ORDER_WIDTHS))
        self._left_out: Table | None = None

    @property
    def left_out(self) -> int:
        """How many orders were left out so far."""
        return self._left_out.rows if self._left_out else 0

    def add_orders(self, rows: Sequence[OrderRow]) -> None:
        """Add orders to be invoiced."""
        template, said, currency = self._orders.template, self._words, self._currency
        late_words = self._book.word(said.no), self._book.word(said.yes)
        payments = _payments(self._book, said, rows)
        self._orders.write(
            [
                template
                % (
                    number if is_safe(number) else clean(number),
                    cod,
                    name if is_safe(name) else clean(name),
                    placed,
                    delivered,
                    total,
                    voucher,
                    total - voucher,
                    payments[paid],
                    due,
                    total - purchase,
                    purchase,
                    currency,
                    late_words[late],
                )
                for (
                    number,
                    cod,
                    name,
                    placed,
                    delivered,
                    total,
                    paid,
                    due,
                    purchase,
                    late,
                    _,
                    voucher,
                ) in rows
            ]
        )
        self.sums.add(rows)

    def add_left_out(self, rows: Sequence[LeftOutRow]) -> None:
        """Add orders that are not included; no more orders to be invoiced may follow."""
        table, word, said = self._begin_left_out(), self._book.word, self._words
        table.write(
            [
                table.template
                % (
                    text_cell(number),
                    placed,
                    moment_if_any(delivered),
                    word(said.status(status)),
                    total,
                    self._currency,
                    word(said.verdict(verdict)),
                    word(verdict),
                    text_cell(reference),
                )
                for number, placed, delivered, status, total, verdict, reference in rows
            ]
        )

    def close(self, about: About) -> None:
        """Write the sheet that says what this workbook is, and complete it."""
        self._begin_left_out().finish()
        title = self._words.about
        table = self._book.table(title, _columns((title, ""), (Kind.TEXT, Kind.TEXT), (34, 40)))
        table.write([_about_line(*line) for line in about])
        table.finish()
        self._book.close()

    def _begin_left_out(self) -> Table:
        if self._left_out is None:
            self._orders.finish()
            titles = _columns(self._words.left_out_titles, LEFT_OUT_KINDS, LEFT_OUT_WIDTHS)
            self._left_out = self._book.table(self._words.left_out, titles)
        return self._left_out


class OrderList:
    """A list of orders in any status being written: an export's columns, and the status."""

    def __init__(self, out: IO[bytes], *, words: Words, status: str, currency: str, at: datetime) -> None:
        self._book = Book(out, at=at)
        self._words, self._currency = words, self._book.word(currency)
        columns = _columns((*words.order_titles, status), LISTED_KINDS, (*ORDER_WIDTHS, 18))
        self._table = self._book.table(words.orders, columns)

    @property
    def rows(self) -> int:
        """How many orders were written so far."""
        return self._table.rows

    def add(self, rows: Sequence[ListedRow]) -> None:
        """Add orders."""
        template, said, word = self._table.template, self._words, self._book.word
        payments, currency = _payments(self._book, said, rows), self._currency
        self._table.write(
            [
                template
                % (
                    text_cell(number),
                    cod,
                    text_cell(name),
                    placed,
                    moment_if_any(came),
                    total,
                    voucher,
                    total - voucher,
                    payments[paid],
                    due,
                    total - purchase,
                    purchase,
                    currency,
                    word(said.yes if late else said.no),
                    word(said.status(state)),
                )
                for number, cod, name, placed, came, total, paid, due, purchase, late, state, voucher in rows
            ]
        )

    def close(self) -> None:
        """Complete the workbook."""
        self._table.finish()
        self._book.close()


def _columns(titles: Sequence[str], kinds: Sequence[Kind], widths: Sequence[int]) -> list[Column]:
    return [Column(*each) for each in zip(titles, kinds, widths, strict=True)]


def _payments(book: Book, words: Words, rows: Sequence[OrderRow] | Sequence[ListedRow]) -> dict[str, int]:
    return {payment: book.word(words.payment(payment)) for payment in {row[6] for row in rows}}


def _about_line(label: str, kind: Kind, value: str | int) -> str:
    inside = value if isinstance(value, int) else text_cell(value)
    return f"<row>{Kind.TEXT.value % text_cell(label)}{kind.value % inside}</row>"
