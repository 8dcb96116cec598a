"""What a seller finds in the workbook of a period."""

from datetime import datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.utils import translation
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from marketplace.kernel import jobs
from marketplace.parties.models import Market, Seller
from settlement.claims.operations import hold_order
from settlement.exports.operations import request_export
from settlement.exports.wording import export_words
from settlement.exports.workbook import OrderRow, Workbook
from tests.cast import AFTER_OCTOBER, BEFORE, MakeOrder, settle, take
from tests.exports.conftest import OCTOBER, WriteExport, opened, sheets_of, words_of, workbook_of
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender

A, B, C, D, E, F, G, H, I, J, K, L, M, N = range(14)


def the_worked_example(make_order: MakeOrder) -> None:
    make_order(number="A", lines=[goods("1210.00"), shipping()], tenders=[tender("card", "1331.00")])
    make_order(
        number="B", lines=[goods("2420.00"), shipping(), cod_fee()], tenders=[tender("cod", "2577.30")]
    )
    make_order(number="C", lines=[goods("605.00")], tenders=[tender("transfer", "605.00")])


def cents(value: object) -> int:
    """A cell's amount in minor units, exactly."""
    minor = Decimal(str(value)) * 100
    assert minor == int(minor)
    return int(minor)


def test_column_b_is_the_cod_amount(make_order: MakeOrder, write_export: WriteExport) -> None:
    the_worked_example(make_order)

    rows, _, _ = sheets_of(write_export())

    assert {row[A]: cents(row[B]) for row in rows} == {"A": 0, "B": 2577_30, "C": 0}


def test_the_worked_example_to_the_cent(make_order: MakeOrder, write_export: WriteExport) -> None:
    the_worked_example(make_order)

    export = write_export()
    rows, _, _ = sheets_of(export)

    money = {row[A]: [cents(row[column]) for column in (F, G, H, J, K, L)] for row in rows}
    assert money == {
        "A": [1331_00, 0, 1331_00, 0, 181_50, 1149_50],
        "B": [2577_30, 0, 2577_30, 2577_30, 363_00, 2214_30],
        "C": [605_00, 0, 605_00, 0, 90_75, 514_25],
    }
    assert all(cents(row[F]) == cents(row[K]) + cents(row[L]) for row in rows)
    assert (export.rows, export.left_out, export.total, export.purchase_gross) == (3, 0, 4513_30, 3878_05)


def test_each_column_stands_where_it_is_promised(make_order: MakeOrder, write_export: WriteExport) -> None:
    lines = [goods("2420.00"), shipping(), cod_fee()]
    make_order(number="10085339302", lines=lines, tenders=[tender("cod", "2577.30")])

    export = write_export()
    sheet = opened(workbook_of(export)).worksheets[0]
    titles, row = sheet.iter_rows(values_only=True)

    words = words_of(export)
    assert (sheet.title, titles) == (words.orders, tuple(words.order_titles))
    assert row == (
        "10085339302",
        2577.3,
        "Eva Nováková",
        datetime(2026, 10, 2, 9, 12),
        datetime(2026, 10, 5, 11, 30),
        2577.3,
        0,
        2577.3,
        words.payment("cod"),
        2577.3,
        363,
        2214.3,
        "CZK",
        words.no,
    )


def test_amounts_are_numbers_with_two_decimals_and_days_are_dates(
    make_order: MakeOrder, write_export: WriteExport
) -> None:
    the_worked_example(make_order)

    sheet = opened(workbook_of(write_export())).worksheets[0]

    row = sheet[2]
    assert {row[column].data_type for column in (B, F, G, H, J, K, L)} == {"n"}
    assert {row[column].number_format for column in (B, F, G, H, J, K, L)} == {"#,##0.00"}
    assert all(isinstance(row[column].value, datetime) for column in (D, E))
    assert row[A].data_type in ("s", "inlineStr")
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:N4"


