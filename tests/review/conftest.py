"""Workbooks handed in by ana's seller, and what became of their lines."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from marketplace.kernel import files
from marketplace.kernel.models import StoredFile
from marketplace.parties.models import Contract, Seller
from marketplace.users.models import User
from settlement.exports.wording import export_words
from settlement.exports.workbook import Workbook as ExportWorkbook
from settlement.periods.rules import span_of
from settlement.review.models import Origin, Submission
from settlement.review.operations.submitting import record_rows, submit_workbook
from settlement.review.rules import Row
from tests.cast import AFTER_OCTOBER, BEFORE, OCTOBER

SPAN = span_of("month", OCTOBER)


SEPTEMBER = date(2026, 9, 30)


IN_SEPTEMBER = {"placed": "2026-09-01T10:00:00+02:00", "delivered": "2026-09-05T10:00:00+02:00"}


HandIn = Callable[..., Submission]


@pytest.fixture
def by_hand(seller: Seller) -> None:
    """Submissions of this seller need an accountant."""
    Contract.objects.filter(seller=seller).update(approves_clean=False)


def some_file() -> StoredFile:
    return files.store(name="o.xlsx", content_type="application/x", chunks=[b"x"], at=AFTER_OCTOBER)


@pytest.fixture
def hand_in(seller: Seller, ana: User) -> HandIn:
    """Hand in rows as if they stood in a workbook: order numbers, or whole rows."""

    def hand_in(*rows: Any) -> Submission:
        submission = submit_workbook(
            seller_id=seller.pk, span=SPAN, file=some_file(), origin=Origin.UPLOAD, by=ana, at=AFTER_OCTOBER
        )
        told = [
            row if isinstance(row, Row) else Row(place, str(row), 1210_00, 0, 1210_00)
            for place, row in enumerate(rows, start=2)
        ]
        record_rows(submission_id=submission.pk, rows=told, at=AFTER_OCTOBER)
        submission.refresh_from_db()
        return submission

    return hand_in


def verdicts(submission: Submission) -> dict[str, str]:
    return {line.number: line.verdict for line in submission.lines.order_by("position")}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A workbook as we write it, of three orders."""
    path = tmp_path / "export.xlsx"
    with path.open("wb") as out, translation.override("cs"):
        book = ExportWorkbook(out, words=export_words(), currency="CZK", at=BEFORE)
        book.add_orders(
            [
                ("10085339302", 0, "Eva", "46297.38", "46300.48", 1331_00, "card", 0, 1149_50, 0, 1, 0),
                ("00012", 2577_30, "=Jan", "46297.38", "46300.48", 2577_30, "cod", 2577_30, 2214_30, 0, 2, 0),
                ("-C", 0, "Petr", "46297.38", "46300.48", 605_00, "transfer", 0, 514_25, 1, 3, 0),
            ]
        )
        book.add_left_out([("GONE", "46297.38", None, "lost", 100_00, "lost", "")])
        book.close([])
    return path
