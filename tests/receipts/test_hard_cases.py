"""Cases in which a receipt must not go where it seems to belong."""

from collections.abc import Sequence
from typing import Any

import pytest

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import Job
from marketplace.parties.models import Market, Seller
from sellers.receipts.models import Bundle, Origin, Receipt
from sellers.receipts.operations.taking import Handed, open_bundle, stop_reading
from tests.cast import make_seller, work_off_but_rendering
from tests.edocuments.builders import RUC, cii, sunat, ubl
from tests.edocuments.papers import pdf
from tests.receipts.telling import (
    NOON,
    PDF,
    File,
    boleta,
    factura,
    hand_in,
    make_peru,
    make_peruvian,
    outcomes,
    peruvian,
    stored,
)
from tests.receipts.test_registering import come_back_whole


@pytest.fixture
def peru(db: None) -> Market:
    return make_peru()


@pytest.fixture
def andes(peru: Market) -> Seller:
    return make_peruvian(peru)


def note(number: str, original: str, *, root: str = "CreditNote", **told: Any) -> list[File]:
    more = (
        f"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{original}</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )
    content = sunat(root=root, number=number, order="", more=more, **told)
    return [(f"{number}.xml", content), (f"{number}.pdf", PDF)]


def test_a_note_of_the_same_number_as_its_original_is_not_taken_for_it(peru: Market, andes: Seller) -> None:
    for place in (1, 2):
        peruvian(peru, f"N-{place}", status="delivered")
        hand_in(andes, *factura(place, order=f"N-{place}"))
    come_back_whole(peru, "N-1")
    assert outcomes(hand_in(andes, *note("F001-2", "F001-1"))) == ["registered"] * 2

    # Factura F001-2 stands on N-2, credit note F001-2 on N-1: this one is of the factura's order.
    assert outcomes(hand_in(andes, *note("F001-9", "F001-2"))) == ["no_return"] * 2


def test_a_note_whose_original_is_not_registered_goes_to_no_other_order(peru: Market, andes: Seller) -> None:
    customer: dict[str, Any] = {"customer": {"name": "A", "id_type": "RUC", "id_number": "20131312955"}}
    peruvian(peru, "N-1", status="delivered", **customer)
    hand_in(andes, *factura(1, order="N-1"))
    come_back_whole(peru, "N-1")

    assert outcomes(hand_in(andes, *note("FC01-1", "F001-99"))) == ["original_unknown"] * 2
    debit = note("FD01-1", "F001-99", root="DebitNote")
    assert outcomes(hand_in(andes, *debit)) == ["original_unknown"] * 2


def test_a_note_in_another_currency_is_refused(peru: Market, andes: Seller) -> None:
    peruvian(peru, "N-1", status="delivered")
    hand_in(andes, *factura(1, order="N-1"))
    come_back_whole(peru, "N-1")

    assert outcomes(hand_in(andes, *note("FC01-1", "F001-1", currency="USD"))) == ["currency_differs"] * 2


def test_a_receipt_opens_no_other_sellers_gate_whatever_must_agree(peru: Market, andes: Seller) -> None:
    peru.receipt_fallback_fields = ["total"]
    peru.save()
    rival = make_seller(peru, "5002", "Rival")
    order = peruvian(peru, "R-1", seller="5002")
    files = [Handed(name, stored(name, content)) for name, content in boleta()]

    bundle = open_bundle(
        market=peru, sellers=[andes, rival], files=files, origin=Origin.MAIL, by=None, at=NOON
    )
    work_off_but_rendering()

    assert outcomes(bundle) == ["order_not_found"] * 2
    order.refresh_from_db()
    assert order.receipt_at is None


@pytest.mark.parametrize("theirs", [True, False])
def test_an_upload_on_an_order_does_not_tell_of_others_orders(
    peru: Market, andes: Seller, theirs: bool
) -> None:
    own = peruvian(peru, "N-1")
    make_seller(peru, "5002", "Rival")
    if theirs:
        peruvian(peru, "R-1", seller="5002")

    bundle = hand_in(andes, *factura(1, order="R-1", payable="118.00"), order=own)

    assert outcomes(bundle) == ["registered"] * 2


def test_a_negative_note_is_refused_and_the_rest_is_taken(peru: Market, andes: Seller) -> None:
    peru.receipt_reader = ""
    peru.save()
    peruvian(peru, "N-1")
    content = ubl(currency="PEN").replace(b">242.00<", b">-242.00<").replace(b">200.00<", b">-200.00<")

    bundle = hand_in(andes, *factura(1, order="N-1"), ("n.xml", content), ("n.pdf", PDF))

    found = outcomes(bundle)
    assert found[:2] == ["registered"] * 2
    assert "" not in found
    assert "registered" not in found[2:]


def test_a_pdf_that_holds_its_xml_and_a_program_is_not_taken(peru: Market, andes: Seller) -> None:
    peru.receipt_reader = ""
    peru.save()
    held = pdf(files={"factur-x.xml": cii()}, javascript="app.alert(1)")

    assert outcomes(hand_in(andes, ("x.pdf", held))) == ["active_pdf"]


def test_one_company_may_have_two_partner_numbers(peru: Market, andes: Seller) -> None:
    other = make_peruvian(peru, "5002", RUC)
    order = peruvian(peru, "N-2", seller="5002")
    files = [Handed(name, stored(name, content)) for name, content in factura(1, order="N-2")]

    open_bundle(market=peru, sellers=[andes, other], files=files, origin=Origin.MAIL, by=None, at=NOON)
    work_off_but_rendering()

    assert Receipt.objects.get().seller == other
    assert order.receipts.count() == 1


@pytest.mark.parametrize("subject", ["pedido PE-7.", "Order-PE-7", "(PE-7/)", "Boleta PE-7: gracias"])
def test_an_order_is_found_however_its_number_is_written(peru: Market, andes: Seller, subject: str) -> None:
    order = peruvian(peru, "PE-7")

    hand_in(andes, *boleta(8), subject=subject)

    assert order.receipts.count() == 1


def test_receipts_and_their_notes_are_paired_whatever_comes_first(peru: Market, andes: Seller) -> None:
    """The PDF of a note shows the receipt's number too."""
    peruvian(peru, "N-1", status="delivered")
    xmls = [factura(1, order="N-1")[0][1], note("FC01-1", "F001-1")[0][1]]
    pdfs = [pdf_saying("F001-1"), pdf_saying("FC01-1 F001-1")]
    files = [(f"{place}x.xml", content) for place, content in enumerate(xmls)]

    bundle = hand_in(andes, *files, *[(f"p{place}.pdf", content) for place, content in enumerate(pdfs)])

    assert outcomes(bundle) == ["registered", "no_return", "registered", "no_return"]


def pdf_saying(text: str) -> bytes:
    """A PDF of one page with some text, written by hand."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    objects: Sequence[bytes] = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + head + table + end


def test_an_attempt_after_a_death_decides_as_the_first_would_have(peru: Market, andes: Seller) -> None:
    """Two boletas and a subject that names one order: the subject is not of the last that is left."""
    order = peruvian(peru, "PE-7")
    files = [Handed(name, stored(name, content)) for place in (1, 2) for name, content in boleta(place)]
    told: dict[str, Any] = {"origin": Origin.PORTAL, "by": None, "at": NOON, "subject": "PE-7"}
    bundle = open_bundle(market=peru, sellers=[andes], files=files, **told)
    bundle.files.filter(position__lte=2).update(outcome="order_not_found", decided_at=NOON)

    work_off_but_rendering()

    assert outcomes(bundle) == ["order_not_found"] * 4
    assert order.receipts.count() == 0


def test_a_reading_that_is_stopped_before_it_began_ends_its_bundle(peru: Market, andes: Seller) -> None:
    files = [Handed(name, stored(name, content)) for name, content in factura()]
    bundle = open_bundle(market=peru, sellers=[andes], files=files, origin=Origin.MAIL, by=None, at=NOON)

    stop_reading(bundle_id=bundle.pk, by=None, at=NOON)

    assert outcomes(bundle) == ["cancelled"] * 2
    assert Bundle.objects.get().state == "cancelled"
    assert Job.objects.filter(name="mailroom.answer").exists()
    assert jobs.work_off(seconds=5) >= 0
    assert run_checks() == []
