"""The lists of orders: pending ones, those paid by voucher, what they show and how they are narrowed."""

from typing import Any

import pytest

from marketplace.orders.models import Order
from marketplace.orders.operations.moves import confirm_order
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document
from tests.cast import AFTER_OCTOBER, MakeOrder, take
from tests.netting.telling import give_account
from tests.orders.telling import tender
from tests.portal.agency import IBAN, OPEN
from tests.portal.telling import Browser
from tests.stories.hungary import by_voucher, come_back, give_voucher, hungarian

Pending = dict[str, Order]


def test_voucher_orders_show_total_voucher_what_is_to_be_paid_and_what_to_collect(
    eva_sees: Browser, four_pending: Pending
) -> None:
    page = eva_sees.page("/orders/vouchers/")

    for said in (
        "P1 2 Oct 2026 Eva Nováková Pending Voucher 12,700 12,700 0 0",
        "P2 2 Oct 2026 Eva Nováková Pending Voucher + Bank transfer 25,400 4,690 20,710 20,710",
        "P3 2 Oct 2026 Eva Nováková Pending Voucher + Cash on delivery 19,050 5,000 14,050 14,050",
        "P4 2 Oct 2026 Eva Nováková Pending Voucher + Card 6,350 2,000 4,350 0",
    ):
        assert said in page, said


def test_each_list_holds_its_own_orders(eva_sees: Browser, hungary: Market, four_pending: Pending) -> None:
    take(hungary, hungarian("COD", "8900.00", tender("cod", "8900.00"), **OPEN))
    confirm_order(order_id=four_pending["P1"].pk, by=None, at=AFTER_OCTOBER)

    held = {
        address: {
            number for number in ("P1", "P2", "P3", "P4", "COD") if f" {number} " in eva_sees.page(address)
        }
        for address in ("/orders/", "/orders/pending/", "/orders/vouchers/", "/orders/vouchers/?tab=open")
    }

    assert held == {
        "/orders/": {"P1", "P2", "P3", "P4", "COD"},
        "/orders/pending/": {"P2", "P3", "P4", "COD"},
        "/orders/vouchers/": {"P1", "P2", "P3", "P4"},
        "/orders/vouchers/?tab=open": {"P1"},
    }


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("voucher=all", {"P1"}),
        ("voucher=part", {"P2", "P3", "P4"}),
        ("voucher=none", set()),
        ("payment=cod", {"P3"}),
        ("waiting=transfer", set()),
        ("waiting=refund", set()),
        ("q=P4", {"P4"}),
    ],
)
def test_a_list_is_narrowed(eva_sees: Browser, four_pending: Pending, query: str, numbers: set[str]) -> None:
    page = eva_sees.page(f"/orders/pending/?{query}")

    assert {number for number in four_pending if f" {number} " in page} == numbers
    if not numbers:
        assert "No order matches" in page


def test_what_waits_for_a_transfer_or_a_refund_is_found_once_it_does(
    eva_sees: Browser, agent: Seller, four_pending: Pending, hungary: Market, billed: Document
) -> None:
    give_account(agent, IBAN)
    confirm_order(order_id=four_pending["P2"].pk, by=None, at=AFTER_OCTOBER)
    come_back(hungary, "R1", "V3", at="2026-10-20T10:00:00+02:00")

    transfers, refunds = eva_sees.page("/orders/?waiting=transfer"), eva_sees.page("/orders/?waiting=refund")

    assert (" P2 " in transfers, " V2 " in transfers, " V3 " in transfers) == (True, False, False)
    assert (" V3 " in refunds, " P2 " in refunds) == (True, False)


def test_only_who_may_have_vouchers_has_a_menu_for_them(
    eva_sees: Browser, ana_sees: Browser, beto_sees: Browser, make_order: MakeOrder, market: Market
) -> None:
    assert "/orders/vouchers/" in eva_sees.links("/")
    assert "/orders/vouchers/" not in ana_sees.links("/")

    give_voucher(market, "CZ-1234", "210.00")
    make_order(tenders=[by_voucher("CZ-1234", "210.00"), tender("card", "1000.00")])

    assert "/orders/vouchers/" in ana_sees.links("/")
    assert "/orders/vouchers/" not in beto_sees.links("/")


def test_who_never_sees_a_voucher_has_no_columns_for_it(ana_sees: Browser, make_order: MakeOrder) -> None:
    make_order(number="CARD", **OPEN)

    page = ana_sees.page("/orders/")

    assert "Total, CZK To collect" in page
    assert "CARD 2 Oct 2026 Eva Nováková Pending Card 1,210.00 0.00" in page


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/orders/", "Orders appear by themselves"),
        ("/orders/pending/", "A new order waits here until you send it"),
        ("/orders/vouchers/", "Customers may pay with a voucher"),
        ("/orders/pending/?q=1", "Widen the search or clear the filters."),
    ],
)
def test_an_empty_list_says_how_it_begins(eva_sees: Browser, address: str, said: str) -> None:
    assert said in eva_sees.page(address)


def test_a_list_leaves_with_the_columns_of_the_export(eva_sees: Browser, four_pending: Pending) -> None:
    head, *rows = eva_sees.sheet("/orders/vouchers/export/?voucher=part")

    assert head[5:10] == [
        "Total (sale price)",
        "Voucher",
        "Amount to be paid",
        "Payment method",
        "To collect by seller",
    ]
    assert sorted((row[0], *row[5:10]) for row in rows) == [
        ("P2", 25400, 4690, 20710, "Voucher + Bank transfer", 20710),
        ("P3", 19050, 5000, 14050, "Voucher + Cash on delivery", 14050),
        ("P4", 6350, 2000, 4350, "Voucher + Card", 0),
    ]
    assert {row[0] for row in eva_sees.sheet("/orders/pending/export/")[1:]} == {"P1", "P2", "P3", "P4"}


def test_the_menu_names_the_page_one_is_on(eva_sees: Browser, four_pending: Pending) -> None:
    for address, label in (
        ("/orders/", "Orders"),
        ("/orders/P1/", "Orders"),
        ("/orders/pending/", "Pending orders"),
        ("/orders/vouchers/", "Orders with voucher"),
    ):
        nav = eva_sees.client.get(address).context["nav"]
        assert [str(item["label"]) for item in nav if item["active"]] == [label], address


def test_a_company_is_not_told_before_the_order_is_sent(
    eva_sees: Browser, hungary: Market, agent: Seller
) -> None:
    customer: dict[str, Any] = hungarian("X", "1.00")["customer"] | {"company": "Titok Zrt."}
    take(hungary, hungarian("SECRET", "8900.00", tender("cod", "8900.00"), customer=customer, **OPEN))

    assert "Titok" not in eva_sees.page("/orders/")
    assert "Titok" not in eva_sees.page("/orders/SECRET/")
    eva_sees.post("/orders/SECRET/confirm/")
    assert "Titok" in eva_sees.page("/orders/")


@pytest.mark.parametrize("address", ["/orders/pending/", "/orders/vouchers/", "/orders/?waiting=transfer"])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(
    eva_sees: Browser, hungary: Market, four_pending: Pending, address: str
) -> None:
    few = eva_sees.queries(address)
    give_voucher(hungary, "MANY", "3000.00")
    take(
        hungary,
        *(
            hungarian(f"M{place}", "8900.00", by_voucher("MANY", "100.00"), tender("cod", "8800.00"), **OPEN)
            for place in range(30)
        ),
    )

    assert eva_sees.queries(address) == few
