"""Exports as ana asks for them."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook

from marketplace.kernel import jobs
from marketplace.kernel.files import path_of
from marketplace.parties.models import Seller
from settlement.exports.models import Export
from settlement.exports.operations import request_export
from settlement.exports.wording import export_words
from settlement.exports.workbook import Words
from settlement.periods.rules import Span
from tests.cast import AFTER_OCTOBER

OCTOBER = Span(date(2026, 10, 1), date(2026, 11, 1))

WriteExport = Callable[..., Export]
Rows = list[tuple[Any, ...]]


@pytest.fixture
def write_export(seller: Seller) -> WriteExport:
    """Have the workbook of October written, for ana's seller unless told otherwise."""

    def write(of: Seller = seller, span: Span = OCTOBER, at: datetime = AFTER_OCTOBER) -> Export:
        export = request_export(seller_id=of.pk, span=span, by=None, at=at)
        jobs.work_off()
        return Export.objects.select_related("file", "job", "market").get(pk=export.pk)

    return write


def workbook_of(export: Export) -> Path:
    """Where an export's workbook lies."""
    assert export.file is not None, export.job and export.job.error
    return path_of(export.file)


def opened(path: Path) -> Workbook:
    """A workbook as openpyxl reads it."""
    return load_workbook(BytesIO(path.read_bytes()))


def sheets_of(export: Export) -> tuple[Rows, Rows, Rows]:
    """What an export's sheets hold below their headings: orders, those not included, what it is about."""
    sheets = opened(workbook_of(export)).worksheets
    orders, left_out, about = (list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in sheets)
    return orders, left_out, about


def words_of(export: Export) -> Words:
    """The words an export is written in: its market's."""
    with translation.override(export.market.language):
        return export_words()
