"""Receipts find their order, are registered once, and each file says what became of it."""

from typing import Any

import pytest

from marketplace.kernel.books import run_checks
from marketplace.orders.models import Order, OrderChange, What
from marketplace.orders.operations.moves import NotReadyToShip, advance_order
from marketplace.parties.models import Market, Seller
from sellers.receipts.models import Bundle, Origin, Outcome, Receipt
from sellers.receipts.operations.withdrawing import Needed, assign_files, withdraw_receipt
from sellers.receipts.wording import reason_text
from tests.cast import make_seller, work_off_but_rendering
from tests.edocuments.builders import sunat
from tests.receipts.telling import (
    NOON,
    PDF,
    boleta,
    factura,
    files_of,
    hand_in,
    make_peru,
    make_peruvian,
    outcomes,
    peruvian,
)


@pytest.fixture
def peru(db: None) -> Market:
    return make_peru()


@pytest.fixture
def andes(peru: Market) -> Seller:
    return make_peruvian(peru)


def test_a_receipt_opens_the_gate_of_the_order_it_names(peru: Market, andes: Seller) -> None:
    order = peruvian(peru, "PE-100017")
    with pytest.raises(NotReadyToShip):
        advance_order(order_id=order.pk, to="shipped", by=None, at=NOON)

    bundle = hand_in(andes, *factura())

    receipt = Receipt.objects.get()
    assert outcomes(bundle) == ["registered", "registered"]
    assert (receipt.order, receipt.total, receipt.number, receipt.late) == (order, 118_00, "F001-1", False)
    assert receipt.xml is not None
    assert receipt.pdf is not None
    assert OrderChange.objects.filter(order=order, what=What.RECEIPT).count() == 1
    advance_order(order_id=order.pk, to="shipped", by=None, at=NOON)
    assert run_checks() == []


def test_the_same_receipt_again_changes_nothing_however_it_is_padded(peru: Market, andes: Seller) -> None:
    peruvian(peru, "PE-100017")
    hand_in(andes, *factura())

    assert outcomes(hand_in(andes, *factura())) == ["duplicate", "duplicate"]
    padded = ("x.xml", sunat(number="F001-00000001"))
    assert outcomes(hand_in(andes, padded, ("x.pdf", PDF))) == ["other_content", "other_content"]
    assert Receipt.objects.count() == 1


def test_a_boleta_is_matched_by_buyer_and_total(peru: Market, andes: Seller) -> None:
    customer: dict[str, Any] = {"customer": {"name": "Ana", "id_type": "DNI", "id_number": "45288569"}}
    mine = peruvian(peru, "A", **customer)
    peruvian(peru, "B", total="120.00", **customer)
    peruvian(peru, "C")

    assert outcomes(hand_in(andes, *boleta())) == ["registered", "registered"]
    assert Receipt.objects.get().order == mine
    assert outcomes(hand_in(andes, *boleta(2))) == ["order_not_found"] * 2


def test_of_two_orders_that_fit_a_person_chooses(peru: Market, andes: Seller) -> None:
    customer: dict[str, Any] = {"customer": {"name": "Ana", "id_type": "DNI", "id_number": "45288569"}}
    first = peruvian(peru, "A1", **customer)
    peruvian(peru, "A2", **customer)

    bundle = hand_in(andes, *boleta())
    assert outcomes(bundle) == ["to_a_person"] * 2
    assert files_of(bundle)[0].told["orders"] == "A1, A2"

    keys = [row.pk for row in files_of(bundle)]
    again = assign_files(file_ids=keys, order=first, origin=Origin.PORTAL, by=None, at=NOON)
    work_off_but_rendering()
    assert outcomes(again) == ["registered"] * 2
    assert Receipt.objects.get().order == first


def test_an_order_is_named_by_the_file_or_by_the_subject(peru: Market, andes: Seller) -> None:
    by_file, by_subject = peruvian(peru, "PE-7"), peruvian(peru, "PE-8")

    hand_in(andes, ("pedido PE-7.xml", boleta(7)[0][1]), ("pedido PE-7.pdf", PDF))
    hand_in(andes, *boleta(8), subject="Boleta del pedido PE-8")

    assert by_file.receipts.get().number == "B001-7"
    assert by_subject.receipts.get().number == "B001-8"


