"""What the seller is paid and asked to pay."""

from datetime import date

from django.utils import timezone

from marketplace.parties.models import Cadence, Market, NegativeBalance, Seller
from marketplace.users.models import User
from settlement.netting.models import SetOff
from settlement.payouts.models import Collection, Payout
from settlement.payouts.operations.collecting import cancel_collection, receive_money
from settlement.payouts.operations.paying import give_up_payout, mark_failed, retry_payout
from tests.netting.telling import agree, invoice, pay, send_payouts
from tests.orders.telling import tell_order
from tests.portal.conftest import documented
from tests.portal.telling import OWING, Browser


def page_of(row: Payout | Collection) -> str:
    return f"/payments/{'payouts' if isinstance(row, Payout) else 'demands'}/{row.reference}/"


def test_a_payout_says_what_it_pays_and_leads_to_the_orders(ana_sees: Browser, payout: Payout) -> None:
    page = ana_sees.page(page_of(payout))

    for said in (
        "To be paid to you CZK 1,300.75",
        "Being prepared",
        "the one in use when it is paid",
        "FV-2026-1 Your invoice CZ-2026-000001 3 3,878.05 2,577.30 1,300.75",
    ):
        assert said in page, said
    assert {"/documents/CZ-2026-000001/", f"/set-offs/{payout.set_off.reference}/"} <= ana_sees.links(
        page_of(payout)
    )


def test_a_paid_payout_names_the_day_and_masks_the_account(
    ana_sees: Browser, payout: Payout, seller: Seller, carla: User, dan: User
) -> None:
    (sent,) = send_payouts(seller, carla, dan)
    assert "Given to the bank" in ana_sees.page("/payments/")
    pay(sent)

    page = ana_sees.page(page_of(payout))

    assert "Paid to you on 20 Nov 2026" in page
    assert "CZ65 •••• 5399" in page
    assert "CZ6508000000192000145399" not in page


def test_a_failed_payout_says_why_what_to_do_and_which_one_followed(
    ana_sees: Browser, payout: Payout, seller: Seller, carla: User, dan: User
) -> None:
    send_payouts(seller, carla, dan)
    mark_failed(payout_id=payout.pk, reason="The account is closed.", by=carla, at=timezone.now())
    page = ana_sees.page(page_of(payout))
    assert "The bank did not pay it: The account is closed." in page
    assert "Check your bank account in the settings" in page
    assert "/settings/" in ana_sees.links(page_of(payout))

    again = retry_payout(payout_id=payout.pk, by=carla, at=timezone.now())

    assert f"It is paid again, by {again.reference}" in ana_sees.page(page_of(payout))


def test_a_payout_that_was_given_up_says_where_the_money_is(
    ana_sees: Browser, payout: Payout, carla: User
) -> None:
    give_up_payout(payout_id=payout.pk, reason="Wrong account", by=carla, at=timezone.now())

    page = ana_sees.page(page_of(payout))

    assert "This payment was not made" in page
    assert "comes on your next set-off. Reason: Wrong account" in page


def test_a_seller_without_a_bank_account_is_told_at_home_and_in_the_list(
    ana_sees: Browser, set_off: SetOff
) -> None:
    agree(set_off)

    assert "Give a bank account, so that you can be paid" in ana_sees.page("/")
    assert "There is no bank account in use" in ana_sees.page("/payments/")


def test_a_demand_says_how_to_pay_it_by_hand_or_by_its_code(ana_sees: Browser, demand: Collection) -> None:
    page = ana_sees.page(page_of(demand))

    for said in (
        "Please pay by",
        "CZK 907.50",
        "Pay to Meridian Market s.r.o.",
        "Account CZ6508000000192000145399",
        f"Variable symbol {demand.symbol}",
        f"Message {demand.reference}",
        "OWED1 Cash you hold CZ-2026-000001 5 Oct 2026 6,207.30 907.50",
    ):
        assert said in page, said
    answer = ana_sees.client.get(page_of(demand)).content.decode()
    assert f'data-copy="{demand.symbol}"' in answer
    assert 'class="qr"' in answer
    assert "/orders/OWED1/" in ana_sees.links(page_of(demand))
    assert "Pay CZK 907.50 by" in ana_sees.page("/")


