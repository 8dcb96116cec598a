"""Receipts as sellers see them: what is due, uploading, what became of each file, and the order's card."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from marketplace.kernel.books import run_checks
from marketplace.orders.models import Order
from marketplace.parties.models import Market, Role, Seller
from sellers.receipts.models import Bundle, BundleState, Receipt, ReceivedFile
from tests.cast import client_of, make_member, make_seller, work_off_but_rendering
from tests.edocuments.builders import RUC
from tests.edocuments.papers import pdf
from tests.portal.receiving import upload
from tests.portal.telling import Browser, words
from tests.receipts.telling import (
    NOON,
    boleta,
    factura,
    hand_in,
    peruvian,
)

TWICE: dict[str, Any] = {"customer": {"name": "Ana", "id_type": "DNI", "id_number": "45288569"}}


@pytest.fixture
def rival(peru: Market, andes: Seller) -> Browser:
    other = make_seller(peru, "5002", "Lima S.A.")
    return Browser(client_of(make_member(other, "pedro@lima.example", Role.OWNER)))


def test_many_receipts_are_uploaded_at_once_and_each_file_says_what_became_of_it(
    peru: Market, lucia: Browser
) -> None:
    for place in range(3):
        peruvian(peru, f"PE-{place}")
    files = [file for place in range(3) for file in factura(place + 1, order=f"PE-{place}")]

    answer = upload(lucia, *files, factura(9, order="PE-9")[0], ("notes.txt", b"hello there"))
    address = answer["Location"]
    assert "Reading the files Being" not in lucia.page(address)
    assert "Waiting for a free worker" in lucia.page(address)
    work_off_but_rendering()

    page = lucia.page(address)
    assert "Registered 6 To do 1 Other 1" in page
    assert "Receipt F001-1 is registered on order PE-0." in page
    assert "Only an XML file Its PDF is missing. Send the XML and the PDF together" in page
    assert "/orders/PE-0/#receipt" in lucia.links(address)
    assert Receipt.objects.count() == 3
    assert Bundle.objects.get().origin == "portal"
    assert run_checks() == []


def test_with_script_the_result_comes_back_into_the_page(peru: Market, lucia: Browser) -> None:
    peruvian(peru, "PE-100017")
    script = {"HX-Request": "true"}

    running = upload(lucia, *factura(), headers=script)
    assert "Waiting for a free worker" in words(running)
    poll = running.context["poll_url"]
    assert f'hx-get="{poll}"' in running.content.decode()
    work_off_but_rendering()

    done = lucia.client.get(poll, headers=script)
    assert "Receipt F001-1 is registered on order PE-100017." in words(done)
    assert "hx-get" not in done.content.decode()
    assert "HX-Refresh" not in done
    assert lucia.client.get(poll.replace("at=list", "at=order"), headers=script)["HX-Refresh"] == "true"


def test_nothing_and_too_much_are_refused_kindly(lucia: Browser, settings: Settings) -> None:
    told = upload(lucia, headers={"HX-Request": "true"})
    assert (told.status_code, "Choose the files first" in words(told)) == (422, True)
    assert "Choose the files first" in lucia.post("/receipts/upload/")

    many = [(f"{place}.xml", b"<x/>") for place in range(1001)]
    told = upload(lucia, *many, headers={"HX-Request": "true"})
    assert told.status_code == 422
    assert "At most 1000 files are taken at once." in words(told)
    assert not Bundle.objects.exists()

    settings.ACCOUNT_RATE_LIMITS = {"upload": "1/h/user"}
    assert [upload(lucia).status_code for _ in range(2)] == [302, 429]


def test_reading_is_stopped_before_it_began_and_nothing_waits_for_ever(peru: Market, lucia: Browser) -> None:
    address = upload(lucia, *factura())["Location"]

    page = lucia.post(f"{address}cancel/")

    assert "The reading was stopped" in page
    assert "Reading was stopped before this file. Send it again." in page
    assert Bundle.objects.get().state == BundleState.CANCELLED
    work_off_but_rendering()
    assert not Receipt.objects.exists()


def test_the_inbox_parts_searches_and_leaves_as_a_workbook(
    peru: Market, andes: Seller, lucia: Browser
) -> None:
    peruvian(peru, "PE-100017")
    hand_in(andes, *factura())
    hand_in(andes, boleta()[1], ("photo.jpg", b"\xff\xd8\xff"))

    assert "All 4 Registered 2 To do 1 Other 1" in lucia.page("/receipts/")
    assert "photo.jpg" not in lucia.page("/receipts/?tab=todo")
    for sought in ("F001-1", "PE-1000", "-01-f001"):
        page = lucia.page(f"/receipts/?q={sought}")
        assert f"{RUC}-01-F001-1.pdf" in page, sought
        assert "photo.jpg" not in page, sought
    assert "Nothing matches" in lucia.page("/receipts/?state=mail")
    heads, *rows = lucia.sheet("/receipts/export/?tab=registered")
    assert heads[:5] == ["File", "Result", "What happened, and what to do", "Order", "Receipt"]
    assert [row[1] for row in rows] == ["Registered", "Registered"]


def test_what_was_put_right_is_no_longer_to_do(peru: Market, andes: Seller, lucia: Browser) -> None:
    peruvian(peru, "PE-100017")
    hand_in(andes, *factura(payable="119.00", totals=" "))
    assert "To do 2" in lucia.page("/receipts/")

    hand_in(andes, *factura(2), at=NOON + timedelta(hours=1))

    assert "To do 0" in lucia.page("/receipts/")


def test_of_two_orders_that_fit_the_seller_chooses(peru: Market, andes: Seller, lucia: Browser) -> None:
    first, second = peruvian(peru, "A1", **TWICE), peruvian(peru, "A2", **TWICE)
    bundle = hand_in(andes, *boleta())
    row = bundle.files.order_by("position")[0]
    choose = f"/receipts/files/{row.pk}/choose/"

    assert choose in lucia.links(f"/receipts/uploads/{bundle.pk}/")
    assert "2 files of receipts fit several orders" in lucia.page("/")
    page = lucia.page(choose)
    assert "Which order is receipt B001-1 of?" in page
    assert "A1" in page
    assert "A2" in page
    assert "type the number of another" in lucia.post(f"/receipts/files/{row.pk}/assign/", {"other": "B9"})

    lucia.post(f"/receipts/files/{row.pk}/assign/", {"order": "A2"})
    work_off_but_rendering()

    assert Receipt.objects.get().order == second
    assert Order.objects.get(pk=first.pk).receipt_at is None
    assert "This receipt is registered already." in lucia.page(choose)
    assert "fit several orders" not in lucia.page("/")
    assert "To do 0" in lucia.page("/receipts/")


def test_files_are_handed_out_as_downloads_and_never_from_quarantine(
    peru: Market, andes: Seller, lucia: Browser, rival: Browser
) -> None:
    peruvian(peru, "PE-100017")
    hand_in(andes, *factura())
    active = ("trap.pdf", pdf(javascript="app.alert(1)"))
    hand_in(andes, active)
    xml, _pdf, trap = ReceivedFile.objects.order_by("pk")

    answer = lucia.client.get(f"/receipts/files/{xml.pk}/")
    assert answer["Content-Disposition"] == f'attachment; filename="{RUC}-01-F001-1.xml"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer) == factura()[0][1]
    answer = lucia.client.get(f"/receipts/files/{trap.pk}/")
    assert (trap.outcome, answer.status_code) == ("active_pdf", 404)
    assert f"/receipts/files/{trap.pk}/" not in lucia.links("/receipts/")
    for address in (f"/receipts/files/{xml.pk}/", f"/receipts/{Receipt.objects.get().pk}/xml/"):
        rival.page(address, status=404)
    assert "F001-1" not in rival.page("/receipts/")


def test_nobody_uploads_for_anothers_order(peru: Market, rival: Browser) -> None:
    peruvian(peru, "A1")

    assert upload(rival, *factura(order="A1"), order="A1").status_code == 404
    assert not Bundle.objects.exists()


def test_the_menu_shows_receipts_where_they_matter(ana_sees: Browser, seller: Seller, lucia: Browser) -> None:
    assert "/receipts/" in lucia.links("/")
    assert "/receipts/" not in ana_sees.links("/")

    hand_in(seller, ("photo.jpg", b"\xff\xd8\xff"))

    assert "/receipts/" in ana_sees.links("/")
    page = ana_sees.page("/receipts/")
    assert "Due before shipping" not in page
    assert "photo.jpg" in page


def test_the_pages_take_as_many_queries_however_much_there_is(
    peru: Market, andes: Seller, lucia: Browser
) -> None:
    addresses = ("/receipts/", "/receipts/missing/", "/")
    peruvian(peru, "W1", placed="2026-10-02T09:12:00+02:00")
    peruvian(peru, "R1")
    hand_in(andes, *factura(1, order="R1"), ("photo.jpg", b"\xff\xd8\xff"))
    before = [lucia.queries(address) for address in addresses]

    for place in range(2, 5):
        peruvian(peru, f"R{place}")
        peruvian(peru, f"W{place}")
        hand_in(andes, *factura(place, order=f"R{place}"))

    assert [lucia.queries(address) for address in addresses] == before
