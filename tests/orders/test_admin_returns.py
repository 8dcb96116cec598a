"""Customer service registers what came back: a preview of who gives which money back, then for good."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.kernel.models import AuditRecord, OutgoingMail
from marketplace.ledger.models import Entry
from marketplace.orders.models import Order, Refund, Return, Tender
from marketplace.parties.models import Market, RefundOrder, Seller
from tests.cast import settle, take
from tests.desk import listed, page, seen
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.stories.hungary import by_voucher, come_back, give_voucher, make_agent, make_hungary

REGISTER = "/admin/orders/return/register/"
LINES = [goods("6000.00", quantity=3, vat="27"), shipping("1050.00", vat="27")]
PAID = "2026-10-02T10:00:00+02:00"


@pytest.fixture
def order(db: None) -> Order:
    """Three things and their delivery, 19,050 in all: 5,000 by voucher, the rest cash the seller holds."""
    market = make_hungary()
    make_agent(market)
    give_voucher(market, "SPRING-47K2", "5000.00")
    parts = [by_voucher("SPRING-47K2", "5000.00"), tender("cod", "14050.00")]
    told = tell_order(number="V3", seller="4711", currency="HUF", lines=LINES, tenders=parts)
    (taken,) = take(market, told)
    assert taken.outcome == "taken", taken.reason
    return Order.objects.get()


def post(client: Client, order: Order, do: str = "preview", seen: str = "", **fields: Any) -> Any:
    told = {"number": "R-1", "at": "2026-10-10T10:00", "reason": "Broken", "line_1": "1", "line_2": "0"}
    asked = told | fields | {"do": do, "seen": seen}
    return client.post(f"{REGISTER}?order={order.pk}", asked, follow=True)


def agreed(client: Client, order: Order, **fields: Any) -> str:
    """What stands for the preview a person saw."""
    return str(post(client, order, **fields).context["form"].data["seen"])


def register(client: Client, order: Order, **fields: Any) -> str:
    return seen(post(client, order, "register", agreed(client, order, **fields), **fields))


def stand() -> tuple[Any, ...]:
    """All that looking and refusing may not change."""
    return (
        Return.objects.count(),
        list(Refund.objects.order_by("pk").values_list("state", "amount")),
        list(Tender.objects.order_by("pk").values_list("refunded", flat=True)),
        list(Order.objects.order_by("pk").values_list("returned_at", flat=True)),
        Entry.objects.count(),
        OutgoingMail.objects.count(),
        AuditRecord.objects.count(),
    )


def test_an_order_is_found_by_its_number(order: Order, sara_client: Client) -> None:
    def find(number: str) -> Any:
        return sara_client.get(REGISTER, {"market": str(order.market_id), "number": number})

    assert "Did it come back? Register a return" in page(sara_client, order)
    found = find(" V3 ")

    assert (found.status_code, found["Location"]) == (302, f"{REGISTER}?order={order.pk}")
    assert "This market has no such order." in seen(find("V4"))
    assert sara_client.get(REGISTER, {"order": "x"}).status_code == 404
    assert "Find the order" in seen(sara_client.get(REGISTER))


def test_the_preview_says_who_gives_which_money_back_and_changes_nothing(
    order: Order, sara_client: Client
) -> None:
    before = stand()

    text = seen(post(sara_client, order))

    assert "Voucher •••• 47K2 to the voucher, by customer service HUF 1,575" in text
    assert "Cash on delivery the seller HUF 4,425" in text
    assert "Sale price of what came back HUF 6,000" in text
    assert stand() == before


def test_the_preview_follows_the_markets_rule(order: Order, sara_client: Client) -> None:
    Market.objects.update(refund_order=RefundOrder.VOUCHER_FIRST)

    text = seen(post(sara_client, order))

    assert "Voucher •••• 47K2 to the voucher, by customer service HUF 5,000" in text
    assert "Cash on delivery the seller HUF 1,000" in text


def test_what_was_seen_is_registered(order: Order, sara: Any, sara_client: Client) -> None:
    text = register(sara_client, order)

    assert "Registered. What is to be paid back waits under Refunds." in text
    row = Return.objects.get()
    assert (row.number, row.by, row.reason, row.gross) == ("R-1", sara, "Broken", 6000_00)
    assert str(row.at) == "2026-10-10 08:00:00+00:00"
    shares = dict(Refund.objects.values_list("tender__method", "amount"))
    assert shares == {"voucher": 1575_00, "cod": 4425_00}
    assert AuditRecord.objects.get(verb="return.registered").by == sara


def test_nothing_is_registered_that_was_not_seen(order: Order, sara_client: Client) -> None:
    one, before = agreed(sara_client, order), stand()

    for unseen in ("", one):
        text = seen(post(sara_client, order, "register", unseen, line_1="2"))
        assert "look at the preview again" in text
        assert "Sale price of what came back HUF 12,000" in text

    assert stand() == before


def test_a_return_registered_meanwhile_is_seen_first(order: Order, sara_client: Client) -> None:
    agreed_to = agreed(sara_client, order, line_1="2")
    come_back(order.market, "R-0", "V3", lines=[{"line": 1, "quantity": 2}])

    text = seen(post(sara_client, order, "register", agreed_to, line_1="2"))

    assert "Ensure this value is less than or equal to 1." in text
    assert not Return.objects.filter(number="R-1").exists()


def test_the_form_sent_twice_registers_one_return(order: Order, sara_client: Client) -> None:
    agreed_to = agreed(sara_client, order)
    post(sara_client, order, "register", agreed_to)
    before = stand()

    post(sara_client, order, "register", agreed_to)

    assert stand() == before


def test_all_that_is_left_is_filled_in_at_once(order: Order, sara_client: Client) -> None:
    register(sara_client, order)

    answer = sara_client.get(f"{REGISTER}?order={order.pk}&whole=1")

    form = answer.context["form"]
    assert [part.field.value() for part in form.parts] == [2, 1]
    assert [part.left for part in form.parts] == [2, 1]
    assert form["number"].value() == "V3-R2"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"line_1": "0"}, "Say of at least one line how many came back."),
        ({"line_1": "4"}, "less than or equal to 3"),
        ({"line_1": "-1"}, "greater than or equal to 0"),
        ({"at": "2999-01-01T10:00"}, "This moment is still to come."),
        ({"at": "2026-10-01T10:00"}, "lies before the delivery"),
        ({"number": "R 1"}, "Letters, digits"),
        ({"number": ""}, "This field is required."),
    ],
)
def test_what_cannot_have_come_back_says_why(
    fields: dict[str, str], why: str, order: Order, sara_client: Client
) -> None:
    before = stand()

    for do in ("preview", "register"):
        assert why in seen(post(sara_client, order, do, **fields))

    assert stand() == before


def test_a_number_of_another_return_is_refused(order: Order, sara_client: Client) -> None:
    come_back(order.market, "R-1", "V3", lines=[{"line": 2, "quantity": 1}])
    before = stand()

    assert "was registered with another order, time or other goods" in seen(post(sara_client, order))

    assert stand() == before


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"status": "open", "status_times": {}}, "It is open: only what was delivered can come back."),
        ({"test": True}, "It is a test order"),
    ],
)
def test_what_was_not_delivered_cannot_come_back(
    facts: dict[str, Any], why: str, market: Market, seller: Seller, sara_client: Client
) -> None:
    take(market, tell_order(number="X", **facts))
    before = stand()

    text = seen(post(sara_client, Order.objects.get(number="X"), "register"))

    assert why in text
    assert stand() == before


def test_a_returns_page_shows_its_lines_its_refunds_and_its_document(
    market: Market, seller: Seller, sara_client: Client, carla_client: Client
) -> None:
    lines = [goods("2420.00"), shipping(), cod_fee()]
    take(market, tell_order(number="B", lines=lines, tenders=[tender("cod", "2577.30")]))
    come_back(market, "R-B", "B", lines=[{"line": 1, "quantity": 1}, {"line": 2, "quantity": 1}])
    row = Return.objects.get()
    assert "No document has taken it into account." in page(sara_client, row)
    assert "R-B" in listed(sara_client, Return, settled="no", refunds="open")

    settle(market)

    text = page(sara_client, row)
    assert "1 TV 55 TV-55 1 1 CZK 2,420.00 CZK 2,420.00" in text
    assert "Cash on delivery Seller To be paid back R-B CZK 2,541.00" in text
    assert "It is taken into account in" not in text
    assert "It is taken into account in CZ-2026-000001" in page(carla_client, row)
    assert "CZ-2026-000001" in listed(sara_client, Return, settled="yes")
    assert "R-B" not in listed(sara_client, Return, refunds="done")


def test_an_accountant_registers_no_return(order: Order, carla_client: Client) -> None:
    before = stand()

    assert carla_client.get(f"{REGISTER}?order={order.pk}").status_code == 403
    assert post(carla_client, order, "register").status_code == 403
    assert "Register a return" not in page(carla_client, order)
    assert "Register a return" not in seen(carla_client.get(reverse("admin:orders_return_changelist")))

    assert stand() == before


def test_the_times_are_the_markets(order: Order, sara_client: Client) -> None:
    shown = sara_client.get(f"{REGISTER}?order={order.pk}").context["form"]["at"].value()

    assert shown == timezone.localtime(timezone.now(), timezone.get_fixed_timezone(60)).strftime(
        "%Y-%m-%dT%H:%M"
    )
