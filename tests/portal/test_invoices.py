"""The seller hands in the invoice for a document."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from marketplace.parties.models import Cadence, Market, Seller
from marketplace.users.models import User
from settlement.documents.models import Document, Invoicing
from settlement.documents.operations.voiding import void_document
from settlement.invoices.models import Invoice, State
from settlement.invoices.operations.deciding import refuse_invoice
from tests.cast import today_in, work_off_but_rendering
from tests.netting.telling import INVOICED, hand_in
from tests.orders.telling import tell_order
from tests.portal.conftest import documented
from tests.portal.telling import Browser, form_of, stand, words


def page_of(document: Document) -> str:
    return f"/documents/{document.reference}/"


def test_the_form_knows_the_totals_the_reference_and_the_day(ana_sees: Browser, document: Document) -> None:
    answer = ana_sees.client.get(page_of(document)).content.decode()

    for value in ("3,205.00", "673.05", "CZ-2026-000001", "CZK", str(today_in(document.market))):
        assert f'value="{value}"' in answer, value
    assert "Awaits your invoice" in answer


def test_an_invoice_that_equals_its_document_is_handed_in(
    ana_sees: Browser, document: Document, ana: User
) -> None:
    page = ana_sees.post(f"{page_of(document)}invoice/", form_of(document))

    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.gross, invoice.state, invoice.submitted_by) == (
        "FV-2026-1",
        3878_05,
        State.SUBMITTED,
        ana,
    )
    assert "Invoice FV-2026-1 is handed in" in page
    assert "Invoice in review" in page
    assert "The file is being looked at" in page
    assert "Hand in the invoice" not in page


@pytest.mark.parametrize("net", ["3205", "3 205,00", "3.205,00", "3,205.00", "3\N{NO-BREAK SPACE}205,00"])
def test_an_amount_is_read_however_it_is_written(ana_sees: Browser, document: Document, net: str) -> None:
    ana_sees.post(f"{page_of(document)}invoice/", form_of(document, net_2100=net))

    assert Invoice.objects.get().net == 3205_00


def test_what_differs_comes_back_with_both_amounts_the_difference_and_the_cause(
    ana_sees: Browser, document: Document
) -> None:
    before = stand()

    told = form_of(document, net_2100="3730.00", vat_2100="783.30", number="FV-7")
    answer = ana_sees.client.post(f"{page_of(document)}invoice/", told)

    assert answer.status_code == 422
    page = words(answer)
    for said in (
        "Your invoice differs from the document",
        "choose the file again",
        "Net at 21%",
        "CZK 3,730.00",
        "CZK 3,205.00",
        "+CZK 525.00",
        "These are the customers' prices; invoice the purchase price.",
    ):
        assert said in page, said
    assert 'value="FV-7"' in answer.content.decode()
    assert stand() == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": ""}, "This field is required."),
        ({"net_2100": "much"}, "This is no amount"),
        ({"net_2100": "3,2,05"}, "This is no amount"),
        ({"issued_on": "0001-01-01"}, "This day lies too far away."),
        ({"reference": "CZ-2026-000009"}, "Reference CZ-2026-000009 CZ-2026-000001 –"),
        ({"currency": "EUR"}, "Currency EUR CZK –"),
        ({"issued_on": "2026-09-30"}, "Date of issue 30 Sept 2026"),
        ({"issued_on": "2199-09-30"}, "Date of issue 30 Sept 2199"),
        ({"file": SimpleUploadedFile("a.exe", b"MZ90")}, "The file is no PDF and no picture"),
        ({"file": ""}, "The invoice was not handed in"),
    ],
)
def test_a_wrong_entry_is_refused_in_words_and_changes_nothing(
    ana_sees: Browser, document: Document, changes: dict[str, Any], said: str
) -> None:
    before = stand()

    page = ana_sees.post(f"{page_of(document)}invoice/", form_of(document, **changes), status=422)

    assert said in page
    assert stand() == before


def test_a_number_used_before_is_refused_at_its_field(
    ana_sees: Browser, market: Market, seller: Seller
) -> None:
    seller.contract.cadence = Cadence.HALF_MONTH
    seller.contract.save()
    first = documented(market, tell_order(), through=date(2026, 10, 15))
    second = documented(market, tell_order(delivered="2026-10-20T10:00:00+02:00"))
    hand_in(first, "FV-1")
    before = stand()

    page = ana_sees.post(f"{page_of(second)}invoice/", form_of(second, number="fv-1"), status=422)

    assert f"You handed in invoice fv-1 for document {first.reference} already" in page
    assert stand() == before


def test_a_document_that_has_its_invoice_takes_no_second_one(ana_sees: Browser, document: Document) -> None:
    hand_in(document)
    before = stand()

    page = ana_sees.post(f"{page_of(document)}invoice/", form_of(document, number="FV-2"))

    assert f"Document {document.reference} has its invoice already." in page
    assert stand() == before


def test_a_void_document_asks_for_none_and_takes_none(
    ana_sees: Browser, document: Document, carla: User
) -> None:
    void_document(document_id=document.pk, reason="wrong commission", by=carla, at=INVOICED)
    before = stand()

    assert "Hand in the invoice" not in ana_sees.page(page_of(document))
    page = ana_sees.post(f"{page_of(document)}invoice/", form_of(document))

    assert "is void; do not invoice it" in page
    assert stand() == before


def test_a_refused_invoice_is_shown_with_its_reason_and_another_is_awaited(
    ana_sees: Browser, document: Document, carla: User
) -> None:
    invoice = hand_in(document)
    refuse_invoice(invoice_id=invoice.pk, reason="The file is upside down", by=carla, at=INVOICED)

    page = ana_sees.page(page_of(document))

    assert "Handed in before FV-2026-1 Refused" in page
    assert "The file is upside down" in page
    assert "Awaits your invoice" in page
    assert "Hand in the invoice" in page


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (True, "The document's reference found"),
        (False, "The document's reference not found"),
        (None, "The document's reference could not be read by machine"),
    ],
)
def test_what_was_found_on_the_file_is_told(
    ana_sees: Browser, document: Document, found: bool | None, said: str
) -> None:
    invoice = hand_in(document)
    Invoice.objects.filter(pk=invoice.pk).update(findings={"reference": found})

    assert said in ana_sees.page(page_of(document))


def test_the_file_comes_back_to_its_owner_alone(
    ana_sees: Browser, beto_sees: Browser, document: Document
) -> None:
    invoice = hand_in(document)
    address = f"{page_of(document)}invoices/{invoice.pk}/"

    answer = ana_sees.client.get(address)

    assert b"".join(answer.streaming_content) == b"%PDF-1.4 invoice"  # type: ignore[attr-defined]
    assert "attachment" in answer["Content-Disposition"]
    beto_sees.page(address, status=404)


def test_a_viewer_sees_that_it_is_awaited_and_cannot_hand_it_in(
    viktor_sees: Browser, document: Document
) -> None:
    before = stand()

    assert "Your role can look, but not hand it in" in viktor_sees.page(page_of(document))
    viktor_sees.post(f"{page_of(document)}invoice/", form_of(document), status=403)

    assert stand() == before


def test_a_stranger_finds_no_such_document(beto_sees: Browser, document: Document) -> None:
    before = stand()

    beto_sees.post(f"{page_of(document)}invoice/", form_of(document), status=404)

    assert stand() == before


def test_the_list_has_a_tab_for_what_awaits_an_invoice_and_finds_it_by_order_and_invoice(
    ana_sees: Browser, document: Document
) -> None:
    assert document.reference in ana_sees.page("/documents/?tab=awaited")

    hand_in(document, "FV-77")

    assert "Nothing matches" not in ana_sees.page("/documents/?tab=received")
    for query in ("tab=received", "q=FV-77", "q=fv-77", "q=CASH1", f"q={document.reference}"):
        assert document.reference in ana_sees.page(f"/documents/?{query}"), query
    for query in ("tab=awaited", "tab=booked", "q=CASH", "since=2199-01-01", "until=2001-01-01"):
        assert document.reference not in ana_sees.page(f"/documents/?{query}"), query


def test_home_says_how_many_documents_await_an_invoice(ana_sees: Browser, document: Document) -> None:
    assert "1 document awaits your invoice" in ana_sees.page("/")

    hand_in(document)

    assert "awaits your invoice" not in ana_sees.page("/")


def test_the_list_leaves_as_a_workbook(ana_sees: Browser, document: Document) -> None:
    rows = ana_sees.sheet("/documents/export/?tab=awaited")

    assert rows[0][:4] == ["Reference", "Kind", "Business model", "Period"]
    (row,) = rows[1:]
    assert row[0] == document.reference
    assert row[-5:] == [3205, 673.05, 3878.05, 2577.3, "CZK"]


def test_a_documents_page_takes_as_many_queries_with_an_invoice_as_without_rows_to_count(
    ana_sees: Browser, document: Document, carla: User
) -> None:
    for number in ("FV-1", "FV-2", "FV-3"):
        invoice = hand_in(document, number)
        refuse_invoice(invoice_id=invoice.pk, reason="no", by=carla, at=INVOICED)
    few = ana_sees.queries(page_of(document))
    for number in ("FV-4", "FV-5", "FV-6"):
        invoice = hand_in(document, number)
        refuse_invoice(invoice_id=invoice.pk, reason="no", by=carla, at=INVOICED)

    assert ana_sees.queries(page_of(document)) == few
    assert few <= 30


def test_a_signed_out_browser_is_sent_to_the_login(db: None, client: Client) -> None:
    assert client.post("/documents/CZ-2026-000001/invoice/").status_code == 302


def test_the_documents_state_follows_its_invoice(ana_sees: Browser, document: Document, carla: User) -> None:
    ana_sees.post(f"{page_of(document)}invoice/", form_of(document))
    work_off_but_rendering()

    document.refresh_from_db()
    assert document.invoicing == Invoicing.RECEIVED
    assert Invoice.objects.get().findings is not None
