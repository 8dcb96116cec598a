"""Invoices of Mexico as they go to the certifier: sums that fit, and nothing made up."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from marketplace.kernel.money import share, split
from settlement.billing.electronic.cfdi import write_cfdi
from settlement.billing.electronic.facts import ElectronicInvoice, Incomplete, Kind, Preceding, Unbalanced
from settlement.billing.electronic.reading_back import check_read_back
from tests.billing.electronic import ISSUED_AT, UUID, invoice, said, unpaid

CFDI = "{http://www.sat.gob.mx/cfd/4}"
CENT, MILLIONTH = Decimal("0.01"), Decimal("0.000001")


def root_of(told: ElectronicInvoice) -> etree._Element:
    return etree.fromstring(write_cfdi(told))


def net_first(nets: list[int], vat_bp: int) -> ElectronicInvoice:
    """An invoice whose VAT is put on top of net amounts."""
    told = invoice("MX", deposits=nets, vat_bp=vat_bp)
    vat = share(sum(nets), vat_bp)
    vats = split(vat, [(f"{line.number:04d}", net) for line, net in zip(told.lines, nets, strict=True)])
    lines = tuple(
        replace(line, net=net, vat=(tax := vats[f"{line.number:04d}"]), gross=net + tax)
        for line, net in zip(told.lines, nets, strict=True)
    )
    gross = sum(nets) + vat
    return replace(told, lines=lines, net=sum(nets), vat=vat, gross=gross, paid=gross)


@given(
    amounts=st.lists(st.integers(1, 10**9), min_size=1, max_size=60),
    vat_bp=st.sampled_from([16_00, 8_00, 0]),
    of_gross=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_lines_at_their_exact_rate_make_the_totals_to_the_cent(
    amounts: list[int], vat_bp: int, of_gross: bool
) -> None:
    told = invoice("MX", deposits=amounts, vat_bp=vat_bp) if of_gross else net_first(amounts, vat_bp)
    root = root_of(told)

    taxes = root.findall(f"{CFDI}Conceptos//{CFDI}Traslado")
    bases = [Decimal(tax.get("Base", "")) for tax in taxes]
    vats = [Decimal(tax.get("Importe", "")) for tax in taxes]
    rate = Decimal(vat_bp) / 10000
    assert all(abs(base * rate - vat) <= MILLIONTH for base, vat in zip(bases, vats, strict=True))
    assert sum(bases, Decimal(0)).quantize(CENT, ROUND_HALF_UP) == Decimal(root.get("SubTotal", ""))
    total = root.find(f"{CFDI}Impuestos")
    assert total is not None
    assert sum(vats, Decimal(0)).quantize(CENT, ROUND_HALF_UP) == Decimal(
        total.get("TotalImpuestosTrasladados", "")
    )
    check_read_back(write_cfdi(told), told)


def test_a_cent_that_only_finer_bases_can_hide_is_hidden_there() -> None:
    told = invoice("MX", deposits=(100_01,))

    assert (told.net, told.vat) == (86_22, 13_79)
    tax = root_of(told).find(f"{CFDI}Conceptos//{CFDI}Traslado")
    assert tax is not None
    assert Decimal(tax.get("Base", "")).quantize(CENT) == Decimal("86.22")
    assert Decimal(tax.get("Importe", "")).quantize(CENT) == Decimal("13.79")


def test_vat_that_is_not_of_the_net_amount_is_refused() -> None:
    told = invoice("MX", deposits=(1160_00,))
    line = replace(told.lines[0], net=1000_02, vat=159_98)

    with pytest.raises(Unbalanced):
        write_cfdi(replace(told, lines=(line,), net=1000_02, vat=159_98))


def test_an_advance_is_paid_at_once_by_transfer() -> None:
    root = root_of(invoice("MX"))

    assert (root.get("TipoDeComprobante"), root.get("MetodoPago"), root.get("FormaPago")) == (
        "I",
        "PUE",
        "03",
    )
    assert root.get("Fecha") == f"{ISSUED_AT:%Y-%m-%dT%H:%M:%S}" == "2026-03-29T02:30:00"
    assert root.get("LugarExpedicion") == "06000"


def test_what_is_still_to_be_paid_is_not_called_paid() -> None:
    root = root_of(unpaid(invoice("MX")))

    assert (root.get("MetodoPago"), root.get("FormaPago")) == ("PPD", "99")


def test_seal_certificate_and_stamp_are_left_to_those_who_make_them() -> None:
    root = root_of(invoice("MX"))

    assert not {"Sello", "NoCertificado", "Certificado"} & set(root.attrib)
    assert root.find(f"{CFDI}Complemento") is None


@pytest.mark.parametrize(
    ("kind", "type_code", "relation"), [("credit_note", "E", "01"), ("corrected", "I", "04")]
)
def test_a_note_is_related_to_its_invoice_by_the_stamps_id(kind: str, type_code: str, relation: str) -> None:
    told = invoice("MX", Kind(kind))
    root = root_of(told)

    related = root.find(f"{CFDI}CfdiRelacionados")
    assert related is not None
    assert (root.get("TipoDeComprobante"), related.get("TipoRelacion")) == (type_code, relation)
    assert [each.get("UUID") for each in related] == [UUID]
    check_read_back(write_cfdi(told), told)


@pytest.mark.parametrize("uuid", ["", "not yet stamped"])
def test_where_the_stamps_id_is_not_known_none_is_made_up_and_our_reference_is_kept_aside(uuid: str) -> None:
    told = invoice("MX", Kind.CREDIT_NOTE)
    preceding = Preceding("MX-B-2026-000001", told.preceding[0].issued_on, uuid)
    xml = write_cfdi(replace(told, preceding=(preceding,), reason="Wrong name", reason_code="02"))

    assert etree.fromstring(xml).find(f"{CFDI}CfdiRelacionados") is None
    assert said(xml, "Addenda/Invoice/Preceding") == ["MX-B-2026-000001"]
    assert said(xml, "Addenda/Invoice/Reason") == ["Wrong name"]


def test_all_that_the_tax_office_asks_for_and_we_do_not_know_is_named_at_once() -> None:
    told = invoice("MX")

    with pytest.raises(Incomplete) as refused:
        write_cfdi(replace(told, customer=replace(told.customer, zip="", regime="", use=" "), currency="USD"))

    assert refused.value.missing == ("customer.regime", "customer.zip", "customer.use", "currency")


def test_bars_which_keep_the_parts_of_a_seal_apart_are_not_in_names() -> None:
    told = invoice("MX")
    told = replace(told, customer=replace(told.customer, name="ANA | BETO"))

    receiver = root_of(told).find(f"{CFDI}Receptor")

    assert receiver is not None
    assert receiver.get("Nombre") == "ANA / BETO"
    check_read_back(write_cfdi(told), told)
