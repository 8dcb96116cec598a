"""Sending an order: what its voucher paid, what remains, and what its parcel waits for."""

from datetime import UTC, datetime
from typing import Any

import pytest

from marketplace.kernel.models import OutgoingMail
from marketplace.orders.models import Order, State
from marketplace.parties.models import Market, Role, Seller
from tests.cast import client_of, make_member, take
from tests.netting.telling import give_account
from tests.orders.telling import tender
from tests.portal.agency import IBAN, OPEN, pending
from tests.portal.telling import Browser, stand
from tests.stories.hungary import hungarian

Pending = dict[str, Order]


@pytest.fixture
def account(agent: Seller) -> None:
    give_account(agent, IBAN)


def send(browser: Browser, number: str) -> str:
    return browser.post(f"/orders/{number}/confirm/")


@pytest.mark.parametrize(
    ("number", "title", "text"),
    [
        (
            "P1",
            "The voucher paid all of it: HUF 12,700",
            "The voucher paid all of it. Nothing is to be collected.",
        ),
        (
            "P2",
            "The voucher paid HUF 4,690 of HUF 25,400; HUF 20,710 remains",
            "Wait with the parcel until you have marked the money as received.",
        ),
        (
            "P3",
            "The voucher paid HUF 5,000 of HUF 19,050; HUF 14,050 remains",
            "Send the parcel with cash on delivery of HUF 14,050.",
        ),
        (
            "P4",
            "The voucher paid HUF 2,000 of HUF 6,350; the rest, HUF 4,350, is paid too",
            "The rest is paid by card. Nothing is to be collected.",
        ),
    ],
)
def test_the_next_page_says_what_the_voucher_paid_and_what_remains(
    eva_sees: Browser, four_pending: Pending, account: None, number: str, title: str, text: str
) -> None:
    assert title not in eva_sees.page(f"/orders/{number}/")

    page = send(eva_sees, number)

    assert f"Order {number} is sent." in page
    assert title in page
    assert text in page
    assert "Dlouhá 1" in page
    assert Order.objects.get(number=number).state == State.OPEN


def test_a_pending_order_is_sent_before_it_is_prepared_or_shipped(
    eva_sees: Browser, four_pending: Pending
) -> None:
    page = eva_sees.page("/orders/P3/")
    assert "Send" in page
    assert "Start preparing" not in page
    assert "Mark as shipped" not in page

    send(eva_sees, "P3")

    assert "Start preparing" in eva_sees.page("/orders/P3/")
    assert "Mark as shipped" in eva_sees.page("/orders/P3/")


def test_the_transfer_details_that_were_mailed_are_shown(
    eva_sees: Browser, four_pending: Pending, account: None
) -> None:
    page = send(eva_sees, "P2")

    for said in (f"Account {IBAN}", "Account holder Duna Bt.", "Reference P2", "Amount HUF 20,710"):
        assert said in page, said
    assert "These details are being mailed to the customer (eva@example.com)." in page

    sent_at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    OutgoingMail.objects.filter(recipients=["eva@example.com"]).update(sent_at=sent_at)
    assert "were mailed to the customer (eva@example.com) on 2 Nov 2026 10:00" in eva_sees.page("/orders/P2/")


def test_without_an_e_mail_address_the_seller_passes_the_details_on(
    eva_sees: Browser, hungary: Market, agent: Seller, account: None
) -> None:
    customer: dict[str, Any] = hungarian("X", "1.00")["customer"] | {"email": ""}
    pending(hungary, "PHONE", "25400.00", tender("transfer", "25400.00"), customer=customer)

    page = send(eva_sees, "PHONE")

    assert "nobody was mailed: pass these details on yourself, for example by phone (+420601000000)" in page
    assert f"Account {IBAN}" in page
    assert not OutgoingMail.objects.filter(recipients=["eva@example.com"]).exists()


