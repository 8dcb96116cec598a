"""An order's page tells the whole life of its money."""

from django.utils import timezone

from marketplace.users.models import User
from settlement.documents.models import Document
from settlement.netting.models import SetOff
from settlement.netting.operations.disputing import dispute_orders
from settlement.payouts.models import Collection, Payout
from tests.cast import MakeOrder
from tests.netting.telling import hand_in, pay, send_payouts
from tests.portal.telling import Browser

CASH, CARD = "/orders/CASH1/", "/orders/CARD1/"


def test_an_order_on_no_document_has_no_such_life_yet(ana_sees: Browser, make_order: MakeOrder) -> None:
    make_order(number="NEW1", status="open", status_times={})

    assert "What becomes of its money" not in ana_sees.page("/orders/NEW1/")


def test_first_its_document_and_that_the_invoice_is_awaited(ana_sees: Browser, document: Document) -> None:
    page = ana_sees.page(CASH)

    assert "To be invoiced: CZK 2,214.30. Cash of it you hold: CZK 2,577.30." in page
    assert page.count(f"Document {document.reference} awaits your invoice.") == 1
    assert f"Document {document.reference} awaits your invoice." in ana_sees.page(CARD)


def test_then_the_invoice_in_review(ana_sees: Browser, document: Document) -> None:
    hand_in(document)

    page = ana_sees.page(CARD)

    assert "Your invoice FV-2026-1" in page
    assert f"Your invoice for document {document.reference} is in review." in page


def test_then_the_set_off_with_what_it_does_to_this_order(ana_sees: Browser, set_off: SetOff) -> None:
    page = ana_sees.page(CASH)

    assert f"Set-off {set_off.reference}" in page
    assert "Of its cash, CZK 2,577.30 is set off and CZK 0.00 remains." in page
    assert f"/set-offs/{set_off.reference}/" in ana_sees.links(CASH)


def test_a_dispute_is_told_on_its_own_order_alone(ana_sees: Browser, set_off: SetOff) -> None:
    (dispute,) = dispute_orders(
        set_off_id=set_off.pk, numbers=["CASH1"], reason="x", by=None, at=timezone.now()
    )

    assert "Dispute about order CASH1" in ana_sees.page(CASH)
    assert "Order CASH1 is disputed." in ana_sees.page(CASH)
    assert f"/set-offs/disputes/{dispute.pk}/" in ana_sees.links(CASH)
    assert "CASH1" not in ana_sees.page(CARD)


def test_last_the_payout_and_that_all_is_settled(
    ana_sees: Browser, payout: Payout, carla: User, dan: User
) -> None:
    assert f"Being paid by payout {payout.reference}." in ana_sees.page(CARD)
    send_payouts(payout.seller, carla, dan)
    pay(payout)

    for address in (CASH, CARD):
        page = ana_sees.page(address)
        assert f"Payout {payout.reference}" in page
        assert "It pays CZK 1,300.75 of the invoice." in page
        assert "All of it is settled." in page
        assert f"/payments/payouts/{payout.reference}/" in ana_sees.links(address)


def test_an_order_whose_cash_is_asked_for_leads_to_the_demand(ana_sees: Browser, demand: Collection) -> None:
    assert "It asks for CZK 907.50 of the cash." in ana_sees.page("/orders/OWED1/")
    assert f"/payments/demands/{demand.reference}/" in ana_sees.links("/orders/OWED1/")


def test_a_whole_life_takes_a_bounded_number_of_queries(
    ana_sees: Browser, payout: Payout, carla: User, dan: User
) -> None:
    send_payouts(payout.seller, carla, dan)
    pay(payout)

    assert ana_sees.queries(CASH) <= 30