def test_what_came_in_so_far_is_told_and_only_the_rest_asked_for(
    ana_sees: Browser, demand: Collection
) -> None:
    receive_money(
        collection_id=demand.pk, amount=500_00, received_on=date(2026, 11, 20), by=None, at=timezone.now()
    )

    page = ana_sees.page(page_of(demand))
    assert "received on 20 Nov 2026 500.00 Still missing CZK 407.50" in page
    receive_money(
        collection_id=demand.pk, amount=407_50, received_on=date(2026, 11, 21), by=None, at=timezone.now()
    )

    page = ana_sees.page(page_of(demand))
    assert "Still missing CZK 0.00" in page
    assert "Variable symbol" not in page
    assert "Pay CZK" not in ana_sees.page("/")


def test_a_demand_taken_back_says_not_to_pay_it(ana_sees: Browser, demand: Collection, carla: User) -> None:
    cancel_collection(collection_id=demand.pk, reason="Paid in cash", by=carla, at=timezone.now())

    page = ana_sees.page(page_of(demand))

    assert "Do not pay this demand" in page
    assert "Reason: Paid in cash" in page
    assert "Variable symbol" not in page


def test_both_lists_are_searched_narrowed_sorted_and_leave_as_workbooks(
    ana_sees: Browser, payout: Payout
) -> None:
    for query in (
        "",
        "q=FV-2026-1",
        "q=CZ-2026-000001",
        "state=created",
        "sort=amount",
        "q=CZ-S-2026-000001",
    ):
        assert payout.reference in ana_sees.page(f"/payments/?{query}"), query
    for query in ("state=paid", "q=NOTHING", "until=2020-01-01"):
        assert "Nothing matches" in ana_sees.page(f"/payments/?{query}"), query
    assert "No demand" in ana_sees.page("/payments/?tab=demands")
    heads, row = ana_sees.sheet("/payments/export/")
    assert dict(zip(heads, row, strict=True))["Amount"] == 1300.75


def test_demands_are_found_by_symbol_and_order(ana_sees: Browser, demand: Collection) -> None:
    for query in ("", f"q={demand.symbol}", "q=OWED1", "sort=due", "sort=-due", "state=demanded"):
        assert demand.reference in ana_sees.page(f"/payments/?tab=demands&{query}"), query
    heads, row = ana_sees.sheet("/payments/export/?tab=demands")
    told = dict(zip(heads, row, strict=True))
    assert (told["Amount"], told["Variable symbol"]) == (907.5, demand.symbol)
    assert told["Due"].date() == demand.due_on


def test_a_seller_without_payments_is_told_how_they_begin(ana_sees: Browser, seller: Seller) -> None:
    assert "Once a set-off is agreed, what it leaves owed to you" in ana_sees.page("/payments/")


def test_a_paper_that_is_not_drawn_yet_is_not_there(ana_sees: Browser, payout: Payout) -> None:
    ana_sees.page(f"{page_of(payout)}advice/", status=404)


def test_a_stranger_finds_neither(beto_sees: Browser, payout: Payout) -> None:
    beto_sees.page(page_of(payout), status=404)
    beto_sees.page(f"{page_of(payout)}advice/", status=404)

    assert payout.reference not in beto_sees.page("/payments/")


def test_a_stranger_finds_no_demand(beto_sees: Browser, demand: Collection) -> None:
    beto_sees.page(page_of(demand), status=404)
    beto_sees.page(f"{page_of(demand)}letter/", status=404)

    assert demand.reference not in beto_sees.page("/payments/?tab=demands")


def test_a_demand_takes_as_many_queries_for_many_orders_as_for_few(
    ana_sees: Browser, market: Market, seller: Seller
) -> None:
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.cadence = Cadence.HALF_MONTH
    seller.contract.save()
    first = invoice(documented(market, tell_order(**OWING), through=date(2026, 10, 15)))
    assert first is not None
    agree(first)
    few = ana_sees.queries(page_of(Collection.objects.get()))

    told = [tell_order(delivered="2026-10-20T11:30:00+02:00", **OWING) for _ in range(40)]
    second = invoice(documented(market, *told), "FV-2026-2")
    assert second is not None
    agree(second)

    assert ana_sees.queries(page_of(Collection.objects.latest("pk"))) == few
    assert few <= 30
