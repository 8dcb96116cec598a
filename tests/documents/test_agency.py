"""Documents of agency: the commission, the seller's share, and what came back of both."""

import dataclasses
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core import mail
from pypdf import PdfReader

from marketplace.kernel.books import run_checks
from marketplace.orders.models import Refund
from marketplace.orders.operations.refunding import reactivate_voucher
from marketplace.parties.models import Market
from settlement.documents.facts import write_facts
from settlement.documents.models import Document, Kind
from settlement.documents.queries import billed_orders, document_facts
from settlement.documents.verification import check_pdf, check_workbook
from tests.cast import AFTER_OCTOBER, OCTOBER, settle, take
from tests.documents.conftest import draw, words_of
from tests.documents.test_returned import assert_alike
from tests.orders.telling import discount, goods, shipping, tender
from tests.stories.hungary import (
    AFTER_MIDDLE,
    MIDDLE,
    come_back,
    four_orders,
    hungarian,
    make_agent,
    make_hungary,
)

ROOT = Path(__file__).resolve().parents[2]
LATER = "2026-10-20T10:00:00+02:00"
NOVEMBER, AFTER_NOVEMBER = date(2026, 11, 15), datetime(2026, 11, 16, 6, tzinfo=UTC)


@pytest.fixture
def hungary(db: None) -> Market:
    market = make_hungary()
    make_agent(market)
    return market


def of(kind: Kind) -> Document:
    return Document.objects.select_related("market", "seller", "period").filter(kind=kind).latest("pk")


def test_a_commission_document_says_what_each_order_bears_and_who_pays_whom(hungary: Market) -> None:
    take(hungary, *four_orders(hungary))
    settle(hungary, MIDDLE, AFTER_MIDDLE)

    drawn = draw(of(Kind.INVOICE))

    for words in (
        "COMMISSION DOCUMENT HU-2026-000001",
        "This is not a tax invoice. You need not invoice anything: the commission invoice of Meridian Market"
        " s.r.o. follows.",
        "Commission, per VAT rate VAT rate Net VAT Gross 27% 6,000 1,620 7,620 Total 6,000 1,620 7,620",
        "Paid by customers 63,500 Commission 7,620 Your share 55,880",
        "Held by the seller 34,760 Held by the marketplace 28,740",
        "Your share of what customers paid 55,880",
        "Less customer money that you hold already 34,760",
        "Meridian Market s.r.o. pays Duna Bt. HUF 21,120",
        "The next set-off settles it. Please pay nothing for this document alone.",
        "held by the marketplace HUF 28,740 − net due to the seller HUF 21,120 = commission HUF 7,620",
        "Sale price Commission, net VAT Commission Your share",
        "V3 Eva Nováková Voucher + Cash on delivery 2 Oct 2026 5 Oct 2026 19,050 1,800 486 2,286 16,764",
        "1 × TV 55 · TV-55 19,050 1,800",
        "Total of 4 orders 63,500 6,000 1,620 7,620 55,880",
    ):
        assert words in drawn.text.replace("HUF\N{NO-BREAK SPACE}", "HUF ")
    assert drawn.facts["Your share"] == 55880
    assert_alike(drawn)
    assert run_checks() == []


def test_its_letter_asks_for_no_invoice(hungary: Market) -> None:
    take(hungary, *four_orders(hungary))
    settle(hungary, MIDDLE, AFTER_MIDDLE)

    draw(of(Kind.INVOICE))

    letter = next(each for each in mail.outbox if "HU-2026-" in each.subject)
    body = letter.body.replace("\N{NO-BREAK SPACE}", " ")
    assert letter.subject == "Commission document HU-2026-000001"
    assert "You need not invoice anything: the commission invoice of Meridian Market s.r.o. follows." in body
    assert "Commission, per VAT rate:\nVAT 27%: net HUF 6,000 + VAT HUF 1,620 = gross HUF 7,620" in body
    assert "Meridian Market s.r.o. pays Duna Bt.: HUF 21,120" in body
    assert "please issue your invoice" not in body