Refusal = tuple[dict[str, Any], dict[str, Any], str]


@pytest.mark.parametrize(
    ("order", "receipt", "outcome"),
    [
        ({"number": "OTHER"}, {}, "order_not_found"),
        ({"total": "119.00"}, {}, "total_differs"),
        ({}, {"currency": "USD"}, "currency_differs"),
        ({}, {"ruc": "20512345678"}, "tax_id_wrong"),
        ({}, {"ruc": "20131312955"}, "tax_id_unknown"),
        (
            {"status": "cancelled", "status_times": {"cancelled": "2026-10-03T09:00:00+02:00"}},
            {},
            "order_over",
        ),
        ({}, {"version": "2.0"}, "wrong_version"),
        ({}, {"payable": "900.00"}, "bad_content"),
    ],
)
def test_what_cannot_be_registered_says_the_one_reason(
    peru: Market, andes: Seller, order: dict[str, Any], receipt: dict[str, Any], outcome: str
) -> None:
    peruvian(peru, **({"number": "PE-100017"} | order))

    bundle = hand_in(andes, *factura(**receipt))

    xml = files_of(bundle)[0]
    assert xml.outcome == outcome
    assert "–" not in reason_text(xml)
    assert not Receipt.objects.exists()
    assert Order.objects.filter(receipt_at=None).exists()


def test_another_sellers_order_is_told_as_if_there_were_none(peru: Market, andes: Seller) -> None:
    make_seller(peru, "5002", "Rival")
    peruvian(peru, "PE-100017", seller="5002")

    assert outcomes(hand_in(andes, *factura())) == ["order_not_found"] * 2


def test_an_order_has_one_receipt(peru: Market, andes: Seller) -> None:
    peruvian(peru, "PE-100017")
    hand_in(andes, *factura(1))

    bundle = hand_in(andes, *factura(2))

    assert outcomes(bundle) == ["order_has_receipt"] * 2
    assert "has receipt F001-1 already" in reason_text(files_of(bundle)[0])


def test_a_receipt_after_sending_is_late_or_refused_as_the_market_has_it(peru: Market, andes: Seller) -> None:
    peruvian(peru, "PE-100017", status="delivered")
    peruvian(peru, "PE-2", status="delivered")

    hand_in(andes, *factura(1))
    peru.receipts_taken_late = False
    peru.save()
    bundle = hand_in(andes, *factura(2, order="PE-2"))

    assert Receipt.objects.get().late
    assert outcomes(bundle) == ["order_sent"] * 2


