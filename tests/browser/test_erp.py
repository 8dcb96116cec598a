"""A new seller connects its ERP in a real browser, in three steps; and by axe, with a desk's and a phone's
width.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django import Settings

from marketplace.orders.models import Order
from marketplace.parties.models import Role, Seller
from sellers.erp.models import Channel
from tests.browser.signing import sign_in
from tests.browser.test_seller import PHONE, WCAG
from tests.cast import make_member
from tests.erp.colombia import SKUS, click, connect, make_colombia, make_condor, sell, work_off
from tests.erp.conftest import _emulator, alegra
from tests.erp.emulator import Company, Emulator
from tests.orders.telling import goods

__all__ = ["_emulator", "alegra"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def company(alegra: Emulator, settings: Settings) -> Company:
    settings.ALEGRA_URL = alegra.url
    return alegra.company("colombia", skus=SKUS, items=100)


@pytest.fixture
def condor(page: Page) -> Seller:
    seller = make_condor(make_colombia())
    sell(seller.market, "501", status="shipped", channel="tienda")
    sell(seller.market, "502", lines=[goods("1190.00", sku="NOWHERE", vat="19")])
    return seller


@pytest.fixture
def vera(page: Page, condor: Seller) -> Page:
    """Vera, signed in; she has never seen these pages."""
    sign_in(page, make_member(condor, "vera@condor.example", Role.OWNER).email)
    return page


def enter_credentials(vera: Page, company: Company) -> None:
    """The first step, with a token that is wrong at first."""
    vera.get_by_role("link", name="Channels").click()
    vera.get_by_role("link", name="Connect Alegra").click()
    vera.get_by_label("E-mail of your user in Alegra").fill(company.email)
    vera.get_by_label("Token").fill("not-the-token")
    vera.get_by_role("button", name="Test and continue").click()
    expect(vera.get_by_role("alert")).to_contain_text("The ERP refuses the e-mail and token.")
    expect(vera.get_by_label("E-mail of your user in Alegra")).to_have_value(company.email)
    expect(vera.get_by_label("Token")).to_have_value("")
    vera.get_by_label("Token").fill(company.token)
    vera.get_by_label("Token").press("Enter")

    expect(vera.get_by_text("Connected to the books of Comercial Andina S.A.S.")).to_be_visible()
    expect(vera.get_by_text("Catalogue: ", exact=False)).to_be_visible(timeout=30_000)


def configure(vera: Page) -> None:
    """The second step."""
    vera.get_by_label("Reference").check()
    vera.get_by_label("Barcode").check()
    vera.get_by_label("Warehouse").select_option(index=1)
    vera.get_by_label("Document number for buyers without one").fill("222222222222")
    vera.get_by_label("Item for delivery").press_sequentially("env")
    expect(vera.locator("#shipping_item_choices option")).to_have_count(1)
    vera.get_by_label("Item for the COD fee").fill("contraentrega")
    vera.get_by_role("button", name="Save and continue").click()


def automate(vera: Page) -> None:
    """The third step: back once, and not all is said at first."""
    expect(vera.get_by_role("heading", name="Readiness")).to_be_visible()
    warning = vera.get_by_text("Cancelled orders would be invoiced too")
    vera.get_by_label("Completed").uncheck()
    vera.get_by_label("Sent").uncheck()
    expect(warning).to_be_visible()
    vera.get_by_label("Completed").check()
    expect(warning).to_be_hidden()
    vera.get_by_role("link", name="Configuration").first.click()
    expect(vera.get_by_label("Item for delivery")).to_have_value("Envío · ENVIO")
    vera.get_by_role("link", name="Automatic invoicing").click()
    vera.get_by_label("Invoice orders automatically").check()
    vera.get_by_label("tienda").check()
    vera.get_by_label("Open: it counts at once").check()
    vera.get_by_label("Issue it (stamp)").check()
    vera.get_by_role("button", name="Save and finish").click()
    expect(vera.get_by_role("alert")).to_contain_text("Nothing was saved yet")
    expect(vera.get_by_label("tienda")).to_be_checked()
    vera.get_by_label("Numbering").select_option(index=1)
    vera.get_by_label("Payment form").select_option("Paid at once")
    vera.get_by_role("button", name="Save and finish").click()

    expect(vera.get_by_text("Automatic invoicing is on: Alegra takes the orders")).to_be_visible()


def test_a_new_seller_connects_its_erp_in_three_steps(
    vera: Page, condor: Seller, company: Company, worker: None
) -> None:
    enter_credentials(vera, company)
    configure(vera)
    automate(vera)

    kept = Channel.objects.get(seller=condor)
    assert (kept.automatic, kept.stamp, kept.source_channels) == (True, True, ["tienda"])
    assert kept.shipping_item == company.id_of("items", reference="ENVIO")


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_no_page_of_channels_keeps_anybody_out(
    vera: Page, condor: Seller, company: Company, size: dict[str, int] | None
) -> None:
    if size:
        vera.set_viewport_size(size)  # type: ignore[arg-type]
    for address in ("/channels/", "/channels/connect/"):
        look(vera, address)
    connect(condor, company)
    click(*Order.objects.order_by("pk"))
    work_off()
    for address in (
        "/channels/",
        "/channels/connect/",
        "/channels/connect/configuration/",
        "/channels/connect/automatic/",
        "/channels/settings/",
        "/channels/settings/automatic/",
        "/channels/settings/credentials/",
        "/channels/disconnect/",
        "/channels/readiness/",
        "/channels/readiness/?tab=not-ready&cause=sku_missing",
        "/channels/errors/",
        "/channels/invoices/",
        "/channels/items/",
        "/channels/items/skus/",
        "/channels/items/match/?sku=NOWHERE&back=skus",
        "/orders/501/",
        "/orders/502/",
    ):
        look(vera, address)
    vera.goto("/channels/settings/automatic/")
    vera.get_by_label("Issue it (stamp)").check()
    vera.get_by_role("button", name="Save").click()
    expect(vera.get_by_role("alert")).to_be_visible()
    look(vera)


def look(page: Page, address: str = "") -> None:
    """Find nothing on a page that keeps anybody out, and nothing wider than the page."""
    if address:
        page.goto(address)
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, (address, found.generate_report())
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{address} scrolls sideways by {wide}"
