"""What stood between the marketplace and a seller, at any instant, and its confirmation."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.files import path_of
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.netting.models import SetOff, Side
from settlement.netting.queries import balance_of
from settlement.payouts.models import Confirmation
from settlement.payouts.operations.confirming import NotOverYet, ask_confirmation
from settlement.payouts.queries import open_items, totals
from tests.cast import settle, take, today_in
from tests.netting.telling import agree, give_account, invoice, pay, send_payouts
from tests.orders.telling import tell_order
from tests.stories.test_resale import CARD, COD


@pytest.fixture
def paid(market: Market, seller: Seller, carla: Any, dan: Any) -> SetOff:
    """A document of 3,363.80 against cash of 2,577.30, invoiced, netted and paid."""
    give_account(seller)
    take(market, tell_order(number="A", **CARD), tell_order(number="B", **COD))
    settle(market)
    set_off = invoice(Document.objects.get())
    assert set_off is not None
    agreed = agree(set_off)
    (payout,) = send_payouts(seller, carla, dan)
    pay(payout)
    return agreed


def test_at_every_instant_the_open_items_are_what_the_books_say(paid: SetOff, seller: Seller) -> None:
    document, booked = Document.objects.get(), Invoice.objects.get()
    assert paid.confirmed_at is not None
    steps = [document.issued_at, booked.booked_at, paid.confirmed_at, timezone.now()]
    for instant in sorted(
        each + shift for each in steps if each for shift in (timedelta(0), timedelta(seconds=1))
    ):
        found = open_items(seller=seller, before=instant)
        balance = balance_of(seller=seller, before=instant)
        assert totals(found, Side.PAYABLE) == balance.owed_to_seller, instant
        assert totals(found, Side.RECEIVABLE) == balance.owed_by_seller, instant


def test_between_the_document_and_the_set_off_the_cash_is_owed(paid: SetOff, seller: Seller) -> None:
    issued = Document.objects.get().issued_at

    balance = balance_of(seller=seller, before=issued + timedelta(microseconds=1))

    assert balance.owed_by_seller == 2577_30
    assert balance_of(seller=seller).net == 0


def test_a_day_that_is_not_over_is_not_confirmed(seller: Seller, ana: Any) -> None:
    with pytest.raises(NotOverYet):
        ask_confirmation(seller=seller, as_of=today_in(seller.market), by=ana, at=timezone.now())

    assert not Confirmation.objects.exists()


def test_a_confirmation_lists_what_was_open_that_day(paid: SetOff, seller: Seller, ana: Any) -> None:
    from pypdf import PdfReader

    booked = Invoice.objects.get().booked_at
    assert booked is not None
    confirmation = ask_confirmation(seller=seller, as_of=date(2026, 11, 4), by=ana, at=timezone.now())
    jobs.work_off()

    confirmation.refresh_from_db()
    assert (confirmation.owed_to_seller, confirmation.owed_by_seller) == (3363_80, 0)
    assert confirmation.pdf is not None
    text = "".join(page.extract_text() for page in PdfReader(path_of(confirmation.pdf)).pages)
    assert "FV-2026-1" in text
    assert "3,363.80" in text
