"""Accountants look at documents of both kinds and both business models, and void them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.kernel.models import AuditRecord, OutgoingMail
from marketplace.ledger.models import Entry
from marketplace.orders.models import Return
from marketplace.parties.models import Market, Seller
from settlement.documents import admin as desk
from settlement.documents.models import Document, DocumentLine, Kind, State
from settlement.netting.models import Item, SetOff
from tests.cast import AFTER_OCTOBER, OCTOBER, make_seller, settle, take
from tests.desk import act, listed, make_looker, name_of, offered, page, press, queries_of
from tests.orders.telling import tell_order
from tests.stories.hungary import (
    AFTER_MIDDLE,
    MIDDLE,
    come_back,
    four_orders,
    make_agent,
    make_hungary,
)
from tests.stories.test_resale import CARD, COD

Way = Callable[..., list[str]]
AFTER_CUT_OFF = "2026-10-20T10:00:00+02:00"
BOTH = [{"line": 1, "quantity": 1}, {"line": 2, "quantity": 1}]


@pytest.fixture
def seller(market: Market) -> Seller:
    return make_seller(market, "3003", "Horizont s.r.o.", cadence="half_month")


@pytest.fixture
def document(market: Market, seller: Seller) -> Document:
    """Orders A (card) and B (cash with the seller), settled at the middle of October."""
    take(market, tell_order(number="A", **CARD), tell_order(number="B", **COD))
    settle(market, MIDDLE, AFTER_MIDDLE)
    return Document.objects.get()


@pytest.fixture
def credit(document: Document, market: Market) -> Document:
    """A came back after its document: a credit document."""
    assert come_back(market, "R1", "A", at=AFTER_CUT_OFF, lines=BOTH).outcome == "taken"
    settle(market, OCTOBER, AFTER_OCTOBER)
    return Document.objects.get(kind=Kind.CREDIT)


@pytest.fixture
def agency(db: None) -> Market:
    market = make_hungary()
    make_agent(market)
    take(market, *four_orders(market))
    settle(market, MIDDLE, AFTER_MIDDLE)
    assert come_back(market, "R1", "V3", at=AFTER_CUT_OFF).outcome == "taken"
    settle(market, OCTOBER, AFTER_OCTOBER)
    return market


def stand() -> tuple[Any, ...]:
    """All that a refusal may not change."""
    return (
        list(Document.objects.order_by("pk").values_list("state", "invoicing")),
        list(Return.objects.values_list("settled_in", flat=True)),
        Entry.objects.count(),
        OutgoingMail.objects.count(),
    )


def test_both_kinds_are_listed_and_told_apart(credit: Document, carla_client: Client) -> None:
    text = listed(carla_client, Document)

    assert "CZ-2026-000001 Invoice document 3003 Horizont s.r.o." in text
    assert "CZ-C-2026-000001 Credit document 3003 Horizont s.r.o." in text
    assert "seller → marketplace CZK 1,149.50" in text
    assert "CZ-2026-000001" not in listed(carla_client, Document, kind=Kind.CREDIT)


def test_a_documents_page_shows_its_orders_and_what_was_taken_back(
    credit: Document, document: Document, carla_client: Client
) -> None:
    text = page(carla_client, document)

    assert "A 5 Oct 2026 09:30 UTC – CZK 1,331.00 CZK 1,149.50 CZK 181.50 CZK 0.00" in text
    assert "Taken back by credit documents" in text
    assert "Issued CZK 1,331.00 CZK 1,149.50" in text


def test_a_credit_documents_page_names_the_originals(credit: Document, carla_client: Client) -> None:
    text = page(carla_client, credit)

    assert "Takes back from: CZ-2026-000001" in text
    assert "What came back Order Delivered Billed on" in text
    assert "A 5 Oct 2026 09:30 UTC CZ-2026-000001 CZK 1,331.00" in text
    assert "Given back by the marketplace, or to be: CZK 1,331.00" in text


def test_a_long_documents_lines_stand_in_their_own_list(
    document: Document, carla_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MOST", 1)

    assert "All 2 lines" in page(carla_client, document)

    lines = listed(carla_client, DocumentLine, document=document.pk)
    assert "CZ-2026-000001 1 A" in lines
    assert "CZ-2026-000001 2 B" in lines


def test_an_agency_document_shows_the_commission(agency: Market, carla_client: Client) -> None:
    invoice = Document.objects.get(kind=Kind.INVOICE)

    text = page(carla_client, invoice)

    assert "Seller's share: HUF 55,880" in text
    assert "Commission, net: HUF 6,000" in text
    assert "VAT on the commission: HUF 1,620" in text
    assert "Commission: HUF 7,620" in text
    assert "Its commission is invoiced, or credited, by the marketplace: fee invoice" in text
    assert "Purchase price, net" not in text


@pytest.mark.parametrize("way", [act, press])
def test_a_document_is_voided_with_a_reason(
    way: Way, document: Document, carla: Any, carla_client: Client
) -> None:
    before = stand()
    assert "Say why" in way(carla_client, document, "void", " ")[0]
    assert stand() == before
    assert offered(carla_client, document) == {"void"}

    assert way(carla_client, document, "void", "The wrong period") == ["1 done."]

    assert Document.objects.get().state == State.VOID
    assert "The wrong period" in page(carla_client, document)
    assert AuditRecord.objects.get(verb="document.voided").by == carla
    assert offered(carla_client, document) == set()


def test_what_a_credit_document_takes_back_from_is_not_voided(
    credit: Document, document: Document, carla_client: Client
) -> None:
    before = stand()

    assert "CZ-C-2026-000001 takes back a part" in press(carla_client, document, "void", "No")[0]

    assert stand() == before


def test_what_a_commission_invoice_answers_is_not_voided(agency: Market, carla_client: Client) -> None:
    before = stand()

    for row in Document.objects.all():
        assert "has invoiced the commission of" in press(carla_client, row, "void", "No")[0]

    assert stand() == before


def test_the_items_of_both_models_say_what_they_are_of(agency: Market, carla_client: Client) -> None:
    text = listed(carla_client, Item, left="all")

    assert "Customers' money we hold" in text
    assert "Customers' money we gave back" in text
    assert "Commission invoice" in text
    assert "Commission credit note" in text
    for item in Item.objects.all():
        assert str(item.document) in page(carla_client, item)
    for row in SetOff.objects.all():
        assert "Customers' money we" in page(carla_client, row)


def test_who_may_only_look_voids_nothing(document: Document) -> None:
    looker, before = make_looker(), stand()

    assert offered(looker, document) == set()
    address = reverse(name_of(document, "do"), args=[document.pk, "void"])
    assert looker.post(address, {"text": "x"}).status_code == 403

    assert stand() == before


def test_the_list_asks_the_same_questions_however_long_it_is(credit: Document, carla_client: Client) -> None:
    for name in ("documents_document", "documents_documentline"):
        address = reverse(f"admin:{name}_changelist")
        carla_client.get(address)
        narrowed = f"{address}?kind=credit" if name == "documents_document" else f"{address}?q=A"
        assert queries_of(carla_client, address) == queries_of(carla_client, narrowed)
