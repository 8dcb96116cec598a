"""What sellers see and do on their pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from marketplace.kernel.models import AuditRecord, OutgoingMail
from marketplace.orders.models import Order
from marketplace.parties.models import AccountState, BankAccount, Seller
from marketplace.parties.operations import approve_bank_account
from marketplace.users.models import User
from settlement.documents.models import Document
from settlement.documents.operations.voiding import void_document
from settlement.exports.models import Export
from settlement.periods.queries import offered_periods
from settlement.review.models import Submission
from tests.cast import MakeOrder, settle, work_off_but_rendering
from tests.portal.telling import text_of

PERIOD = {"first_on": "2026-10-01", "end_on": "2026-11-01"}


def many_rows(seller: Seller, make_order: MakeOrder, count: int) -> None:
    for _ in range(count):
        make_order()
        make_order(status="open", status_times={})
    settle(seller.market)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/orders/",
        "/orders/?tab=delivered&sort=-delivered",
        "/orders/?q=eva&invoiced=yes",
        "/exports/",
        "/documents/",
        "/settings/",
        "/exports/period/2026-10-01/2026-11-01/",
        "/documents/CZ-2026-000001/",
        "{order}",
        "{submission}",
    ],
)
def test_a_page_runs_as_many_queries_for_many_rows_as_for_few(
    address: str, seller: Seller, ana_client: Client, make_order: MakeOrder
) -> None:
    counts = []
    for rows in (1, 12):
        many_rows(seller, make_order, rows)
        order = Order.objects.filter(claim__isnull=False).latest("pk")
        shown = address.format(
            order=f"/orders/{order.number}/",
            submission=f"/submissions/{Submission.objects.earliest('pk').pk}/",
        )
        ana_client.get(shown)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            text_of(ana_client, shown)
        counts.append(len(queries))

    assert counts[1] <= counts[0] + (1 if address == "/" else 0), counts
    assert counts[0] <= 30


@pytest.mark.parametrize(
    "query", ["after=nonsense", "after=W10", "before=bnVsbA", "sort=pk", "tab=none", "placed_from=x"]
)
def test_a_query_somebody_made_up_shows_the_list(
    ana_client: Client, make_order: MakeOrder, query: str
) -> None:
    order = make_order()

    assert order.number in text_of(ana_client, f"/orders/?{query}")


def test_a_seller_exports_a_period_and_sends_it(
    ana_client: Client, make_order: MakeOrder, seller: Seller, django_capture_on_commit_callbacks: Any
) -> None:
    make_order(number="A")
    assert "goes in" in text_of(ana_client, reverse("portal:period", kwargs=PERIOD))

    answer = ana_client.post(reverse("portal:export_create", kwargs=PERIOD))
    assert "Writing the workbook" in text_of(ana_client, answer["Location"])
    work_off_but_rendering()
    assert "Download the workbook" in text_of(ana_client, answer["Location"])

    export = Export.objects.get()
    sent = ana_client.post(reverse("portal:export_send", args=[export.pk]))
    work_off_but_rendering()

    assert "CZ-2026-000001" in text_of(ana_client, sent["Location"])
    assert AuditRecord.objects.filter(verb="submission.handed_in", by__email="ana@horizont.example").exists()


def test_an_export_can_be_stopped_and_leaves_nothing(ana_client: Client, make_order: MakeOrder) -> None:
    make_order()
    answer = ana_client.post(reverse("portal:export_create", kwargs=PERIOD))
    export = Export.objects.get()

    ana_client.post(reverse("portal:export_cancel", args=[export.pk]))
    work_off_but_rendering()

    assert "was stopped" in text_of(ana_client, answer["Location"])
    export.refresh_from_db()
    assert export.file is None


def test_a_preview_of_a_running_period_cannot_be_sent(ana_client: Client, seller: Seller) -> None:
    running = offered_periods(seller=seller, at=timezone.now())[0].span
    span = {"first_on": running.first_on.isoformat(), "end_on": running.end_on.isoformat()}
    ana_client.post(reverse("portal:export_create", kwargs=span))
    work_off_but_rendering()
    export = Export.objects.get()

    answer = ana_client.post(reverse("portal:export_send", args=[export.pk]), follow=True)

    assert "period that is over" in answer.content.decode()
    assert not Submission.objects.exists()


def test_a_workbook_saved_as_xls_is_refused_with_advice(ana_client: Client, seller: Seller) -> None:
    old = SimpleUploadedFile("orders.xls", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600)
    period = "2026-10-01_2026-11-01"

    answer = ana_client.post(reverse("portal:upload"), {"period": period, "file": old})

    assert answer.status_code == 422
    assert ".xlsx" in answer.content.decode()
    assert not Submission.objects.exists()


def test_a_bank_account_is_proposed_checked_and_waits_for_somebody_else(
    ana_client: Client, seller: Seller, carla_client: Client
) -> None:
    address = reverse("portal:bank_account")
    wrong = ana_client.post(address, {"number": "CZ65 0800 0000 1920 0014 5398"})
    assert wrong.status_code == 422
    assert not BankAccount.objects.exists()

    ana_client.post(address, {"number": "CZ65 0800 0000 1920 0014 5399"})
    account = BankAccount.objects.get()
    assert account.state == AccountState.PROPOSED

    carla_client.post(
        "/admin/parties/bankaccount/", {"action": "approve", "_selected_action": [account.pk], "index": 0}
    )
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE


def test_a_document_says_whom_to_invoice_how_much_and_why(
    ana_client: Client, issue_document: Callable[..., Document]
) -> None:
    document = issue_document()

    page = text_of(ana_client, reverse("portal:document", args=[document.reference]))

    for words in (
        "Meridian Market s.r.o.",
        "CZ25596641",
        "3003",
        "CZK 1,028.50",
        "CZK 181.50",
        "The marketplace pays you",
    ):
        assert words in page.replace("\xa0", " "), words


def test_pages_are_in_the_language_a_login_chose(ana_client: Client, ana: User) -> None:
    ana_client.post(reverse("set_language"), {"language": "cs"})

    assert '<html lang="cs">' in text_of(ana_client, "/")


def test_a_closed_period_exported_and_sent_again_says_so_order_by_order(
    ana_client: Client, make_order: MakeOrder, seller: Seller
) -> None:
    make_order(number="A1")
    settle(seller.market)
    ana_client.post(reverse("portal:export_create", kwargs=PERIOD))
    work_off_but_rendering()

    sent = ana_client.post(reverse("portal:export_send", args=[Export.objects.get().pk]))
    work_off_but_rendering()

    page = text_of(ana_client, sent["Location"])
    assert "Nothing was changed" in page
    assert ">A1<" in page
    assert "CZ-2026-000001" in page
    assert Document.objects.count() == 1


def test_the_page_of_a_submission_is_shown_anew_once_it_is_read(
    ana_client: Client, issue_document: Callable[..., Document]
) -> None:
    issue_document()
    submission = Submission.objects.get()

    answer = ana_client.get(reverse("portal:submission_progress", args=[submission.pk]))

    assert answer["HX-Refresh"] == "true"


def test_a_void_document_asks_for_no_invoice_and_its_order_says_why(
    ana_client: Client, issue_document: Callable[..., Document], carla: User
) -> None:
    document = issue_document()
    void_document(document_id=document.pk, reason="wrong commission", by=carla, at=timezone.now())

    page = text_of(ana_client, reverse("portal:document", args=[document.reference]))
    assert "Do not invoice it" in page
    assert "Whom to invoice" not in page
    order = text_of(ana_client, reverse("portal:order", args=[document.lines.get().number]))
    assert "was voided: wrong commission" in order


def test_a_seller_is_told_by_mail_of_every_change_of_its_bank_account(
    ana_client: Client, seller: Seller, carla: User
) -> None:
    address, number = reverse("portal:bank_account"), {"number": "CZ6508000000192000145399"}
    ana_client.post(address, number)
    approve_bank_account(seller_id=seller.pk, by=carla, at=timezone.now())

    assert OutgoingMail.objects.filter(seller=seller, recipients=[seller.email]).count() == 2
    ana_client.post(address, number)
    assert not BankAccount.objects.filter(state=AccountState.PROPOSED).exists()
