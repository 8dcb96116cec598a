"""Signatures: what was signed is what is read, and what was changed is refused."""

import pytest
from lxml import etree

from marketplace.edocuments.facts import Fault, Kind, Signature, Unread
from marketplace.edocuments.reading import read
from tests.edocuments.builders import sunat, ubl
from tests.edocuments.papers import DS, sign, sign_advanced


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("place", [0, 1])
def test_a_signed_receipt_is_valid_wherever_its_signature_stands(old: bool, place: int) -> None:
    assert read(sign(sunat(), old=old, place=place)).signature == Signature.VALID


@pytest.mark.parametrize("day", ["2019-01-01", "2026-10-05", "2035-01-01"])
def test_the_dates_of_the_certificate_are_a_matter_of_trust_and_not_looked_at(day: str) -> None:
    assert read(sign(sunat(day=day))).signature == Signature.VALID


def test_a_receipt_changed_after_signing_is_refused_and_still_told() -> None:
    changed = sign(sunat()).replace(b">118.00</cbc:PayableAmount>", b">117.50</cbc:PayableAmount>")

    with pytest.raises(Unread) as refused:
        read(changed)

    assert refused.value.fault == Fault.BROKEN_SIGNATURE
    assert refused.value.document is not None
    assert refused.value.document.signature == Signature.BROKEN


def test_without_looking_at_signatures_a_changed_receipt_is_read_as_unchecked() -> None:
    changed = sign(sunat()).replace(b">118.00</cbc:PayableAmount>", b">117.50</cbc:PayableAmount>")

    document = read(changed, check_signature=False)

    assert (document.signature, document.payable) == (Signature.UNCHECKED, 117_50)


def test_a_second_signature_added_to_the_first_does_no_harm() -> None:
    assert read(sign(sign(sunat()), place=0)).signature == Signature.VALID


def test_a_signature_that_also_covers_its_own_properties_is_valid() -> None:
    assert read(sign_advanced(sunat())).signature == Signature.VALID


def test_an_empty_signature_is_broken() -> None:
    data = sunat().replace(
        b"<ext:ExtensionContent/>",
        f'<ext:ExtensionContent><Signature xmlns="{DS}"/></ext:ExtensionContent>'.encode(),
    )

    with pytest.raises(Unread) as refused:
        read(data)

    assert refused.value.fault == Fault.BROKEN_SIGNATURE


def test_a_signature_over_a_part_does_not_vouch_for_the_whole() -> None:
    inner = sign(sunat(payable="118.50"))
    root = etree.fromstring(sunat())
    hidden = etree.fromstring(inner)
    hidden.set("Id", "inner")
    place = root.find(".//{*}ExtensionContent")
    assert place is not None
    place.append(hidden)
    data = etree.tostring(root).replace(b'URI=""', b'URI="#inner"')

    with pytest.raises(Unread) as refused:
        read(data)

    assert refused.value.fault == Fault.BROKEN_SIGNATURE


def test_elsewhere_a_broken_signature_is_a_fact_and_no_refusal() -> None:
    signature = f'<Signature xmlns="{DS}"/>'
    extension = f"<ext:UBLExtensions><ext:UBLExtension>{signature}</ext:UBLExtension></ext:UBLExtensions>"
    data = ubl().replace(b"<cbc:CustomizationID>", extension.encode() + b"<cbc:CustomizationID>", 1)

    document = read(data)

    assert (document.kind, document.signature) == (Kind.INVOICE, Signature.BROKEN)