def test_without_an_account_nothing_is_sent_and_the_way_to_enter_one_is_shown(
    eva_sees: Browser, four_pending: Pending
) -> None:
    before = stand()

    answer = eva_sees.client.post("/orders/P2/confirm/", follow=True).content.decode()

    assert "none is in use yet" in answer
    assert '<a href="/settings/#bank-account">Enter the bank account</a>' in answer
    assert 'id="bank-account"' in eva_sees.client.get("/settings/").content.decode()
    assert stand() == before


def test_the_parcel_waits_until_the_transfer_is_marked_as_received(
    eva_sees: Browser, four_pending: Pending, account: None
) -> None:
    send(eva_sees, "P2")
    before = stand()
    assert "The bank transfer for order P2 has not arrived; mark it as received." in eva_sees.post(
        "/orders/P2/move/shipped/"
    )
    assert stand() == before
    assert "Mark as received" in eva_sees.page("/orders/P2/")

    page = eva_sees.post("/orders/P2/transfer-received/")

    assert "The transfer for order P2 is received." in page
    assert "The customer's transfer has arrived. The parcel can leave." in page
    assert "Mark as received" not in page
    assert "Order P2: Shipped." in eva_sees.post("/orders/P2/move/shipped/")


def test_each_part_of_the_payment_says_its_state_in_words(eva_sees: Browser, four_pending: Pending) -> None:
    card, transfer, cash = (eva_sees.page(f"/orders/{number}/") for number in ("P4", "P2", "P3"))

    assert "Voucher ••••7391 Redeemed held by: Marketplace" in card
    assert "Card Successful payment held by: Marketplace" in card
    assert "Bank transfer Awaited held by: Seller" in transfer
    assert "Cash on delivery Paid at delivery held by: Seller" in cash
    for page in (card, transfer, cash):
        assert "HUGIFT" not in page
    assert "Voucher 2,000 Amount to be paid 4,350 To collect by you 0" in card
    assert "Amount to be paid 20,710 To collect by you 20,710" in transfer


def test_the_texts_for_the_customers_invoice_are_there_to_copy(
    eva_sees: Browser, four_pending: Pending
) -> None:
    page = eva_sees.page("/orders/P2/")

    for said in (
        "With VAT 27% 25,400 of it VAT 27% 5,400",
        "Invoice total HUF 25,400 Paid by voucher 4,690 Amount due 20,710",
        "A számla végösszegéből 4\N{NO-BREAK SPACE}690 Ft utalvánnyal lett kifizetve",
        "Fizetendő összeg: 20\N{NO-BREAK SPACE}710 Ft",
        "ask your accountant",
    ):
        assert " ".join(said.split()) in page, said
    assert "https://nav.example/utalvany" in eva_sees.links("/orders/P2/")
    answer = eva_sees.client.get("/orders/P2/").content.decode()
    assert 'data-copy="A számla végösszegéből' in answer


def test_an_order_without_a_voucher_has_no_texts_about_one(
    eva_sees: Browser, hungary: Market, agent: Seller
) -> None:
    pending(hungary, "PLAIN", "8900.00", tender("cod", "8900.00"))

    page = eva_sees.page("/orders/PLAIN/")

    assert "The customer's invoice" not in page
    assert "means of payment" not in page


def test_a_viewer_sends_nothing(agent: Seller, four_pending: Pending) -> None:
    viewer = Browser(client_of(make_member(agent, "viktor@duna.example", Role.VIEWER)))
    before = stand()

    page = viewer.page("/orders/pending/")
    assert 'name="orders"' not in viewer.client.get("/orders/pending/").content.decode()
    assert "Choose all" not in page
    viewer.post("/orders/P1/confirm/", status=403)
    viewer.post("/orders/together/", {"action": "send", "menu": "pending", "orders": ["P1"]}, status=403)

    assert stand() == before


def test_an_order_that_left_says_nothing_of_what_remains(
    eva_sees: Browser, hungary: Market, agent: Seller
) -> None:
    take(hungary, hungarian("DONE", "8900.00", tender("cod", "8900.00")), hungarian("NEW", "1.00", **OPEN))

    assert "is to be paid" not in eva_sees.page("/orders/DONE/")
