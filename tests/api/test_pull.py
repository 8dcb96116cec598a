"""Sellers' systems fetch their orders and move them on."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree

from marketplace.kernel.models import AuditRecord
from marketplace.orders.models import Order, State
from marketplace.orders.operations.moves import advance_order
from marketplace.orders.parsing.saldo import read_order
from marketplace.orders.writing.generic import TOLD_BESIDES
from marketplace.parties.models import Market, Seller
from marketplace.users.models import User
from sellers.api import tasks
from sellers.api.models import ApiKey
from tests.api.answers import LIST, error
from tests.api.conftest import OPEN, MakeOrder, System
from tests.cast import take
from tests.orders.telling import goods, tell_order, tender

PAID: dict[str, Any] = {**OPEN, "tenders": [tender("card", "1210.00", paid_at="2026-10-02T09:13:00+02:00")]}


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [order["number"] for order in answer.json()["orders"]]


def test_a_seller_gets_its_own_orders_and_no_other(
    system: System, rivals_system: System, rival: Seller, make_order: MakeOrder
) -> None:
    make_order(number="MINE")
    make_order(number="THEIRS", seller=rival.partner_number)

    assert numbers(system.get(LIST)) == ["MINE"]
    assert numbers(rivals_system.get(LIST)) == ["THEIRS"]
    assert error(system.get(f"{LIST}THEIRS/"), 404)["code"] == "not_found"
    for deed in ("confirm", "prepare", "ship", "transfer-received"):
        assert error(system.post(f"{LIST}THEIRS/{deed}/"), 404)["code"] == "not_found"


def test_what_is_sent_is_an_order_as_we_read_them(system: System, make_order: MakeOrder) -> None:
    make_order(number="1001", lines=[goods(quantity=2)], tenders=[tender("card", "2420.00")])

    (told,) = system.get(LIST).json()["orders"]
    facts = read_order(json.dumps({key: told[key] for key in set(told) - TOLD_BESIDES}))

    assert (facts.number, facts.total, facts.customer.city) == ("1001", 2420_00, "Praha")


def test_all_orders_come_page_by_page_each_once(system: System, make_order: MakeOrder) -> None:
    for place in range(7):
        # Some were placed at the same instant: ties go by key.
        make_order(number=f"N{place}", placed=f"2026-10-0{1 + place // 3}T08:00:00+02:00")

    seen, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        answer = system.get(f"{LIST}?limit=2" + (f"&cursor={cursor}" if cursor else ""))
        seen += numbers(answer)
        cursor, pages = answer.json()["next"] or "", pages + 1

    assert seen == [f"N{place}" for place in range(7)]
    assert pages == 4


def test_the_header_leads_to_the_next_page(system: System, make_order: MakeOrder) -> None:
    for number in ("A", "B"):
        make_order(number=number)

    answer = system.get(f"{LIST}?limit=1")
    address = answer["Link"].partition("<")[2].partition(">")[0]

    assert numbers(system.get(address)) == ["B"]


def test_orders_are_narrowed_by_state_and_to_those_still_to_be_confirmed(
    system: System, make_order: MakeOrder, ana: User
) -> None:
    make_order(number="DELIVERED")
    make_order(number="PENDING", **PAID)
    shipped = make_order(number="SHIPPED", **PAID)
    advance_order(order_id=shipped.pk, to=State.SHIPPED, by=ana, at=timezone.now())

    assert numbers(system.get(f"{LIST}?state=delivered")) == ["DELIVERED"]
    assert numbers(system.get(f"{LIST}?pending=true")) == ["PENDING"]
    assert numbers(system.get(f"{LIST}?state=shipped&pending=true")) == []


def test_what_changed_since_the_last_look_is_told_also_when_it_happened_before(
    system: System, market: Market, make_order: MakeOrder
) -> None:
    old, told_late = tell_order(number="OLD", **PAID), tell_order(number="LATE", **PAID)
    take(market, old, told_late)
    tasks.watch()
    as_of = system.get(LIST).json()["as_of"]
    assert as_of is not None
    # A courier tells today what became of it last month.
    times = {
        "shipped": "2026-10-03T15:00:00+02:00",
        "delivered": "2026-10-05T11:30:00+02:00",
    }
    take(market, told_late | {"status": "delivered", "status_times": times})
    make_order(number="NEW", **OPEN)

    since = quote(as_of)
    assert numbers(system.get(f"{LIST}?since={since}")) == ["LATE", "NEW"]
    assert numbers(system.get(f"{LIST}?since={as_of}")) == ["LATE", "NEW"], "a plus sign nobody quoted"
    assert numbers(system.get(f"{LIST}?since={since}&state=delivered")) == ["LATE"]
    tasks.watch()
    later = quote(system.get(LIST).json()["as_of"])
    assert numbers(system.get(f"{LIST}?since={later}")) == []


def test_changes_come_page_by_page_and_an_order_that_moves_meanwhile_comes_again(
    system: System, make_order: MakeOrder, ana: User
) -> None:
    orders = [make_order(number=f"N{place}", **PAID) for place in range(4)]
    since = "2026-01-01"

    first = system.get(f"{LIST}?since={since}&limit=2")
    advance_order(order_id=orders[0].pk, to=State.SHIPPED, by=ana, at=timezone.now())
    rest = system.get(f"{LIST}?since={since}&limit=5&cursor={first.json()['next']}")

    assert numbers(first) == ["N0", "N1"]
    assert numbers(rest) == ["N2", "N3", "N0"]
    assert rest.json()["orders"][-1]["status"] == "shipped"


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("stat=open", "stat"),
        ("state=opened", "state"),
        ("pending=yes", "pending"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=٣", "limit"),
        ("since=yesterday", "since"),
        ("since=2026-10-01T00:00:00", "since"),
        ("since=0001-01-01T00:00:00Z", "since"),
        ("cursor=xyz", "cursor"),
        ("cursor=WyJtb3ZlZCIsMV0", "cursor"),
        ("cursor=W1tbW1tbW1tbW1tb", "cursor"),
        ("cursor=%00", "cursor"),
        ("format=edi", "format"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_name(query: str, named: str, system: System) -> None:
    told = error(system.get(f"{LIST}?{query}"), 400)

    assert told["code"] == "bad_request"
    assert told["message"].startswith(named)


def test_unas_systems_get_xml_with_the_voucher_in_fields_of_its_own(
    system: System, make_order: MakeOrder
) -> None:
    make_order(number="A")
    make_order(number="B")

    page = system.get(f"{LIST}?format=unas&limit=1")
    one = system.get(f"{LIST}B/?format=unas")

    assert page["Content-Type"] == one["Content-Type"] == "application/xml"
    assert etree.fromstring(page.content).findtext("Order/Key") == "A"
    assert etree.fromstring(one.content).findtext("Order/Payment/Pending") == "1210.00"
    follow = system.get(f"{LIST}?format=unas&limit=1&cursor={page['Saldo-Next']}")
    assert etree.fromstring(follow.content).findtext("Order/Key") == "B"


def test_a_page_takes_as_many_queries_however_many_orders_are_on_it(
    system: System, make_order: MakeOrder
) -> None:
    def queries(address: str) -> int:
        system.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert system.get(address).status_code == 200
        return len(seen)

    make_order()
    tasks.watch()
    for address in (LIST, f"{LIST}?since=2026-01-01", f"{LIST}?format=unas"):
        few = queries(address)
        for _ in range(4):
            make_order(lines=[goods("605.00"), goods("605.00")])
        assert queries(address) == few <= 12, address


def test_an_order_is_confirmed_and_shipped(system: System, make_order: MakeOrder, ana: User) -> None:
    order = make_order(number="1001", **PAID)

    confirmed = system.post(f"{LIST}1001/confirm/")
    again = system.post(f"{LIST}1001/confirm/")
    shipped = system.post(f"{LIST}1001/ship/")

    assert (confirmed.status_code, again.status_code, shipped.status_code) == (200, 200, 200)
    assert confirmed.json()["order"]["customer"]["street"] == "Dlouhá 1"
    assert shipped.json()["order"]["status"] == "shipped"
    order.refresh_from_db()
    assert order.state == State.SHIPPED
    last = order.changes.latest("pk")
    assert last.by == ana, "the key acts for whoever made it"
    notes = AuditRecord.objects.filter(verb__startswith="api.").order_by("pk")
    assert [note.verb for note in notes] == ["api.confirm", "api.confirm", "api.ship"]
    assert notes[0].details["key"] == ApiKey.objects.get().prefix


def test_a_transfer_is_told_as_received_before_the_parcel_may_leave(
    system: System, make_order: MakeOrder
) -> None:
    awaited = tender("transfer", "1210.00", custody="seller")
    make_order(number="1001", **(OPEN | {"tenders": [awaited]}))

    refused = error(system.post(f"{LIST}1001/ship/"), 409)
    received = system.post(f"{LIST}1001/transfer-received/")
    shipped = system.post(f"{LIST}1001/ship/")

    assert refused["code"] == "not_ready"
    assert "1001" in refused["message"]
    assert (received.status_code, shipped.status_code) == (200, 200)


def test_what_cannot_be_done_is_refused_with_its_reason_and_changes_nothing(
    system: System, make_order: MakeOrder
) -> None:
    make_order(number="DONE")
    make_order(number="COURIER", **PAID, fulfilment="marketplace_courier")
    before = list(Order.objects.order_by("pk").values())

    assert error(system.post(f"{LIST}DONE/confirm/"), 409)["code"] == "illegal_move"
    assert error(system.post(f"{LIST}DONE/ship/"), 409)["code"] == "illegal_move"
    assert error(system.post(f"{LIST}DONE/transfer-received/"), 409)["code"] == "not_ready"
    assert error(system.post(f"{LIST}COURIER/ship/"), 409)["code"] == "not_yours"

    assert list(Order.objects.order_by("pk").values()) == before
    assert system.post(f"{LIST}COURIER/prepare/").json()["order"]["status"] == "shipping"


def test_addresses_are_called_by_their_own_method(system: System, make_order: MakeOrder) -> None:
    make_order(number="1001", **OPEN)

    for answer in (system.post(LIST), system.post(f"{LIST}1001/"), system.get(f"{LIST}1001/confirm/")):
        assert error(answer, 405)["code"] == "method_not_allowed"
    assert error(system.get("/api/v1/nowhere/"), 404)["code"] == "not_found"
    assert error(system.post("/api/v2/orders/"), 404)["code"] == "not_found"
    assert error(Client().get("/api/v1/nowhere/"), 401)
