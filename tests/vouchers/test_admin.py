"""Customer service looks at vouchers down to every movement, blocks and issues them; accountants only
look."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.kernel.models import AuditRecord
from marketplace.ledger.models import Entry
from marketplace.orders.models import Order
from marketplace.parties.models import Market
from marketplace.vouchers.models import State, Voucher
from marketplace.vouchers.operations import block_voucher, expire_due
from tests.cast import take, today_in
from tests.desk import act, listed, make_looker, name_of, offered, page, press, queries_of, seen, told
from tests.orders.telling import tender
from tests.stories.hungary import by_voucher, give_voucher, hungarian, make_agent
from tests.vouchers.desk import issue, stand

BATCH = "/admin/vouchers/voucher/batch/"

TOTALS, EXPORT = "/admin/vouchers/voucher/totals/", "/admin/vouchers/voucher/export/"

Way = Callable[..., list[str]]


def spend(market: Market) -> Order:
    """An order of which the voucher pays 4,690."""
    make_agent(market)
    told = hungarian("V1", "19050.00", by_voucher("SPRING-47K2", "4690.00"), tender("cod", "14360.00"))
    (taken,) = take(market, told)
    assert taken.outcome == "taken", taken.reason
    return Order.objects.get()


def test_the_list_shows_whole_codes_only_to_those_who_may_see_them(
    voucher: Voucher, sara_client: Client, carla_client: Client
) -> None:
    assert "SPRING-47K2 HU Active Sold HUF 5,000 HUF 5,000" in listed(sara_client, Voucher)

    for text in (listed(carla_client, Voucher), page(carla_client, voucher)):
        assert "•••• 47K2" in text
        assert "SPRING" not in text


def test_the_books_and_the_audit_trail_tell_no_code(voucher: Voucher, sara_client: Client) -> None:
    press(sara_client, voucher, "block", "Stolen")

    assert [entry.text for entry in Entry.objects.all()] == ["Voucher •••• 47K2 issued"]
    assert AuditRecord.objects.get(verb="voucher.blocked").subject == "•••• 47K2"


def test_a_short_code_is_never_shown_whole(voucher: Voucher) -> None:
    assert str(Voucher(code="ABCD")) == "•••• CD"


@pytest.mark.parametrize("typed", ["SPRING-47K2", " spring-47k2 "])
def test_a_voucher_is_found_by_its_whole_code_alone(
    typed: str, voucher: Voucher, sara_client: Client
) -> None:
    assert "SPRING-47K2" in listed(sara_client, Voucher, q=typed)
    assert "SPRING-47K2" not in listed(sara_client, Voucher, q="47K2")


def test_vouchers_are_narrowed_by_what_is_left_and_by_their_last_day(
    voucher: Voucher, hungary: Market, sara_client: Client
) -> None:
    today = today_in(hungary)
    give_voucher(hungary, "SOON-0001", "1000.00", expires_on=today + timedelta(days=20))
    give_voucher(hungary, "LATE-0001", "1000.00", expires_on=today + timedelta(days=80))
    spend(hungary)

    def shown(**query: Any) -> set[str]:
        text = listed(sara_client, Voucher, **query)
        return {row.code for row in Voucher.objects.all() if row.code in text}

    assert shown(left="used") == {"SPRING-47K2"}
    assert shown(left="some") == {"SPRING-47K2", "SOON-0001", "LATE-0001"}
    assert shown(left="none") == set()
    assert shown(ends="30") == {"SOON-0001"}
    assert shown(ends="90") == {"SOON-0001", "LATE-0001"}
    assert shown(ends="never") == {"SPRING-47K2"}


def test_its_page_shows_every_movement_with_the_balance_after(
    voucher: Voucher, hungary: Market, sara_client: Client
) -> None:
    order = spend(hungary)

    text = page(sara_client, voucher)

    assert "Issued – – – HUF 5,000 HUF 5,000" in text
    assert "Redeemed V1 – – −HUF 4,690 HUF 310" in text
    html = sara_client.get(reverse(name_of(voucher, "change"), args=[voucher.pk])).content.decode()
    address = f"/admin/orders/order/?market__id__exact={hungary.pk}&amp;number=V1"
    assert address in html
    assert order.number in listed(sara_client, Order, market__id__exact=hungary.pk, number="V1")


def test_an_expired_voucher_says_so(hungary: Market, sara_client: Client) -> None:
    row = give_voucher(hungary, "OVER-0001", "1000.00", expires_on=today_in(hungary) - timedelta(days=3))
    expire_due(market=hungary, at=timezone.now())

    text = page(sara_client, row)

    assert "Its last day has passed" in text
    assert "Expired – – – −HUF 1,000 HUF 0" in text
    assert offered(sara_client, row) == set()


@pytest.mark.parametrize("way", [act, press])
def test_a_voucher_is_blocked_and_released_with_reasons(
    way: Way, voucher: Voucher, sara: Any, sara_client: Client
) -> None:
    before = stand()
    assert "Say why" in way(sara_client, voucher, "block", " ")[0]
    assert stand() == before
    assert offered(sara_client, voucher) == {"block"}

    assert way(sara_client, voucher, "block", "Reported as stolen") == ["1 done."]
    assert Voucher.objects.get().state == State.BLOCKED
    assert "It is blocked: Reported as stolen" in page(sara_client, voucher)
    assert offered(sara_client, voucher) == {"release"}

    assert way(sara_client, voucher, "release", "Found again") == ["1 done."]
    assert Voucher.objects.get().state == State.ACTIVE
    verbs = ["voucher.blocked", "voucher.released"]
    kept = AuditRecord.objects.filter(verb__in=verbs, by=sara).order_by("pk")
    assert list(kept.values_list("verb", flat=True)) == verbs


def test_one_refusal_does_not_stop_the_rest(voucher: Voucher, hungary: Market, sara_client: Client) -> None:
    other = give_voucher(hungary, "OTHER-0001", "1000.00")
    block_voucher(voucher_id=voucher.pk, reason="x", by=None, at=timezone.now())
    chosen = {"action": "block", "_selected_action": [voucher.pk, other.pk], "reason": "Both"}

    answer = told(sara_client.post(reverse(name_of(voucher, "changelist")), chosen, follow=True))

    assert answer[0].startswith("•••• 47K2: ")
    assert answer[1] == "1 done."
    assert set(Voucher.objects.values_list("state", flat=True)) == {State.BLOCKED}


def test_the_totals_say_what_is_owed_and_that_the_books_agree(
    voucher: Voucher, hungary: Market, carla_client: Client
) -> None:
    spend(hungary)
    other = give_voucher(hungary, "OTHER-0001", "1000.00")
    block_voucher(voucher_id=other.pk, reason="x", by=None, at=timezone.now())

    assert "HU Meridian HU equal 2 1 1 HUF 1,310 HUF 1,310" in seen(carla_client.get(TOTALS))


def test_the_totals_say_when_the_books_do_not_agree(
    voucher: Voucher, hungary: Market, carla_client: Client
) -> None:
    Voucher.objects.update(balance=4000_00)

    assert "HU Meridian HU differs −HUF 1,000 1 1 0 HUF 4,000 HUF 5,000" in seen(carla_client.get(TOTALS))


def test_the_list_is_downloaded_as_it_is_narrowed(
    voucher: Voucher, hungary: Market, sara: Any, sara_client: Client, carla_client: Client
) -> None:
    give_voucher(hungary, "-FORMULA1", "1000.00")

    def rows(client: Client, **query: Any) -> list[list[str]]:
        answer = client.get(EXPORT, query)
        assert answer["Content-Disposition"].startswith('attachment; filename="vouchers-')
        content = b"".join(getattr(answer, "streaming_content", [])).decode("utf-8-sig")
        return list(csv.reader(StringIO(content)))[1:]

    assert [row[0] for row in rows(sara_client)] == ["'-FORMULA1", "SPRING-47K2"]
    (row,) = rows(sara_client, q="SPRING-47K2")
    assert row[1:7] == ["HU", "Active", "Sold", "5000.00", "5000.00", "HUF"]
    assert rows(carla_client, q="SPRING-47K2")[0][0] == "•••• 47K2"
    assert rows(sara_client, left="none") == []
    noted = AuditRecord.objects.filter(verb="list.downloaded")
    assert [each.details["codes"] for each in noted.order_by("pk")] == [True, True, False, True]


def test_a_list_that_cannot_be_is_not_downloaded(voucher: Voucher, sara_client: Client) -> None:
    assert "There is no such list." in told(sara_client.get(EXPORT, {"state": "x", "pk": "y"}, follow=True))


def test_accountants_look_at_vouchers_and_touch_none(
    voucher: Voucher, hungary: Market, carla_client: Client
) -> None:
    before = stand()

    assert offered(carla_client, voucher) == set()
    assert carla_client.post(reverse(name_of(voucher, "do"), args=[voucher.pk, "block"])).status_code == 403
    assert issue(carla_client, hungary).status_code == 403
    assert carla_client.get(BATCH).status_code == 403
    assert "Issue a voucher" not in seen(carla_client.get("/admin/vouchers/voucher/"))

    assert stand() == before


def test_who_may_only_look_is_offered_nothing(voucher: Voucher) -> None:
    looker, before = make_looker(), stand()

    assert offered(looker, voucher) == set()
    assert looker.post(reverse(name_of(voucher, "do"), args=[voucher.pk, "block"])).status_code == 403
    assert looker.get(TOTALS).status_code == 200

    assert stand() == before


def test_lists_ask_the_same_questions_however_long_they_are(
    voucher: Voucher, hungary: Market, sara_client: Client
) -> None:
    lists = ["/admin/vouchers/voucher/", TOTALS]
    for address in lists:
        sara_client.get(address)
    short = [queries_of(sara_client, address) for address in lists]
    for place in range(5):
        give_voucher(hungary, f"MORE-000{place}", "1000.00")

    assert [queries_of(sara_client, address) for address in lists] == short
