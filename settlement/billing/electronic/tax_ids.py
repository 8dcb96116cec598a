"""National tax ids as the Union writes them, and the category of VAT that an invoice falls into."""

import re

from settlement.billing.electronic.facts import ElectronicInvoice

SHAPES = {
    "AT": r"U[0-9]{8}",
    "CZ": r"[0-9]{8,10}",
    "DE": r"[0-9]{9}",
    "HR": r"[0-9]{11}",
    "HU": r"[0-9]{8}",
    "PL": r"[0-9]{10}",
    "RO": r"[0-9]{2,10}",
    "SI": r"[0-9]{8}",
    "SK": r"[0-9]{10}",
}
"""A VAT id behind its prefix, where we know its shape: Germany has tax numbers that are none."""

UNION = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
PREFIXES = {"GR": "EL"}
"""Greece alone has another prefix than its code."""

STANDARD, ZERO, EXEMPT, REVERSE_CHARGE = "S", "Z", "E", "AE"


def vat_id(tax_id: str, *, country: str) -> str:
    """The VAT id with its prefix that a national tax id stands for: ``12345678-2-41`` of Hungary is
    ``HU12345678``; "" where it stands for none.
    """
    if country not in UNION:
        return ""
    prefix = PREFIXES.get(country, country)
    number = "".join(re.findall("[0-9A-Z]", tax_id.upper())).removeprefix(prefix)
    if country == "HU" and re.fullmatch("[0-9]{11}", number):
        number = number[:8]
    return prefix + number if re.fullmatch(SHAPES.get(country, "[0-9A-Z]{2,12}"), number) else ""


def is_said_by(vat: str, tax_id: str) -> bool:
    """Whether the VAT id says all that the national tax id does, its prefix and blanks apart."""
    return "".join(tax_id.split()).upper() in (vat, vat[2:])


def vat_category(invoice: ElectronicInvoice) -> str:
    """The category of VAT: standard; where there is none, reverse charge between countries of the Union,
    exempt if a law is named, and else the rate of zero.
    """
    if invoice.vat_bp:
        return STANDARD
    sides = invoice.supplier, invoice.customer
    taxed = all(vat_id(party.tax_id, country=party.country) for party in sides)
    if taxed and invoice.supplier.country != invoice.customer.country:
        return REVERSE_CHARGE
    return EXEMPT if invoice.exemption else ZERO