def test_times_are_those_of_the_market_on_both_sides_of_a_clock_change(
    make_order: MakeOrder, write_export: WriteExport
) -> None:
    make_order(number="SUMMER", placed="2026-10-24T21:59:59Z", delivered="2026-10-25T00:59:59Z")
    make_order(number="WINTER", placed="2026-10-25T01:00:00Z", delivered="2026-10-31T22:59:59Z")

    rows, _, _ = sheets_of(write_export())

    assert [(row[A], row[D], row[E]) for row in rows] == [
        ("SUMMER", datetime(2026, 10, 24, 23, 59, 59), datetime(2026, 10, 25, 2, 59, 59)),
        ("WINTER", datetime(2026, 10, 25, 2), datetime(2026, 10, 31, 23, 59, 59)),
    ]


def test_late_arrivals_are_flagged_and_come_first(make_order: MakeOrder, write_export: WriteExport) -> None:
    make_order(number="NOW")
    make_order(number="OLD", placed="2026-08-01T10:00:00+02:00", delivered="2026-09-30T23:59:59+02:00")

    export = write_export()
    rows, _, _ = sheets_of(export)

    assert [(row[A], row[N]) for row in rows] == [("OLD", words_of(export).yes), ("NOW", words_of(export).no)]


def test_what_is_not_included_says_why(
    market: Market, make_order: MakeOrder, write_export: WriteExport
) -> None:
    for state in ("cancelled", "returned", "lost", "shipped"):
        make_order(number=state.upper(), status=state)
    make_order(number="TEST", test=True)
    make_order(number="LATER", delivered="2026-11-01T00:10:00+01:00")
    disputed = make_order(number="DISPUTED")
    hold_order(order_id=disputed.pk, reason="the customer says it is broken", by=None, at=AFTER_OCTOBER)
    make_order(number="FINE")

    export = write_export()
    orders, left_out, _ = sheets_of(export)

    assert [row[0] for row in orders] == ["FINE"]
    assert {row[0]: row[7] for row in left_out} == {
        "CANCELLED": "cancelled",
        "RETURNED": "returned",
        "LOST": "lost",
        "SHIPPED": "not_delivered",
        "TEST": "test_order",
        "LATER": "after_cutoff",
        "DISPUTED": "disputed",
    }
    assert all(row[6] for row in left_out), "each reason also in words"
    assert (export.rows, export.left_out) == (1, 7)


def test_an_invoiced_order_is_not_included_and_names_its_document(
    market: Market, make_order: MakeOrder, write_export: WriteExport
) -> None:
    make_order(number="DONE")
    settle(market)

    orders, (row,), _ = sheets_of(write_export())

    assert orders == []
    assert (row[0], row[7], row[8]) == ("DONE", "already_invoiced", "CZ-2026-000001")


def test_a_rivals_orders_are_on_no_sheet(
    market: Market, rival: Seller, make_order: MakeOrder, write_export: WriteExport
) -> None:
    take(
        market,
        tell_order(number="THEIRS", seller="3004"),
        tell_order(number="GONE", seller="3004", status="lost"),
    )
    make_order(number="MINE")

    orders, left_out, _ = sheets_of(write_export())

    assert [row[0] for row in orders] == ["MINE"]
    assert left_out == []


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://x","y")', "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "=1+1"]
)
def test_a_customers_name_never_becomes_a_formula(
    name: str, make_order: MakeOrder, write_export: WriteExport
) -> None:
    make_order(customer={"name": name, "country": "CZ"})

    path = workbook_of(write_export())
    cell = opened(path).worksheets[0]["C2"]

    assert cell.data_type in ("s", "inlineStr")
    assert str(cell.value).startswith("'")
    with ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_names_with_markup_and_other_alphabets_come_back_as_they_were(
    make_order: MakeOrder, write_export: WriteExport
) -> None:
    make_order(customer={"name": 'Łukasz & <Żółć> "O\'Neill" 株式会社 🙂', "country": "CZ"})

    rows, _, _ = sheets_of(write_export())

    assert rows[0][C] == 'Łukasz & <Żółć> "O\'Neill" 株式会社 🙂'


