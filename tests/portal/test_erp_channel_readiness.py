"""How ready a channel is: the score, what is missing, and the rehearsal of a month's orders."""

import pytest

from marketplace.parties.models import Market, Role, Seller
from sellers.erp.models import Channel, ErpInvoice
from tests.cast import client_of, make_member
from tests.erp.colombia import sell
from tests.orders.telling import goods, tender
from tests.portal.telling import Browser

PAGE, EXPORT = "/channels/readiness/", "/channels/readiness/export/"


@pytest.fixture
def vera(condor: Seller) -> Browser:
    return Browser(client_of(make_member(condor, "vera@condor.example", Role.VIEWER)))


@pytest.fixture
def october(colombia: Market, channel: Channel) -> None:
    """Three orders: one that fits, two of SKUs or rates that Alegra does not have."""
    sell(colombia, "501")
    sell(colombia, "502", lines=[goods("1190.00", sku="NOWHERE", vat="19")])
    sell(
        colombia,
        "503",
        lines=[goods("1080.00", sku="770000000055", vat="8")],
        tenders=[tender("card", "1080.00")],
    )


def test_the_score_says_what_would_be_invoiced_and_what_is_missing(october: None, vera: Browser) -> None:
    page = vera.page(PAGE)

    assert "Readiness 33 % Of 3 orders of October 2026, 1 would be invoiced as things are." in page
    assert "Orders that would be invoiced 1 / 3 SKUs in the catalogue 1 / 2 50 %" in page
    assert "Buyers without a document 0 Rates without a tax 8" in page
    assert "SKU not in the ERP NOWHERE 1" in page
    assert "SKUs without an item" in page
    assert not ErpInvoice.objects.exists()


def test_the_rehearsal_tells_each_orders_total_and_what_would_become_of_it(
    october: None, vera: Browser
) -> None:
    page = vera.page(PAGE)
    assert "501 2 Oct 2026 Eva Ruiz 501 1,190 Would be invoiced" in page

    assert "501" not in vera.page(f"{PAGE}?tab=not-ready").partition("Rehearsal")[2]
    by_cause = vera.page(f"{PAGE}?cause=tax_missing").partition("Rehearsal")[2]
    assert "503" in by_cause
    assert "502" not in by_cause
    assert "Nothing matches" in vera.page(f"{PAGE}?q=999")


def test_the_rehearsal_is_exported_as_it_is_narrowed(october: None, vera: Browser) -> None:
    head, *rows = vera.sheet(f"{EXPORT}?tab=not-ready")

    assert head[:2] == ["Order", "Placed"]
    assert [row[0] for row in rows] == ["503", "502"]
    assert rows[1][3:6] == [1190, "SKU not in the ERP", "NOWHERE"]


def test_the_rehearsal_is_cut_into_pages(colombia: Market, channel: Channel, vera: Browser) -> None:
    for number in range(27):
        sell(colombia, str(600 + number))

    assert "Orders 1–25 of 27" in vera.page(PAGE)
    assert "Orders 26–27 of 27" in vera.page(f"{PAGE}?page=2")
    assert "Orders 26–27 of 27" in vera.page(f"{PAGE}?page=99")
    assert "Orders 1–25 of 27" in vera.page(f"{PAGE}?page=x")


def test_more_orders_take_no_more_questions(october: None, colombia: Market, vera: Browser) -> None:
    before = vera.queries(PAGE)
    for number in range(5):
        sell(colombia, str(700 + number), lines=[goods("1190.00", sku=f"NEW-{number}", vat="19")])

    assert vera.queries(PAGE) == before


def test_without_an_order_there_is_nothing_to_judge_by(channel: Channel, vera: Browser) -> None:
    assert "There is no order yet that these rules fit" in vera.page(PAGE)


def test_books_in_another_currency_are_named_as_what_stands_in_the_way(
    october: None, channel: Channel, vera: Browser
) -> None:
    Channel.objects.filter(pk=channel.pk).update(currency="PEN")

    page = vera.page(PAGE)

    assert "The company's books are in PEN. Orders in COP cannot be invoiced there." in page
    assert "There is no order yet" not in page
