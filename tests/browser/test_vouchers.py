"""Voucher orders in a real browser: sent one by one and together, refunded, and every page for everybody."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from marketplace.orders.models import Order, Refund, State
from marketplace.parties.models import Market, Role, Seller
from settlement.documents.models import Document
from settlement.netting.models import SetOff
from tests.browser.test_money import check, log_in, look
from tests.browser.test_seller import PHONE
from tests.cast import make_member, settle, take
from tests.netting.telling import PDF, agree, give_account
from tests.orders.telling import tender
from tests.portal.agency import AFTER_END, END, IBAN, OPEN
from tests.stories.hungary import (
    AFTER_MIDDLE,
    MIDDLE,
    by_voucher,
    come_back,
    four_orders,
    give_voucher,
    hungarian,
    make_agent,
    make_hungary,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EVA = "eva@duna.example"


@pytest.fixture
def hungary(page: Page) -> Market:
    return make_hungary(voucher_guide_url="https://nav.example/utalvany", language="hu")


@pytest.fixture
def agent(hungary: Market) -> Seller:
    """Éva's seller, with an account and pending orders: by voucher and transfer, by voucher and cash."""
    seller = make_agent(hungary)
    make_member(seller, EVA, Role.OWNER)
    give_account(seller, IBAN)
    give_voucher(hungary, "HUGIFT-B-7391", "9690.00")
    take(
        hungary,
        hungarian(
            "P2", "25400.00", by_voucher("HUGIFT-B-7391", "4690.00"), tender("transfer", "20710.00"), **OPEN
        ),
        hungarian(
            "P3", "19050.00", by_voucher("HUGIFT-B-7391", "5000.00"), tender("cod", "14050.00"), **OPEN
        ),
    )
    return seller


@pytest.fixture
def credited(hungary: Market, agent: Seller) -> Document:
    """Four voucher orders were billed, one of them came back: a credit document."""
    take(hungary, *four_orders(hungary))
    settle(hungary, MIDDLE, AFTER_MIDDLE)
    come_back(hungary, "R1", "V3", at="2026-10-20T10:00:00+02:00")
    settle(hungary, END, AFTER_END)
    return Document.objects.latest("pk")


def test_a_voucher_order_is_sent_paid_and_shipped_by_keyboard(page: Page, agent: Seller) -> None:
    log_in(page, EVA)
    page.goto("/orders/P2/")

    page.get_by_role("button", name="Send", exact=True).press("Enter")
    expect(page.get_by_text("The voucher paid HUF 4,690 of HUF 25,400; HUF 20,710 remains")).to_be_visible()
    expect(page.get_by_text(IBAN)).to_be_visible()
    page.get_by_role("button", name="Mark as shipped").press("Enter")
    expect(page.get_by_text("has not arrived; mark it as received")).to_be_visible()
    page.get_by_role("button", name="Mark as received").press("Enter")
    expect(page.get_by_text("The parcel can leave.")).to_be_visible()
    page.get_by_role("button", name="Mark as shipped").press("Enter")

    expect(page.get_by_text("Order P2: Shipped.")).to_be_visible()


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_orders_are_sent_and_shipped_together(page: Page, agent: Seller, size: dict[str, int] | None) -> None:
    if size:
        page.set_viewport_size(size)  # type: ignore[arg-type]
    log_in(page, EVA)
    page.goto("/orders/pending/")

    page.get_by_label("Choose all").press("Space")
    expect(page.locator("[data-selected]")).to_have_text("2")
    page.get_by_role("button", name="Send").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Send").press("Enter")
    expect(page.get_by_text("Send the parcel with cash on delivery of HUF 14,050.")).to_be_visible()
    page.goto("/orders/?tab=open")
    page.get_by_role("checkbox", name="Order P2").check()
    page.get_by_role("checkbox", name="Order P3").check()
    page.get_by_role("button", name="Mark as shipped").click()
    page.get_by_role("dialog").get_by_role("button", name="Mark as shipped").click()

    expect(page.get_by_text("The bank transfer for order P2 has not arrived")).to_be_visible()
    expect(page.get_by_role("button", name="Try the refused ones again")).to_be_visible()
    assert dict(Order.objects.values_list("number", "state")) == {"P2": State.OPEN, "P3": State.SHIPPED}


def test_a_refund_is_told_with_its_proof(page: Page, credited: Document) -> None:
    log_in(page, EVA)
    page.get_by_role("link", name="Pay the customer of 1 order back").click()
    page.get_by_role("link", name="V3").click()

    page.get_by_text("I have paid it back").press("Enter")
    page.get_by_role("textbox", name="Note").fill("Transfer 4711")
    page.get_by_label("Proof of the payment").set_input_files(
        {"name": "proof.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="Tell it").click()

    expect(page.get_by_text("The refund of order V3 is told.")).to_be_visible()
    expect(page.get_by_role("link", name="proof.pdf")).to_be_visible()
    assert Refund.objects.get(payer="seller").state == "paid"


@pytest.mark.parametrize("language", ["en", "cs"])
@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_no_page_of_vouchers_keeps_anybody_out(
    page: Page, credited: Document, size: dict[str, int] | None, language: str
) -> None:
    if size:
        page.set_viewport_size(size)  # type: ignore[arg-type]
    log_in(page, EVA)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": page.url}])
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == language
    for address in (
        "/",
        "/orders/",
        "/orders/pending/",
        "/orders/pending/?q=nothing",
        "/orders/vouchers/",
        "/orders/vouchers/?tab=delivered",
        "/orders/P2/",
        "/orders/V3/",
        "/exports/",
        "/documents/",
        "/documents/HU-2026-000001/",
        f"/documents/{credited.reference}/",
        "/commission-invoices/",
        f"/set-offs/{SetOff.objects.get().reference}/",
        "/balance/",
        "/balance/movements/",
    ):
        look(page, address)
    page.goto("/orders/P2/")
    page.locator("form[action$='/confirm/'] button").click()
    look(page, "/orders/P2/")
    page.goto("/orders/V3/")
    page.locator("details > summary.btn").click()
    check(page, "the form for a refund")
    agree(SetOff.objects.get())
    look(page, "/orders/V3/")
