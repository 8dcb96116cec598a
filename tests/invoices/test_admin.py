"""Accountants check sellers' invoices: the queue, the comparison, booking, refusing, cancelling."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.kernel.models import AuditRecord, OutgoingMail
from marketplace.ledger.models import Entry
from settlement.documents.models import Document, Invoicing
from settlement.invoices.models import Invoice, InvoiceRate, State
from settlement.netting.models import SetOff
from settlement.netting.operations.answering import withdraw_set_off
from tests.cast import work_off_but_rendering
from tests.desk import act, listed, make_looker, offered, page, press, queries_of
from tests.netting.telling import INVOICED, hand_in

ALL_FOUND = {"reference": True, "number": True, "tax_id": True, "gross": True}


@pytest.fixture
def document(issue_document: Callable[..., Document]) -> Document:
    return issue_document()


@pytest.fixture
def handed_in(document: Document) -> Invoice:
    return hand_in(document)


@pytest.fixture
def differing(document: Document) -> Invoice:
    """An invoice that is not what its document says, as none could be handed in."""
    right = hand_in(document)
    Invoice.objects.filter(pk=right.pk).update(state=State.REFUSED)
    wrong = Invoice.objects.create(
        market=right.market,
        seller=right.seller,
        document=document,
        number="WRONG-1",
        issued_on=right.issued_on,
        currency=right.currency,
        net=1331_00,
        vat=279_51,
        gross=1610_51,
        file=right.file,
        submitted_at=INVOICED,
    )
    InvoiceRate.objects.create(invoice=wrong, vat_bp=2100, net=1331_00, vat=279_51)
    return wrong


def stand(row: Invoice) -> tuple[Any, ...]:
    """All that a refusal may not change."""
    return (
        Invoice.objects.get(pk=row.pk).state,
        Document.objects.get(pk=row.document_id).invoicing,
        Entry.objects.count(),
        OutgoingMail.objects.count(),
    )


def test_the_queue_shows_what_waits_and_all_on_request(handed_in: Invoice, carla_client: Client) -> None:
    assert "FV-2026-1 invoice 3003 Horizont s.r.o. CZ-2026-000001" in listed(carla_client, Invoice)

    press(carla_client, handed_in, "book")

    assert "FV-2026-1" not in listed(carla_client, Invoice)
    assert "FV-2026-1" in listed(carla_client, Invoice, state="all")
    assert "FV-2026-1" in listed(carla_client, Invoice, state=State.BOOKED)


@pytest.mark.parametrize(
    ("findings", "shown"),
    [
        (None, "being read"),
        (ALL_FOUND, "everything found"),
        (ALL_FOUND | {"gross": False}, "1 thing not found"),
        (dict.fromkeys(ALL_FOUND), "not readable by machine"),
    ],
)
def test_the_list_says_what_was_found_on_the_file(
    findings: Any, shown: str, handed_in: Invoice, carla_client: Client
) -> None:
    if findings:
        Invoice.objects.filter(pk=handed_in.pk).update(findings=findings)

    assert shown in listed(carla_client, Invoice)


def test_what_no_machine_can_read_is_left_to_the_accountants_eyes(
    handed_in: Invoice, carla_client: Client
) -> None:
    work_off_but_rendering()

    assert Invoice.objects.get().findings == dict.fromkeys(ALL_FOUND)
    text = page(carla_client, handed_in)
    assert "The document's reference not readable by machine" in text
    assert "open it and look" in text


def test_the_page_shows_the_invoice_beside_its_document(handed_in: Invoice, carla_client: Client) -> None:
    text = page(carla_client, handed_in)

    assert "21% CZK 850.00 CZK 850.00 CZK 178.50 CZK 178.50 CZK 1,028.50 CZK 1,028.50" in text
    assert "What differs" not in text
    assert offered(carla_client, handed_in) == {"book", "refuse"}


@pytest.mark.parametrize("way", [act, press])
def test_an_invoice_is_booked_from_the_list_and_from_its_page(
    way: Callable[..., list[str]], handed_in: Invoice, carla: Any, carla_client: Client
) -> None:
    assert way(carla_client, handed_in, "book") == ["1 done."]

    booked = Invoice.objects.get()
    assert booked.state == State.BOOKED
    assert booked.changes.get().by == carla
    assert Document.objects.get().invoicing == Invoicing.BOOKED
    work_off_but_rendering()
    assert SetOff.objects.exists()


def test_an_invoice_that_differs_is_not_booked_and_the_page_says_why(
    differing: Invoice, carla_client: Client
) -> None:
    before = stand(differing)

    (told,) = press(carla_client, differing, "book")

    assert "does not equal the document" in told
    assert stand(differing) == before
    text = page(carla_client, differing)
    assert "Net at 21% CZK 1,331.00 CZK 850.00" in text
    assert "VAT at 21% CZK 279.51 CZK 178.50" in text


def test_a_refusal_needs_its_reason(handed_in: Invoice, carla_client: Client) -> None:
    before = stand(handed_in)

    for way in (act, press):
        (told,) = way(carla_client, handed_in, "refuse", "  ")
        assert told.startswith("FV-2026-1: Say why")

    assert stand(handed_in) == before


@pytest.mark.parametrize("way", [act, press])
def test_an_invoice_is_refused_with_the_reason_the_seller_reads(
    way: Callable[..., list[str]], handed_in: Invoice, carla_client: Client
) -> None:
    way(carla_client, handed_in, "refuse", "The file is another month's")

    assert Invoice.objects.get().state == State.REFUSED
    assert Document.objects.get().invoicing == Invoicing.AWAITED
    assert "The file is another month's" in OutgoingMail.objects.latest("pk").body
    assert "The file is another month's" in page(carla_client, handed_in)


def test_a_booking_is_cancelled_only_once_no_set_off_holds_it(
    handed_in: Invoice, carla_client: Client
) -> None:
    press(carla_client, handed_in, "book")
    work_off_but_rendering()
    before = stand(handed_in)

    (told,) = act(carla_client, handed_in, "cancel", "Booked by mistake")
    assert "on a set-off" in told
    assert stand(handed_in) == before
    assert offered(carla_client, handed_in) == set()

    withdraw_set_off(set_off_id=SetOff.objects.get().pk, reason="Wrong", by=None, at=INVOICED)
    assert press(carla_client, handed_in, "cancel", "Booked by mistake") == ["1 done."]
    assert Invoice.objects.get().state == State.CANCELLED
    assert Document.objects.get().invoicing == Invoicing.AWAITED


def test_what_is_decided_is_not_decided_again(handed_in: Invoice, carla_client: Client) -> None:
    press(carla_client, handed_in, "refuse", "Twice")
    before = stand(handed_in)

    assert "cannot become" in act(carla_client, handed_in, "book")[0]
    assert "cannot become" in press(carla_client, handed_in, "cancel", "No")[0]

    assert stand(handed_in) == before


def test_who_may_only_look_is_offered_nothing_and_does_nothing(handed_in: Invoice) -> None:
    looker, before = make_looker(), stand(handed_in)

    assert "FV-2026-1" in listed(looker, Invoice)
    assert offered(looker, handed_in) == set()
    answer = looker.post(reverse("admin:invoices_invoice_do", args=[handed_in.pk, "book"]))

    assert answer.status_code == 403
    assert stand(handed_in) == before


def test_nothing_happens_by_looking_at_a_buttons_address(handed_in: Invoice, carla_client: Client) -> None:
    before = stand(handed_in)

    answers = [
        carla_client.get(reverse("admin:invoices_invoice_do", args=[handed_in.pk, "book"])).status_code,
        carla_client.post(reverse("admin:invoices_invoice_do", args=[handed_in.pk, "burn"])).status_code,
        carla_client.post(reverse("admin:invoices_invoice_do", args=[10**9, "book"])).status_code,
    ]

    assert answers == [405, 404, 404]
    assert stand(handed_in) == before


def test_a_downloaded_file_is_on_the_record(handed_in: Invoice, carla: Any, carla_client: Client) -> None:
    answer = carla_client.get(reverse("admin:invoices_invoice_file", args=[handed_in.pk, "file"]))

    assert b"".join(getattr(answer, "streaming_content", [])) == b"%PDF-1.4 invoice"
    assert answer["Content-Disposition"] == 'attachment; filename="invoice.pdf"'
    assert "no-store" in answer["Cache-Control"]
    noted = AuditRecord.objects.get(verb="file.downloaded")
    assert (noted.by, noted.subject, noted.seller_id) == (carla, "invoice.pdf", handed_in.seller_id)


def test_the_list_asks_the_same_questions_however_long_it_is(
    differing: Invoice, carla_client: Client
) -> None:
    address = reverse("admin:invoices_invoice_changelist")
    carla_client.get(address)

    assert queries_of(carla_client, address) == queries_of(carla_client, f"{address}?state=all")
