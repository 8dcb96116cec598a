"""Credit documents of resale: what the seller credits, its credit note, and what it comes to."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from marketplace.parties.models import Cadence, Market, Seller
from settlement.documents.models import Document, Invoicing, Kind
from settlement.invoices.models import Invoice
from settlement.netting.models import SetOff
from tests.cast import settle, take
from tests.netting.telling import agree, invoice
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.portal.telling import Browser, form_of, stand
from tests.stories.hungary import AFTER_MIDDLE, MIDDLE, come_back

NOVEMBER, AFTER_NOVEMBER = date(2026, 11, 15), datetime(2026, 11, 16, 6, tzinfo=UTC)
GOODS_AND_DELIVERY = [{"line": 1, "quantity": 1}, {"line": 2, "quantity": 1}]
GIVEN_BACK = {
    "method": "cod",
    "amount": "2541.00",
    "paid_by": "seller",
    "paid_at": "2026-10-21T10:00:00+02:00",
}


def sell_and_take_back(market: Market, seller: Seller, **told: Any) -> Document:
    """Order B of the example came back after it was billed: a credit document of 2,178.00."""
    order: dict[str, Any] = {
        "lines": [goods("2420.00"), shipping(), cod_fee()],
        "tenders": [tender("cod", "2577.30")],
    }
    seller.contract.cadence = Cadence.HALF_MONTH
    seller.contract.save()
    take(market, tell_order(number="B", **order))
    settle(market, MIDDLE, AFTER_MIDDLE)
    tell_return(market, **told)
    settle(market)
    return Document.objects.get(kind=Kind.CREDIT)


def tell_return(market: Market, **told: Any) -> None:
    taken = come_back(market, "R1", "B", at="2026-10-20T10:00:00+02:00", lines=GOODS_AND_DELIVERY, **told)
    assert taken.outcome in ("taken", "moved")


@pytest.fixture
def owed_back(market: Market, seller: Seller) -> Document:
    """The seller gave the customer the cash back at once."""
    return sell_and_take_back(market, seller, refunds=[GIVEN_BACK])


def page_of(document: Document) -> str:
    return f"/documents/{document.reference}/"


def test_the_page_asks_for_a_credit_note_with_the_documents_totals(
    ana_sees: Browser, owed_back: Document
) -> None:
    page = ana_sees.page(page_of(owed_back))

    for said in (
        "Credit document Awaits your credit note",
        "To be credited by you CZK 2,178.00 Net at 21% 1,800.00 VAT 21% 378.00",
        "Purchase price you give back −2,178.00 Refunds you paid to customers 2,541.00 "
        "The marketplace pays you CZK 363.00",
        "Hand in the credit note",
        "Credit note number",
        "To whom to write the credit note",
        "B Eva Nováková 5 Oct 2026 CZ-2026-000001 2,541.00 2,541.00 363.00 2,178.00",
        "Came back, CZK Given back by you Commission Purchase price",
    ):
        assert said in page, said
    assert "Your invoice" not in page
    assert "/documents/CZ-2026-000001/" in ana_sees.links(page_of(owed_back))


def test_cash_given_back_later_stands_in_a_column_of_its_own(
    ana_sees: Browser, market: Market, seller: Seller
) -> None:
    first = sell_and_take_back(market, seller)
    paid = GIVEN_BACK | {"paid_at": "2026-11-03T10:00:00+01:00"}
    tell_return(market, refunds=[paid])
    settle(market, NOVEMBER, AFTER_NOVEMBER)
    second = Document.objects.get(kind=Kind.CREDIT, reference="CZ-C-2026-000002")

    assert "CZ-2026-000001 2,541.00 0.00 363.00 2,178.00" in ana_sees.page(page_of(first))
    page = ana_sees.page(page_of(second))
    assert "CZ-2026-000001 0.00 2,541.00 0.00 0.00 Whole document 0.00 2,541.00 0.00 0.00" in page
    shown = ana_sees.client.get(page_of(second)).content.decode()
    assert shown.count('data-label="Given back by you"') == 2, "on a phone each row names it"


def test_the_start_page_asks_for_it_apart_from_invoices(ana_sees: Browser, owed_back: Document) -> None:
    page = ana_sees.page("/")

    assert "1 credit document awaits your credit note" in page
    assert "1 document awaits your invoice" in page
    listed = ana_sees.page("/documents/?tab=awaited&state=credit")
    assert "CZ-C-2026-000001 Credit document · Resale" in listed
    assert "CZ-2026-000001 Invoice" not in listed


def test_a_credit_note_is_handed_in_on_the_same_form(ana_sees: Browser, owed_back: Document) -> None:
    page = ana_sees.post(f"{page_of(owed_back)}invoice/", form_of(owed_back, number="CN-1"))

    note = Invoice.objects.get()
    owed_back.refresh_from_db()
    assert (note.number, note.gross, note.document) == ("CN-1", 2178_00, owed_back)
    assert owed_back.invoicing == Invoicing.RECEIVED
    assert "Credit note in review" in page
    assert "Your credit note CN-1" in ana_sees.page("/orders/B/")


def test_a_credit_note_that_differs_is_refused_and_changes_nothing(
    ana_sees: Browser, owed_back: Document
) -> None:
    before = stand()

    page = ana_sees.post(
        f"{page_of(owed_back)}invoice/", form_of(owed_back, net_2100="-1800.00", number="CN-1"), status=422
    )

    assert "Your credit note differs from the document" in page
    assert "On your credit note" in page
    assert stand() == before


def test_the_page_says_which_set_off_takes_it_in(ana_sees: Browser, owed_back: Document) -> None:
    assert "awaits your credit note." in ana_sees.page("/orders/B/")
    invoice(owed_back, "CN-1")
    set_off = SetOff.objects.get()

    page = ana_sees.page(page_of(owed_back))

    assert f"Set-off {set_off.reference}" in page
    assert f"/set-offs/{set_off.reference}/" in ana_sees.links(page_of(owed_back))
    shown = ana_sees.page(f"/set-offs/{set_off.reference}/")
    for said in (
        "Owed to you CZK 2,541.00",
        "B Refund you paid CZ-C-2026-000001",
        "Owed by you CZK 4,755.30",
        "B Cash you hold CZ-2026-000001",
        "CN-1 Your credit note CZ-C-2026-000001",
    ):
        assert said in shown, said
    agree(set_off)
    for document in Document.objects.all():
        for address in (page_of(document), "/balance/", "/balance/movements/"):
            ana_sees.page(address)
    assert "Refund of order B" in ana_sees.page("/orders/B/")
