"""Commission invoices and their credit notes: drawn as tax invoices, read back, sent once."""

import dataclasses
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail
from django.utils import translation
from openpyxl import load_workbook
from pypdf import PdfReader

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import AuditRecord, Job, JobState, OutgoingMail, StoredFile
from marketplace.parties.models import Market
from settlement.billing.facts import fee_facts
from settlement.billing.models import FeeInvoice, Kind
from settlement.documents.papers.facts import Sum
from settlement.documents.papers.verification import check_paper, check_paper_workbook
from settlement.documents.verification import Mismatch
from tests.cast import AFTER_OCTOBER, OCTOBER, settle, take
from tests.documents.conftest import path_of
from tests.ledger.test_ledger import plant
from tests.netting.drawing import draw, read
from tests.orders.telling import discount, goods, tender
from tests.stories.hungary import (
    AFTER_MIDDLE,
    MIDDLE,
    come_back,
    four_orders,
    hungarian,
    make_agent,
    make_hungary,
)

UNDRAWN = "fee invoices: each is drawn, or a job will do it"


@pytest.fixture
def hungary(db: None) -> Market:
    market = make_hungary()
    make_agent(market)
    take(market, *four_orders(market))
    settle(market, MIDDLE, AFTER_MIDDLE)
    return market


@pytest.fixture
def invoice(hungary: Market) -> FeeInvoice:
    """The commission invoice of four orders."""
    return FeeInvoice.objects.get()


def drawn(fee: FeeInvoice) -> FeeInvoice:
    draw("billing.render", fee.reference)
    rows = FeeInvoice.objects.select_related("pdf", "xlsx", "market", "document__period")
    return rows.get(pk=fee.pk)


def credited(hungary: Market) -> FeeInvoice:
    """The credit note for the third order, which came back."""
    come_back(hungary, "R1", "V3", at="2026-10-20T10:00:00+02:00")
    settle(hungary, OCTOBER, AFTER_OCTOBER)
    return FeeInvoice.objects.get(kind=Kind.CREDIT)


def text_of(fee: FeeInvoice) -> str:
    return " ".join(read(fee.pdf)).replace("HUF\N{NO-BREAK SPACE}", "HUF ")