def test_calamine_reads_the_same_as_openpyxl(make_order: MakeOrder, write_export: WriteExport) -> None:
    the_worked_example(make_order)

    export = write_export()
    rows, _, _ = sheets_of(export)
    other = CalamineWorkbook.from_path(str(workbook_of(export))).get_sheet_by_index(0).to_python()[1:]

    assert [tuple(row) for row in other] == rows


def test_the_last_sheet_tells_whose_it_is_and_what_it_held(
    make_order: MakeOrder, write_export: WriteExport
) -> None:
    the_worked_example(make_order)

    _, _, about = sheets_of(write_export())

    values = [value for _, value in about]
    assert values[0] == "3003"
    assert values[3:5] == ["2026-10-01", "2026-10-31"]
    assert values[5:8] == [3, 4513.3, 3878.05]
    assert len(values) == 10


def test_an_export_of_a_running_period_is_a_preview_and_says_so(
    make_order: MakeOrder, write_export: WriteExport
) -> None:
    make_order()

    export = write_export(at=datetime.fromisoformat("2026-10-20T12:00:00+02:00"))

    _, _, about = sheets_of(export)
    assert export.preview
    assert len(about) == 11, "a line more than that of a period that is over"


def test_the_file_is_named_after_market_partner_and_days(
    make_order: MakeOrder, write_export: WriteExport
) -> None:
    make_order()

    export = write_export()

    assert export.file is not None
    assert export.file.name == "saldo-export-CZ-3003-2026-10-01_2026-10-31.xlsx"
    assert export.file.seller_id == export.seller_id


def test_thousands_of_orders_are_all_there_once(
    seller: Seller, write_export: WriteExport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("settlement.exports.queries.CHUNK", 7)
    same_moment = [tell_order(number=f"A{place:03}") for place in range(20)]
    apart = [
        tell_order(number=f"B{place:03}", delivered=f"2026-10-{place + 1:02}T10:00:00Z")
        for place in range(25)
    ]
    gone = [tell_order(number=f"C{place:03}", status="lost") for place in range(30)]
    take(seller.market, *same_moment, *apart, *gone)

    export = write_export()
    orders, left_out, _ = sheets_of(export)

    assert sorted(row[A] for row in orders) == sorted(each["number"] for each in same_moment + apart)
    assert [row[0] for row in left_out] == [each["number"] for each in gone]
    assert (export.job and export.job.progress_done) == 75


def test_more_rows_than_a_sheet_holds_go_on_on_a_second_one() -> None:
    out = BytesIO()
    rows: list[OrderRow] = [
        (f"N{place}", 0, "x", "46300.5", "46301.5", 100, "card", 0, 85, 0, place, 0) for place in range(5)
    ]

    with translation.override("en"):
        book = Workbook(out, words=export_words(), currency="CZK", at=BEFORE, most_rows=2)
        book.add_orders(rows[:3])
        book.add_orders(rows[3:])
        book.close([])

    written = load_workbook(out)
    assert written.sheetnames == ["Orders", "Orders 2", "Orders 3", "Not included", "About"]
    numbers = [sheet[f"A{row}"].value for sheet in written.worksheets[:3] for row in (2, 3)]
    assert numbers == ["N0", "N1", "N2", "N3", "N4", None]


def test_the_archive_is_plain_enough_for_every_reader(
    make_order: MakeOrder, write_export: WriteExport
) -> None:
    make_order()

    with ZipFile(workbook_of(write_export())) as archive:
        assert archive.testzip() is None
        for part in archive.infolist():
            assert part.flag_bits == 0, "no sizes after the data, no encryption"
            assert part.extract_version == 20, "no 64-bit sizes"


def test_asking_for_a_period_that_is_none_is_refused(seller: Seller) -> None:
    from settlement.exports.models import Export
    from settlement.exports.operations import NoSuchPeriod
    from settlement.periods.rules import Span

    with pytest.raises(NoSuchPeriod):
        request_export(
            seller_id=seller.pk, span=Span(OCTOBER.first_on, OCTOBER.last_on), by=None, at=AFTER_OCTOBER
        )

    assert not Export.objects.exists()
    assert jobs.work_off() == 0