def test_what_came_back_after_it_is_credited_with_its_commission(hungary: Market) -> None:
    take(hungary, *four_orders(hungary))
    settle(hungary, MIDDLE, AFTER_MIDDLE)
    come_back(hungary, "R1", "V3", at=LATER)
    reactivate_voucher(refund_id=Refund.objects.get(tender__method="voucher").pk, by=None, at=AFTER_MIDDLE)
    settle(hungary, OCTOBER, AFTER_OCTOBER)

    drawn = draw(of(Kind.CREDIT))

    for words in (
        "CREDIT DOCUMENT HU-C-2026-000001",
        "It lists what came back. You need not credit anything: the credit note of Meridian Market s.r.o. for"
        " its commission follows.",
        "Commission credited, per VAT rate VAT rate Net VAT Gross 27% 1,800 486 2,286",
        "Given back by the seller 14,050 For the marketplace to give back 5,000",
        "Your share of what came back 16,764",
        "Duna Bt. pays Meridian Market s.r.o. HUF 2,714",
        "HUF 5,000 − net due from the seller HUF 2,714 = commission on what came back HUF 2,286",
        "Billed on HU-2026-000001 · Given back by the seller: 14,050 · For the marketplace to give back:"
        " 5,000",
        "Total of 1 order 19,050 1,800 486 2,286 16,764",
    ):
        assert words in drawn.text.replace("HUF\N{NO-BREAK SPACE}", "HUF ")
    assert_alike(drawn)
    letter = next(each for each in mail.outbox if "HU-C-" in each.subject)
    assert letter.subject == "Credit document HU-C-2026-000001"
    assert run_checks() == []


def test_parts_of_an_order_with_a_discount_bear_their_part_of_the_commission(hungary: Market) -> None:
    lines = [
        goods("333.00", quantity=3, vat="27", sku="A", name="Towel"),
        goods("120.00", vat="5", sku="B", name="Book"),
        discount("100.00"),
        shipping("990.00", vat="27"),
    ]
    take(hungary, hungarian("P1", "0", tender("card", "2009.00"), lines=lines))
    come_back(hungary, "R1", "P1", lines=[{"line": 1, "quantity": 1}])
    settle(hungary, MIDDLE, AFTER_MIDDLE)
    billed = draw(of(Kind.INVOICE))
    assert "2 × Towel · A 666" in billed.text
    assert_alike(billed)

    come_back(hungary, "R2", "P1", at=LATER, lines=[{"line": 1, "quantity": 1}, {"line": 2, "quantity": 1}])
    settle(hungary, OCTOBER, AFTER_OCTOBER)
    first = draw(of(Kind.CREDIT))
    assert_alike(first)

    rest = [{"line": place, "quantity": 1} for place in (1, 3, 4)]
    come_back(hungary, "R3", "P1", at="2026-11-05T10:00:00+01:00", lines=rest)
    settle(hungary, NOVEMBER, AFTER_NOVEMBER)
    second = draw(of(Kind.CREDIT))
    assert_alike(second)
    nets = [each.document.commission_net for each in (billed, first, second)]
    assert nets[0] == nets[1] + nets[2], "all of it came back"


def test_what_the_seller_holds_beyond_its_share_is_to_be_paid_by_it(hungary: Market) -> None:
    take(hungary, hungarian("C1", "12700.00", tender("cod", "12700.00")))
    settle(hungary, MIDDLE, AFTER_MIDDLE)

    drawn = draw(of(Kind.INVOICE))

    text = drawn.text.replace("HUF\N{NO-BREAK SPACE}", "HUF ")
    assert "Duna Bt. pays Meridian Market s.r.o. HUF 1,524" in text
    assert "HUF 0 + net due from the seller HUF 1,524 = commission HUF 1,524" in text


def test_a_large_credit_document_has_its_orders_as_lines_with_their_originals(
    hungary: Market, tmp_path: Path
) -> None:
    take(hungary, *four_orders(hungary))
    settle(hungary, MIDDLE, AFTER_MIDDLE)
    come_back(hungary, "R1", "V3", at=LATER)
    settle(hungary, OCTOBER, AFTER_OCTOBER)
    small = of(Kind.CREDIT)
    (order,), facts, count = list(billed_orders(small)), document_facts(small), 1600
    rows = [dataclasses.replace(order, number=f"V{place:05}") for place in range(count)]
    sums = ("customer_total", "purchase_net", "held_by_seller", "held_by_marketplace", "commission_net")
    header = dataclasses.replace(
        facts,
        orders=count,
        products=count,
        commission_vat=count * facts.commission_vat,
        rates=(),
        words={**facts.words, "total_of": f"Total of {count} orders"},
        **{name: count * getattr(facts, name) for name in sums},
    )
    source = tmp_path / "facts.jsonl"
    write_facts(source, header, rows)

    command = [sys.executable, "-m", "settlement.documents.rendering"]
    subprocess.run([*command, source, tmp_path / "a.pdf", tmp_path / "a.xlsx"], cwd=ROOT, check=True)

    check_pdf(tmp_path / "a.pdf", header)
    check_workbook(tmp_path / "a.xlsx", header)
    pages = [words_of(page.extract_text()) for page in PdfReader(tmp_path / "a.pdf").pages]
    assert "Sale price Commission, net VAT Commission Your share" in pages[1]
    assert "V00000 Eva Nováková 2 Oct 2026 5 Oct 2026 19,050 1,800 486 2,286 16,764" in pages[1]
    assert (
        "Billed on HU-2026-000001 · Voucher + Cash on delivery · 1 × TV 55 (TV-55) 19,050 / 1,800" in pages[1]
    )
