"""The mailroom's desks: an invoice no machine could read is entered by an accountant."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sellers.mailroom.models import MailPart
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from tests.mailroom.test_invoices_by_mail import PDF, document, reply

__all__ = ["document"]


@pytest.fixture
def part(document: Document, ana: Any) -> MailPart:
    return reply(("fv.pdf", PDF)).parts.get()


def test_the_queue_shows_what_waits_and_its_page_offers_to_enter_it(
    part: MailPart, carla_client: Client
) -> None:
    queue = carla_client.get(reverse("admin:mailroom_mailpart_changelist")).content.decode()
    page = carla_client.get(reverse("admin:mailroom_mailpart_change", args=[part.pk])).content.decode()

    assert "fv.pdf" in queue
    assert "CZ-2026-000001" in queue
    assert "Hand in the invoice on it" in page


def test_number_and_date_are_entered_and_nonsense_changes_nothing(
    part: MailPart, carla_client: Client
) -> None:
    url = reverse("admin:mailroom_mailpart_do", args=[part.pk, "enter"])

    refused = carla_client.post(url, {"text": "FV-9 yesterday"}, follow=True)
    assert "a blank and its date" in refused.content.decode()
    assert not Invoice.objects.exists()

    carla_client.post(url, {"text": "FV-9 2026-11-03"}, follow=True)
    invoice = Invoice.objects.get()
    assert (invoice.number, str(invoice.issued_on)) == ("FV-9", "2026-11-03")


def test_customer_service_looks_but_hands_in_no_invoice(part: MailPart, sara_client: Client) -> None:
    page = sara_client.get(reverse("admin:mailroom_mailpart_change", args=[part.pk]))
    sara_client.post(
        reverse("admin:mailroom_mailpart_do", args=[part.pk, "enter"]), {"text": "FV-9 2026-11-03"}
    )

    assert "Hand in the invoice on it" not in page.content.decode()
    assert not Invoice.objects.exists()
