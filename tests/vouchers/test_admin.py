"""Customer service looks at vouchers down to every movement, blocks and issues them; accountants only
look.
"""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.kernel.models import AuditRecord
from marketplace.ledger.models import Entry
from marketplace.ledger.queries import balance
from marketplace.orders.models import Order
from marketplace.parties.models import Market
from marketplace.vouchers.admin import issuing
from marketplace.vouchers.models import Origin, State, Voucher, VoucherMovement
from marketplace.vouchers.operations import block_voucher, expire_due
from tests.cast import take
from tests.desk import act, listed, make_looker, name_of, offered, page, press, queries_of, seen, told
from tests.orders.telling import tender
from tests.stories.hungary import by_voucher, give_voucher, hungarian, make_agent, make_hungary

ISSUE, BATCH = "/admin/vouchers/voucher/issue/", "/admin/vouchers/voucher/batch/"
TOTALS, EXPORT = "/admin/vouchers/voucher/totals/", "/admin/vouchers/voucher/export/"
Way = Callable[..., list[str]]


@pytest.fixture
def hungary(db: None) -> Market:
    return make_hungary()


@pytest.fixture
def voucher(hungary: Market) -> Voucher:
    return give_voucher(hungary, "SPRING-47K2", "5000.00")


def spend(market: Market) -> Order:
    """An order of which the voucher pays 4,690."""
    make_agent(market)
    told = hungarian("V1", "19050.00", by_voucher("SPRING-47K2", "4690.00"), tender("cod", "14360.00"))
    (taken,) = take(market, told)
    assert taken.outcome == "taken", taken.reason
    return Order.objects.get()


def stand() -> tuple[Any, ...]:
    """All that a refusal may not change."""
    return (
        list(Voucher.objects.order_by("pk").values_list("code", "state", "balance")),
        VoucherMovement.objects.count(),
        Entry.objects.count(),
    )


def issue(client: Client, market: Market, **fields: Any) -> Any:
    asked = {"market": market.pk, "origin": "sold", "amount": "5000"} | fields
    return client.post(ISSUE, asked, follow=True)


def upload(client: Client, market: Market, *lines: str, origin: str = "sold") -> str:
    file = SimpleUploadedFile("vouchers.jsonl", "\n".join(lines).encode())
    return seen(client.post(BATCH, {"market": market.pk, "origin": origin, "file": file}))


# Looking


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
    today = timezone.localdate()
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
    row = give_voucher(hungary, "OVER-0001", "1000.00", expires_on=timezone.localdate() - timedelta(days=3))
    expire_due(market=hungary, at=timezone.now())

    text = page(sara_client, row)

    assert "Its last day has passed" in text
    assert "Expired – – – −HUF 1,000 HUF 0" in text
    assert offered(sara_client, row) == set()


# Blocking


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


# Issuing one


def test_one_voucher_is_issued_with_a_code_of_its_own_making(
    hungary: Market, sara: Any, sara_client: Client
) -> None:
    text = seen(issue(sara_client, hungary, amount="12 700", expires_on="2099-12-31", code=""))

    row = Voucher.objects.get()
    assert f"Issued. Its code: {row.code}" in text
    assert (row.amount, row.balance, row.origin, len(row.code)) == (12_700_00, 12_700_00, "sold", 19)
    assert row.movements.get().by == sara
    assert balance(market_id=hungary.pk, kind="bank") == 12_700_00
    noted = AuditRecord.objects.get(verb="voucher.issued")
    assert (noted.by, noted.details) == (sara, {"vouchers": 1, "amount": 12_700_00})


def test_one_given_away_is_the_marketplaces_own_expense(hungary: Market, sara_client: Client) -> None:
    issue(sara_client, hungary, origin="given", code="SORRY-0001")

    assert Voucher.objects.get().origin == Origin.GIVEN
    assert balance(market_id=hungary.pk, kind="promotion") == 5000_00
    assert balance(market_id=hungary.pk, kind="bank") == 0


