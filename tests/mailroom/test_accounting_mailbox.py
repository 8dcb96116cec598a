"""Workbooks and invoices that come to the accounting mailbox."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone
from openpyxl import Workbook

from marketplace.kernel.books import run_checks
from marketplace.kernel.files import path_of
from marketplace.kernel.mail import write_mail
from marketplace.parties.models import Market, Role, Seller
from marketplace.users.models import User
from sellers.mailroom.models import Mail, Outcome, Route, State, Why
from settlement.documents.models import Document
from settlement.exports.models import Export
from settlement.exports.operations import request_export
from settlement.periods.rules import Span
from settlement.review.models import Submission
from tests.cast import MakeOrder, make_market, make_member, make_seller, work_off_but_rendering
from tests.mailroom.telling import answer, hand_over, letter, outcomes

pytestmark = pytest.mark.django_db

ANA, BOX = "ana@horizont.example", "accounting.cz@meridian.example"
OCTOBER = Span(date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture
def book(seller: Seller, ana: User, make_order: MakeOrder) -> tuple[str, bytes]:
    """The workbook of October, as the portal writes it."""
    make_order()
    export = request_export(seller_id=seller.pk, span=OCTOBER, by=None, at=timezone.now())
    work_off_but_rendering()
    file = Export.objects.select_related("file").get(pk=export.pk).file
    assert file is not None
    return file.name, path_of(file).read_bytes()


def write(*files: tuple[str, bytes], sender: str = ANA, subject: str = "Export", **headers: str) -> Mail:
    return hand_over(letter(*files, sender=sender, to=BOX, subject=subject, **headers))


def test_a_workbook_is_handed_to_accounting(seller: Seller, ana: User, book: tuple[str, bytes]) -> None:
    mail = write(book, ("logo.png", b"\x89PNG\r\n\x1a\nx"), subject="Export 3003")

    submission = Submission.objects.get()
    assert (mail.state, mail.route, mail.seller) == (State.DONE, Route.REVIEW, seller)
    assert mail.submission == submission
    assert (submission.seller, submission.submitted_by) == (seller, ana)
    assert submission.lines.count() == 1
    assert outcomes(mail) == ["handed_in", "ignored"]
    assert "Accounting has the workbook for 1–31 Oct 2026." in answer(mail)
    assert run_checks() == []


def test_the_senders_only_seller_needs_no_number(seller: Seller, book: tuple[str, bytes]) -> None:
    assert write(book, subject="").seller == seller


def test_a_period_the_name_tells_is_taken_though_another_is_over_since(book: tuple[str, bytes]) -> None:
    mail = write(("saldo-export-CZ-3003-2020-01-01_2020-01-31.xlsx", book[1]))

    assert outcomes(mail) == ["no_period"]
    assert not Submission.objects.exists()


def test_another_sellers_number_is_not_taken(rival: Seller, book: tuple[str, bytes]) -> None:
    mail = write(book, subject=f"Export {rival.partner_number}")

    assert (mail.why, outcomes(mail)) == (Why.SENDER_NOT_TIED, ["sender_not_tied"])
    assert not Submission.objects.exists()


def test_a_sender_of_two_sellers_must_say_which(rival: Seller, book: tuple[str, bytes]) -> None:
    make_member(rival, ANA, Role.FINANCE)

    mail = write(book)

    assert (mail.why, outcomes(mail)) == (Why.SELLER_UNCLEAR, ["seller_unclear"])
    assert "Put the partner number" in answer(mail)


def test_a_login_for_operations_hands_no_workbook_in(seller: Seller, book: tuple[str, bytes]) -> None:
    make_member(seller, "olga@horizont.example", Role.OPERATIONS)

    mail = write(book, sender="olga@horizont.example")

    assert mail.why == Why.SENDER_NOT_TIED
    assert not Submission.objects.exists()


def test_what_is_no_workbook_of_ours_is_told_after_it_was_looked_at(ana: User) -> None:
    out = io.BytesIO()
    Workbook().save(out)

    mail = write(("x.xlsx", out.getvalue()))

    assert outcomes(mail) == ["not_usable"]
    assert "could not be read" in answer(mail)
    assert "Taken: 0. Not taken: 1." in answer(mail)


def test_an_invoice_for_a_document_waits_for_a_person(
    seller: Seller, ana: User, issue_document: Callable[..., Document]
) -> None:
    document = issue_document()

    mail = write(("invoice.pdf", b"%PDF-1.4 x"), subject=f"Re: {document.reference}")

    assert (mail.route, mail.reference, mail.seller) == (Route.INVOICES, document.reference, seller)
    assert mail.state == State.DONE


def test_a_reply_to_a_documents_mail_needs_no_reference(
    ana: User, seller: Seller, issue_document: Callable[..., Document]
) -> None:
    document = issue_document()
    with transaction.atomic():
        sent = write_mail(
            key="told",
            market=seller.market,
            to=[ANA],
            subject=f"Document {document.reference}",
            body="",
            at=timezone.now(),
        )

    mail = write(("invoice.pdf", b"%PDF-1.4 x"), subject="Re: your mail", in_reply_to=sent.message_id)

    assert (mail.route, mail.reference) == (Route.INVOICES, document.reference)


def test_anything_else_is_told_what_the_mailboxes_are_for(ana: User) -> None:
    mail = write(("notes.txt", b"hello"), subject="Question")

    assert (mail.route, mail.why, outcomes(mail)) == (Route.NONE, Why.NO_ROUTE, [Outcome.NO_ROUTE])
    assert "receipts.cz@meridian.example: receipts to customers" in answer(mail)
    assert "support.cz@meridian.example: everything else." in answer(mail)


def test_a_mail_to_none_of_our_mailboxes_is_answered_where_the_sender_is_known(ana: User) -> None:
    mail = hand_over(letter(sender=ANA, to="office@meridian.example"))
    strange = hand_over(letter(sender="x@stranger.example", to="office@meridian.example"))

    assert (mail.route, mail.answer is not None) == (Route.NONE, True)
    assert (strange.route, strange.silence) == (Route.NONE, "no_market")


def test_markets_may_share_a_mailbox(
    market: Market, seller: Seller, ana: User, book: tuple[str, bytes]
) -> None:
    other = make_market(
        "SK", accounting_email=BOX, entity_tax_id="SK2022749619", currency="EUR", entity_iban=""
    )
    make_seller(other, "3003", "Other s.r.o.")

    mail = write(book, subject="3003")

    assert (mail.market, mail.seller) == (market, seller)
