"""Billing invoices are drawn as PDF, workbook and XML with the same facts, and sent once."""

from datetime import timedelta

import pytest
from pypdf import PdfReader

from marketplace.kernel.models import OutgoingMail
from marketplace.parties.models import BusinessModel, Market, Role, Seller
from marketplace.users.models import User
from settlement.billing.models import BillingInvoice
from settlement.billing.operations.profiles import save_profile
from settlement.billing.rules.recipients import recipient_of
from tests.billing.mexico import NOON, invoice, make_payer, pay_in
from tests.cast import BEFORE, make_market, make_member, make_seller
from tests.documents.conftest import path_of
from tests.netting.drawing import draw

CURRENCIES = {"MX": "MXN", "PE": "PEN", "CO": "COP"}


def drawn(row: BillingInvoice) -> BillingInvoice:
    draw("billing.draw_invoice", row.reference)
    return BillingInvoice.objects.select_related("pdf", "xlsx", "xml").get(pk=row.pk)


def test_an_invoice_of_mexico_has_an_xml_for_stamping_and_says_all_of_it_on_paper(
    sol: Seller, eva: User
) -> None:
    deposits = [pay_in(sol, "1160.00"), pay_in(sol, "580.00", at=NOON + timedelta(hours=1))]

    row = drawn(invoice(sol, *deposits, by=eva, at=NOON + timedelta(hours=2)))

    assert row.pdf is not None
    text = "\n".join(page.extract_text() for page in PdfReader(path_of(row.pdf)).pages)
    for said in ("MX-I-2026-000001", "1,500.00", "240.00", "1,740.00", "MX-DP-2026-000002", "601", "G03"):
        assert said in text
    assert row.xml is not None
    assert b'Total="1740.00"' in path_of(row.xml).read_bytes()
    letter = OutgoingMail.objects.get(key="billing_invoice:MX-I-2026-000001")
    assert letter.recipients == ["facturas@sol.example"]
    assert sorted(file.name for file in letter.attachments.all()) == [
        "MX-I-2026-000001.pdf",
        "MX-I-2026-000001.xml",
    ]


@pytest.mark.parametrize(
    ("code", "tax_id", "written"),
    [
        ("MX", "EKU9003173C9", "$1,740.00"),
        ("PE", "20512333797", "S/ 1,740.00"),
        ("CO", "2131234321", "$1.740"),
    ],
)
def test_papers_and_letters_in_spanish_write_money_as_their_own_country_does(
    code: str, tax_id: str, written: str, db: None
) -> None:
    told = {"currency": CURRENCIES[code], "language": "es", "entity_tax_id": tax_id, "entity_iban": ""}
    market = make_market(code, **told, takes_deposits=True, entity_regime="601", entity_zip="06600")
    seller = make_payer(market)
    eva = make_member(seller, "eva@sol.example", Role.OWNER)

    row = drawn(invoice(seller, pay_in(seller, "1740.00"), by=eva))

    assert row.pdf is not None
    text = "".join(page.extract_text() for page in PdfReader(path_of(row.pdf)).pages).replace("\xa0", " ")
    letter = OutgoingMail.objects.get(key=f"billing_invoice:{row.reference}")
    assert written in text
    assert written in letter.body.replace("\xa0", " ")


@pytest.fixture
def brno(db: None) -> Seller:
    """A seller of a European market whose sellers pay in ahead."""
    market: Market = make_market("CZ", takes_deposits=True)
    seller = make_seller(market, "3003", "Horizont s.r.o.", model=BusinessModel.AGENCY)
    told = {
        "name": "Horizont & synové s.r.o.",
        "tax_id": "CZ25596641",
        "street": "Lipová 3",
        "city": "Brno",
        "zip": "602 00",
        "country": "CZ",
        "email": "faktury@horizont.example",
    }
    save_profile(seller_id=seller.pk, recipient=recipient_of(told), by=None, at=BEFORE)
    return seller


def test_an_invoice_in_europe_is_one_file_for_people_and_machines(brno: Seller) -> None:
    ana = make_member(brno, "ana@horizont.example", Role.OWNER)
    row = drawn(invoice(brno, pay_in(brno, "1210.00"), by=ana))

    assert row.pdf is not None
    assert row.xml is not None
    reader = PdfReader(path_of(row.pdf))
    assert reader.attachments["factur-x.xml"] == [path_of(row.xml).read_bytes()]
    assert "Horizont & synové s.r.o." in reader.pages[0].extract_text()
