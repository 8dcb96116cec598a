"""The seller's orders: found, read page by page, masked, refused."""

from django.test import Client
from django.urls import reverse

from marketplace.orders.models import State
from marketplace.parties.models import Contract, Seller
from marketplace.users.models import User
from tests.cast import MakeOrder, settle, take
from tests.orders.telling import tell_order, tender
from tests.portal.telling import text_of
from tests.runs.test_answers import hand_in


def test_orders_are_found_by_number_customer_tab_and_filter(
    ana_client: Client, make_order: MakeOrder
) -> None:
    make_order(number="4711", customer={"name": "Jiří Dvořák"})
    make_order(number="4712", status="cancelled", tenders=[tender("cod", "1210.00")])

    for query, there, absent in (
        ("q=4711", "4711", "4712"),
        ("q=dvoř", "4711", "4712"),
        ("tab=ended", "4712", "4711"),
        ("payment=cod", "4712", "4711"),
        ("invoiced=no", "4711", "4712"),
        ("placed_to=2026-10-01", "No order matches", "4711"),
    ):
        page = text_of(ana_client, f"/orders/?{query}")
        assert there in page, query
        assert f">{absent}<" not in page, query


def test_every_order_is_reached_page_by_page_and_back(ana_client: Client, make_order: MakeOrder) -> None:
    numbers = {make_order(placed=f"2026-10-02T10:{place % 7:02}:00+02:00").number for place in range(60)}
    for sort in ("-placed", "placed", "-total", "total"):
        seen: list[str] = []
        address = f"/orders/?sort={sort}"
        while address:
            answer = ana_client.get(address)
            seen += [row.number for row in answer.context["page"].rows]
            last, older = answer, answer.context["older_url"]
            address = f"/orders/{older}" if older else ""
        assert len(seen) == 60
        assert set(seen) == numbers
        back = ana_client.get(f"/orders/{last.context['newer_url']}")
        assert [row.number for row in back.context["page"].rows] == seen[25:50]


def test_a_pending_orders_customer_is_masked_until_it_is_confirmed(
    ana_client: Client, make_order: MakeOrder
) -> None:
    order = make_order(status="open", status_times={})
    address = reverse("portal:order", args=[order.number])
    assert "Dlouhá" not in text_of(ana_client, address)
    assert "eva@example.com" not in text_of(ana_client, address)

    ana_client.post(reverse("portal:order_confirm", args=[order.number]))

    page = text_of(ana_client, address)
    assert "Dlouhá" in page
    assert "eva@example.com" in page


def test_a_refused_move_says_what_to_do_and_changes_nothing(
    ana_client: Client, make_order: MakeOrder
) -> None:
    order = make_order(status="open", status_times={})

    answer = ana_client.post(reverse("portal:order_advance", args=[order.number, "shipped"]), follow=True)

    assert "not captured" in answer.content.decode()
    order.refresh_from_db()
    assert order.state == State.OPEN


def test_what_a_customer_wrote_is_shown_as_text(ana_client: Client, make_order: MakeOrder) -> None:
    order = make_order(customer={"name": "<script>alert(1)</script>"})

    for address in ("/orders/", reverse("portal:order", args=[order.number])):
        assert "<script>alert" not in text_of(ana_client, address)


def test_orders_that_lie_with_accounting_are_not_counted_as_the_next_settlement(
    ana_client: Client, make_order: MakeOrder, seller: Seller
) -> None:
    Contract.objects.update(approves_clean=False)
    make_order()
    settle(seller.market)

    page = text_of(ana_client, "/").replace("\xa0", " ")

    assert "1 more order (CZK 1,210.00) lies with accounting" in page
    assert "Customers&#x27; total of 0 orders" in page


def test_another_sellers_order_looks_like_one_that_does_not_exist(
    ana_client: Client, seller: Seller, rival: Seller, ana: User
) -> None:
    take(seller.market, tell_order(number="THEIRS", seller="3004"))
    submission = hand_in(seller, ana, "THEIRS", "NOWHERE")

    page = text_of(ana_client, reverse("portal:submission", args=[submission.pk]))

    assert page.count("No such order") >= 3
    assert "Another seller" not in page
    assert "other_seller" not in page


def test_a_customer_of_an_order_never_confirmed_stays_masked(
    ana_client: Client, make_order: MakeOrder
) -> None:
    order = make_order(status="open", status_times={})
    ana_client.post(reverse("portal:order_advance", args=[order.number, "cancelled"]))

    page = text_of(ana_client, reverse("portal:order", args=[order.number]))

    assert "Cancelled" in page
    assert "eva@example.com" not in page