def test_files_that_are_no_receipt_each_say_so(peru: Market, andes: Seller) -> None:
    peruvian(peru, "PE-100017")
    cdr = b"<ApplicationResponse xmlns='urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2'/>"

    bundle = hand_in(
        andes,
        *factura(),
        ("R-cdr.xml", cdr),
        ("all.zip", b"PK\x03\x04" + b"\0" * 40),
        ("logo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
        ("scan.pdf", b"no pdf at all"),
        ("broken.xml", b"<Invoice><ID>"),
        ("bomb.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
    )

    assert outcomes(bundle) == [
        *("registered", "registered"),
        *("wrong_root", "archive", "ignored", "not_a_pdf", "not_xml", "doctype"),
    ]
    assert all(reason_text(row) for row in files_of(bundle))


def test_a_receipt_needs_both_its_files_where_the_market_says_so(peru: Market, andes: Seller) -> None:
    peruvian(peru, "PE-100017")

    assert outcomes(hand_in(andes, factura()[0])) == ["only_xml"]
    assert outcomes(hand_in(andes, factura()[1])) == ["only_pdf"]
    peru.receipt_pdf_required = False
    peru.save()
    assert outcomes(hand_in(andes, factura()[0])) == ["registered"]
    peru.receipt_pdf_required = True
    peru.save()
    assert outcomes(hand_in(andes, factura()[0])) == ["duplicate"]


def test_many_receipts_in_one_bundle_are_paired_by_name(peru: Market, andes: Seller) -> None:
    for serial in range(1, 61):
        peruvian(peru, f"N-{serial}")
    files = [file for serial in range(1, 61) for file in factura(serial, order=f"N-{serial}")]

    bundle = hand_in(andes, *reversed(files))

    assert set(outcomes(bundle)) == {"registered"}
    assert {row.number.removeprefix("F001") for row in Receipt.objects.all()} == {
        row.order.number.removeprefix("N") for row in Receipt.objects.select_related("order")
    }
    assert run_checks() == []


def test_files_that_nothing_pairs_are_left(peru: Market, andes: Seller) -> None:
    files = [
        ("a.xml", sunat(number="F001-1")),
        ("b.xml", sunat(number="F001-2")),
        ("c.pdf", PDF),
        ("d.pdf", PDF),
    ]

    assert outcomes(hand_in(andes, *files)) == ["not_paired"] * 4


def test_uploaded_on_an_order_it_needs_to_name_none_but_may_name_no_other(
    peru: Market, andes: Seller
) -> None:
    one, other = peruvian(peru, "PE-1"), peruvian(peru, "PE-2")

    assert outcomes(hand_in(andes, *factura(1, order="PE-2"), order=one)) == ["order_differs"] * 2
    assert outcomes(hand_in(andes, *boleta(1), order=one)) == ["registered"] * 2
    assert other.receipts.count() == 0


def test_a_withdrawn_receipt_closes_the_gate_again(peru: Market, andes: Seller) -> None:
    order = peruvian(peru, "PE-100017")
    hand_in(andes, *factura(1))
    receipt = Receipt.objects.get()
    told: dict[str, Any] = {"receipt_id": receipt.pk, "by": None, "at": NOON, "as_seller": True}

    withdraw_receipt(reason="The wrong customer.", **told)

    with pytest.raises(NotReadyToShip):
        advance_order(order_id=order.pk, to="shipped", by=None, at=NOON)
    assert outcomes(hand_in(andes, *factura(2))) == ["registered"] * 2
    advance_order(order_id=order.pk, to="shipped", by=None, at=NOON)
    told["receipt_id"] = Receipt.objects.live().get().pk
    with pytest.raises(Needed, match="was sent with receipt F001-2"):
        withdraw_receipt(reason="Again.", **told)
    assert run_checks() == []


def test_a_credit_note_is_registered_on_the_return_it_credits(peru: Market, andes: Seller) -> None:
    peruvian(peru, "PE-100017", status="delivered")
    hand_in(andes, *factura(1))
    note = credit_note("F001-1")
    assert outcomes(hand_in(andes, *note)) == ["no_return"] * 2

    come_back_whole(peru, "PE-100017")

    assert outcomes(hand_in(andes, *note)) == ["registered"] * 2
    credit = Receipt.objects.get(kind="credit")
    assert credit.returned is not None
    assert credit.original == Receipt.objects.get(kind="invoice")
    assert outcomes(hand_in(andes, *note)) == ["duplicate"] * 2
    assert run_checks() == []


def credit_note(original: str) -> list[tuple[str, bytes]]:
    more = (
        f"<cac:DiscrepancyResponse><cbc:ReferenceID>{original}</cbc:ReferenceID>"
        "<cbc:ResponseCode>06</cbc:ResponseCode><cbc:Description>Devolución</cbc:Description>"
        "</cac:DiscrepancyResponse><cac:BillingReference><cac:InvoiceDocumentReference>"
        f"<cbc:ID>{original}</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
    )
    content = sunat(root="CreditNote", number="FC01-1", order="", more=more)
    return [("note.xml", content), ("note.pdf", PDF)]


def come_back_whole(market: Market, order: str) -> None:
    from tests.stories.hungary import come_back

    assert come_back(market, "R1", order, at="2026-10-10T10:00:00+02:00").outcome == "taken"


def test_a_bundle_says_nothing_of_files_it_has_not(peru: Market, andes: Seller) -> None:
    bundle = hand_in(andes)

    assert Bundle.objects.get(pk=bundle.pk).state == "done"
    assert Outcome.NO_ATTACHMENT not in outcomes(bundle)