def test_the_form_sent_twice_issues_one_voucher(hungary: Market, sara_client: Client) -> None:
    code = sara_client.get(ISSUE).context["form"]["code"].value()

    issue(sara_client, hungary, code=code)
    before = stand()
    text = seen(issue(sara_client, hungary, code=code))

    assert "was issued already; nothing was changed" in text
    assert stand() == before


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"amount": "a lot"}, "is no amount"),
        ({"amount": "0"}, "pays nothing"),
        ({"amount": "-5"}, "is no amount"),
        ({"expires_on": "2020-01-01"}, "This day has passed."),
        ({"code": "no spaces"}, "4 to 40 letters"),
        ({"code": "SPRING-47K2", "amount": "1"}, "was issued already, for 5000.00"),
        ({"origin": "found"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_issued_says_why(
    fields: dict[str, str], why: str, voucher: Voucher, hungary: Market, sara_client: Client
) -> None:
    before = stand()

    assert why in seen(issue(sara_client, hungary, **fields))

    assert stand() == before


# Issuing many


def test_a_file_of_vouchers_is_answered_line_by_line(
    voucher: Voucher, hungary: Market, sara: Any, sara_client: Client
) -> None:
    text = upload(
        sara_client,
        hungary,
        '{"code": "BULK-0001", "amount": "1000.00", "expires_on": "2099-01-31"}',
        '{"code": "SPRING-47K2", "amount": "5000.00"}',
        '{"code": "SPRING-47K2", "amount": "9.00"}',
        '{"code": "BULK-0002", "amount": "-1.00"}',
        "not JSON",
    )

    assert "1 issued, 1 unchanged, 3 refused" in text
    assert "1 BULK-0001 issued –" in text
    assert "2 SPRING-47K2 unchanged –" in text
    assert "3 SPRING-47K2 refused code: SPRING-47K2 was issued already, for 5000.00" in text
    assert "4 – refused amount: -1.00 is not positive" in text
    assert "5 – refused" in text
    assert Voucher.objects.get(code="BULK-0001").movements.get().by == sara


@pytest.mark.parametrize(
    ("line", "english", "czech"),
    [
        ("[]", "this line is no JSON object", "tento řádek není objekt JSON"),
        ('{"code": "BULK-0001"}', "amount: is missing", "amount: chybí"),
        (
            '{"code": "A", "amount": "5,00", "till": 1}',
            "code: 4 to 40 letters, digits, dots, dashes, slashes or underscores are needed; "
            "amount: “5,00” is no amount such as 5000.00; till: unknown key",
            "till: neznámý klíč",
        ),
        (
            '{"code": "BULK-0001", "amount": "5.00", "expires_on": "2026-02-30"}',
            "expires_on: “2026-02-30” is no day such as 2027-03-31",
            "expires_on: „2026-02-30“ není den jako 2027-03-31",
        ),
        ('{"code": "BULK-0001", "amount": "5.005"}', "amount: “5.005” is no amount", "není částka"),
        ("9" * 10_001, "longer than any voucher", "delší než jakýkoli poukaz"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_in_the_readers_language(
    line: str, english: str, czech: str, hungary: Market, sara_client: Client
) -> None:
    assert english in upload(sara_client, hungary, line)
    sara_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "cs"
    assert czech in upload(sara_client, hungary, line)
    assert not Voucher.objects.exists()


def test_the_same_file_again_changes_nothing(hungary: Market, sara_client: Client) -> None:
    line = '{"code": "BULK-0001", "amount": "1000.00"}'
    upload(sara_client, hungary, line)
    before = stand()

    assert "0 issued, 1 unchanged, 0 refused" in upload(sara_client, hungary, line)
    assert "no line that says anything" in upload(sara_client, hungary, " ", "")

    assert stand() == before


def test_of_a_long_file_only_refused_lines_are_named(
    hungary: Market, sara_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "MOST", 2)
    lines = [f'{{"code": "BULK-{place}", "amount": "1.00"}}' for place in range(1000, 1003)]

    text = upload(sara_client, hungary, *lines, "not JSON")

    assert "3 issued, 0 unchanged, 1 refused" in text
    assert "BULK-1000" not in text
    assert "4 – refused" in text


def test_a_file_too_large_for_a_page_is_not_taken(
    hungary: Market, sara_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "MOST_BYTES", 10)
    before = stand()

    assert "too large for this page" in upload(
        sara_client, hungary, '{"code": "BULK-0001", "amount": "1.00"}'
    )

    assert stand() == before


# What is owed


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


# Who may


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
