"""Receipts in a real browser: many files dropped at once, with a bar and an answer for each; by axe, too."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Page, expect

from marketplace.parties.models import Role
from sellers.receipts.models import Receipt, ReceivedFile
from tests.browser.signing import sign_in
from tests.browser.test_seller import PHONE, WCAG
from tests.cast import make_member
from tests.receipts.telling import (
    File,
    boleta,
    factura,
    hand_in,
    make_peru,
    make_peruvian,
    peruvian,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lucia(page: Page) -> Page:
    """Lucía, signed in, with two orders that wait for their receipts."""
    andes = make_peruvian(make_peru())
    make_member(andes, "lucia@andes.example", Role.OWNER)
    for number in ("A1", "A2"):
        peruvian(andes.market, number, customer={"name": "Ana", "id_type": "DNI", "id_number": "45288569"})
    sign_in(page, "lucia@andes.example")
    return page


def payloads(*files: File) -> list[FilePayload]:
    return [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files
    ]


def test_files_are_dropped_and_answered_without_leaving_the_page(lucia: Page, worker: None) -> None:
    lucia.goto("/receipts/")
    lucia.evaluate("window.stayed = true")
    zone = lucia.locator(".drop")
    dropped = lucia.evaluate_handle(
        """files => {
             const carried = new DataTransfer();
             for (const [name, text] of files) carried.items.add(new File([text], name));
             return carried;
           }""",
        [[name, content.decode("latin-1")] for name, content in factura(order="A1")],
    )
    lucia.locator(".drop input").evaluate(
        """(input, carried) => {
             input.files = carried.files;
             input.dispatchEvent(new Event("change", { bubbles: true }));
           }""",
        dropped,
    )
    expect(zone).to_contain_text("F001-1.xml")

    lucia.get_by_role("button", name="Upload", exact=True).click()

    expect(lucia.get_by_role("heading", name="The files are read")).to_be_visible(timeout=30_000)
    expect(lucia.get_by_text("Receipt F001-1 is registered on order A1.").first).to_be_visible()
    expect(zone).to_contain_text("Drop the XML and PDF files here, or choose them")
    assert lucia.evaluate("window.stayed") is True
    assert Receipt.objects.get().order.number == "A1"


def test_the_bar_moves_while_files_are_sent(lucia: Page) -> None:
    lucia.goto("/receipts/")
    lucia.evaluate(
        """() => {
             window.seen = [];
             const bar = document.querySelector("[data-sending] progress");
             new MutationObserver(() => window.seen.push([bar.value, bar.max]))
               .observe(bar, { attributes: true });
           }"""
    )
    big = b"<x>" + b"y" * 4_000_000
    lucia.locator(".drop input").set_input_files(payloads(("a.xml", big), ("b.xml", big)))

    lucia.get_by_role("button", name="Upload", exact=True).click()

    expect(lucia.get_by_text("Waiting for a free worker…")).to_be_visible(timeout=30_000)
    seen = lucia.evaluate("window.seen")
    assert any(0 < value <= most and most > 8_000_000 for value, most in seen)
    expect(lucia.locator("[data-sending]")).to_be_hidden()
    assert ReceivedFile.objects.count() == 2


def test_too_many_files_are_refused_before_they_are_sent(lucia: Page) -> None:
    lucia.goto("/receipts/")
    lucia.locator("form[data-upload]").evaluate("form => form.dataset.mostFiles = 5")
    lucia.locator(".drop input").set_input_files(payloads(*[(f"{n}.xml", b"<x/>") for n in range(6)]))
    expect(lucia.locator(".drop")).to_contain_text("Files chosen: 6")

    lucia.get_by_role("button", name="Upload", exact=True).click()

    told = lucia.locator(".drop input").evaluate("input => input.validationMessage")
    assert told.startswith("At most 1,000 files and 100 MB")
    assert not ReceivedFile.objects.exists()


def test_nothing_chosen_by_the_keyboard_is_said_kindly(lucia: Page) -> None:
    lucia.goto("/receipts/")
    lucia.locator(".drop input").evaluate("input => input.required = false")

    lucia.get_by_role("button", name="Upload", exact=True).click()

    expect(lucia.get_by_text("Choose the files first")).to_be_visible()


def test_an_order_is_shipped_once_its_receipt_is_uploaded_on_its_page(
    lucia: Page, worker: None, tmp_path: Path
) -> None:
    lucia.goto("/orders/A1/")
    lucia.get_by_role("button", name="Send", exact=True).click()
    lucia.get_by_role("button", name="Mark as shipped").click()
    lucia.get_by_role("link", name="Upload its receipt").click()
    expect(lucia).to_have_url("/orders/A1/#receipt")

    lucia.locator(".drop input").set_input_files(payloads(*factura(order="A1")))
    lucia.get_by_role("button", name="Upload", exact=True).click()

    expect(lucia.get_by_text("Date of issue")).to_be_visible(timeout=30_000)
    with lucia.expect_download() as paper:
        lucia.get_by_role("link", name="XML F001-1").click()
    paper.value.save_as(tmp_path / "receipt.xml")
    assert (tmp_path / "receipt.xml").read_bytes() == factura(order="A1")[0][1]
    lucia.get_by_role("button", name="Mark as shipped").click()
    expect(lucia.get_by_text("Order A1: Shipped.")).to_be_visible()


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_no_page_about_receipts_keeps_anybody_out(lucia: Page, size: dict[str, int] | None) -> None:
    from marketplace.parties.models import Seller

    andes = Seller.objects.get()
    unclear = hand_in(andes, *boleta(), ("photo of a very long name " * 4 + ".jpg", b"\xff\xd8\xff"))
    peruvian(andes.market, "A3")
    hand_in(andes, *factura(2, order="A3"))
    hand_in(andes, *factura(3, order="A1", payable="9.00", totals=" "))
    row = unclear.files.order_by("position")[0]
    if size:
        lucia.set_viewport_size(size)  # type: ignore[arg-type]
    for address in (
        "/",
        "/receipts/",
        "/receipts/?tab=todo",
        "/receipts/missing/",
        f"/receipts/uploads/{unclear.pk}/",
        f"/receipts/files/{row.pk}/choose/",
        "/receipts/mails/",
        "/orders/A1/",
        "/orders/A3/",
        "/settings/",
    ):
        lucia.goto(address)
        found = Axe().run(lucia, options=WCAG)
        assert found.violations_count == 0, (address, found.generate_report())
        wide = lucia.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address} scrolls sideways by {wide}"
