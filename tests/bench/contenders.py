"""Ways to write the same workbook from the same orders: ours, and what one would pick otherwise.

Run as ``python -m tests.bench.contenders NAME ROWS``, each in a fresh process, it prints what that took.
"""

import json
import logging
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import django

from tests.bench.period import CUTOFF, STARTS_AT

ZONE = ZoneInfo("Europe/Prague")
FIELDS = (
    *("number", "cod_amount", "customer_name", "placed_at", "delivered_at", "total", "payment"),
    *("to_collect", "purchase_gross", "currency"),
)
TITLES = [f"Column {letter}" for letter in "ABCDEFGHIJKLMN"]


def orders(rows: int) -> Any:
    """The orders to be exported, as any of them would query."""
    from marketplace.orders.models import Order
    from marketplace.parties.models import Seller

    seller = Seller.objects.get(partner_number="3000")
    wanted = Order.objects.of(seller).filter(billable__delivered_at__lt=CUTOFF)
    return wanted.select_related("market").order_by("pk")[:rows]


def told(rows: int) -> Iterator[list[Any]]:
    """The workbook's cells as decimals and datetimes, row by row."""
    for row in orders(rows).values_list(*FIELDS).iterator(5000):
        number, cod, name, placed, delivered, total, paid, collect, purchase, currency = row
        cells = [
            number,
            money(cod),
            name,
            local(placed),
            local(delivered),
            money(total),
            money(0),
            money(total),
        ]
        cells += [paid, money(collect), money(total - purchase), money(purchase), currency, late(delivered)]
        yield cells


def money(minor: int) -> Decimal:
    return Decimal(minor) / 100


def local(at: datetime) -> datetime:
    return at.astimezone(ZONE).replace(tzinfo=None)


def late(delivered: datetime) -> str:
    return "Yes" if delivered < STARTS_AT else "No"


def ours(out: IO[bytes], rows: int) -> int:
    """The export itself."""
    from django.utils import timezone

    from marketplace.parties.models import Seller
    from settlement.exports.queries import Scope, order_chunks
    from settlement.exports.wording import export_words
    from settlement.exports.workbook import Workbook

    seller = Seller.objects.select_related("market").get(partner_number="3000")
    book = Workbook(out, words=export_words(), currency="CZK", at=timezone.now())
    for chunk in order_chunks(Scope(seller, STARTS_AT, CUTOFF)):
        book.add_orders(chunk)
        if book.sums.rows >= rows:
            break
    book.close([])
    return book.sums.rows


def whole_job(out: IO[bytes], rows: int) -> int:
    """The export as its job runs it: with the counting, the progress, the orders left out, the stored
    file.
    """
    from django.utils import timezone

    from marketplace.kernel import jobs
    from marketplace.kernel.models import Job
    from marketplace.parties.models import Seller
    from settlement.exports.models import Export
    from settlement.periods.rules import Span

    seller = Seller.objects.select_related("market").get(partner_number="3000")
    span, now = Span(local(STARTS_AT).date(), local(CUTOFF).date()), timezone.now()
    export = Export.objects.create(
        market=seller.market, seller=seller, first_on=span.first_on, end_on=span.end_on, starts_at=STARTS_AT,
        ends_at=CUTOFF, preview=False, created_at=now,
    )  # fmt: skip
    jobs.enqueue("exports.write", key=f"export:{export.pk}", export_id=export.pk)
    jobs.work_off()
    export.refresh_from_db()
    assert export.file_id, Job.objects.latest("pk").error
    return export.rows


def tables2(out: IO[bytes], rows: int) -> int:
    """django-tables2's own export."""
    import django_tables2 as tables
    from django_tables2.export.export import TableExport

    class Cell(tables.Column):  # type: ignore[misc]
        def __init__(self, value: Callable[[Any], Any]) -> None:
            super().__init__(empty_values=())
            self.read = value

        def render(self, record: Any) -> Any:
            return self.read(record)

        value = render

    columns = [(title, Cell(read)) for title, read in zip(TITLES, READERS, strict=True)]
    table = tables.Table(orders(rows), extra_columns=columns)
    out.write(TableExport("xlsx", table).export())
    return rows


