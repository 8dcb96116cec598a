"""The seller reads set-offs, agrees to them, and disputes orders of them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from marketplace.parties.models import Cadence, Market, Seller
from marketplace.users.models import User
from settlement.netting.models import Dispute, SetOff, State
from settlement.netting.operations.answering import accept_lapsed, withdraw_set_off
from settlement.payouts.models import Collection, Payout
from tests.cast import work_off_but_rendering
from tests.netting.telling import agree, invoice
from tests.orders.telling import tell_order
from tests.portal.conftest import CASH, documented
from tests.portal.telling import OWING, Browser, stand


def page_of(set_off: SetOff) -> str:
    return f"/set-offs/{set_off.reference}/"


def test_the_page_says_who_pays_whom_how_it_comes_about_and_until_when(
    ana_sees: Browser, set_off: SetOff
) -> None:
    page = ana_sees.page(page_of(set_off))

    for said in (
        "Waits for your answer",
        "Please answer by",
        "If you say nothing by then, it counts as agreed.",
        "Meridian Market s.r.o. pays Horizont s.r.o. CZK 1,300.75",
        "Owed to you 3,878.05 Customers' cash you hold −2,577.30 The marketplace pays you CZK 1,300.75",
        "Set off against each other CZK 2,577.30",
        "FV-2026-1 Your invoice CZ-2026-000001 4 Nov 2026 3,878.05 – 2,577.30 1,300.75",
        "CASH1 Cash you hold CZ-2026-000001 5 Oct 2026 2,577.30 – 2,577.30 0.00",
        "Which order's cash paid which invoice",
        "Invoice FV-2026-1 3,878.05 Cash of order CASH1 −2,577.30 Remains of the invoice CZK 1,300.75",
    ):
        assert said in page, said


def test_every_amount_leads_to_its_document_and_its_orders(ana_sees: Browser, set_off: SetOff) -> None:
    links = ana_sees.links(page_of(set_off))

    assert {"/documents/CZ-2026-000001/", "/orders/CASH1/"} <= links


def test_a_seller_agrees_and_sees_what_came_of_it(ana_sees: Browser, set_off: SetOff, ana: User) -> None:
    page = ana_sees.post(f"{page_of(set_off)}confirm/")

    assert "You agreed to set-off CZ-S-2026-000001." in page
    assert "The payment of what is left is being prepared." in page
    work_off_but_rendering()
    set_off.refresh_from_db()
    assert (set_off.state, set_off.confirmed_by) == (State.CONFIRMED, ana)
    page = ana_sees.page(page_of(set_off))
    payout = Payout.objects.get()
    assert f"Payout {payout.reference} CZK 1,300.75 Being prepared" in page
    assert f"/payments/payouts/{payout.reference}/" in ana_sees.links(page_of(set_off))
    assert "Agree to it" not in page


def test_agreeing_twice_is_refused_in_words_and_changes_nothing(ana_sees: Browser, set_off: SetOff) -> None:
    agree(set_off)
    before = stand()

    page = ana_sees.post(f"{page_of(set_off)}confirm/")

    assert "it cannot become" in page
    assert stand() == before


def test_a_ticked_order_is_left_aside_on_both_sides_and_the_rest_is_netted_anew(
    ana_sees: Browser, set_off: SetOff
) -> None:
    told = {"orders": ["CASH1"], "numbers": "", "reason": "Paid by card at the pick-up point"}
    page = ana_sees.post(f"{page_of(set_off)}dispute/", told)

    dispute = Dispute.objects.get()
    assert (dispute.order.number, dispute.cash, dispute.share) == ("CASH1", 2577_30, 2214_30)
    assert "Disputed: CASH1. The rest was netted anew." in page
    assert (
        "Disputed, left aside Order CASH1 CZK 2,577.30 of what you owe, CZK 2,214.30 of what you are owed"
        in page
    )
    assert "Owed to you 3,878.05 disputed of it, left aside −2,214.30" in page
    assert "The marketplace pays you CZK 1,663.75" in page
    assert f"/set-offs/disputes/{dispute.pk}/" in ana_sees.links(page_of(set_off))


def test_orders_are_disputed_by_their_typed_numbers_too(ana_sees: Browser, set_off: SetOff) -> None:
    told = {"numbers": "CARD1,\nBANK1", "reason": "The price is wrong"}
    ana_sees.post(f"{page_of(set_off)}dispute/", told)

    assert set(Dispute.objects.values_list("order__number", flat=True)) == {"CARD1", "BANK1"}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"orders": ["CASH1"], "reason": ""}, "This field is required."),
        ({"orders": [], "reason": "wrong"}, "There is no such order on this set-off."),
        ({"numbers": "NOWHERE", "reason": "wrong"}, "There is no such order on this set-off."),
        ({"orders": ["CASH1\x00"], "reason": "wrong"}, "There is no such order on this set-off."),
        ({"orders": ["CASH1"], "reason": "   "}, "This field is required."),
    ],
)
def test_a_dispute_that_cannot_be_is_refused_in_words_and_changes_nothing(
    ana_sees: Browser, set_off: SetOff, told: dict[str, object], said: str
) -> None:
    before = stand()

    page = ana_sees.post(f"{page_of(set_off)}dispute/", told, status=422)

    assert said in page
    assert stand() == before


def test_what_was_ticked_and_written_is_still_there_after_a_refusal(
    ana_sees: Browser, set_off: SetOff
) -> None:
    told = {"orders": ["CASH1"], "numbers": "NOWHERE", "reason": "We never had it"}

    answer = ana_sees.client.post(f"{page_of(set_off)}dispute/", told).content.decode()

    assert 'value="CASH1" checked' in answer
    assert "We never had it" in answer


def test_the_same_order_is_not_disputed_twice(ana_sees: Browser, set_off: SetOff) -> None:
    told = {"orders": ["CASH1"], "reason": "wrong"}
    ana_sees.post(f"{page_of(set_off)}dispute/", told)
    before = stand()

    page = ana_sees.post(f"{page_of(set_off)}dispute/", told, status=422)

    assert "Order CASH1 is disputed already." in page
    assert stand() == before


def test_after_the_deadline_nothing_can_be_disputed_and_the_page_says_so(
    ana_sees: Browser, set_off: SetOff
) -> None:
    accept_lapsed(at=set_off.lapses_at + timedelta(seconds=1))
    before = stand()

    page = ana_sees.page(page_of(set_off))
    assert "Nobody objected by" in page
    assert "Dispute orders" not in page
    refused = ana_sees.post(
        f"{page_of(set_off)}dispute/", {"orders": ["CASH1"], "reason": "late"}, status=422
    )

    assert "was answered already" in refused
    assert stand() == before


def test_a_withdrawn_set_off_says_why_and_offers_nothing(
    ana_sees: Browser, set_off: SetOff, carla: User
) -> None:
    withdraw_set_off(set_off_id=set_off.pk, reason="An order came back", by=carla, at=timezone.now())

    page = ana_sees.page(page_of(set_off))

    assert "The marketplace withdrew it" in page
    assert "An order came back" in page
    assert "Agree to it" not in page


def test_a_seller_who_owes_is_named_as_the_payer(ana_sees: Browser, demand: Collection) -> None:
    page = ana_sees.page(page_of(demand.set_off))

    assert "Horizont s.r.o. pays Meridian Market s.r.o. CZK 907.50" in page
    assert (
        "Customers' cash you hold 6,207.30 Owed to you −5,299.80 You pay the marketplace CZK 907.50" in page
    )
    assert f"/payments/demands/{demand.reference}/" in ana_sees.links(page_of(demand.set_off))


def test_what_is_carried_says_so_and_leads_to_the_set_off_that_took_it(
    ana_sees: Browser, market: Market, seller: Seller
) -> None:
    first = invoice(documented(market, tell_order(number="OWED1", **OWING)))
    assert first is not None
    agree(first)
    assert "CZK 907.50 is carried: it enters your next set-off" in ana_sees.page(page_of(first))


def test_a_viewer_reads_and_cannot_answer(viktor_sees: Browser, set_off: SetOff) -> None:
    before = stand()

    page = viktor_sees.page(page_of(set_off))
    assert "Your role can look, but not answer." in page
    assert "Dispute orders" not in page
    assert "Dispute Order" not in page
    viktor_sees.post(f"{page_of(set_off)}confirm/", status=403)
    viktor_sees.post(f"{page_of(set_off)}dispute/", {"orders": ["CASH1"], "reason": "x"}, status=403)

    assert stand() == before


def test_a_stranger_finds_no_such_set_off(beto_sees: Browser, set_off: SetOff) -> None:
    before = stand()

    beto_sees.page(page_of(set_off), status=404)
    for deed in ("confirm", "dispute"):
        beto_sees.post(f"{page_of(set_off)}{deed}/", {"orders": ["CASH1"], "reason": "x"}, status=404)

    assert set_off.reference not in beto_sees.page("/set-offs/")
    assert stand() == before


def test_the_list_finds_a_set_off_by_order_invoice_document_and_state(
    ana_sees: Browser, set_off: SetOff
) -> None:
    for query in (
        "",
        "q=CASH1",
        "q=FV-2026-1",
        "q=cz-2026-000001",
        "q=S-2026",
        "tab=proposed",
        "sort=netted",
        "sort=-owed",
        "since=2020-01-01",
    ):
        assert set_off.reference in ana_sees.page(f"/set-offs/?{query}"), query
    for query in ("q=CASH", "tab=confirmed", "until=2020-01-01"):
        assert "Nothing matches" in ana_sees.page(f"/set-offs/?{query}") or query == "tab=confirmed"
        assert set_off.reference not in ana_sees.page(f"/set-offs/?{query}"), query


def test_a_seller_without_set_offs_is_told_how_they_begin(ana_sees: Browser, seller: Seller) -> None:
    page = ana_sees.page("/set-offs/")

    assert "No set-off yet" in page
    assert "Once accounting has booked your invoice" in page


def test_home_and_menu_say_that_an_answer_is_awaited(ana_sees: Browser, set_off: SetOff) -> None:
    assert f"Set-off {set_off.reference} waits for your answer until" in ana_sees.page("/")
    assert "Set-offs 1 Payments" in ana_sees.page("/orders/")

    agree(set_off)

    assert "waits for your answer" not in ana_sees.page("/")


def test_the_list_leaves_as_a_workbook(ana_sees: Browser, set_off: SetOff) -> None:
    heads, row = ana_sees.sheet("/set-offs/export/?tab=proposed")
    told = dict(zip(heads, row, strict=True))

    assert told["Set-off"] == set_off.reference
    assert (told["Owed to you"], told["Cash you hold"], told["Set off"]) == (3878.05, 2577.3, 2577.3)
    assert (told["Left to pay"], told["Who pays"], told["Currency"]) == (
        1300.75,
        "The marketplace pays you",
        "CZK",
    )
    assert told["Answer by"].date() == set_off.answer_by


def test_a_long_set_off_is_read_page_by_page_to_the_last_cent(
    ana_sees: Browser, market: Market, seller: Seller, cash_orders: Callable[[int], None]
) -> None:
    cash_orders(60)
    set_off = invoice(documented(market, tell_order(number="CASH1", **CASH)))
    assert set_off is not None

    orders: list[str] = []
    cursor = page_of(set_off)
    while cursor:
        answer = ana_sees.client.get(cursor)
        orders += [row[1].text for row in answer.context["held"]["table"].rows]
        older = answer.context["held"]["older_url"]
        cursor = page_of(set_off) + older if older else ""
    flowing = []
    for page in (1, 2, 3):
        told = ana_sees.client.get(f"{page_of(set_off)}?flow={page}").context["flow"].invoices
        flowing += [part for paid in told for part in paid.parts]
    cash = [part for part in flowing if part["amount"] < 0]

    assert len(orders) == len(set(orders)) == 61
    assert sum(part["amount"] for part in cash) == -set_off.netted
    firsts = [part["amount"] for part in flowing if part["amount"] > 0]
    assert firsts == [
        set_off.payables,
        *(set_off.payables + sum(p["amount"] for p in cash[:n]) for n in (25, 50)),
    ]


def test_a_set_off_takes_as_many_queries_with_many_lines_as_with_few(
    ana_sees: Browser, market: Market, seller: Seller, cash_orders: Callable[[int], None]
) -> None:
    seller.contract.cadence = Cadence.HALF_MONTH
    seller.contract.save()
    few = invoice(documented(market, tell_order(**CASH), through=date(2026, 10, 15)))
    assert few is not None
    counted = ana_sees.queries(page_of(few)), ana_sees.queries("/set-offs/")
    agree(few)

    cash_orders(30)
    late = [tell_order(delivered="2026-10-20T10:00:00+02:00", **CASH) for _ in range(30)]
    many = invoice(documented(market, *late), "FV-2")
    assert many is not None

    assert ana_sees.queries(page_of(many)) == counted[0]
    assert ana_sees.queries("/set-offs/") == counted[1]
    assert max(counted) <= 30


@pytest.mark.parametrize(
    "query", ["flow=-1", "flow=99999999999", "flow=x", "payable_after=W10", "receivable_before=x"]
)
def test_a_query_somebody_made_up_shows_the_set_off(ana_sees: Browser, set_off: SetOff, query: str) -> None:
    assert "Meridian Market s.r.o. pays Horizont s.r.o." in ana_sees.page(f"{page_of(set_off)}?{query}")
