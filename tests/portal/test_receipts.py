"""Receipts as sellers see them: what is due, uploading, what became of each file, and the order's card."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import AuditRecord
from marketplace.orders.models import Order, State
from marketplace.parties.models import Market, Role, Seller
from sellers.receipts.models import Bundle, BundleState, Receipt, ReceivedFile
from sellers.receipts.queries import clock_of, clocks
from tests.cast import client_of, make_member, make_seller, work_off_but_rendering
from tests.edocuments.builders import RUC
from tests.edocuments.papers import pdf
from tests.portal.telling import Browser, words
from tests.receipts.telling import (
    NOON,
    File,
    boleta,
    factura,
    hand_in,
    make_peru,
    make_peruvian,
    peruvian,
)

TWICE: dict[str, Any] = {"customer": {"name": "Ana", "id_type": "DNI", "id_number": "45288569"}}
SHIPPED: dict[str, Any] = {"status": "shipped", "status_times": {"shipped": "2026-10-05T15:00:00-05:00"}}


@pytest.fixture
def peru(db: None) -> Market:
    return make_peru()


@pytest.fixture
def andes(peru: Market) -> Seller:
    return make_peruvian(peru)


@pytest.fixture
def lucia(andes: Seller) -> Browser:
    return Browser(client_of(make_member(andes, "lucia@andes.example", Role.OPERATIONS)))


@pytest.fixture
def rival(peru: Market, andes: Seller) -> Browser:
    other = make_seller(peru, "5002", "Lima S.A.")
    return Browser(client_of(make_member(other, "pedro@lima.example", Role.OWNER)))


def form(*files: File, order: str = "") -> dict[str, Any]:
    return {"files": [SimpleUploadedFile(name, content) for name, content in files], "order": order}


def upload(browser: Browser, *files: File, order: str = "", **more: Any) -> Any:
    return browser.client.post("/receipts/upload/", form(*files, order=order), **more)


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


def test_the_order_says_what_is_due_and_takes_the_upload(peru: Market, lucia: Browser) -> None:
    order = peruvian(peru, "A1")
    page = lucia.page("/orders/A1/")
    assert "Receipt Due before shipping The order can be shipped once its receipt is registered." in page

    upload(lucia, *boleta(payable="120.00", totals=" "), order="A1")
    work_off_but_rendering()
    page = lucia.page("/orders/A1/")
    assert "Could not be registered" in page
    assert "Receipt B001-1 is over 120.00, order A1 over 118.00" in page

    upload(lucia, *boleta(2), order="A1")
    work_off_but_rendering()
    page = lucia.page("/orders/A1/")
    assert "Number B001-2" in page
    assert "Total PEN 118.00 Signature not signed Registered" in page
    assert "Could not be registered" not in page
    receipt = order.receipts.get()
    assert {f"/receipts/{receipt.pk}/xml/", f"/receipts/{receipt.pk}/pdf/"} <= lucia.links("/orders/A1/")


def test_the_gates_refusal_leads_to_the_upload(peru: Market, andes: Seller, lucia: Browser) -> None:
    peruvian(peru, "A1")
    peruvian(peru, "A2")
    lucia.client.post("/orders/A1/confirm/")
    lucia.client.post("/orders/A2/confirm/")
    hand_in(andes, *factura(order="A2"))

    answer = lucia.client.post("/orders/A1/move/shipped/", follow=True)
    assert "Order A1 has no receipt yet; register it first. Upload its receipt" in words(answer)
    assert '<a href="/orders/A1/#receipt">' in answer.content.decode()

    page = lucia.post("/orders/together/", {"action": "ship", "menu": "orders", "orders": ["A1", "A2"]})
    assert "1 order has no receipt yet and was not shipped." in page
    assert "Done 1 Unchanged 0 Refused 1" in page
    assert "A1 Refused Order A1 has no receipt yet; register it first. Upload its receipt" in page
    assert Order.objects.get(number="A2").state == State.SHIPPED


def test_a_receipt_is_withdrawn_with_its_reason_while_the_order_is_not_shipped(
    peru: Market, andes: Seller, lucia: Browser
) -> None:
    order = peruvian(peru, "A1")
    hand_in(andes, *factura(order="A1"))
    address = f"/receipts/{order.receipts.get().pk}/withdraw/"

    assert "Say why" in lucia.post(address, {"reason": " "})
    assert Receipt.objects.live().count() == 1
    page = lucia.post(address, {"reason": "wrong buyer"})

    assert "Receipt F001-1 is withdrawn." in page
    assert "Due before shipping" in page
    assert not Receipt.objects.live().exists()
    assert AuditRecord.objects.filter(verb="receipt.withdrawn").count() == 1


def test_a_receipt_the_order_was_shipped_with_stands(peru: Market, andes: Seller, lucia: Browser) -> None:
    order = peruvian(peru, "A1", **SHIPPED)
    hand_in(andes, *factura(order="A1"))

    page = lucia.page("/orders/A1/")
    assert "Receipt Registered late" in page
    assert "Withdraw it" not in page
    assert "was sent with receipt F001-1" in lucia.post(
        f"/receipts/{order.receipts.get().pk}/withdraw/", {"reason": "x"}
    )
    assert Receipt.objects.live().count() == 1


def test_the_clock_counts_what_is_due_late_and_was_late(peru: Market, andes: Seller, lucia: Browser) -> None:
    now = timezone.now()
    lately = (now - timedelta(days=3)).isoformat()
    gone = SHIPPED | {"status_times": {"shipped": lately}}
    peruvian(peru, "DUE", placed="2026-10-02T09:12:00+02:00")
    peruvian(peru, "LATE", **gone)
    peruvian(peru, "CAME-LATE", **gone)
    peruvian(peru, "IN-TIME", **gone)
    hand_in(andes, *factura(1, order="CAME-LATE"), at=now)
    hand_in(andes, *factura(2, order="IN-TIME"), at=now)
    Order.objects.filter(number="IN-TIME").update(receipt_at=now - timedelta(days=4))
    peruvian(peru, "OVER", status="cancelled", status_times={"cancelled": lately})

    clock = clock_of(andes, at=now)
    assert (clock.due, clock.late, clock.sent, clock.sent_late, clock.rate_bp) == (1, 1, 3, 2, 6667)
    assert clocks([andes], at=now) == {andes.pk: clock}
    page = lucia.page("/receipts/")
    assert "Due before shipping 1 the oldest of 2 Oct 2026" in page
    assert "Late in the last 90 days 66.67% 2 of 3 orders shipped" in page
    home = lucia.page("/")
    assert "1 order was shipped without its receipt" in home
    assert "1 order needs its receipt before it is shipped" in home


def test_orders_without_a_receipt_are_listed_by_age_and_leave_as_a_workbook(
    peru: Market, andes: Seller, lucia: Browser
) -> None:
    peruvian(peru, "NEWER", placed="2026-10-04T09:12:00+02:00")
    peruvian(peru, "OLDER", placed="2026-10-02T09:12:00+02:00")
    peruvian(peru, "GONE", placed="2026-10-03T09:12:00+02:00", **SHIPPED)
    peruvian(peru, "HAS", placed="2026-10-01T09:12:00+02:00")
    hand_in(andes, *factura(order="HAS"))

    page = lucia.page("/receipts/missing/")
    assert page.index("OLDER") < page.index("GONE") < page.index("NEWER")
    assert "HAS" not in page
    assert "All 3 Due before shipping 2 Shipped without it 1" in page
    assert "NEWER" not in lucia.page("/receipts/missing/?tab=late")
    assert "OLDER" not in lucia.page("/receipts/missing/?since=2026-10-03")
    heads, row = lucia.sheet("/receipts/missing/export/?tab=late")
    told = dict(zip(heads, row, strict=True))
    assert (told["Order"], told["Total, PEN" if "Total, PEN" in told else "Total"]) == ("GONE", 118)


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
