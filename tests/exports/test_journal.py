"""Accountants take the journal away as a file, and what is in it is what the books say."""

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from marketplace.kernel.models import AuditRecord
from marketplace.ledger.models import Posting
from marketplace.ledger.queries import balance
from marketplace.parties.models import Market, Seller
from marketplace.parties.operations import save_seller
from marketplace.users.models import User
from settlement.exports import journal_page
from settlement.exports.journal import Journal, Scope
from tests.billing.mexico import NOON, charge, invoice, make_mexico, make_payer, pay_in
from tests.cast import BEFORE, client_of
from tests.desk import make_looker, seen

PAGE = reverse("admin:exports_export_journal")
SEPTEMBER = NOON - timedelta(days=20)


@pytest.fixture
def mexico(db: None) -> Market:
    return make_mexico()


@pytest.fixture
def sol(mexico: Market) -> Seller:
    """Paid in 50.00 in September and 116.00 in October, was charged 11.60 and invoiced."""
    seller = make_payer(mexico)
    pay_in(seller, "50.00", at=SEPTEMBER)
    deposit = pay_in(seller, "116.00")
    charge(seller, "11.60")
    invoice(seller, deposit, by=User.objects.create_user("eva@sol.example", "x"))
    return seller


@pytest.fixture
def luna(mexico: Market) -> Seller:
    """Named so that a spreadsheet would take the name for a formula."""
    seller = make_payer(mexico, "7102", "Luna")
    seller.name = "=HYPERLINK(1)"
    save_seller(seller=seller, by=None, at=BEFORE)
    pay_in(seller, "7.00")
    return seller


def asked(of: Market, **other: Any) -> dict[str, Any]:
    told = {"market": of.pk, "first": "2026-10-01", "last": "2026-10-31", "number": "", "form": "xlsx"}
    return told | other


def content(client: Client, query: dict[str, Any]) -> bytes:
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return b"".join(getattr(answer, "streaming_content", []))


def sheets(client: Client, query: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(content(client, query)))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def lines_of(client: Client, query: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content(client, query).decode("utf-8-sig"))))


def test_the_workbook_has_every_posting_and_the_trial_balance_of_the_days(
    mexico: Market, sol: Seller, carla_client: Client
) -> None:
    book = sheets(carla_client, asked(mexico))

    assert list(book) == ["Journal", "Trial balance"]
    titles, *lines = book["Journal"]
    assert titles[:5] == ("Date", "Key", "Text", "Account", "Partner number")
    assert len(lines) == Posting.objects.filter(entry__at__gte=NOON - timedelta(days=1)).count()
    assert lines[0][1:] == (
        "deposit:MX-DP-2026-000002",
        "Deposit MX-DP-2026-000002",
        *("Bank", None, None, 116, None, "MXN"),
    )
    assert lines[0][0].isoformat() == "2026-10-05T12:00:00"  # in the market's time
    assert lines[1][3:] == ("What the seller paid in ahead", "7101", sol.name, None, 116, "MXN")
    assert sum(line[6] or 0 for line in lines) == pytest.approx(sum(line[7] or 0 for line in lines))

    rows = {row[0]: row[3:7] for row in book["Trial balance"][1:]}
    assert rows["Bank"] == (50, 116, 0, 166)
    assert rows["What the seller paid in ahead"] == (-50, 11.6, 116, -154.4)
    assert rows["VAT invoiced on deposits"][3] == 14.4
    assert sum(round(row[6] * 100) for row in book["Trial balance"][1:]) == 0


def test_the_trial_balance_closes_as_the_books_do(mexico: Market, sol: Seller, luna: Seller) -> None:
    journal = Journal(Scope(mexico, date(2026, 10, 1), date(2026, 10, 31)))

    read = list(journal.lines(F("entry__at")))

    rows = journal.trial_balance()
    assert sum(line.amount for line in read) == 0
    assert sum(each.debits for each in rows) == sum(each.credits for each in rows)
    closing = {each.seller: each.closing for each in rows if each.seller}
    assert closing == {
        each.name: balance(market_id=mexico.pk, kind="deposits", seller_id=each.pk) for each in (sol, luna)
    }


