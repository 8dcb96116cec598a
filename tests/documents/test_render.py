"""Rendering a document: drawn, kept and told once, whatever happens in between."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from marketplace.kernel import files, jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import Job, JobState, OutgoingMail, StoredFile
from marketplace.orders.models import OrderLine
from marketplace.parties.models import Market
from marketplace.users.models import User
from settlement.documents.models import Document
from settlement.documents.operations import papers
from settlement.documents.operations.voiding import void_document
from tests.cast import AFTER_OCTOBER, make_market, make_seller
from tests.documents.conftest import CARD, WORKED_EXAMPLE, draw, issue_over

ROOT = Path(__file__).resolve().parents[2]
WORKER = "import django; django.setup(); from marketplace.kernel import jobs; jobs.work_off()"


@pytest.fixture
def document(english: Market) -> Document:
    make_seller(english, "3003", "Horizont s.r.o.")
    return issue_over(english, CARD)


def claim_rendering(document: Document) -> jobs.Claimed:
    Job.objects.filter(name="documents.render", key=document.reference).update(ready_at=timezone.now())
    claimed = jobs.claim()
    assert claimed is not None
    assert claimed.row.name == "documents.render"
    return claimed


def test_both_files_are_kept_with_their_hashes_and_the_books_still_agree(document: Document) -> None:
    drawn = draw(document)

    kept = StoredFile.objects.filter(seller=document.seller).order_by("name")
    assert [file.name for file in kept] == ["CZ-2026-000001.pdf", "CZ-2026-000001.xlsx"]
    assert all(files.sha256_on_disk(file) == file.sha256 for file in kept)
    assert {drawn.document.pdf, drawn.document.xlsx} == set(kept)
    assert run_checks() == []


def test_the_seller_is_told_once_what_to_invoice_with_both_files(english: Market) -> None:
    make_seller(english, "3003", "Horizont s.r.o.")
    document = issue_over(english, *WORKED_EXAMPLE)

    draw(document)

    (letter,) = mail.outbox
    assert letter.to == ["3003@seller.example"]
    assert letter.from_email == "accounting.cz@meridian.example"
    assert letter.subject == "Invoice document CZ-2026-000001: please issue your invoice"
    for words in (
        "It is not a tax invoice.",
        "1–31 Oct 2026",
        "for exactly these 3 orders",
        "Meridian Market s.r.o.\nDlouhá 12",
        "VAT 21%: net CZK 3,205.00 + VAT CZK 673.05 = gross CZK 3,878.05",
        "Meridian Market s.r.o. pays Horizont s.r.o.: CZK 1,300.75",
    ):
        assert words in letter.body.replace("\N{NO-BREAK SPACE}", " ")
    assert sorted(str(attached[0]) for attached in letter.attachments) == [
        "CZ-2026-000001.pdf",
        "CZ-2026-000001.xlsx",
    ]


def test_a_czech_seller_is_written_to_in_czech(czech: Market) -> None:
    make_seller(czech, "3003", "Horizont s.r.o.")

    draw(issue_over(czech, CARD))

    (letter,) = mail.outbox
    assert letter.subject.endswith("CZ-2026-000001: vystavte prosím fakturu")
    assert "1.–31. 10. 2026" in letter.body
    assert "1\N{NO-BREAK SPACE}149,50\N{NO-BREAK SPACE}Kč" in letter.body


def test_files_too_large_for_a_letter_are_to_be_downloaded(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "MOST_ATTACHED", 1000)

    draw(document)

    (letter,) = mail.outbox
    assert letter.attachments == []
    assert "download the PDF and the Excel workbook in the seller portal, under Documents" in letter.body


def test_rendering_again_changes_nothing(document: Document) -> None:
    first = draw(document).document

    jobs.enqueue("documents.render", key=document.reference, document_id=document.pk)
    again = draw(document).document

    assert (again.pdf_id, again.xlsx_id) == (first.pdf_id, first.xlsx_id)
    assert StoredFile.objects.filter(seller=document.seller).count() == 2
    assert len(mail.outbox) == 1


def test_a_document_voided_before_it_was_drawn_is_not_drawn_any_more(document: Document, carla: User) -> None:
    void_document(document_id=document.pk, reason="Wrong period", by=carla, at=AFTER_OCTOBER)

    Job.objects.filter(name="documents.render").update(ready_at=timezone.now())
    jobs.work_off()

    document.refresh_from_db()
    assert (document.pdf, document.xlsx, document.facts_sha256) == (None, None, None)
    assert [letter.subject for letter in mail.outbox] == ["Invoice document CZ-2026-000001 is void"]
    assert run_checks() == []


def test_products_that_do_not_add_up_to_their_order_are_not_printed(document: Document) -> None:
    claimed = claim_rendering(document)
    line = document.lines.get()
    OrderLine.objects.create(
        order=line.order, position=9, kind="goods", name="x", quantity=1, unit_price=1, gross=1
    )

    jobs.run(claimed)

    claimed.row.refresh_from_db()
    assert claimed.row.error == "ProductsDiffer: CZ-2026-000001: order 10085339302"
    assert not StoredFile.objects.filter(seller=document.seller).exists()
    assert not OutgoingMail.objects.exists()


def test_a_rendering_that_is_cancelled_stops_and_keeps_nothing(
    document: Document, settings: Settings
) -> None:
    settings.JOB_LEASE_SECONDS = 1  # so that it looks whether to stop several times a second
    claimed = claim_rendering(document)
    jobs.request_cancel(job_id=claimed.row.pk, at=timezone.now())

    jobs.run(claimed)

    claimed.row.refresh_from_db()
    assert claimed.row.state == JobState.CANCELLED
    assert not StoredFile.objects.filter(seller=document.seller).exists()
    assert not OutgoingMail.objects.exists()


def test_the_process_that_draws_ends_when_its_worker_is_gone(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    paths = [str(tmp_path / "work" / name) for name in ("facts.jsonl", "out.pdf", "out.xlsx")]
    os.mkfifo(paths[0])  # it waits for its facts for ever
    command = [sys.executable, "-m", "settlement.documents.rendering", "--guarded", *paths]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True)

    assert process.stdin is not None
    process.stdin.close()

    assert process.wait(timeout=30) == -signal.SIGKILL
    assert not (tmp_path / "work").exists()


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "point",
    ["jobs.after_claim", "files.after_write", "jobs.before_commit", "jobs.after_commit", "jobs.before_done"],
)
def test_a_rendering_killed_at_a_named_point_is_kept_and_told_once(point: str) -> None:
    market = make_market()
    make_seller(market, "3003", "Horizont s.r.o.")
    document = issue_over(market, CARD)
    Job.objects.filter(name="documents.render").update(ready_at=timezone.now())

    environment = os.environ | {"SALDO_KILL_AT": point}
    killed = subprocess.run(
        [sys.executable, "-c", WORKER], cwd=ROOT, env=environment, timeout=60, check=False
    )
    half_way = Document.objects.get()
    jobs.sweep(at=timezone.now() + timedelta(minutes=10))
    Job.objects.filter(state=JobState.READY).update(ready_at=timezone.now())
    draw(document)

    assert killed.returncode == -signal.SIGKILL
    assert (half_way.pdf_id is None) == (half_way.xlsx_id is None), "both or none"
    assert StoredFile.objects.filter(seller=document.seller).count() == 2
    assert OutgoingMail.objects.count() == 1
    assert not Job.objects.exclude(state=JobState.DONE).exists()
    assert run_checks() == []
