"""Whom an order's invoice is for. Pure: no Django, no clock."""

import re
from dataclasses import dataclass, fields, replace

from stdnum.co import nit

from sellers.erp.port import Buyer
from sellers.erp.rules.causes import CannotInvoice, Cause

NIT_DIGITS = 9
COMPANY, PERSON = "LEGAL_ENTITY", "PERSON_ENTITY"
FINAL_CONSUMER = "Consumidor final"
ANYBODY = {"PE": "Clientes varios", "MX": "Público en general"}
"""What invoices call buyers who have not said who they are."""

COMPANY_DOCUMENT = {"CO": "NIT", "PE": "RUC", "MX": "RFC"}
PERSON_DOCUMENT = {"CO": "CC", "PE": "DNI", "MX": "RFC"}
ID_TYPES = {
    "CO": ("RC", "TI", "CC", "TE", "CE", "NIT", "PP", "PEP", "DIE", "NUIP", "FOREIGN_NIT"),
    "PE": ("DNI", "CE", "RUC", "PP"),
    "MX": ("RFC",),
}
REGIMES = {
    "CO": (
        "SIMPLIFIED_REGIME",
        "COMMON_REGIME",
        "NOT_REPONSIBLE_FOR_CONSUMPTION",
        "SPECIAL_REGIME",
        "NATIONAL_CONSUMPTION_TAX",
        "INC_IVA_RESPONSIBLE",
    ),
    "PE": ("SPECIAL_REGIME", "GENERAL_REGIME", "MYPE_TRIBUTARY_REGIME", "NEW_RUS"),
    "MX": ("SALARIED_REGIME", "BUSINESS_ACTIVITIES_REGIME"),
}
"""As Alegra writes them; one is misspelt there."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the order has it."""

    name: str
    company: str
    id_type: str
    id_number: str
    tax_id: str
    email: str
    phone: str
    street: str
    city: str
    zip: str
    country: str


@dataclass(frozen=True, slots=True)
class Defaults:
    """What stands in for what a customer lacks."""

    email: str
    phone: str
    id_type: str
    id_number: str
    kind_of_person: str
    regime: str


def buyer_of(customer: Customer, defaults: Defaults, *, country: str) -> Buyer:
    """The buyer of an invoice, its gaps filled with the channel's defaults.

    :raises CannotInvoice: if there is no document and no default one.
    """
    customer = replace(customer, tax_id=_told(customer.tax_id), id_number=_told(customer.id_number))
    if not (customer.tax_id or customer.id_number) or (_is_foreign(customer, country) and defaults.id_number):
        customer = _anybody(customer, defaults, country)
    is_company = bool(customer.tax_id) and not _is_persons(customer.tax_id, country)
    id_type, number = _document(customer, country)
    number, digit = _parted(number) if (country, id_type) == ("CO", "NIT") else (number, "")
    return Buyer(
        name=(customer.company if is_company and customer.company else customer.name) or number,
        id_type=id_type,
        identification=number,
        check_digit=digit,
        kind_of_person=COMPANY if is_company else defaults.kind_of_person or PERSON,
        regime=defaults.regime,
        email=customer.email or defaults.email,
        phone=customer.phone or defaults.phone,
        street=customer.street,
        city=customer.city,
        zip=customer.zip,
        country=customer.country or country,
        country_of_law=country,
    )


def names_somebody(number: str) -> bool:
    """Whether a document is one: a dash, or zeros, stand for none and would be many people's."""
    return bool(document_key(number).strip("0"))


def _told(number: str) -> str:
    return number if names_somebody(number) else ""


def _anybody(customer: Customer, defaults: Defaults, country: str) -> Customer:
    """Who stands in for all that have no document: of them the ERP has one contact, so nobody's own name or
    address may be in it, or others' invoices would bear it.
    """
    if not defaults.id_number:
        raise CannotInvoice(Cause.NO_DOCUMENT, customer.name)
    blank = dict.fromkeys((each.name for each in fields(Customer)), "")
    told = {"id_type": defaults.id_type, "id_number": defaults.id_number}
    return Customer(**blank | told | {"name": ANYBODY.get(country, FINAL_CONSUMER)})


def _document(customer: Customer, country: str) -> tuple[str, str]:
    known = ID_TYPES.get(country, ())
    if customer.tax_id:
        return COMPANY_DOCUMENT.get(country, ""), _plain(customer.tax_id)
    told = _type_in(customer)
    return told if told in known else PERSON_DOCUMENT.get(country, told), _plain(customer.id_number)


def _type_in(customer: Customer) -> str:
    return "".join(sign for sign in customer.id_type.upper() if sign.isalnum() or sign == "_")


def _is_foreign(customer: Customer, country: str) -> bool:
    """Whether a document is of a kind that the country's law does not know; it would be named wrongly."""
    known, told = ID_TYPES.get(country, ()), _type_in(customer)
    return bool(known and told and not customer.tax_id) and told not in known


def _is_persons(tax_id: str, country: str) -> bool:
    """Whether a tax id is a natural person's: in Mexico those have thirteen signs, in Peru begin with 10."""
    number = document_key(tax_id)
    return (country == "MX" and len(number) == 13) or (country == "PE" and number.startswith("10"))


def document_key(number: str) -> str:
    """A document as it is compared: without signs, and without the check digit after a dash."""
    written = re.sub(r"-\d$", "", number.strip())
    return "".join(sign for sign in written if sign.isalnum()).upper()


def _plain(number: str) -> str:
    """A document as it is written: people put dots between its digits."""
    plain = "".join(number.split()).upper()
    bare = plain.replace(".", "")
    return bare if bare.isdigit() else plain


def _parted(number: str) -> tuple[str, str]:
    """A Colombian NIT without its check digit, and that digit, whether it was written or not.

    Of nine digits none is a check digit, even if the last would fit as one: companies' numbers have nine.
    """
    written, dash, digit = number.replace(".", "").partition("-")
    if dash and len(digit) == 1:
        return written, digit
    bare = written + digit
    if len(bare) > NIT_DIGITS and nit.is_valid(bare):
        return bare[:-1], bare[-1]
    return bare, nit.calc_check_digit(bare) if bare.isdigit() else ""
