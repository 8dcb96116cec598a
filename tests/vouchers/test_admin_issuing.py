"""Vouchers issued in the back office: one by a form, many by a file."""

from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from marketplace.kernel.models import AuditRecord
from marketplace.ledger.queries import balance
from marketplace.parties.models import Market
from marketplace.vouchers.admin import issuing
from marketplace.vouchers.models import Origin, Voucher
from tests.desk import seen
from tests.vouchers.desk import ISSUE, issue, stand

BATCH = "/admin/vouchers/voucher/batch/"


def upload(client: Client, market: Market, *lines: str, origin: str = "sold") -> str:
    file = SimpleUploadedFile("vouchers.jsonl", "\n".join(lines).encode())
    return seen(client.post(BATCH, {"market": market.pk, "origin": origin, "file": file}))


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
