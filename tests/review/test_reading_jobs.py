"""A workbook that is handed in is read by a job, judged row by row, and becomes a document or an answer."""

from pathlib import Path

import pytest
from django.utils import timezone, translation
from openpyxl import load_workbook

from marketplace.kernel import jobs
from marketplace.kernel.files import path_of
from marketplace.kernel.models import Job, JobState, StoredFile
from marketplace.orders.models import Billable
from marketplace.parties.models import Seller
from settlement.claims.models import Verdict
from settlement.documents.models import Document
from settlement.exports.models import Export
from settlement.exports.operations import request_export, store_upload
from settlement.review.models import Origin, State, Submission
from settlement.review.operations.submitting import submit_workbook
from tests.cast import AFTER_OCTOBER, MakeOrder, take, work_off_but_rendering
from tests.exports.conftest import OCTOBER
from tests.orders.telling import tell_order
from tests.review.workbooks import order_row, saved_by_excel


def exported(seller: Seller) -> StoredFile:
    """The workbook of October, as ana's seller exports it."""
    export = request_export(seller_id=seller.pk, span=OCTOBER, by=None, at=AFTER_OCTOBER)
    work_off_but_rendering()
    file = Export.objects.select_related("file").get(pk=export.pk).file
    assert file is not None
    return file


def hand_in(seller: Seller, file: StoredFile, origin: Origin = Origin.UPLOAD) -> Submission:
    row = submit_workbook(
        seller_id=seller.pk, span=OCTOBER, file=file, origin=origin, by=None, at=AFTER_OCTOBER
    )
    work_off_but_rendering()
    return Submission.objects.get(pk=row.pk)


def uploaded(seller: Seller, path: Path) -> Submission:
    content = path.read_bytes()
    file = store_upload(
        seller_id=seller.pk, name=path.name, size=len(content), chunks=[content], at=AFTER_OCTOBER
    )
    return hand_in(seller, file)


def verdicts(submission: Submission) -> dict[str, str]:
    return dict(submission.lines.values_list("number", "verdict"))


def test_an_export_sent_as_it_is_becomes_a_document(seller: Seller) -> None:
    take(
        seller.market,
        tell_order(number="A"),
        tell_order(number="B"),
        tell_order(number="GONE", status="lost"),
    )

    submission = hand_in(seller, exported(seller), Origin.EXPORT)

    assert (submission.state, submission.rows, submission.included) == (State.DOCUMENTED, 2, 2)
    assert Document.objects.get().orders == 2


def test_orders_deleted_from_the_workbook_stay_open(seller: Seller, tmp_path: Path) -> None:
    take(seller.market, tell_order(number="A"), tell_order(number="B"), tell_order(number="C"))
    file = exported(seller)
    with path_of(file).open("rb") as written:
        book = load_workbook(written)
    book.worksheets[0].delete_rows(3)
    book.save(tmp_path / "shorter.xlsx")

    submission = uploaded(seller, tmp_path / "shorter.xlsx")

    assert verdicts(submission) == {"A": Verdict.OK, "C": Verdict.OK}
    assert list(Billable.objects.values_list("order__number", flat=True)) == ["B"]


def test_a_period_sent_again_changes_nothing_and_says_so_order_by_order(seller: Seller) -> None:
    take(seller.market, tell_order(number="A"), tell_order(number="B"))
    file = exported(seller)
    hand_in(seller, file, Origin.EXPORT)

    again = hand_in(seller, file, Origin.EXPORT)

    assert again.state == State.NOTHING_NEW
    assert list(again.lines.values_list("number", "verdict", "reference")) == [
        ("A", Verdict.ALREADY_INVOICED, "CZ-2026-000001"), ("B", Verdict.ALREADY_INVOICED, "CZ-2026-000001"),
    ]  # fmt: skip
    assert Document.objects.count() == 1


def test_each_row_that_cannot_be_invoiced_says_why(
    seller: Seller, rival: Seller, make_order: MakeOrder, tmp_path: Path
) -> None:
    make_order(number="FINE")
    make_order(number="DEARER")
    make_order(number="GONE", status="lost")
    take(seller.market, tell_order(number="THEIRS", seller="3004"))
    rows = [order_row(number) for number in ("FINE", "GONE", "THEIRS", "NOWHERE", "FINE")]
    path = saved_by_excel(tmp_path / "own.xlsx", *rows, order_row("DEARER", total=1300, to_pay=1300))

    submission = uploaded(seller, path)

    lines = submission.lines.order_by("position")
    assert list(lines.values_list("number", "verdict")) == [
        ("FINE", Verdict.OK), ("GONE", Verdict.LOST), ("THEIRS", Verdict.OTHER_SELLER),
        ("NOWHERE", Verdict.UNKNOWN_ORDER), ("FINE", Verdict.DUPLICATE_ROW),
        ("DEARER", Verdict.AMOUNT_CHANGED),
    ]  # fmt: skip
    assert submission.state == State.UNDER_REVIEW
    assert not Document.objects.exists()


def test_a_workbook_that_cannot_be_read_says_why_and_leaves_its_orders_open(
    seller: Seller, make_order: MakeOrder, tmp_path: Path
) -> None:
    make_order()

    with translation.override("en"):
        submission = uploaded(seller, saved_by_excel(tmp_path / "row.xlsx", order_row(None)))

    assert submission.state == State.UNREADABLE
    assert "2" in submission.note
    assert not submission.lines.exists()
    assert Billable.objects.count() == 1


def test_reading_a_submission_again_changes_nothing(seller: Seller, make_order: MakeOrder) -> None:
    make_order()
    submission = hand_in(seller, exported(seller), Origin.EXPORT)

    job = jobs.enqueue("review.read", key=f"submission:{submission.pk}", submission_id=submission.pk)
    work_off_but_rendering()

    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert submission.lines.count() == 1
    assert Document.objects.count() == 1


def test_a_reading_that_is_stopped_judges_nothing(
    seller: Seller, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_order()
    file = exported(seller)
    row = submit_workbook(
        seller_id=seller.pk,
        span=OCTOBER,
        file=file,
        origin=Origin.UPLOAD,
        by=None,
        at=AFTER_OCTOBER,
    )
    claimed = jobs.claim()
    assert claimed is not None
    Job.objects.filter(pk=claimed.row.pk).update(cancel_requested_at=timezone.now())
    monkeypatch.setattr("marketplace.kernel.sandbox.LOOK_SECONDS", 0.01)
    monkeypatch.setattr(claimed, "heartbeat", lambda: claimed.progress(0, 0))

    jobs.run(claimed)

    row.refresh_from_db()
    assert row.state == State.READING
    assert not row.lines.exists()
