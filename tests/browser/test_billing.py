"""Billing in a real browser: ticks that add up, a preview that fails once, issuing, a split; and by axe."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from marketplace.parties.models import Role, Seller
from marketplace.users.models import User
from settlement.billing.models import BillingInvoice, ChangeRequest, Deposit, Wish
from settlement.billing.operations.automatic import choose_automatic
from settlement.billing.operations.requesting import request_change
from tests.billing.mexico import charge, invoice, make_mexico, make_payer, pay_in
from tests.browser.signing import sign_in
from tests.browser.test_seller import PHONE, WCAG
from tests.cast import make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DEPOSITS = "/billing/deposits/"


@pytest.fixture
def sol(page: Page) -> Seller:
    return make_payer(make_mexico())


@pytest.fixture
def owner(sol: Seller) -> User:
    return make_member(sol, "eva@sol.example", Role.OWNER)


@pytest.fixture
def eva(page: Page, owner: User) -> Page:
    """Eva, signed in."""
    sign_in(page, owner.email)
    return page


def box(page: Page, deposit: Deposit) -> Locator:
    return page.get_by_label(f"Deposit {deposit.reference}")


def ticked(page: Page) -> Locator:
    """How many are ticked, and what they come to."""
    return page.locator(".tick-sum")


def test_what_is_ticked_adds_up_is_previewed_corrected_and_issued(eva: Page, sol: Seller) -> None:
    deposits = [pay_in(sol, amount) for amount in ("1000.00", "234.50", "11111.10")]
    eva.goto(DEPOSITS)
    eva.evaluate("window.stayed = true")
    expect(eva.get_by_role("button", name="Preview the invoice")).to_be_disabled()

    box(eva, deposits[0]).check()
    expect(ticked(eva)).to_have_text("1 deposit MX$1,000.00 to be invoiced")
    box(eva, deposits[2]).check()
    expect(ticked(eva)).to_have_text("2 deposits MX$12,111.10 to be invoiced")
    box(eva, deposits[0]).uncheck()
    box(eva, deposits[1]).check()
    expect(ticked(eva)).to_have_text("2 deposits MX$11,345.60 to be invoiced")
    assert eva.evaluate("window.stayed") is True

    eva.get_by_role("button", name="Preview the invoice").click()
    expect(eva.frame_locator("iframe").get_by_role("row", name="Total MX$11,345.60")).to_be_visible()
    eva.get_by_label("Street").fill("Calle Marte 9")
    eva.get_by_role("button", name="Show it in the preview").click()
    expect(eva.frame_locator("iframe").get_by_text("Calle Marte 9")).to_be_visible()
    eva.get_by_role("button", name="Issue the invoice").click()
    eva.get_by_role("dialog").get_by_role("button", name="Issue it").click()

    expect(eva.get_by_text("Invoice MX-I-2026-000001 is issued")).to_be_visible()
    issued = BillingInvoice.objects.get()
    assert (issued.gross, issued.parties["recipient"]["street"]) == (1134560, "Calle Marte 9")
    eva.goto(DEPOSITS)
    expect(ticked(eva)).to_have_text("0 deposits MX$0.00 to be invoiced")


def test_an_invoice_is_split_in_parts_that_add_up(eva: Page, sol: Seller, owner: User) -> None:
    issued = invoice(sol, pay_in(sol, "234.50"), pay_in(sol, "11111.10"), by=owner)
    eva.goto(f"/billing/invoices/{issued.reference}/")
    eva.get_by_role("link", name="Split", exact=True).click()
    sums = eva.locator(".split-sums")

    eva.get_by_label("Line 1 goes to").select_option("In parts")
    eva.get_by_label("Line 1 on invoice 2").fill("100")
    expect(sums).to_contain_text("Left to assign MX$134.50", use_inner_text=True)
    eva.get_by_label("Line 1 on invoice 1").fill("134.50")
    expect(sums).to_contain_text("Left to assign MX$0.00", use_inner_text=True)
    eva.get_by_label("Reason, as the tax authority codes it").select_option("01")
    eva.get_by_label("Reason in your words").fill("Two branches")
    eva.get_by_role("button", name="Preview what comes of it").click()
    expect(eva.get_by_role("row", name="After")).to_contain_text("11,345.60")
    eva.locator("#results summary").last.click()
    second = eva.frame_locator("iframe >> nth=2")
    expect(second.get_by_role("heading", name="Corrected invoice")).to_be_visible()
    eva.get_by_role("button", name="Send the request").click()

    expect(eva.get_by_text("Request MX-CR-2026-000001 is sent")).to_be_visible()
    asked = ChangeRequest.objects.get()
    assert [each["parts"] for each in asked.wanted] == [[[1, 13450], [2, 1111110]], [[1, 10000]]]


def test_ticks_outlast_paging_sorting_and_a_look_elsewhere(eva: Page, sol: Seller) -> None:
    deposits = [pay_in(sol, "10.00") for _ in range(30)]
    eva.goto(DEPOSITS)
    box(eva, deposits[29]).check()
    eva.get_by_role("link", name="Next").click()
    box(eva, deposits[0]).check()
    expect(ticked(eva)).to_have_text("2 deposits MX$20.00 to be invoiced")

    eva.get_by_role("link", name="Amount, MXN").click()
    eva.goto("/billing/")
    eva.goto(DEPOSITS)

    expect(box(eva, deposits[29])).to_be_checked()
    expect(ticked(eva)).to_have_text("2 deposits MX$20.00 to be invoiced")
    eva.get_by_label("Tick this page").check()
    expect(ticked(eva)).to_have_text("26 deposits MX$260.00 to be invoiced")
    eva.get_by_label("All 30 that match, MX$300.00").check()
    expect(ticked(eva)).to_have_text("30 deposits MX$300.00 to be invoiced")
    eva.get_by_role("link", name="Next").click()
    expect(ticked(eva)).to_have_text("30 deposits MX$300.00 to be invoiced")
    eva.get_by_role("button", name="Preview the invoice").click()
    expect(eva.get_by_text("Total with VAT")).to_be_visible()
    expect(eva.locator(".sum").get_by_text("MX$300.00")).to_be_visible()


def fail(route: Route) -> None:
    route.fulfill(status=500, body="It broke")


def hang(route: Route) -> None:
    """Leave the question unanswered."""


def cut(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("trouble", [fail, hang, cut])
def test_a_preview_that_does_not_come_is_asked_for_again_and_nothing_is_lost(
    eva: Page, sol: Seller, trouble: Callable[[Route], None]
) -> None:
    deposit = pay_in(sol, "500.00")
    other = eva.context.new_page()  # its console may tell of the trouble made here
    other.clock.install()
    other.route("**/preview/", trouble)
    other.goto(DEPOSITS)
    box(other, deposit).check()

    other.get_by_role("button", name="Preview the invoice").click(no_wait_after=True)
    if trouble is hang:
        expect(other.locator(".is-waiting").get_by_text("Loading the preview…")).to_be_visible()
        other.clock.fast_forward("00:21")

    expect(other.get_by_text("The preview could not be loaded")).to_be_visible()
    other.unroute("**/preview/")
    other.get_by_role("button", name="Retry").click()
    expect(other.frame_locator("iframe").get_by_text("This is a preview, not an invoice.")).to_be_visible()
    expect(other.get_by_text("The preview could not be loaded")).to_be_hidden()
    other.close()


def test_invoices_are_added_to_a_split_without_leaving_the_page(eva: Page, sol: Seller, owner: User) -> None:
    issued = invoice(sol, *(pay_in(sol, "100.00") for _ in range(8)), by=owner)
    eva.goto(f"/billing/invoices/{issued.reference}/change/split/")
    eva.evaluate("window.stayed = true")
    eva.get_by_label("Lines of invoice 2").fill("3-4, 8")
    eva.get_by_label("Lines of invoice 2").press("Tab")
    expect(eva.get_by_label("Line 8 goes to")).to_have_value("2")

    eva.get_by_role("button", name="Add an invoice").click()

    eva.get_by_label("Line 1 goes to").select_option("Invoice 3")
    expect(eva.locator(".split-sums")).to_have_text(
        "Invoice 1 MX$400.00 Invoice 2 MX$300.00 Invoice 3 MX$100.00 Left to assign MX$0.00",
        use_inner_text=True,
    )
    assert eva.evaluate("window.stayed") is True


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_no_page_of_billing_keeps_anybody_out(
    eva: Page, sol: Seller, owner: User, size: dict[str, int] | None
) -> None:
    first, second, third = (pay_in(sol, "1000.00") for _ in range(3))
    fee = charge(sol, "99.00")
    issued, asked = invoice(sol, first, by=owner), invoice(sol, second, by=owner)
    now = timezone.now()
    request_change(
        invoice_id=asked.pk, wish=Wish.CANCEL, wanted=[], reason="x", reason_code="02", by=owner, at=now
    )
    choose_automatic(seller_id=sol.pk, mode="month", starts_on=now.date(), by=owner, at=now)  # type: ignore[arg-type]
    eva.goto(DEPOSITS)
    box(eva, third).check()
    eva.get_by_role("button", name="Preview the invoice").click()
    expect(eva.frame_locator("iframe").get_by_role("heading", name="PREVIEW")).to_be_visible()
    draft = eva.url
    if size:
        eva.set_viewport_size(size)  # type: ignore[arg-type]
    of_issued = f"/billing/invoices/{issued.reference}/"
    for address in (
        "/",
        "/billing/",
        "/billing/?tab=all&since=2026-10-01",
        DEPOSITS,
        f"{DEPOSITS}?tab=all",
        f"{DEPOSITS}{first.reference}/",
        "/billing/fees/",
        f"/billing/fees/{fee.reference}/",
        draft,
        f"{draft}preview/",
        "/billing/invoices/",
        of_issued,
        f"{of_issued}change/edit/",
        f"{of_issued}change/split/",
        f"{of_issued}change/cancel/",
        "/billing/requests/",
        "/billing/requests/MX-CR-2026-000001/",
        "/billing/automatic/",
        "/billing/profile/",
    ):
        eva.goto(address)
        look(eva, address)
    eva.goto(f"{of_issued}change/cancel/")
    eva.get_by_label("Reason, as the tax authority codes it").select_option("02")
    eva.get_by_label("Reason in your words").fill("x")
    eva.get_by_role("button", name="Preview what comes of it").click()
    expect(eva.get_by_text("What comes of it", exact=True)).to_be_visible()
    eva.locator("#results summary").click()
    look(eva, "what comes of it")


def look(page: Page, address: str) -> None:
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, (address, found.generate_report())
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{address} scrolls sideways by {wide}"
