"""Accountants look at fee invoices beside their documents, their entries and credit notes."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.kernel.files import store
from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import Market
from settlement.billing.models import FeeInvoice, Kind
from tests.cast import AFTER_OCTOBER, OCTOBER, settle, take
from tests.desk import listed, make_looker, page, queries_of
from tests.stories.hungary import (
    AFTER_MIDDLE,
    MIDDLE,
    come_back,
    four_orders,
    make_agent,
    make_hungary,
)


@pytest.fixture
def credited(db: None) -> Market:
    """Four orders settled, and one of them back after it: a commission invoice and its credit note."""
    market = make_hungary()
    make_agent(market)
    take(market, *four_orders(market))
    settle(market, MIDDLE, AFTER_MIDDLE)
    assert come_back(market, "R1", "V3", at="2026-10-20T10:00:00+02:00").outcome == "taken"
    settle(market, OCTOBER, AFTER_OCTOBER)
    return market


def test_commission_invoices_and_credit_notes_are_listed_apart(
    credited: Market, carla_client: Client
) -> None:
    text = listed(carla_client, FeeInvoice)

    assert "HU-F-2026-000001 Commission invoice 4711 Duna Bt. HU-2026-000001" in text
    assert "HUF 7,620 – HUF 6,000 HUF 1,620" in text
    assert "HU-FC-2026-000001 Commission credit note 4711 Duna Bt. HU-C-2026-000001" in text
    assert "HU-F-2026" not in listed(carla_client, FeeInvoice, kind=Kind.CREDIT)


def test_each_page_shows_the_other_beside_it_and_the_entry(credited: Market, carla_client: Client) -> None:
    invoice, note = FeeInvoice.objects.order_by("pk")

    text = page(carla_client, invoice)
    assert (
        "Credit notes Number Document Date of issue Net VAT Total HU-FC-2026-000001 HU-C-2026-000001" in text
    )
    assert "fee_invoice:HU-F-2026-000001" in text
    assert "27%" in text

    text = page(carla_client, note)
    assert "Commission invoices it credits" in text
    assert "HU-F-2026-000001 HU-2026-000001" in text


def test_its_files_are_handed_out_and_noted(credited: Market, carla: Any, carla_client: Client) -> None:
    row = FeeInvoice.objects.earliest("pk")
    assert "Its files are being drawn" in page(carla_client, row)
    address = reverse("admin:billing_feeinvoice_file", args=[row.pk, "pdf"])
    assert carla_client.get(address).status_code == 404
    told: dict[str, Any] = {
        "name": "HU-F-2026-000001.pdf",
        "content_type": "application/pdf",
        "chunks": [b"%PDF-1.4"],
    }
    FeeInvoice.objects.filter(pk=row.pk).update(pdf=store(**told, at=AFTER_OCTOBER))

    answer = carla_client.get(address)

    assert b"".join(getattr(answer, "streaming_content", [])) == b"%PDF-1.4"
    noted = AuditRecord.objects.get(verb="file.downloaded")
    assert (noted.by, noted.subject, noted.seller_id) == (carla, "HU-F-2026-000001.pdf", row.seller_id)


def test_fee_invoices_are_for_those_who_may_see_them(credited: Market, sara_client: Client) -> None:
    row = FeeInvoice.objects.earliest("pk")

    assert make_looker().get(reverse("admin:billing_feeinvoice_changelist")).status_code == 200
    for address in (
        reverse("admin:billing_feeinvoice_changelist"),
        reverse("admin:billing_feeinvoice_change", args=[row.pk]),
        reverse("admin:billing_feeinvoice_file", args=[row.pk, "pdf"]),
    ):
        assert sara_client.get(address).status_code == 403


def test_the_list_asks_the_same_questions_however_long_it_is(credited: Market, carla_client: Client) -> None:
    address = reverse("admin:billing_feeinvoice_changelist")
    carla_client.get(address)

    assert queries_of(carla_client, address) == queries_of(carla_client, f"{address}?kind=credit")
