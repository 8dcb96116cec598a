"""The list of orders as a workbook: what is filtered, with each order's status."""

from io import BytesIO

from django.utils import translation
from openpyxl import load_workbook

from marketplace.orders.models import Order, State
from marketplace.parties.models import Market, Seller
from sellers.portal.order_export import write_order_list
from settlement.exports.wording import export_words
from tests.cast import MakeOrder, settle
from tests.exports.conftest import Rows


def listed(seller: Seller, **narrowed: object) -> Rows:
    out = BytesIO()
    with translation.override("en"):
        orders = Order.objects.of(seller).filter(**narrowed).order_by("number")
        count = write_order_list(out, orders, seller)
    rows = list(load_workbook(out).worksheets[0].iter_rows(values_only=True))
    assert count == len(rows) - 1
    return rows


def test_it_has_the_exports_columns_and_the_status(seller: Seller, make_order: MakeOrder) -> None:
    make_order(number="A", status="shipped")
    make_order(number="B")

    titles, shipped, delivered = listed(seller)

    with translation.override("en"):
        assert titles == (*export_words().order_titles, "Status")
    assert (shipped[0], shipped[4], shipped[14]) == ("A", None, "Shipped")
    assert (delivered[0], delivered[5], delivered[11], delivered[14]) == ("B", 1210, 1028.5, "Delivered")


def test_only_what_was_filtered_is_in_it(seller: Seller, make_order: MakeOrder) -> None:
    make_order(number="A", status="shipped")
    make_order(number="B")

    assert [row[0] for row in listed(seller, state=State.SHIPPED)[1:]] == ["A"]


def test_an_order_that_missed_its_period_is_a_late_arrival(
    market: Market, seller: Seller, make_order: MakeOrder
) -> None:
    make_order(number="A-ON-TIME")
    settle(market)
    make_order(number="B-LATE")
    make_order(number="C-NEXT", delivered="2026-11-01T10:00:00Z")

    assert [(row[0], row[13]) for row in listed(seller)[1:]] == [
        ("A-ON-TIME", "No"), ("B-LATE", "Yes"), ("C-NEXT", "No"),
    ]  # fmt: skip
