"""What a seeded company has set up: who it is, its numberings, lists and warehouses, its first clients."""

from collections.abc import Iterable

from tools.alegra.countries import Country
from tools.alegra.store import Store
from tools.alegra.wire import Json

COMPANIES: dict[str, Json] = {
    "colombia": {
        "name": "Comercial Andina S.A.S.",
        "identification": "900123456",
        "identificationObject": {"type": "NIT", "number": "900123456", "dv": "8"},
        "regime": "Responsable de IVA",
        "currency": {"code": "COP", "symbol": "$"},
        "applicationVersion": "colombia",
        "timezone": "America/Bogota",
        "address": {"address": "Calle 10 # 43-21", "city": "Medellín", "department": "Antioquia"},
    },
    "peru": {
        "name": "Comercial Pacífico S.A.C.",
        "identification": "20100070970",
        "identificationObject": {"type": "RUC", "number": "20100070970"},
        "regime": "Régimen general",
        "currency": {"code": "PEN", "symbol": "S/"},
        "applicationVersion": "peru",
        "timezone": "America/Lima",
        "address": {"address": "Av. Larco 345", "city": "Lima", "department": "Lima"},
    },
    "mexico": {
        "name": "Comercial del Valle S.A. de C.V.",
        "identification": "CVA010203AB1",
        "identificationObject": {"type": "RFC", "number": "CVA010203AB1"},
        "regime": "General de Ley Personas Morales",
        "currency": {"code": "MXN", "symbol": "$"},
        "applicationVersion": "mexico",
        "timezone": "America/Mexico_City",
        "address": {"address": "Reforma 100", "city": "Ciudad de México"},
    },
}
for _company in COMPANIES.values():
    _company.update(
        phone="",
        website="",
        email="contabilidad@example.com",
        multicurrency=True,
        decimalPrecision="2",
        registryDate="2019-10-26 11:56:47",
        invoicePreferences={"defaultAnotation": "", "defaultTermsAndConditions": ""},
    )

BLANK: Json = {
    "email": None,
    "phonePrimary": None,
    "phoneSecondary": None,
    "mobile": None,
    "fax": None,
    "dv": None,
}
BLANK |= {"observations": None, "status": "active", "created_at": "2026-01-02T10:00:00.000Z"}


def _client(name: str, kind: str, number: str, person: str, regime: str | None) -> Json:
    first, _, last = name.partition(" ")
    names = {"firstName": first, "lastName": last} if person == "PERSON_ENTITY" else None
    identity = {"idType": kind, "identification": number, "kindOfPerson": person, "regime": regime}
    return {**BLANK, "name": name, "nameObject": names, **identity, "type": ["client"], "address": {}}


CLIENTS: dict[str, list[Json]] = {
    "colombia": [
        _client("Consumidor Final", "CC", "222222222222", "PERSON_ENTITY", "SIMPLIFIED_REGIME"),
        _client("Valentina Ríos", "CC", "1020304050", "PERSON_ENTITY", "SIMPLIFIED_REGIME"),
        _client("Papelería El Sol S.A.S.", "NIT", "901555777", "LEGAL_ENTITY", "COMMON_REGIME"),
    ],
    "peru": [
        _client("Cliente Varios", "DNI", "00000000", "PERSON_ENTITY", None),
        _client("Lucía Quispe", "DNI", "45678912", "PERSON_ENTITY", None),
        _client("Bodega Norte S.A.C.", "RUC", "20131312955", "LEGAL_ENTITY", "GENERAL_REGIME"),
    ],
    "mexico": [
        _client("Público General", "RFC", "XAXX010101000", "PERSON_ENTITY", "SIMPLIFIED_REGIME"),
        _client("Sol Hernández", "RFC", "HESO850612AB3", "PERSON_ENTITY", "BUSINESS_ACTIVITIES_REGIME"),
        _client(
            "Ferretería Juárez S.A.",
            "RFC",
            "FJU990101XY2",
            "LEGAL_ENTITY",
            "GENERAL_REGIME_OF_MORAL_PEOPLE_LAW",
        ),
    ],
}


def add_setup(store: Store, account: str, country: Country, lists: list[str], *, last_number: int) -> None:
    """Give a company everything but items and contacts."""
    for kind, rows in _setup(country).items():
        for row in rows:
            store.insert(account, kind, {"status": "active", **row})
    for row in _number_templates(last_number):
        store.insert(account, "number-templates", row)
    names: list[Json] = [
        {"name": "General", "type": "amount"},
        {"name": "Precios mayorista", "type": "percentage", "percentage": "10.00"},
        {"name": "Precios distribuidores", "type": "amount"},
    ]
    for key, row in zip(lists, names, strict=True):
        store.insert(account, "price-lists", {**row, "status": "active"}, key=key)


def _setup(country: Country) -> dict[str, Iterable[Json]]:
    return {
        "taxes": (
            {"name": tax.name, "percentage": tax.percentage, "description": "", "type": tax.kind}
            for tax in country.taxes
        ),
        "warehouses": (
            {"name": name, "observations": "", "isDefault": name == "Principal", "address": ""}
            for name in ("Principal", "Bodega norte")
        ),
        "sellers": (
            {"name": "Mariana Soto", "identification": "1957845", "observations": ""},
            {"name": "Julián Paz", "identification": "1234568", "observations": "", "status": "inactive"},
        ),
        "categories": (
            {"name": name, "type": kind, "description": "", "children": [], "readOnly": True}
            for name, kind in (("Ingresos", "income"), ("Egresos", "expense"), ("Activos", "asset"))
        ),
        "retentions": (
            {"name": "Compras", "percentage": "3.50", "description": "", "type": "FUENTE"},
            {"name": "ReteIVA", "percentage": "15.00", "description": "", "type": "IVA"},
        ),
        "currencies": (
            {"code": code, "symbol": "$", "name": code, "exchangeRate": rate}
            for code, rate in ((country.currency, "1"), ("USD", "4000.00"))
        ),
        "bank-accounts": (
            {"name": "Caja general", "type": "cash"},
            {"name": "Cuenta de ahorros", "type": "bank"},
        ),
    }


def _number_templates(last_number: int) -> list[Json]:
    blank: Json = {
        "documentType": "invoice", "status": "active", "isDefault": False, "isElectronic": False, "next": 1,
        "minInvoiceNumber": 1, "maxInvoiceNumber": last_number, "startDate": "2020-01-01",
        "endDate": "2099-12-31", "invoiceText": "", "resolutionNumber": None, "autoincrement": True,
        "deletable": False,
    }  # fmt: skip
    electronic = {
        "isElectronic": True,
        "resolutionNumber": "18764000001",
        "invoiceText": "Autorización 18764000001",
    }
    return [
        {**blank, "name": "Principal", "prefix": None, "isDefault": True},
        {**blank, **electronic, "name": "Factura electrónica", "prefix": "FE", "next": 340},
        {**blank, "name": "Antigua", "prefix": "ANT", "status": "inactive", "endDate": "2021-12-31"},
        {**blank, "name": "Nota crédito", "prefix": "NC", "documentType": "creditNote"},
    ]
