"""A seller's day in a real browser: from the orders to a downloaded document, on a desk and on a phone."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from marketplace.parties.models import Role
from tests.browser.signing import sign_in
from tests.cast import make_market, make_member, make_seller, settle, take
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def ana(page: Page) -> Page:
    """Ana, signed in, with three orders of October: by card, cash and transfer."""
    market = make_market()
    seller = make_seller(market, "3003", "Horizont s.r.o.")
    make_member(seller, "ana@horizont.example", Role.OWNER)
    take(
        market,
        tell_order(number="A1", lines=[goods("1210.00"), shipping()], tenders=[tender("card", "1331.00")]),
        tell_order(
            number="B2", lines=[goods("2420.00"), shipping(), cod_fee()], tenders=[tender("cod", "2577.30")]
        ),
        tell_order(number="C3", lines=[goods("605.00")], tenders=[tender("transfer", "605.00")]),
        tell_order(number="D4", status="open", status_times={}),
        tell_order(number="E5", status="cancelled"),
    )
    sign_in(page, "ana@horizont.example")
    return page


def test_from_the_orders_to_a_downloaded_document(ana: Page, worker: None, tmp_path: Path) -> None:
    ana.get_by_role("link", name="Export for invoicing").first.click()
    ana.get_by_role("link", name="1–31 Oct 2026").click()
    expect(ana.get_by_role("heading", name="What accounting would leave out")).to_be_visible()
    expect(ana.get_by_text("Cancelled").first).to_be_visible()

    ana.get_by_role("button", name="Write the workbook").click()
    with ana.expect_download() as workbook:
        ana.get_by_role("link", name="Download the workbook").click(timeout=30_000)
    workbook.value.save_as(tmp_path / "export.xlsx")
    sheet = load_workbook(tmp_path / "export.xlsx")["Orders"]
    assert [row[1].value for row in sheet.iter_rows(min_row=2, max_row=4)] == [0, 2577.3, 0]

    ana.get_by_role("button", name="Send to accounting").click()
    ana.get_by_role("link", name="Open the document").click(timeout=30_000)
    expect(ana.get_by_text("CZK 3,878.05").first).to_be_visible()
    pdf = ana.get_by_role("link", name="PDF", exact=True)
    for _ in range(30):
        if pdf.count():
            break
        ana.wait_for_timeout(1000)
        ana.reload()
    with ana.expect_download() as document:
        pdf.click()
    document.value.save_as(tmp_path / "document.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(tmp_path / "document.pdf").pages)
    assert "CZ-2026-000001" in text
    assert document.value.suggested_filename == "CZ-2026-000001.pdf"


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_no_page_keeps_anybody_out(ana: Page, size: dict[str, int] | None) -> None:
    from marketplace.parties.models import Market
    from settlement.review.models import Submission

    settle(Market.objects.get())
    if size:
        ana.set_viewport_size(size)  # type: ignore[arg-type]
    for address in (
        "/",
        "/orders/",
        "/orders/A1/",
        "/orders/D4/",
        "/orders/?q=nothing",
        "/exports/",
        "/exports/period/2026-10-01/2026-11-01/",
        f"/submissions/{Submission.objects.get().pk}/",
        "/documents/",
        "/documents/CZ-2026-000001/",
        "/settings/",
        "/account/2fa/",
    ):
        ana.goto(address)
        found = Axe().run(ana, options=WCAG)
        assert found.violations_count == 0, (address, found.generate_report())
        wide = ana.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address} scrolls sideways by {wide}"


def test_an_order_is_sent_by_keyboard_alone(ana: Page) -> None:
    ana.goto("/orders/D4/")

    ana.get_by_role("button", name="Send", exact=True).focus()
    ana.keyboard.press("Enter")

    expect(ana.get_by_text("Order D4 is sent.")).to_be_visible()
    expect(ana.get_by_text("eva@example.com")).to_be_visible()


def test_what_cannot_be_taken_back_is_asked_first(ana: Page) -> None:
    ana.goto("/orders/D4/")
    ana.get_by_role("button", name="Cancel the order").click()
    dialog = ana.get_by_role("dialog")
    expect(dialog).to_be_visible()

    ana.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(ana.get_by_text("Cancelled", exact=True)).to_have_count(0)


def test_a_question_closed_and_asked_again_at_once_is_answered(ana: Page) -> None:
    ana.goto("/orders/D4/")
    cancel = ana.get_by_role("button", name="Cancel the order")
    cancel.evaluate(
        "button => { button.click(); document.getElementById('confirm').close(); button.click(); }"
    )

    ana.get_by_role("dialog").locator("[value=yes]").click()

    expect(ana.get_by_text("Cancelled", exact=True).first).to_be_visible()
