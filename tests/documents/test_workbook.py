"""The workbook of an invoice document: the same facts, as numbers, dates and harmless texts."""

import dataclasses
from datetime import datetime

import pytest

from marketplace.parties.models import Market
from settlement.documents.queries import document_facts
from settlement.documents.verification import Mismatch, check_workbook
from tests.cast import make_seller
from tests.documents.conftest import CARD, Drawn, draw, issue_over, path_of
from tests.orders.telling import discount, goods, tender


def test_the_first_sheet_says_what_the_pdf_says(example: Drawn) -> None:
    facts = example.facts

    assert facts["Reference"] == "CZ-2026-000001"
    assert facts["Invoice this to"] is None
    assert facts["Bank account"] == "CZ6508000000192000145399"
    assert facts["Orders"] == 3
    assert facts["Paid by customers"] == 4513.30
    assert facts["Commission"] == 635.25
    assert facts["Purchase price"] == 3878.05
    assert facts["Less customer money that you hold already"] == 2577.30
    assert facts["Held by the marketplace"] == 1936
    assert facts["Meridian Market s.r.o. pays Horizont s.r.o."] == 1300.75
    assert facts["Proof"].endswith("commission CZK 635.25")
    assert (0.21, 3205, 673.05, 3878.05) in example.sheets[0]
    assert facts["Proof"] in example.text


def test_orders_and_products_are_rows_of_texts_moments_and_numbers(example: Drawn) -> None:
    _, orders, products = example.sheets
    assert orders[0][:3] == ("Order", "Customer", "Created")
    assert orders[1] == (
        "10085339302", "Eva Nováková", datetime(2026, 10, 2, 9, 12), datetime(2026, 10, 5, 11, 30), None,
        "Card", 1331, 0, 1331, 181.5, 950, 199.5, 1149.5, "CZK",
    )  # fmt: skip
    assert [row[0] for row in orders[1:]] == [
        "10085339302",
        "10085339417",
        "10085340021",
        "Total of 3 orders",
    ]
    assert orders[-1][6:13] == (4513.3, 2577.3, 1936, 635.25, 3205, 673.05, 3878.05)
    assert products[1] == ("10085339302", "Kettle 1.8 l", "KET-18", 1, 0.21, 1210, 850, "CZK")
    assert len(products) == 1 + 6


def test_amounts_and_moments_are_shown_as_such(example: Drawn) -> None:
    sheet = example.open_workbook().worksheets[1]

    assert sheet["G2"].number_format == "#,##0.00"
    assert sheet["D2"].is_date
    assert sheet["A2"].data_type == "s"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:N4"


def test_no_text_of_a_stranger_becomes_a_formula(english: Market) -> None:
    make_seller(english, "3003", "Horizont s.r.o.")
    names = ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "<b>&amp;", "李小龍"]
    lines = [goods("10.00", name=name, sku="=1") for name in names]
    told = {"lines": lines, "tenders": [tender("card", "60.00")], "customer": {"name": "=HYPERLINK(1)"}}

    drawn = draw(issue_over(english, told))

    book = drawn.open_workbook()
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n", "d"}
    assert [row[1] for row in drawn.sheets[2][1:]] == [
        "'=cmd|' /C calc'!A0", "'+1+1", "'-2", "'@SUM(A1)", "<b>&amp;", "李小龍",
    ]  # fmt: skip
    assert drawn.sheets[1][1][1] == "'=HYPERLINK(1)"


def test_a_discount_over_several_rates_names_no_rate(english: Market) -> None:
    make_seller(english, "3003", "Horizont s.r.o.")
    lines = [goods("112.00", vat="12"), goods("121.00"), discount("23.30")]

    drawn = draw(issue_over(english, {"lines": lines, "tenders": [tender("card", "209.70")]}))

    discounted = drawn.sheets[2][3]
    assert discounted[1] == "Autumn sale"
    assert discounted[4] is None
    assert discounted[5] == -23.3
    assert "1 × Autumn sale −23.30" in drawn.text


def test_a_workbook_that_does_not_add_up_to_the_document_is_noticed(english: Market) -> None:
    make_seller(english, "3003", "Horizont s.r.o.")
    drawn = draw(issue_over(english, CARD))
    facts, path = document_facts(drawn.document), path_of(drawn.document.xlsx)

    check_workbook(path, facts)
    for name in ("orders", "customer_total", "purchase_net", "purchase_vat", "held_by_seller"):
        with pytest.raises(Mismatch):
            check_workbook(path, dataclasses.replace(facts, **{name: getattr(facts, name) + 1}))


def test_readers_that_trust_a_sheets_own_size_see_all_rows(example: Drawn) -> None:
    book = example.open_workbook(read_only=True)

    assert [len(list(sheet.iter_rows())) for sheet in book.worksheets[1:]] == [5, 7]
    book.close()
