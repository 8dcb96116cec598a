"""A seller's money in a real browser: invoices handed in, set-offs answered, and every page for everybody."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from marketplace.parties.models import Market, NegativeBalance, Role, Seller
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.invoices.operations.deciding import book_invoice
from settlement.netting.models import Dispute, SetOff
from settlement.netting.operations.disputing import dispute_orders
from settlement.payouts.models import Collection, Payout
from tests.browser.test_seller import PHONE, WCAG
from tests.cast import PASSWORD, make_market, make_member, make_seller, settle, take, work_off_but_rendering
from tests.netting.telling import PDF, agree, hand_in, invoice
from tests.orders.telling import goods, shipping, tell_order, tender
from tests.portal.conftest import CASH
from tests.portal.telling import OWING

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def market(page: Page) -> Market:
    return make_market()


def seller_with(market: Market, number: str, email: str, *told: dict[str, object]) -> Seller:
    """A seller whose October is documented, and a login of its owner."""
    seller = make_seller(market, number, f"Seller {number}", negative_balance=NegativeBalance.DEMAND)
    make_member(seller, email, Role.OWNER)
    take(market, *told)
    settle(market)
    return seller


@pytest.fixture
def documented(market: Market) -> Document:
    seller = seller_with(
        market,
        "3003",
        "ana@horizont.example",
        tell_order(number="CARD1", lines=[goods(), shipping()], tenders=[tender("card", "1331.00")]),
        tell_order(number="CASH1", **CASH),
    )
    return Document.objects.get(seller=seller)


def log_in(page: Page, email: str) -> None:
    page.context.clear_cookies()
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page).to_have_url("/")


def look(page: Page, address: str) -> None:
    """Open a page; it keeps nobody out and does not scroll sideways."""
    page.goto(address)
    check(page, address)


def check(page: Page, address: str) -> None:
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, (address, found.generate_report())
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{address} scrolls sideways by {wide}"


def test_an_invoice_is_handed_in_and_the_set_off_agreed_to(
    page: Page, documented: Document, tmp_path: Path
) -> None:
    file = tmp_path / "FV-2026-1.pdf"
    file.write_bytes(PDF)
    log_in(page, "ana@horizont.example")
    page.get_by_role("link", name="1 document awaits your invoice").click()
    page.get_by_role("link", name=documented.reference, exact=True).click()

    page.get_by_label("Invoice number").fill("FV-2026-1")
    page.locator("input[name=file]").set_input_files(file)
    expect(page.get_by_text("FV-2026-1.pdf")).to_be_visible()
    page.get_by_role("button", name="Hand in the invoice").click()
    expect(page.get_by_text("Invoice FV-2026-1 is handed in")).to_be_visible()

    book_invoice(invoice_id=Invoice.objects.get().pk, by=None, at=timezone.now())
    work_off_but_rendering()
    page.goto("/")
    page.get_by_role("link", name="waits for your answer until").click()
    page.get_by_role("button", name="Agree to it").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("It cannot be taken back.")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Agree to it").press("Enter")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Agree", exact=True).press("Enter")
    expect(page.get_by_text("You agreed to set-off")).to_be_visible()


def test_an_order_is_disputed_by_keyboard_alone(page: Page, documented: Document) -> None:
    set_off = invoice(documented)
    assert set_off is not None
    log_in(page, "ana@horizont.example")
    page.goto(f"/set-offs/{set_off.reference}/")

    page.get_by_role("checkbox", name="Order CASH1").press("Space")
    page.get_by_label("What is wrong").fill("Paid by card")
    page.get_by_role("button", name="Dispute them").press("Enter")

    expect(page.get_by_text("Disputed: CASH1.")).to_be_visible()
    assert Dispute.objects.get().order.number == "CASH1"


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_no_page_of_money_keeps_anybody_out(
    page: Page, documented: Document, market: Market, size: dict[str, int] | None
) -> None:
    owing = seller_with(
        market, "3004", "beto@severka.example", tell_order(seller="3004", number="OWED1", **OWING)
    )
    if size:
        page.set_viewport_size(size)  # type: ignore[arg-type]
    log_in(page, "ana@horizont.example")
    for address in ("/set-offs/", "/set-offs/disputes/", "/payments/", "/payments/?tab=demands"):
        look(page, address)  # as empty as on the first day
    look(page, f"/documents/{documented.reference}/")
    page.get_by_label("Invoice number").fill("FV-2026-1")
    page.get_by_label("Net at 21%").fill("1")
    page.locator("input[name=file]").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    with page.expect_response(lambda answer: answer.status == 422):
        page.get_by_role("button", name="Hand in the invoice").click()
    check(page, "what differs")
    hand_in(documented)
    look(page, f"/documents/{documented.reference}/")

    invoiced = Invoice.objects.get()
    book_invoice(invoice_id=invoiced.pk, by=None, at=timezone.now())
    work_off_but_rendering()
    proposed = SetOff.objects.get()
    (dispute,) = dispute_orders(
        set_off_id=proposed.pk, numbers=["CASH1"], reason="x", by=None, at=timezone.now()
    )
    for address in (
        f"/set-offs/{proposed.reference}/",
        f"/set-offs/disputes/{dispute.pk}/",
        "/orders/CASH1/",
    ):
        look(page, address)
    agree(proposed)
    for address in (
        f"/set-offs/{proposed.reference}/",
        "/set-offs/",
        "/set-offs/disputes/",
        "/payments/",
        *(f"/payments/payouts/{payout.reference}/" for payout in Payout.objects.all()),
        "/balance/",
        "/balance/?as_of=2026-11-10",
        "/balance/movements/",
        "/documents/?tab=booked",
    ):
        look(page, address)

    demanded = invoice(Document.objects.get(seller=owing), "FV-9")
    assert demanded is not None
    agree(demanded)
    log_in(page, "beto@severka.example")
    look(page, f"/payments/demands/{Collection.objects.get().reference}/")
    look(page, f"/set-offs/{demanded.reference}/")
