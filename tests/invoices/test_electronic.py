"""Electronic invoices are read and compared with their document, order by order."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from marketplace.kernel.files import store
from marketplace.parties.models import Contract
from settlement.documents.models import Document, Invoicing
from settlement.invoices.electronic import NotElectronic, read_electronic
from settlement.invoices.models import Invoice
from settlement.invoices.operations.submitting import Differs, NumberTaken, submit_electronic
from settlement.invoices.rules import Cause, Part
from tests.cast import settle, take
from tests.edocuments.papers import pdf
from tests.invoices.electronic import ubl_for
from tests.netting.telling import INVOICED
from tests.orders.telling import tell_order
from tests.stories.test_resale import CARD, COD

Issue = Callable[..., Document]


@pytest.fixture
def document(market: Any, seller: Any) -> Document:
    """Two orders, A of 950.00 and B of 1,830.00 net."""
    for number, facts in (("A-100", CARD), ("B-200", COD)):
        take(market, tell_order(number=number, **facts))
    settle(market)
    return Document.objects.get()


def submit(document: Document, content: bytes, folder: Path) -> Invoice:
    path = folder / "invoice.xml"
    path.write_bytes(content)
    electronic = read_electronic(path, heartbeat=lambda: None)
    file = store(name=path.name, content_type="application/xml", chunks=[content], at=INVOICED)
    return submit_electronic(document_id=document.pk, electronic=electronic, file=file, by=None, at=INVOICED)


def test_an_invoice_that_equals_its_document_is_taken_as_its_file_says(
    document: Document, tmp_path: Path
) -> None:
    invoice = submit(document, ubl_for(document), tmp_path)

    assert (invoice.number, str(invoice.issued_on), invoice.syntax) == ("FV-2026-1", "2026-11-03", "ubl")
    assert (invoice.net, invoice.gross) == (document.purchase_net, document.purchase_gross)
    assert Document.objects.get().invoicing == Invoicing.RECEIVED


@pytest.mark.parametrize(
    ("changes", "part", "cause", "order"),
    [
        ({"reference": "CZ-2026-000009"}, Part.REFERENCE, Cause.OTHER_REFERENCE, ""),
        ({"supplier": "CZ00000001"}, Part.SUPPLIER, Cause.OTHER_SUPPLIER, ""),
        ({"customer": "CZ00000001"}, Part.CUSTOMER, Cause.OTHER_CUSTOMER, ""),
        ({"root": "CreditNote"}, Part.KIND, Cause.WRONG_KIND, ""),
        ({"orders": {"A-100": 950_00}}, Part.ORDER, Cause.ORDER_MISSING, "B-200"),
        ({"orders": {"A-100": 1830_00, "B-200": 950_00}}, Part.ORDER, Cause.ORDER_DIFFERS, "A-100"),
    ],
)
def test_what_differs_is_named_with_its_cause(
    document: Document, tmp_path: Path, changes: dict[str, Any], part: Part, cause: Cause, order: str
) -> None:
    with pytest.raises(Differs) as refusal:
        submit(document, ubl_for(document, **changes), tmp_path)

    found = {(each.part, each.cause, each.order) for each in refusal.value.variances}
    assert (part, cause, order) in found
    assert not Invoice.objects.exists()


def test_a_number_is_used_once(document: Document, market: Any, tmp_path: Path) -> None:
    submit(document, ubl_for(document), tmp_path)
    Contract.objects.update(cadence="half_month")
    take(market, tell_order(number="C-300"))
    settle(market, date(2026, 11, 15), datetime(2026, 11, 16, 12, tzinfo=UTC))
    other = Document.objects.exclude(pk=document.pk).get()

    with pytest.raises(NumberTaken):
        submit(other, ubl_for(other), tmp_path)


def test_a_file_no_machine_can_read_is_no_electronic_invoice(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"%PDF-1.4 plain", b"<html/>", b"<Invoice", b"<!DOCTYPE a><a/>", b""):
        path.write_bytes(content)
        with pytest.raises(NotElectronic):
            read_electronic(path, heartbeat=lambda: None)


def test_a_seller_uploads_one_on_the_documents_page(document: Document, ana_client: Client) -> None:
    url = reverse("portal:invoice_submit_file", args=[document.reference])

    def upload(content: bytes) -> Any:
        return ana_client.post(url, {"electronic": SimpleUploadedFile("fv.xml", content)}, follow=True)

    refused = upload(ubl_for(document, orders={"A-100": 950_00})).content.decode()
    assert "Order B-200, net" in refused
    assert "it seems to be missing" in refused
    assert "is no invoice and no credit note" in upload(b"<Order xmlns='urn:own'/>").content.decode()

    taken = upload(ubl_for(document)).content.decode()
    assert "Invoice FV-2026-1 was read and equals the document" in taken
    assert Invoice.objects.get().submitted_by is not None


def refused(document: Document, content: bytes, folder: Path) -> list[Cause]:
    """The causes for which an invoice is not taken."""
    with pytest.raises(Differs) as refusal:
        submit(document, content, folder)
    return [each.cause for each in refusal.value.variances]


def test_a_reference_and_a_tax_id_are_no_part_of_longer_ones(document: Document, tmp_path: Path) -> None:
    for other in ("CZ-2026-0000012", "XCZ-2026-000001", "CZ-2026-000001-9"):
        assert refused(document, ubl_for(document, reference=other), tmp_path) == [Cause.OTHER_REFERENCE]
    slovak = ubl_for(document, supplier=f"SK{document.parties['seller']['tax_id'][2:]}")
    assert refused(document, slovak, tmp_path) == [Cause.OTHER_SUPPLIER]


def test_lines_that_name_orders_of_another_document_are_refused(
    document: Document, market: Any, tmp_path: Path
) -> None:
    for number in ("Z-100", "Z-200"):
        take(market, tell_order(number=number))
    nets = document.lines.values_list("purchase_net", flat=True)

    found = refused(
        document, ubl_for(document, orders=dict(zip(("Z-100", "Z-200"), nets, strict=True))), tmp_path
    )

    assert found == [Cause.ORDER_UNKNOWN, Cause.ORDER_UNKNOWN]


def test_an_invoice_that_asks_for_more_than_its_rates_is_not_taken(
    document: Document, tmp_path: Path
) -> None:
    right = ubl_for(document)
    gross = str(document.purchase_gross)[:-2].encode() + b"." + str(document.purchase_gross)[-2:].encode()
    assert gross.rstrip(b"0").rstrip(b".") in right

    tampered = right.replace(b"<cbc:PayableAmount", b"<!-- --><cbc:PayableAmount").replace(
        b'TaxInclusiveAmount currencyID="CZK">', b'TaxInclusiveAmount currencyID="CZK">9'
    )
    with pytest.raises((NotElectronic, Differs)):
        submit(document, tampered, tmp_path)
    assert not Invoice.objects.exists()


def test_a_pdf_that_cannot_be_read_is_not_told_to_do_harm(document: Document, ana_client: Client) -> None:
    url = reverse("portal:invoice_submit_file", args=[document.reference])

    def upload(content: bytes) -> str:
        sent = {"electronic": SimpleUploadedFile("fv.pdf", content)}
        return str(ana_client.post(url, sent, follow=True).content.decode())

    assert "holds no electronic invoice" in upload(b"%PDF-1.4 broken")
    assert "programs or files" in upload(pdf(javascript="app.alert(1)"))
