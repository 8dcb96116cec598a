"""Agency documents, the marketplace's commission invoices, and credit documents of both models."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.base import ContentFile

from marketplace.kernel.files import store
from marketplace.parties.models import Market, Seller
from settlement.billing.models import FeeInvoice
from settlement.documents.models import Document
from settlement.netting.models import Dispute, Item, SetOff
from tests.cast import AFTER_OCTOBER
from tests.netting.telling import agree
from tests.portal.telling import Browser, form_of, stand

NOVEMBER, AFTER_NOVEMBER = date(2026, 11, 30), datetime(2026, 12, 1, 6, tzinfo=UTC)


def test_an_agency_document_shows_commission_and_share_and_asks_for_no_invoice(
    eva_sees: Browser, billed: Document
) -> None:
    page = eva_sees.page(f"/documents/{billed.reference}/")

    for said in (
        "Your share HUF 55,880 Customers' total 63,500 Commission, net −6,000 VAT 27% on it −1,620",
        "Customers' money the marketplace holds 28,740 Commission invoice −7,620 The marketplace pays you "
        "HUF 21,120",
        "Your share 55,880 Customers' money you collected −34,760 The marketplace pays you HUF 21,120",
        "The marketplace's invoice to you Commission invoiced Number HU-F-2026-000001",
        "Commission, net 6,000 VAT 27% 1,620 Total HUF 7,620",
        "V3 Eva Nováková 5 Oct 2026 Voucher + Cash on delivery 19,050 2,286 16,764",
    ):
        assert said in page, said
    for absent in ("Hand in the invoice", "Whom to invoice", "Purchase price"):
        assert absent not in page, absent
    before = stand()
    eva_sees.post(f"/documents/{billed.reference}/invoice/", form_of(billed))
    assert stand() == before


def test_a_credit_document_says_what_it_takes_back_and_that_it_is_carried(
    eva_sees: Browser, credited: Document
) -> None:
    page = eva_sees.page(f"/documents/{credited.reference}/")

    for said in (
        "Credit document Commission credited",
        "Your share taken back HUF 16,764",
        "Customers' money the marketplace gives back −5,000 Commission credit note 2,286 "
        "You pay the marketplace HUF 2,714",
        "Your share taken back −16,764 Customers' money you give back 14,050 You pay the marketplace",
        "Number HU-FC-2026-000001",
        "It credits HU-F-2026-000001",
        "V3 Eva Nováková 5 Oct 2026 HU-2026-000001 19,050 14,050 2,286 16,764",
        "Carried to the next set-off.",
    ):
        assert said in page, said


def test_the_documents_list_tells_kind_and_model_and_is_narrowed_by_kind(
    eva_sees: Browser, credited: Document
) -> None:
    page = eva_sees.page("/documents/")
    assert "HU-C-2026-000001 Credit document · Agency" in page
    assert "HU-2026-000001 Invoice document · Agency" in page
    assert "Commission invoiced 7,620 55,880 34,760" in page
    assert "Commission credited 2,286 16,764 taken back 14,050" in page

    narrowed = eva_sees.page("/documents/?state=credit")
    assert "HU-C-2026-000001" in narrowed
    assert "HU-2026-000001" not in narrowed
    head, *rows = eva_sees.sheet("/documents/export/?state=credit")
    assert head[:3] == ["Reference", "Kind", "Business model"]
    assert [row[:3] for row in rows] == [["HU-C-2026-000001", "Credit document", "Agency"]]


def test_commission_invoices_are_listed_searched_and_exported(eva_sees: Browser, credited: Document) -> None:
    page = eva_sees.page("/commission-invoices/")
    assert "HU-2026-000001 27% 6,000 1,620 7,620" in page
    assert "HU-C-2026-000001 27% 1,800 486 2,286" in page
    for query, held in (
        ("tab=credits", {"HU-FC-2026-000001"}),
        ("q=HU-2026-000001", {"HU-F-2026-000001"}),
        ("q=V1", {"HU-F-2026-000001"}),
        ("until=2026-01-01", set()),
        ("q=NONE", set()),
    ):
        found = eva_sees.page(f"/commission-invoices/?{query}")
        assert {each for each in ("HU-F-2026-000001", "HU-FC-2026-000001") if f" {each} " in found} == held

    head, *rows = eva_sees.sheet("/commission-invoices/export/?sort=total")
    assert head[:2] == ["Number", "Kind"]
    assert [(row[0], row[6], row[7], row[8]) for row in rows] == [
        ("HU-FC-2026-000001", 1800, 486, 2286),
        ("HU-F-2026-000001", 6000, 1620, 7620),
    ]
    assert rows[0][9] == "HU-F-2026-000001"


def test_the_files_of_a_commission_invoice_come_through_the_door(
    eva_sees: Browser, ana_sees: Browser, agent: Seller, billed: Document
) -> None:
    fee = FeeInvoice.objects.get()
    address = f"/commission-invoices/{fee.reference}/pdf/"
    eva_sees.page(address, status=404)
    fee.pdf = store(
        name="fee.pdf",
        content_type="application/pdf",
        chunks=ContentFile(b"%PDF-1.4 fee").chunks(),
        at=AFTER_OCTOBER,
        seller_id=agent.pk,
    )
    fee.save()

    answer = eva_sees.client.get(address)

    assert b"".join(answer.streaming_content) == b"%PDF-1.4 fee"  # type: ignore[attr-defined]
    assert address in eva_sees.links("/commission-invoices/")
    assert address in eva_sees.links(f"/documents/{billed.reference}/")
    ana_sees.page(address, status=404)
    eva_sees.page(f"/commission-invoices/{fee.reference}/key/", status=404)


def test_an_agency_set_off_names_each_of_its_items(eva_sees: Browser, credited: Document) -> None:
    set_off = SetOff.objects.get()
    page = eva_sees.page(f"/set-offs/{set_off.reference}/")

    for said in (
        "Owed to you HUF 28,740",
        "HU-2026-000001 Money held for you HU-2026-000001",
        "Owed by you HUF 7,620",
        "HU-F-2026-000001 Commission invoice HU-2026-000001",
        "What was set off against what",
        "Customers' money of document HU-2026-000001 28,740 Commission invoice HU-F-2026-000001 −7,620 "
        "Remains of it HUF 21,120",
    ):
        assert said in page, said
    assert 'name="orders"' not in eva_sees.client.get(f"/set-offs/{set_off.reference}/").content.decode()

    agree(set_off)
    payouts = [link for link in eva_sees.links("/payments/") if link.startswith("/payments/payouts/")]
    for address in payouts:
        assert "HU-2026-000001 Money held for you" in eva_sees.page(address)


def test_every_item_of_agency_is_named_and_explained_on_the_balance(
    eva_sees: Browser, credited: Document
) -> None:
    page = eva_sees.page("/balance/")

    for said in (
        "The marketplace owes you HUF 31,026 You owe the marketplace HUF 12,620",
        "HU-2026-000001 Money held for you",
        "HU-F-2026-000001 Commission invoice",
        "HU-C-2026-000001 Money given back",
        "HU-FC-2026-000001 Commission credit note",
    ):
        assert said in page, said
    moves = eva_sees.page("/balance/movements/")
    for said in (
        "Customers' money held for you, of document HU-2026-000001",
        "Commission invoice HU-F-2026-000001",
        "Customers' money given back by credit document HU-C-2026-000001",
        "Commission credit note HU-FC-2026-000001",
    ):
        assert said in moves, said
    assert {row[1] for row in eva_sees.sheet("/balance/export/")[1:]} == {
        "Money held for you",
        "Commission invoice",
        "Money given back",
        "Commission credit note",
    }
    assert Item.objects.count() == 4


def test_the_start_page_shows_the_next_settlement_of_agency(
    eva_sees: Browser, hungary: Market, billed: Document
) -> None:
    page = eva_sees.page("/")

    assert "Next settlement so far" in page
    assert "Customers' money you collected" in page
    assert "not part of this portal yet" not in page
    assert "Your share" in eva_sees.page("/exports/period/2026-10-16/2026-11-01/")


@pytest.mark.parametrize("address", ["/documents/", "/commission-invoices/", "/set-offs/", "/balance/"])
def test_agency_lists_are_empty_with_a_word_on_how_they_begin(eva_sees: Browser, address: str) -> None:
    assert 'class="empty"' in eva_sees.client.get(address).content.decode()


def test_an_order_of_agency_is_disputed_by_its_number(eva_sees: Browser, billed: Document) -> None:
    set_off = SetOff.objects.get()

    page = eva_sees.post(
        f"/set-offs/{set_off.reference}/dispute/", {"numbers": "V1", "reason": "It never arrived"}
    )

    assert "Disputed: V1." in page
    assert "HUF 1,524 of what you owe, HUF 12,700 of what you are owed" in page
    dispute = eva_sees.page(f"/set-offs/disputes/{Dispute.objects.get().pk}/")
    assert "Share of the money held for you HUF 12,700" in dispute
    assert "Money held for you HU-2026-000001" in dispute
    assert "Dispute about order V1" in eva_sees.page("/orders/V1/")
