"""A reply to a document's mail with the seller's invoice: read by machine, or left to a person."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from marketplace.parties.models import Market, Seller
from marketplace.users.models import User
from sellers.mailroom.models import Mail
from sellers.mailroom.operations.invoices import NotWaiting, enter_invoice
from settlement.documents.models import Document, Invoicing
from settlement.invoices.models import Invoice, State
from tests.cast import settle, take
from tests.edocuments.papers import pdf
from tests.invoices.electronic import ubl_for
from tests.mailroom.telling import answer, hand_over, letter, outcomes
from tests.orders.telling import tell_order
from tests.stories.test_resale import CARD, COD

ACCOUNTING = "accounting.cz@meridian.example"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def document(market: Market, seller: Seller) -> Document:
    for number, facts in (("A-100", CARD), ("B-200", COD)):
        take(market, tell_order(number=number, **facts))
    settle(market)
    return Document.objects.get()


def reply(*files: tuple[str, bytes], subject: str = "Re: Invoice document CZ-2026-000001") -> Mail:
    raw = letter(*files, sender="ana@horizont.example", to=ACCOUNTING, subject=subject)
    return hand_over(raw)


def test_an_electronic_invoice_becomes_the_documents_invoice(document: Document, ana: User) -> None:
    mail = reply(("fv.xml", ubl_for(document)), ("scan.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40))

    invoice = Invoice.objects.get()
    assert outcomes(mail) == ["invoice_taken", "ignored"]
    assert (invoice.document, invoice.state, invoice.submitted_by) == (document, State.SUBMITTED, ana)
    assert "Invoice FV-2026-1 answers document CZ-2026-000001" in answer(mail)
    assert Document.objects.get().invoicing == Invoicing.RECEIVED


def test_what_differs_is_answered_line_by_line_and_nothing_is_kept(document: Document, ana: User) -> None:
    mail = reply(("fv.xml", ubl_for(document, orders={"A-100": 950_00})))

    assert outcomes(mail) == ["differs"]
    assert "Order B-200, net: the invoice says CZK 0.00, the document CZK 1,830.00" in answer(mail)
    assert not Invoice.objects.exists()


def test_the_same_invoice_again_is_not_awaited(document: Document, ana: User) -> None:
    reply(("fv.xml", ubl_for(document)))

    again = reply(("fv.xml", ubl_for(document)), subject="Once more: CZ-2026-000001")

    assert outcomes(again) == ["not_awaited"]
    assert Invoice.objects.count() == 1


def test_the_right_one_of_several_invoices_is_taken(document: Document, ana: User) -> None:
    old = ubl_for(document, reference="CZ-2026-000009", number="FV-OLD")
    right = ubl_for(document)

    mail = reply(("a.xml", old), ("b.xml", b"<Invoice"), ("c.xml", right), ("d.xml", right), ("e.xml", old))

    assert outcomes(mail) == ["differs", "invoice_unread", "invoice_taken", "ignored", "not_awaited"]
    assert Invoice.objects.get().number == "FV-2026-1"


@pytest.mark.parametrize("harmful", [pdf(javascript="app.alert(1)"), pdf(password="secret")])
def test_a_pdf_that_may_do_harm_is_given_to_nobody(document: Document, ana: User, harmful: bytes) -> None:
    mail = reply(("a.pdf", harmful), ("b.pdf", PDF))

    assert outcomes(mail) == ["active_pdf", "to_a_person"]
    assert "Send a plain PDF" in answer(mail)


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (b"<Invoice", "invoice_unread"),
        (b"<!DOCTYPE a><a/>", "invoice_unread"),
        (b"<Order xmlns='own'/>", "ignored"),
    ],
)
def test_what_no_machine_can_read_is_told(
    document: Document, ana: User, content: bytes, outcome: str
) -> None:
    assert outcomes(reply(("fv.xml", content))) == [outcome]


def test_a_document_of_another_seller_is_told_as_if_there_were_none(document: Document, beto: User) -> None:
    raw = letter(
        ("fv.xml", ubl_for(document)),
        sender="beto@severka.example",
        to=ACCOUNTING,
        subject="CZ-2026-000001",
    )

    mail = hand_over(raw)

    assert outcomes(mail) == ["no_document"]
    assert not Invoice.objects.exists()


def test_a_pdf_waits_for_a_person_who_enters_what_stands_on_it(
    document: Document, ana: User, carla: User
) -> None:
    mail = reply(("fv.pdf", PDF))
    (part,) = mail.parts.all()
    assert outcomes(mail) == ["to_a_person"]

    told: dict[str, Any] = {"part_id": part.pk, "by": carla, "at": timezone.now()}
    invoice = enter_invoice(number="FV-9", issued_on=date(2026, 11, 3), **told)

    assert (invoice.number, invoice.gross) == ("FV-9", document.purchase_gross)
    assert outcomes(Mail.objects.get()) == ["invoice_taken"]
    with pytest.raises(NotWaiting):
        enter_invoice(number="FV-10", issued_on=date(2026, 11, 3), **told)
