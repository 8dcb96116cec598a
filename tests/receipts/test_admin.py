"""Receipts in the back office: looked at, withdrawn, registered by hand, and who is late."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.orders.models import Order
from marketplace.parties.models import Market, Seller
from sellers.receipts.models import Receipt, ReceivedFile
from tests.cast import client_of, make_accountant, work_off_but_rendering
from tests.desk import filled, name_of, page, seen
from tests.edocuments.papers import pdf
from tests.receipts.telling import boleta, factura, hand_in, make_peru, make_peruvian, peruvian

TWICE: dict[str, Any] = {"customer": {"name": "Ana", "id_type": "DNI", "id_number": "45288569"}}
SHIPPED: dict[str, Any] = {"status": "shipped", "status_times": {"shipped": "2026-10-05T15:00:00-05:00"}}
FILES = "/admin/receipts/receivedfile/"


@pytest.fixture
def peru(db: None) -> Market:
    return make_peru()


@pytest.fixture
def andes(peru: Market) -> Seller:
    return make_peruvian(peru)


def do(client: Client, row: Any, deed: str, text: str = "") -> str:
    answer = client.post(reverse(name_of(row, "do"), args=[row.pk, deed]), {"text": text}, follow=True)
    return seen(answer)


def test_a_receipt_shows_its_order_its_files_and_is_withdrawn_with_a_reason(
    peru: Market, andes: Seller, carla_client: Client
) -> None:
    peruvian(peru, "A1", **SHIPPED)
    hand_in(andes, *factura(order="A1"))
    receipt = Receipt.objects.get()

    shown = page(carla_client, receipt)
    assert "F001-1" in shown
    assert "Receipt F001-1 is registered on order A1, late" in shown
    assert "A1 F001-1" not in seen(carla_client.get("/admin/receipts/receipt/?state__exact=withdrawn"))
    assert "F001-1" in page(carla_client, Order.objects.get())
    assert "Say why" in do(carla_client, receipt, "withdraw", " ")

    assert "1 done." in do(carla_client, receipt, "withdraw", "another order's")

    receipt.refresh_from_db()
    assert receipt.state == "withdrawn"
    assert "another order's" in page(carla_client, receipt)
    assert Order.objects.get().receipt_at is None


def test_a_file_that_waits_is_registered_on_the_order_typed(
    peru: Market, andes: Seller, carla_client: Client
) -> None:
    peruvian(peru, "A1", **TWICE)
    peruvian(peru, "A2", **TWICE)
    hand_in(andes, *boleta())
    row = ReceivedFile.objects.order_by("pk")[0]
    assert row.name in seen(carla_client.get(FILES))
    assert 'value="A1"' in carla_client.get(reverse(name_of(row, "change"), args=[row.pk])).content.decode()

    assert "The seller has no order B7." in do(carla_client, row, "register", "B7")
    assert not Receipt.objects.exists()
    assert "1 done." in do(carla_client, row, "register", " A2 ")
    work_off_but_rendering()

    receipt = Receipt.objects.get()
    assert receipt.order.number == "A2"
    assert receipt.files.order_by("pk")[0].bundle.origin == "staff"
    assert row.name not in seen(carla_client.get(FILES)), "it waits for nobody any more"
    assert "Register on an order" not in page(carla_client, row)


def test_a_pdf_in_quarantine_is_fetched_with_a_warning(
    peru: Market, andes: Seller, carla_client: Client
) -> None:
    hand_in(andes, ("trap.pdf", pdf(javascript="app.alert(1)")))
    row = ReceivedFile.objects.get()

    assert "trap.pdf" in seen(carla_client.get(FILES))
    assert "may do harm when it is opened" in page(carla_client, row)
    answer = carla_client.get(reverse(name_of(row, "file"), args=[row.pk, "file"]))
    assert answer["Content-Disposition"] == 'attachment; filename="trap.pdf"'
    assert b"".join(answer).startswith(b"%PDF-")


def test_files_are_narrowed_by_their_outcome(peru: Market, andes: Seller, carla_client: Client) -> None:
    peruvian(peru, "PE-100017")
    hand_in(andes, *factura(), ("lonely.pdf", boleta()[1][1]), ("photo.jpg", b"\xff\xd8\xff"))

    def names(query: str) -> set[str]:
        shown = seen(carla_client.get(f"{FILES}?{query}"))
        return {row.name for row in ReceivedFile.objects.all() if row.name in shown}

    assert names("") == set()
    assert names("outcome=todo") == {"lonely.pdf"}
    assert names("outcome=ignored") == {"photo.jpg"}
    assert len(names("outcome=all")) == 4


def test_the_lateness_of_sellers_stands_in_one_table(
    peru: Market, andes: Seller, carla_client: Client
) -> None:
    lately = (timezone.now() - timedelta(days=2)).isoformat()
    gone: dict[str, Any] = {"status": "shipped", "status_times": {"shipped": lately}}
    peruvian(peru, "GONE", **gone)
    peruvian(peru, "LATE", **gone)
    peruvian(peru, "DUE")
    hand_in(andes, *factura(order="LATE"), at=timezone.now())

    shown = seen(carla_client.get("/admin/receipts/receipt/lateness/"))

    assert "PE 5001 Andes S.A.C. 100%" in shown
    assert " 2 2 1 1" in shown, "shipped, of them late, still without one, due"


def test_the_markets_form_keeps_the_order_in_which_orders_are_looked_for(
    peru: Market, carla_client: Client
) -> None:
    client, address = carla_client, reverse("admin:parties_market_change", args=[peru.pk])
    told = filled(client, address)
    assert 'name="receipt_order_places_0"' in client.get(address).content.decode()

    places = {f"receipt_order_places_{place}": "" for place in range(4)}
    places |= {"receipt_order_places_0": "subject", "receipt_order_places_2": "order_reference"}
    told |= places | {"receipt_fallback_fields": ["seller", "total"]}
    answer = client.post(address, told)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    peru.refresh_from_db()
    assert peru.receipt_order_places == ["subject", "order_reference"]
    assert peru.receipt_fallback_fields == ["seller", "total"]
    shown = client.get(address).context["adminform"].form["receipt_order_places"]
    assert '<option value="subject" selected>' in str(shown)


def test_staff_who_may_not_see_receipts_see_none(peru: Market, db: None) -> None:
    clerk = make_accountant("clerk@meridian.example")
    clerk.user_permissions.clear()

    assert client_of(clerk).get("/admin/receipts/receipt/lateness/").status_code == 403
