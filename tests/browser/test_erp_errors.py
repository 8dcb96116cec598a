"""Errors are put right in a real browser, with scripts and without; an order's page follows its invoice."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from marketplace.parties.models import Role, Seller
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
    expect(page.get_by_role("link", name="Open the PDF")).to_be_visible(timeout=20_000)


def test_an_order_is_invoiced_by_one_click_and_its_page_follows(
    page: Page, condor: Seller, worker: None
) -> None:
    sign_in(page, "vera@condor.example")
    page.goto("/orders/703/")

    page.get_by_role("button", name="Invoice in Alegra").click()

    expect(page.get_by_role("link", name="Open the PDF")).to_be_visible(timeout=20_000)


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
