"""What differs by country: Alegra has an edition for each, named by the company's `applicationVersion`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

REGIMES_OF_MEXICO = frozenset({
    "SALARIED_REGIME", "BUSINESS_ACTIVITIES_REGIME", "LEASEHOLD_REGIME", "GENERAL_REGIME_OF_MORAL_PEOPLE_LAW",
    "REGIME_OF_MORAL_PEOPLE_NOT_PROFIT", "FISCAL_INCORPORATION_REGIME", "PRIMARY_SECTOR_REGIME",
    "REGIME_OF_THE_COORDINATED", "REGIME_OF_THE_TECHNOLOGICAL_PLATFORMS_INCOME_ACTIVITIES", "REGIME_OF_TRUST",
    "REGIME_OF_COOPERATIVE_PRODUCTION_SOCIETIES", "SOCIETIES_OPTIONAL_REGIME", "NO_REGIME",
    "SIMPLIFIED_REGIME", "DIVIDEND_INCOME",
})  # fmt: skip
USES_OF_CFDI = frozenset({
    "G01", "G02", "G03", "I01", "I02", "I03", "I04", "I05", "I06", "I07", "I08", "D01", "D02", "D03", "D04",
    "D05", "D06", "D07", "D08", "D09", "D10", "P01", "S01", "CP01", "CN01",
})  # fmt: skip


@dataclass(frozen=True)
class Tax:
    """A tax the edition starts with; the percentage as Alegra writes it."""

    name: str
    percentage: str
    kind: str


@dataclass(frozen=True)
class Country:
    """An edition: its currency, its taxes, and the values its fields take."""

    version: str
    currency: str
    taxes: tuple[Tax, ...]
    id_types: frozenset[str]
    regimes: frozenset[str]
    numbers: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """What an identification number of a type looks like."""
    invoice_fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The fields of an invoice that take listed values only."""
    stamp_needs: tuple[str, ...] = ()
    """The fields without which an invoice is not stamped."""
    persons_need_names: bool = False
    """A natural person is named by `nameObject`, not by `name`."""
    client_needs_regime: bool = False


COLOMBIA = Country(
    version="colombia",
    currency="COP",
    taxes=(Tax("IVA", "19.00", "IVA"), Tax("IVA", "5.00", "IVA"), Tax("IVA", "0.00", "IVA")),
    id_types=frozenset({"RC", "TI", "CC", "TE", "CE", "NIT", "PP", "PEP", "DIE", "NUIP", "FOREIGN_NIT"}),
    regimes=frozenset({
        "SIMPLIFIED_REGIME", "COMMON_REGIME", "NOT_REPONSIBLE_FOR_CONSUMPTION", "SPECIAL_REGIME",
        "NATIONAL_CONSUMPTION_TAX", "INC_IVA_RESPONSIBLE",
    }),
    numbers={"NIT": re.compile(r"\d{6,15}"), "CC": re.compile(r"\d{3,15}")},
    invoice_fields={
        "paymentForm": frozenset({"CASH", "CREDIT"}),
        "paymentMethod": frozenset(
            {"CASH", "CREDIT_CARD", "DEBIT_CARD", "CREDIT_TRANSFER", "DEBIT_TRANSFER_BANK"}
        ),
        "type": frozenset({"NATIONAL", "EXPORT"}),
        "operationType": frozenset({"STANDARD", "AIU_SERVICE"}),
    },
    stamp_needs=("paymentForm",),
    persons_need_names=True,
)  # fmt: skip
PERU = Country(
    version="peru",
    currency="PEN",
    taxes=(Tax("IGV", "18.00", "IGV"), Tax("Exonerado", "0.00", "EXONERATED")),
    id_types=frozenset({"DNI", "CE", "RUC", "PP"}),
    regimes=frozenset({"SPECIAL_REGIME", "GENERAL_REGIME", "MYPE_TRIBUTARY_REGIME", "NEW_RUS"}),
    numbers={"DNI": re.compile(r"\d{8}"), "RUC": re.compile(r"(10|15|16|17|20)\d{9}")},
    invoice_fields={
        "operationType": frozenset({
            "INTERNAL_SALE", "INTERNAL_SALE_NATURAL_PERSON", "INTERNAL_SALE_NRUS", "NON_DOMICILED_SALES",
            "EXPORT_OF_GOODS",
        }),
    },
)  # fmt: skip
MEXICO = Country(
    version="mexico",
    currency="MXN",
    taxes=(Tax("IVA", "16.00", "IVA"), Tax("IVA", "8.00", "IVA"), Tax("IVA", "0.00", "IVA")),
    id_types=frozenset({"RFC"}),
    regimes=REGIMES_OF_MEXICO,
    numbers={"RFC": re.compile(r"[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}")},
    invoice_fields={"paymentMethod": frozenset({"PUE", "PPD"}), "cfdiUse": USES_OF_CFDI},
    stamp_needs=("paymentMethod", "cfdiUse"),
    client_needs_regime=True,
)
COUNTRIES = {country.version: country for country in (COLOMBIA, PERU, MEXICO)}