def test_the_csv_says_the_same_line_by_line(mexico: Market, sol: Seller, carla_client: Client) -> None:
    lines = lines_of(carla_client, asked(mexico, form="csv"))
    _titles, *rows = sheets(carla_client, asked(mexico))["Journal"]

    assert [line["Key"] for line in lines] == [row[1] for row in rows]
    assert [float(line["Debit"] or 0) for line in lines] == [row[6] or 0 for row in rows]
    assert [float(line["Credit"] or 0) for line in lines] == [row[7] or 0 for row in rows]
    assert lines[0]["Date"] == "2026-10-05 12:00:00"


def test_one_sellers_accounts_alone(mexico: Market, sol: Seller, luna: Seller, carla_client: Client) -> None:
    book = sheets(carla_client, asked(mexico, number="7102"))

    assert [line[4] for line in book["Journal"][1:]] == ["7102"]
    assert [row[1:2] + row[3:7] for row in book["Trial balance"][1:]] == [("7102", 0, 0, 7, -7)]
    noted = AuditRecord.objects.get(verb="journal.downloaded")
    assert noted.seller_id == luna.pk


def test_no_cell_is_a_formula(mexico: Market, sol: Seller, luna: Seller, carla_client: Client) -> None:
    book = sheets(carla_client, asked(mexico, number="7102"))
    (line,) = lines_of(carla_client, asked(mexico, number="7102", form="csv"))

    assert book["Journal"][1][5] == book["Trial balance"][1][2] == line["Seller"] == "'=HYPERLINK(1)"


def test_who_took_what_away_is_kept(mexico: Market, sol: Seller, carla: User, carla_client: Client) -> None:
    answer = carla_client.get(PAGE, asked(mexico))
    assert b"".join(getattr(answer, "streaming_content", [])).startswith(b"PK")

    noted = AuditRecord.objects.get(verb="journal.downloaded")
    assert (noted.by, noted.subject) == (carla, "journal-MX-2026-10-01-2026-10-31.xlsx")
    assert noted.details["lines"] == len(list(Journal(Scope(mexico, *_october())).lines(F("entry__at"))))
    assert "no-store" in answer["Cache-Control"]
    assert "attachment" in answer["Content-Disposition"]


def _october() -> tuple[date, date]:
    return date(2026, 10, 1), date(2026, 10, 31)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"first": "2026-11-01"}, "The last day lies before the first."),
        ({"number": "9999"}, "This market has no seller of this number."),
        ({"market": ""}, "This field is required."),
        ({"form": "pdf"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_asked_for_is_said_and_nothing_is_handed_out(
    typed: dict[str, str], why: str, mexico: Market, carla_client: Client
) -> None:
    assert why in seen(carla_client.get(PAGE, asked(mexico, **typed)))
    assert not AuditRecord.objects.filter(verb="journal.downloaded").exists()


def test_too_many_lines_are_refused_with_what_to_do(
    mexico: Market, sol: Seller, carla_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_page, "MOST_LINES", 3)

    assert "more than 3 lines; ask for fewer days" in seen(carla_client.get(PAGE, asked(mexico)))


def test_only_those_who_may_read_the_books_get_them(
    mexico: Market, sol: Seller, carla: User, sara_client: Client
) -> None:
    assert sara_client.get(PAGE, asked(mexico)).status_code == 403
    assert make_looker().get(PAGE).status_code == 200
    carla.user_permissions.remove(*carla.user_permissions.filter(codename="view_posting"))
    assert client_of(carla).get(PAGE, asked(mexico)).status_code == 403
    assert not AuditRecord.objects.filter(verb="journal.downloaded").exists()


def test_the_journals_list_leads_there(mexico: Market, carla_client: Client) -> None:
    html = carla_client.get(reverse("admin:ledger_entry_changelist")).content.decode()

    assert f'href="{PAGE}?market="' in html
    form = carla_client.get(PAGE, {"market": mexico.pk}).content.decode()
    assert '<a href="/admin/ledger/entry/">Journal</a>' in form
    assert f'<option value="{mexico.pk}" selected' in form


def test_a_longer_journal_asks_no_more_questions(mexico: Market, sol: Seller, carla_client: Client) -> None:
    content(carla_client, asked(mexico))
    few = _questions(carla_client, mexico)

    for _each in range(20):
        pay_in(sol, "1.00")

    assert _questions(carla_client, mexico) == few


def _questions(client: Client, mexico: Market) -> int:
    with CaptureQueriesContext(connection) as asked_of_it:
        content(client, asked(mexico))
    return len(asked_of_it)