def import_export(out: IO[bytes], rows: int) -> int:
    """django-import-export."""
    from import_export.fields import Field
    from import_export.resources import Resource

    class Cell(Field):  # type: ignore[misc]
        def __init__(self, title: str, value: Callable[[Any], Any]) -> None:
            super().__init__(column_name=title)
            self.read = value

        def export(self, instance: Any, **how: Any) -> Any:
            return self.read(instance)

    resource_of_orders = Resource()
    resource_of_orders.fields = {
        title: Cell(title, read) for title, read in zip(TITLES, READERS, strict=True)
    }
    out.write(resource_of_orders.export(queryset=orders(rows)).export("xlsx"))
    return rows


READERS: list[Callable[[Any], Any]] = [
    lambda order: order.number,
    lambda order: money(order.cod_amount),
    lambda order: order.customer_name,
    lambda order: local(order.placed_at),
    lambda order: local(order.delivered_at),
    lambda order: money(order.total),
    lambda order: money(0),
    lambda order: money(order.total),
    lambda order: order.payment,
    lambda order: money(order.to_collect),
    lambda order: money(order.commission_gross),
    lambda order: money(order.purchase_gross),
    lambda order: order.currency,
    lambda order: late(order.delivered_at),
]


def openpyxl(out: IO[bytes], rows: int) -> int:
    """openpyxl, write-only, over values_list."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    sheet.append(TITLES)
    for row in told(rows):
        sheet.append(row)
    book.save(out)
    return rows


def xlsxwriter(out: IO[bytes], rows: int) -> int:
    """XlsxWriter in constant memory, over values_list."""
    from xlsxwriter import Workbook

    book = Workbook(out, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("Orders")
    sheet.write_row(0, 0, TITLES)
    for place, row in enumerate(told(rows), start=1):
        sheet.write_row(place, 0, row)
    book.close()
    return rows


def limit(out: IO[bytes], rows: int) -> int:
    """What no writer can be below: the rows read as text, and deflated as zlib usually does."""
    from django.db import connection

    pack = zlib.compressobj(6, zlib.DEFLATED, -15)
    columns = (
        "number, cod_amount, customer_name, placed_at, delivered_at, total, 0, total, payment, to_collect, "
        "total - purchase_gross, purchase_gross, currency, 'No'"
    )
    select = f"SELECT {columns} FROM orders_order ORDER BY id LIMIT {int(rows)}"  # noqa: S608
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY ({select}) TO STDOUT") as copy:
                for chunk in copy:
                    out.write(pack.compress(bytes(chunk)))
        else:
            for row in cursor.connection.execute(select):
                out.write(pack.compress(("%s\t" * 14 % row).encode()))
    out.write(pack.flush())
    return rows


WAYS: dict[str, Callable[[IO[bytes], int], int]] = {
    each.__name__: each for each in (ours, whole_job, tables2, import_export, openpyxl, xlsxwriter, limit)
}


def peak_mib() -> float:
    """The most memory this process has held."""
    # Not getrusage: its figure begins with that of the process that started this one.
    (line,) = [
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) / 1024


def main(name: str, rows: int) -> None:
    """Write the workbook one way, and print what it took."""
    django.setup()
    logging.disable(logging.WARNING)
    from django.db import connection

    connection.ensure_connection()
    before = peak_mib()
    with tempfile.TemporaryFile() as out:
        started, wall = time.process_time(), time.perf_counter()
        count = WAYS[name](out, rows)
        took = {"cpu": time.process_time() - started, "wall": time.perf_counter() - wall, "rows": count}
    sys.stdout.write(json.dumps(took | {"peak_mib": peak_mib(), "before_mib": before}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
