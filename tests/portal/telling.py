"""What somebody at a seller sees, does and is told."""

import html
import re
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from marketplace.kernel.models import OutgoingMail, StoredFile
from marketplace.ledger.models import Entry
from marketplace.orders.models import Order, Refund, Tender
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.netting.models import Dispute, DisputeMessage, Item, SetOff, SetOffLine
from tests.netting.telling import PDF
from tests.orders.telling import cod_fee, goods, shipping, tender

OWING: dict[str, Any] = {
    "lines": [goods("6050.00"), shipping(), cod_fee()],
    "tenders": [tender("cod", "6207.30")],
}


class Browser:
    """A signed-in person's browser; pages are read as plain words."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def page(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        return words(answer)

    def post(self, address: str, data: dict[str, Any] | None = None, status: int = 200) -> str:
        """Send a form and follow where it leads."""
        answer = self.client.post(address, data or {}, follow=True)
        assert answer.status_code == status, (address, answer.status_code, words(answer)[:500])
        return words(answer)

    def links(self, address: str) -> set[str]:
        return set(re.findall(r'href="([^"]+)"', self.client.get(address).content.decode()))

    def sheet(self, address: str) -> list[list[Any]]:
        """The first sheet of a workbook, row by row."""
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        book = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
        return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]

    def queries(self, address: str) -> int:
        """How many queries a page takes once it is warm."""
        self.page(address)
        with CaptureQueriesContext(connection) as seen:
            self.page(address)
        return len(seen)


def words(answer: Any) -> str:
    """A page as a person reads it: no markup, single blanks."""
    text = re.sub(r"<(script|style|title).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    text = re.sub(r'(?:aria-label|data-copied|data-confirm)="[^"]*"', " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def form_of(document: Document, **changes: Any) -> dict[str, Any]:
    """The form for a document's invoice as the seller sends it, all of it right unless told otherwise."""
    facts: dict[str, Any] = {
        "number": "FV-2026-1",
        "issued_on": "2026-11-03",
        "reference": document.reference,
        "currency": document.currency,
        "file": SimpleUploadedFile("FV-2026-1.pdf", PDF, "application/pdf"),
    }
    for rate in document.rates.all():
        facts[f"net_{rate.vat_bp}"] = f"{rate.net / 100:.2f}"
        facts[f"vat_{rate.vat_bp}"] = f"{rate.vat / 100:.2f}"
    return facts | changes


def stand() -> dict[str, Any]:
    """All that a refusal may not change."""
    return {
        "documents": list(
            Document.objects.order_by("pk").values_list("pk", "state", "invoicing", "netted_at")
        ),
        "invoices": list(Invoice.objects.order_by("pk").values_list("pk", "state")),
        "set-offs": list(SetOff.objects.order_by("pk").values_list("pk", "state", "netted")),
        "lines": list(SetOffLine.objects.order_by("pk").values_list("pk", "netted", "disputed")),
        "items": list(Item.objects.order_by("pk").values_list("pk", "settled", "reserved", "withheld")),
        "disputes": list(Dispute.objects.order_by("pk").values_list("pk", "state")),
        "orders": list(Order.objects.order_by("pk").values_list("pk", "state", "confirmed_at")),
        "tenders": list(Tender.objects.order_by("pk").values_list("pk", "state", "refunded")),
        "refunds": list(Refund.objects.order_by("pk").values_list("pk", "state", "proof")),
        "messages": DisputeMessage.objects.count(),
        "entries": Entry.objects.count(),
        "files": StoredFile.objects.count(),
        "letters": OutgoingMail.objects.count(),
    }


def text_of(client: Client, address: str) -> str:
    """The page of an address that is there."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()
