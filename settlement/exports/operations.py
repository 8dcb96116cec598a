"""Exports for invoicing: asking for one, writing its workbook, stopping it, and taking workbooks in."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import transaction
from django.utils import translation

from marketplace.kernel import files
from marketplace.kernel.audit import record
from marketplace.kernel.jobs import Claimed, enqueue, request_cancel
from marketplace.kernel.models import JobState, StoredFile
from marketplace.parties.models import Seller
from settlement.exports import queries
from settlement.exports.formats import XLSX, mistaken_for
from settlement.exports.models import Export
from settlement.exports.wording import about_export, export_words, refusal_text
from settlement.exports.workbook import Workbook
from settlement.periods.queries import offered_periods
from settlement.periods.rules import Span

MOST_BYTES = 25 * 1024 * 1024
"""The largest workbook taken in."""
HEAD_BYTES = 64 * 1024


class NoSuchPeriod(Exception):
    """The days are no settlement period the seller may choose."""


class UnusableUpload(Exception):
    """The file cannot be a workbook we read; the text says what it is and what to do."""


@transaction.atomic
def request_export(*, seller_id: int, span: Span, by: Any, at: datetime) -> Export:
    """Have the workbook of a period written by a job; of a running period it is a preview.

    :raises NoSuchPeriod: if the seller has no such period.
    """
    seller = Seller.objects.select_related("market", "contract").get(pk=seller_id)
    period = next((each for each in offered_periods(seller=seller, at=at) if each.span == span), None)
    if period is None:
        raise NoSuchPeriod(span)
    export = Export.objects.create(
        market=seller.market,
        seller=seller,
        first_on=span.first_on,
        end_on=span.end_on,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        preview=not period.is_over,
        created_at=at,
        created_by=by,
    )
    export.job = enqueue(
        "exports.write", key=f"export:{export.pk}", seller_id=seller.pk, by=by, export_id=export.pk
    )
    export.save(update_fields=["job"])
    subject = f"{seller.partner_number} {export}"
    record(
        verb="export.requested",
        subject=subject,
        by=by,
        at=at,
        seller_id=seller.pk,
        details={"export": export.pk},
    )
    return export


@transaction.atomic
def cancel_export(*, export_id: int, by: Any, at: datetime) -> JobState | None:
    """Stop an export: at once if it has not begun, else between two chunks; the state its job is then in."""
    export = Export.objects.select_related("seller").get(pk=export_id)
    if export.job_id is None:
        return None
    subject = f"{export.seller.partner_number} {export}"
    record(verb="export.cancelled", subject=subject, by=by, at=at, seller_id=export.seller_id)
    return request_cancel(job_id=export.job_id, at=at)


def write_export(claimed: Claimed, *, export_id: int, at: datetime) -> None:
    """Write an export's workbook and keep it, all at once; one that is written already is left as it is.

    The draft is a file without a name: whatever ends this process, nothing of it stays behind.
    """
    export = Export.objects.select_related("seller__market").get(pk=export_id)
    if export.file_id is not None:
        return
    with TemporaryFile() as draft, translation.override(export.market.spoken):
        book = _write(draft, export, claimed, at)
        draft.seek(0)
        with claimed.effect():
            _keep(export, book, draft, at)


def store_upload(
    *, seller_id: int, name: str, size: int, chunks: Iterable[bytes], at: datetime
) -> StoredFile:
    """Keep a workbook a seller sent; what cannot be one is refused before anything is kept.

    :raises UnusableUpload: if it is too large or visibly no .xlsx.
    """
    if size > MOST_BYTES:
        raise UnusableUpload(refusal_text("too_many_bytes"))
    pieces = iter(chunks)
    head = next(pieces, b"")
    if mistaken := mistaken_for(head[:HEAD_BYTES]):
        raise UnusableUpload(refusal_text(mistaken))
    whole = _up_to_limit(chain([head], pieces))
    return files.store(
        name=name or "workbook.xlsx", content_type=XLSX, chunks=whole, at=at, seller_id=seller_id
    )


def _write(draft: IO[bytes], export: Export, claimed: Claimed, at: datetime) -> Workbook:
    of = queries.Scope(export.seller, export.starts_at, export.ends_at)
    total = queries.count_orders(of)
    book = Workbook(draft, words=export_words(), currency=export.market.currency, at=at)
    claimed.progress(0, total)
    for rows in queries.order_chunks(of):
        book.add_orders(rows)
        claimed.progress(min(book.sums.rows, total), total)
    for others in queries.left_out_chunks(of):
        book.add_left_out(others)
        claimed.progress(min(book.sums.rows + book.left_out, total), total)
    book.close(about_export(export, book.sums, at))
    return book


def _keep(export: Export, book: Workbook, draft: IO[bytes], at: datetime) -> None:
    name = f"saldo-export-{export.market.code}-{export.seller.partner_number}"
    export.file = files.store(
        name=f"{name}-{export.first_on}_{export.span.last_on}.xlsx",
        content_type=XLSX,
        chunks=iter(lambda: draft.read(1 << 20), b""),
        at=at,
        seller_id=export.seller_id,
    )
    export.rows, export.left_out = book.sums.rows, book.left_out
    export.total, export.purchase_gross = book.sums.total, book.sums.purchase
    export.save(update_fields=["file", "rows", "left_out", "total", "purchase_gross"])


def _up_to_limit(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks, as long as they are not more than was promised."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MOST_BYTES:
            raise UnusableUpload(refusal_text("too_many_bytes"))
        yield chunk
