"""What sellers choose from by country, as the ERP codes it, in words for people."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from sellers.erp.rules.buyers import COMPANY, PERSON

Choices = list[tuple[str, Any]]
Words = Mapping[str, Any]

COUNTRIES: Words = {
    "AR": _("Argentina"),
    "CL": _("Chile"),
    "CO": _("Colombia"),
    "CR": _("Costa Rica"),
    "DO": _("Dominican Republic"),
    "EC": _("Ecuador"),
    "MX": _("Mexico"),
    "PA": _("Panama"),
    "PE": _("Peru"),
    "ES": _("Spain"),
}
ID_TYPES: Mapping[str, Words] = {
    "CO": {
        "CC": _("citizenship card"),
        "NIT": _("tax number"),
        "CE": _("foreigner's identity card"),
        "TE": _("foreigner's card"),
        "TI": _("minor's identity card"),
        "RC": _("birth register"),
        "PP": _("passport"),
        "PEP": _("special stay permit"),
        "DIE": _("foreign identity document"),
        "NUIP": _("personal identification number"),
        "FOREIGN_NIT": _("tax number of another country"),
    },
    "PE": {
        "DNI": _("national identity document"),
        "RUC": _("tax number"),
        "CE": _("foreigner's identity card"),
        "PP": _("passport"),
    },
    "MX": {"RFC": _("tax number")},
}
REGIMES: Mapping[str, Words] = {
    "CO": {
        "SIMPLIFIED_REGIME": _("Not responsible for VAT (simplified)"),
        "COMMON_REGIME": _("Responsible for VAT (common)"),
        "NOT_REPONSIBLE_FOR_CONSUMPTION": _("Not responsible for the tax on consumption"),
        "SPECIAL_REGIME": _("Special regime"),
        "NATIONAL_CONSUMPTION_TAX": _("National tax on consumption"),
        "INC_IVA_RESPONSIBLE": _("Responsible for VAT and the tax on consumption"),
    },
    "PE": {
        "GENERAL_REGIME": _("General regime"),
        "SPECIAL_REGIME": _("Special regime"),
        "MYPE_TRIBUTARY_REGIME": _("Small companies (MYPE)"),
        "NEW_RUS": _("New RUS"),
    },
    "MX": {
        "SALARIED_REGIME": _("Wages and salaries"),
        "BUSINESS_ACTIVITIES_REGIME": _("Business and professional activities"),
        "SIMPLIFIED_REGIME": _("Simplified trust regime"),
        "NO_REGIME": _("No tax obligations"),
        "GENERAL_REGIME_OF_MORAL_PEOPLE_LAW": _("General regime of companies"),
    },
}
KINDS_OF_PERSON: Words = {PERSON: _("Natural person"), COMPANY: _("Legal entity")}
PAYMENT_FORMS: Mapping[str, Words] = {"CO": {"CASH": _("Paid at once"), "CREDIT": _("On credit")}}
PAYMENT_METHODS: Mapping[str, Words] = {
    "CO": {
        "CASH": _("Cash"),
        "CREDIT_CARD": _("Credit card"),
        "DEBIT_CARD": _("Debit card"),
        "CREDIT_TRANSFER": _("Credit transfer"),
        "DEBIT_TRANSFER_BANK": _("Bank transfer"),
    },
    "MX": {"PUE": _("in one payment"), "PPD": _("in parts, or later")},
}
CFDI_USES: Mapping[str, Words] = {
    "MX": {
        "G01": _("purchase of goods"),
        "G02": _("returns and discounts"),
        "G03": _("expenses in general"),
        "S01": _("without fiscal effects"),
        "I04": _("computers and accessories"),
        "I08": _("other machinery and equipment"),
        "CP01": _("payments"),
    }
}
BY_COUNTRY: Mapping[str, Mapping[str, Words]] = {
    "id_type": ID_TYPES,
    "kind_of_person": {"CO": KINDS_OF_PERSON, "MX": KINDS_OF_PERSON, "PE": KINDS_OF_PERSON},
    "regime": REGIMES,
    "payment_form": PAYMENT_FORMS,
    "payment_method": PAYMENT_METHODS,
    "cfdi_use": CFDI_USES,
}
"""The fields that only some countries have, with what there is to choose."""

STAMP_NEEDS: Mapping[str, tuple[str, ...]] = {
    "CO": ("payment_form",),
    "MX": ("regime", "payment_method", "cfdi_use"),
}
"""What an invoice of a country is not stamped without, beside a numbering."""

_NAMED_BY_CODE = {("id_type", code) for code in ID_TYPES} | {("payment_method", "MX"), ("cfdi_use", "MX")}


def has_field(name: str, country: str) -> bool:
    """Whether a country's channel has a field that is not every country's."""
    return country in BY_COUNTRY[name]


def choices_of(name: str, country: str) -> Choices:
    """What a country has to choose from in a field; what people know by its code is told with it."""
    words = BY_COUNTRY[name].get(country, {})
    by_code = (name, country) in _NAMED_BY_CODE
    return [(code, f"{code} – {text}" if by_code else text) for code, text in words.items()]


def country_name(code: str) -> str:
    """A country in words; one we have no word for by its code."""
    return str(COUNTRIES.get(code, code))
