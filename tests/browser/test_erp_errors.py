"""Errors are put right in a real browser, with scripts and without; an order's page follows its invoice."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from marketplace.parties.models import Role, Seller
from sellers.erp.operations.trying_again import try_cause_again
from sellers.erp.rules.causes import Cause
from tests.browser.signing import sign_in
from tests.cast import make_member
from tests.erp.colombia import SKUS, click, connect, make_colombia, make_condor, sell, work_off
from tests.erp.conftest import _emulator, alegra
from tests.erp.emulator import Emulator
from tests.portal.invoicing import sell_unknown

__all__ = ["_emulator", "alegra"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plain(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A browser without scripts."""
    context = chromium.new_context(base_url=live_server.url, locale="en-GB", java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def condor(live_server: LiveServer, alegra: Emulator, settings: Settings) -> Seller:
    """A connected seller with two failed orders of one SKU, and an order nobody asked for."""
    settings.ALEGRA_URL, settings.ERP_QUIET_SECONDS = alegra.url, 0
    seller = make_condor(make_colombia())
    connect(seller, alegra.company("colombia", skus=SKUS))
    click(*(sell_unknown(seller.market, number) for number in ("701", "702")))
    work_off()
    sell(seller.market, "703")
    make_member(seller, "vera@condor.example", Role.OWNER)
    return seller


def test_an_item_is_chosen_beside_the_error_and_the_orders_go(
    page: Page, condor: Seller, worker: None
) -> None:
    sign_in(page, "vera@condor.example")
    page.goto("/channels/errors/")

    page.get_by_text("Choose the item").press("Enter")
    expect(page.get_by_text("These look alike")).to_be_visible()
    page.get_by_role("searchbox").press_sequentially("gorr")
    expect(page.get_by_label("Televisor 55")).to_be_hidden()
    page.get_by_label("Gorra").check()
    page.get_by_role("button", name="It is this item").press("Enter")

    expect(page.get_by_text("2 orders are on their way to Alegra again.")).to_be_visible()
    page.goto("/orders/702/")
    expect(page.get_by_role("link", name="Open the PDF")).to_be_visible()


def test_the_causes_refresh_while_orders_are_tried_again_and_the_keyboard_keeps_its_place(
    page: Page, condor: Seller
) -> None:
    sign_in(page, "vera@condor.example")
    page.goto("/channels/errors/")
    page.get_by_role("button", name="Try all again").press("Enter")
    expect(page.get_by_role("heading", name="On their way to Alegra")).to_be_visible()
    expect(page.get_by_text("Nothing to fix")).to_be_visible()
    page.get_by_role("link", name="See them").focus()

    work_off()

    again = page.get_by_role("button", name="Try all again")
    expect(again).to_be_visible()
    expect(page.get_by_role("heading", name="On their way to Alegra")).to_be_hidden()
    expect(page.locator("#status")).to_have_text("Nothing is on its way any more; 2 orders are not invoiced.")
    expect(page.locator("#way")).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()


def test_what_somebody_works_in_is_not_refreshed_under_their_hands(page: Page, condor: Seller) -> None:
    click(sell_unknown(condor.market, "704", "SOFA"))
    work_off()
    sign_in(page, "vera@condor.example")
    page.goto("/channels/errors/")
    try_cause_again(
        channel_id=condor.channels.get().pk, cause=Cause.SKU_MISSING, about="SOFA", by=None, at=timezone.now()
    )
    page.reload()
    chooser = page.locator("details.erp-choose")
    chooser.locator("summary").press("Enter")
    page.get_by_role("searchbox").press_sequentially("gorr")

    work_off()

    expect(page.get_by_role("heading", name="On their way to Alegra")).to_be_hidden()
    expect(page.get_by_role("searchbox")).to_have_value("gorr")
    expect(page.get_by_role("searchbox")).to_be_focused()
    chooser.locator("summary").press("Enter")
    expect(page.get_by_text("1 order: SOFA")).to_be_visible()
    expect(chooser.first.locator("summary")).to_be_focused()


def test_an_order_is_invoiced_by_one_click_and_its_page_follows(
    page: Page, condor: Seller, worker: None
) -> None:
    sign_in(page, "vera@condor.example")
    page.goto("/orders/703/")

    page.get_by_role("button", name="Invoice in Alegra").click()

    expect(page.get_by_role("link", name="Open the PDF")).to_be_visible()


def test_without_scripts_an_item_is_chosen_on_a_page_of_its_own(
    plain: Page, condor: Seller, worker: None
) -> None:
    sign_in(plain, "vera@condor.example")
    plain.goto("/channels/errors/")

    plain.get_by_text("Choose the item").click()
    plain.get_by_role("searchbox").fill("gorra")
    plain.get_by_role("button", name="Search").click()
    expect(plain.get_by_role("heading", name="Which item is TV-55?")).to_be_visible()
    plain.get_by_label("Gorra").check()
    plain.get_by_role("button", name="It is this item").click()

    expect(plain.get_by_text("2 orders are on their way to Alegra again.")).to_be_visible()


LEFT_OVER = """field => {
    const style = getComputedStyle(field), pen = document.createElement("canvas").getContext("2d");
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return room - pen.measureText(field.placeholder).width;
}"""


@pytest.mark.parametrize("language", ["en-GB", "cs-CZ"])
def test_what_a_list_is_searched_by_can_be_read_whole(
    chromium: Browser, live_server: LiveServer, condor: Seller, language: str
) -> None:
    size: ViewportSize = {"width": 1360, "height": 900}
    context = chromium.new_context(base_url=live_server.url, locale=language, viewport=size)
    page = context.new_page()
    sign_in(page, "vera@condor.example")

    left = {}
    for address in ("/channels/invoices/", "/channels/items/", "/orders/", "/balance/", "/receipts/"):
        page.goto(address)
        left[address] = page.get_by_role("searchbox").first.evaluate(LEFT_OVER)
    context.close()

    assert [address for address, room in left.items() if room < 0] == []
