"""Writing an export: in the background, all at once or not at all, and again if need be."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel import files, jobs
from marketplace.kernel.models import AuditRecord, Job, JobState, StoredFile
from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.exports import operations
from settlement.exports.models import Export
from settlement.exports.operations import cancel_export, request_export
from tests.cast import AFTER_OCTOBER, MakeOrder, take
from tests.exports.conftest import OCTOBER, WriteExport, sheets_of, workbook_of
from tests.orders.telling import tell_order


def ask(seller: Seller, by: Any = None) -> Export:
    return request_export(seller_id=seller.pk, span=OCTOBER, by=by, at=AFTER_OCTOBER)


def test_asking_for_an_export_leaves_a_trace_of_who_asked(seller: Seller, ana: User) -> None:
    export = ask(seller, ana)

    trace = AuditRecord.objects.get(verb="export.requested")
    assert (trace.by, trace.seller_id, trace.details) == (ana, seller.pk, {"export": export.pk})
    assert export.job is not None
    assert (export.job.created_by, export.job.state) == (ana, JobState.READY)


def test_progress_counts_the_orders(make_order: MakeOrder, write_export: WriteExport) -> None:
    make_order()
    make_order(status="lost")

    job = write_export().job

    assert job is not None
    assert (job.state, job.progress_done, job.progress_total) == (JobState.DONE, 2, 2)


def test_an_export_stopped_before_it_began_leaves_nothing(
    seller: Seller, make_order: MakeOrder, ana: User
) -> None:
    make_order()
    export = ask(seller)

    state = cancel_export(export_id=export.pk, by=ana, at=timezone.now())

    assert state == JobState.CANCELLED
    assert jobs.work_off() == 0
    assert not StoredFile.objects.exists()
    assert AuditRecord.objects.get(verb="export.cancelled").by == ana


def test_an_export_stopped_half_way_leaves_nothing(
    seller: Seller, monkeypatch: pytest.MonkeyPatch, ana: User
) -> None:
    monkeypatch.setattr("settlement.exports.queries.CHUNK", 1)
    take(seller.market, *(tell_order() for _ in range(5)))
    export = ask(seller)
    claimed = jobs.claim()
    assert claimed is not None
    cancel_export(export_id=export.pk, by=ana, at=timezone.now())

    jobs.run(claimed)

    export.refresh_from_db()
    assert (export.file, export.rows) == (None, 0)
    assert Job.objects.get().state == JobState.CANCELLED
    assert not StoredFile.objects.exists()
    assert not list(files.path_of(StoredFile()).parent.parent.glob("*/*")), "no file without a name either"


def test_stopping_a_finished_export_changes_nothing(make_order: MakeOrder, write_export: WriteExport) -> None:
    make_order()
    export = write_export()

    assert cancel_export(export_id=export.pk, by=None, at=timezone.now()) == JobState.DONE

    assert workbook_of(export).exists()


def test_a_worker_that_slept_past_its_lease_writes_nothing(seller: Seller, make_order: MakeOrder) -> None:
    make_order()
    export = ask(seller)
    sleeper = jobs.claim()
    jobs.sweep(at=timezone.now() + timedelta(hours=1))
    assert sleeper is not None

    jobs.run(sleeper)

    export.refresh_from_db()
    assert export.file is None
    Job.objects.update(ready_at=timezone.now())
    assert jobs.work_off() == 1, "the next worker does it"
    assert StoredFile.objects.count() == 1


def test_an_export_that_is_written_is_not_written_again(
    make_order: MakeOrder, write_export: WriteExport
) -> None:
    make_order()
    export = write_export()
    job = jobs.enqueue("exports.write", key=f"export:{export.pk}", export_id=export.pk)

    jobs.work_off()

    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert StoredFile.objects.count() == 1
    assert Export.objects.get().file_id == export.file_id


def test_a_worker_that_fails_half_way_is_tried_again(
    seller: Seller, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_order(number="ONLY")
    export = ask(seller)
    with monkeypatch.context() as broken:
        broken.setattr("settlement.exports.queries.CHUNK", "no number")
        jobs.work_off()
    Job.objects.update(ready_at=timezone.now())

    jobs.work_off()

    export = Export.objects.select_related("file", "market").get(pk=export.pk)
    orders, _, _ = sheets_of(export)
    assert [row[0] for row in orders] == ["ONLY"]


class TestUploads:
    """What is taken in, before anybody reads it."""

    def store(self, seller: Seller, content: bytes, **how: Any) -> StoredFile:
        told: dict[str, Any] = {"name": "october.xlsx", "size": len(content), "chunks": [content]}
        return operations.store_upload(seller_id=seller.pk, at=AFTER_OCTOBER, **(told | how))

    def test_a_workbook_is_kept_as_it_came(
        self, seller: Seller, make_order: MakeOrder, write_export: WriteExport
    ) -> None:
        make_order()
        content = workbook_of(write_export()).read_bytes()

        file = self.store(seller, content)

        assert files.path_of(file).read_bytes() == content
        assert (file.name, file.seller_id) == ("october.xlsx", seller.pk)

    @pytest.mark.parametrize(
        ("content", "advice"),
        [
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "xlsx"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
            (b"order;total\r\n1;2\r\n", "CSV"),
            (b"<html><table>", "text file"),
            (b"", "no Excel"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "no Excel"),
        ],
    )
    def test_what_is_no_workbook_is_refused_at_once_with_advice(
        self, seller: Seller, content: bytes, advice: str
    ) -> None:
        with pytest.raises(operations.UnusableUpload, match=advice):
            self.store(seller, content)

        assert not StoredFile.objects.exists()

    def test_a_file_over_the_limit_is_refused(self, seller: Seller) -> None:
        with pytest.raises(operations.UnusableUpload, match="25"):
            self.store(seller, b"PK\x03\x04", size=26 * 1024 * 1024)

        assert not StoredFile.objects.exists()

    def test_a_file_that_claims_to_be_smaller_is_refused_as_well(self, seller: Seller) -> None:
        chunks = [b"PK\x03\x04" + bytes(1 << 20)] * 30

        with pytest.raises(operations.UnusableUpload, match="25"):
            self.store(seller, b"", size=10, chunks=chunks)

        assert not StoredFile.objects.exists()