def sheets_of(fee: FeeInvoice) -> list[list[tuple[Any, ...]]]:
    book = load_workbook(io.BytesIO(path_of(fee.xlsx).read_bytes()))
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def test_a_commission_invoice_has_all_that_a_tax_invoice_needs(invoice: FeeInvoice) -> None:
    fee = drawn(invoice)

    text = text_of(fee)
    for words in (
        "COMMISSION INVOICE HU-F-2026-000001",
        "Date of issue Date of supply Settlement period Currency",
        "15 Oct 2026 1–15 Oct 2026 HUF",
        "Do not pay this invoice by itself: it is settled by set-off. It is for the commission on the orders"
        " of commission document HU-2026-000001, 1–15 Oct 2026.",
        "SUPPLIER Meridian Market s.r.o. Dlouhá 12 110 00 Praha, HU Tax ID HU10773381 Bank account HU42 1177",
        "CUSTOMER Duna Bt. Lipová 3 602 00 Brno, CZ Partner number 4711 Tax ID CZ25596641",
        "Commission, net 6,000 VAT 27% 1,620 Total invoiced to Duna Bt. HUF 7,620",
        "V3 5 Oct 2026 19,050 1,800 486 2,286",
        "Total of 4 orders 63,500 6,000 1,620 7,620",
        "Page 1 of 1",
    ):
        assert words in text
    reader = PdfReader(path_of(fee.pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == "Commission invoice HU-F-2026-000001"
    assert "/StructTreeRoot" in reader.root_object
    assert run_checks() == []


def test_its_workbook_says_the_same(invoice: FeeInvoice) -> None:
    first, orders = sheets_of(drawn(invoice))

    facts = {row[0]: row[1] for row in first}
    assert facts["Commission, net"] == 6000
    assert facts["VAT 27%"] == 1620
    assert facts["Total invoiced to Duna Bt."] == 7620
    assert facts["Tax ID"] == "CZ25596641"
    assert [row[0] for row in orders] == ["Order", "V1", "V2", "V3", "V4", "Total of 4 orders"]
    assert [sum(row[place] for row in orders[1:5]) for place in (2, 3, 4, 5)] == [63500, 6000, 1620, 7620]
    assert orders[5][2:] == (63500, 6000, 1620, 7620)


def test_a_credit_note_names_the_invoices_it_lowers(hungary: Market) -> None:
    fee = drawn(credited(hungary))

    text = text_of(fee)
    for words in (
        "COMMISSION CREDIT NOTE HU-FC-2026-000001",
        "It is settled by set-off; nothing is paid for it by itself. It lowers invoice HU-F-2026-000001 by"
        " the commission on what came back, which credit document HU-C-2026-000001 lists.",
        "Total credited to Duna Bt. HUF 2,286",
        "V3 HU-F-2026-000001 5 Oct 2026 19,050 1,800 486 2,286",
        "Total of 1 order 19,050 1,800 486 2,286",
    ):
        assert words in text
    assert sheets_of(fee)[1][1][:2] == ("V3", "HU-F-2026-000001")
    assert run_checks() == []


def test_the_seller_is_told_once_and_drawing_again_changes_nothing(invoice: FeeInvoice) -> None:
    first = drawn(invoice)

    jobs.enqueue("billing.render", key=invoice.reference, fee_invoice_id=invoice.pk)
    again = drawn(invoice)

    assert (again.pdf_id, again.xlsx_id) == (first.pdf_id, first.xlsx_id)
    assert StoredFile.objects.filter(name__startswith="HU-F-").count() == 2
    assert AuditRecord.objects.filter(verb="fee_invoice.drawn").count() == 1
    (letter,) = [each for each in mail.outbox if "HU-F-" in each.subject]
    body = letter.body.replace("\N{NO-BREAK SPACE}", " ")
    assert letter.to == ["4711@seller.example"]
    assert letter.subject == "Commission invoice HU-F-2026-000001"
    assert "Net HUF 6,000 + VAT 27% HUF 1,620 = total HUF 7,620" in body
    assert "Do not pay this invoice by itself: it is settled by set-off." in body
    assert [each[0] for each in letter.attachments] == ["HU-F-2026-000001.pdf", "HU-F-2026-000001.xlsx"]
    assert OutgoingMail.objects.filter(key="fee_invoice:HU-F-2026-000001").count() == 1


def test_files_that_do_not_say_the_invoices_sums_are_noticed(invoice: FeeInvoice) -> None:
    fee = drawn(invoice)
    with translation.override("en"):
        facts = fee_facts(fee)
    pdf, xlsx = path_of(fee.pdf), path_of(fee.xlsx)

    check_paper(pdf, facts)
    check_paper_workbook(xlsx, facts)

    other = dataclasses.replace(facts, result=Sum(facts.result.label, fee.gross + 1))
    columns = facts.lists[0].columns
    totals = (*columns[:-1], dataclasses.replace(columns[-1], total=fee.gross + 1))
    off = dataclasses.replace(facts, lists=(dataclasses.replace(facts.lists[0], columns=totals),))
    short = dataclasses.replace(facts, lists=(dataclasses.replace(facts.lists[0], rows=5),))
    for check, path, wrongs in (
        (check_paper, pdf, (other, off)),
        (check_paper_workbook, xlsx, (other, off, short)),
    ):
        for wrong in wrongs:
            with pytest.raises(Mismatch):
                check(path, wrong)


def test_lines_that_do_not_make_the_invoice_are_not_drawn(invoice: FeeInvoice) -> None:
    plant("UPDATE documents_documentline SET commission_vat = commission_vat + 1")

    jobs.work_off()
    Job.objects.filter(name="billing.render").update(ready_at=AFTER_MIDDLE)
    jobs.work_off()

    assert "RowsDiffer" in Job.objects.get(name="billing.render").error
    assert FeeInvoice.objects.get().pdf is None
    assert not StoredFile.objects.filter(name__startswith="HU-F-").exists()


def test_an_invoice_nobody_will_draw_is_found(invoice: FeeInvoice) -> None:
    long_ago = "UPDATE billing_feeinvoice SET issued_at = '2026-01-02 03:04:05+00:00'"
    assert UNDRAWN not in plant(long_ago)

    Job.objects.filter(name="billing.render").update(state=JobState.CANCELLED)

    assert UNDRAWN in plant(long_ago)


def test_a_credit_of_less_than_no_commission_is_drawn_as_an_invoice(hungary: Market) -> None:
    lines = [
        goods("100.00", vat="27", commission="5", name="Book"),
        goods("1000.00", vat="27", name="Lamp"),
        discount("60.00", vat="27", commission="12"),
    ]
    take(hungary, hungarian("V9", "1040.00", tender("card", "1040.00"), lines=lines))
    settle(hungary, OCTOBER, AFTER_OCTOBER)
    back = [{"line": 1, "quantity": 1}, {"line": 3, "quantity": 1}]
    come_back(hungary, "R9", "V9", at="2026-11-05T10:00:00+01:00", lines=back)
    settle(hungary, date(2026, 11, 15), datetime(2026, 11, 16, 6, tzinfo=UTC))
    invoice = FeeInvoice.objects.get(document__kind="credit")
    credit = invoice.document
    draw("documents.render", credit.reference)
    credit.refresh_from_db()

    fee = drawn(invoice)

    assert fee.kind == Kind.INVOICE
    assert "It takes back what was credited for the orders that credit document HU-C-2026-000001 lists." in (
        text_of(fee)
    )
    assert "Total invoiced to Duna Bt. HUF 2.20" in text_of(fee)
    assert "an invoice of Meridian Market s.r.o. follows, since commission was credited for it." in " ".join(
        read(credit.pdf)
    )
