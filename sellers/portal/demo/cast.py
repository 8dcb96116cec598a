"""Who there is in the demo marketplace: its markets, sellers, members and staff."""

from dataclasses import dataclass

from marketplace.parties.models import (
    Cadence,
    NegativeBalance,
    ReceiptReader,
    Role,
)
from marketplace.parties.staff import StaffRole

PASSWORD = "saldo demo 2026"


SECRETS = {
    "carla": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "dan": "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU",
    "sara": "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK",
}
"""Second factors of the demo's staff; ``manage.py demo_code`` shows the code of the moment."""


MARKETS = (
    ("CZ", "Meridian Česko", "CZK", "Europe/Prague", "cs", 1, 2100, "Meridian Market s.r.o.", "CZ25596641"),
    (
        "SK",
        "Meridian Slovensko",
        "EUR",
        "Europe/Bratislava",
        "sk",
        1,
        2300,
        "Meridian Market SK s.r.o.",
        "SK2022749619",
    ),
    (
        "PL",
        "Meridian Polska",
        "PLN",
        "Europe/Warsaw",
        "pl",
        1,
        2300,
        "Meridian Market sp. z o.o.",
        "8567346215",
    ),
    (
        "HU",
        "Meridian Magyarország",
        "HUF",
        "Europe/Budapest",
        "hu",
        100,
        2700,
        "Meridian Market Kft.",
        "12892312",
    ),
    (
        "HR",
        "Meridian Hrvatska",
        "EUR",
        "Europe/Zagreb",
        "hr",
        1,
        2500,
        "Meridian Market d.o.o.",
        "33392005961",
    ),
    (
        "SI",
        "Meridian Slovenija",
        "EUR",
        "Europe/Ljubljana",
        "sl",
        1,
        2200,
        "Meridian Market SI d.o.o.",
        "SI50223054",
    ),
    ("RO", "Meridian România", "RON", "Europe/Bucharest", "ro", 1, 2100, "Meridian Market SRL", "18547290"),
    ("PE", "Meridian Perú", "PEN", "America/Lima", "es", 1, 1800, "Meridian Market S.A.C.", "20512333797"),
    (
        "MX",
        "Meridian México",
        "MXN",
        "America/Mexico_City",
        "es",
        1,
        1600,
        "Meridian Market S. de R.L.",
        "EKU9003173C9",
    ),
    (
        "CO",
        "Meridian Colombia",
        "COP",
        "America/Bogota",
        "es",
        100,
        1900,
        "Meridian Market S.A.S.",
        "2131234321",
    ),
)


ADDRESSES = {
    "CZ": ("Dlouhá 12", "110 00", "Praha"),
    "SK": ("Hlavná 5", "811 01", "Bratislava"),
    "PL": ("ul. Prosta 20", "00-850", "Warszawa"),
    "HU": ("Váci út 33", "1134", "Budapest"),
    "HR": ("Ilica 44", "10000", "Zagreb"),
    "SI": ("Dunajska 8", "1000", "Ljubljana"),
    "RO": ("Calea Victoriei 15", "010061", "București"),
    "PE": ("Av. Larco 301", "15074", "Lima"),
    "MX": ("Av. Reforma 222", "06600", "Ciudad de México"),
    "CO": ("Carrera 7 71-21", "110231", "Bogotá"),
}


IBANS = {
    "CZ": "CZ6508000000192000145399",
    "SK": "SK3112000000198742637541",
    "PL": "PL61109010140000071219812874",
    "HU": "HU42117730161111101800000000",
    "HR": "HR1210010051863000160",
    "SI": "SI56263300012039086",
    "RO": "RO49AAAA1B31007593840000",
}


CADENCES = {
    "HU": Cadence.HALF_MONTH,
    "RO": Cadence.HALF_MONTH,
    "PE": Cadence.FORTNIGHT,
    "MX": Cadence.TEN_DAYS,
}


READERS = {
    "CZ": ReceiptReader.EN16931,
    "PL": ReceiptReader.KSEF,
    "HU": ReceiptReader.NAV,
    "RO": ReceiptReader.EN16931,
    "PE": ReceiptReader.SUNAT,
    "MX": ReceiptReader.CFDI,
}
"""The receipts markets take, where they take one kind only."""


@dataclass(frozen=True, slots=True)
class Told:
    """A seller of the demo: who it is and on what terms it sells."""

    market: str
    number: str
    name: str
    tax_id: str
    model: str = "resale"
    cadence: str = ""
    commission_bp: int = 1500
    approves_clean: bool | None = None
    fulfilment: str = "seller"
    negative: str = NegativeBalance.CARRY


SELLERS = (
    Told("CZ", "3003", "Horizont Elektro s.r.o.", "CZ25123891", approves_clean=True),
    Told("CZ", "3017", "Dvořák Nářadí s.r.o.", "CZ45244782", commission_bp=1200, cadence=Cadence.HALF_MONTH),
    Told(
        "CZ", "30211", "Lesní Medvěd a.s.", "CZ60193336", commission_bp=1850, fulfilment="marketplace_courier"
    ),
    Told(
        "PL",
        "4101",
        "Kowalski Outdoor sp. z o.o.",
        "5260001246",
        approves_clean=True,
        commission_bp=1300,
        negative=NegativeBalance.DEMAND,
    ),
    Told("PL", "4120", "Łódź Elektronika S.A.", "7740001454", cadence=Cadence.FORTNIGHT),
    Told("HU", "4711", "Kovács Otthon Kft.", "10773381", "agency", Cadence.HALF_MONTH, 1200, True),
    Told("HU", "4790", "Duna Játék Kft.", "13895459", "agency", Cadence.HALF_MONTH, 1000),
    Told("RO", "5201", "Casa Verde SRL", "1590082", "agency", "", 1400),
    Told("PE", "6105", "Andina Hogar S.A.C.", "20100070970", "agency", "", 1600),
    Told("PE", "6150", "Lima Deportes S.A.", "20131312955", "agency", "", 1500),
    Told("MX", "7102", "Muñoz Hogar S.A. de C.V.", "AAA010101AAA", "agency", "", 1450),
    Told("CO", "8001", "Cóndor Digital S.A.S.", "8001972684", "agency", "", 1350),
    Told("CO", "8020", "Valle Deportes S.A.S.", "9013305211", "agency", "", 1350),
)


MEMBERS = (
    ("ana@demo.example", "Ana Horáková", "3003", Role.OWNER),
    ("ana@demo.example", "", "4101", Role.OWNER),
    ("filip@demo.example", "Filip Novák", "3003", Role.FINANCE),
    ("olga@demo.example", "Olga Malá", "3003", Role.OPERATIONS),
    ("viktor@demo.example", "Viktor Beneš", "3003", Role.VIEWER),
    ("beto@demo.example", "Beto Dvořák", "3017", Role.OWNER),
    ("mila@demo.example", "Mila Lesná", "30211", Role.OWNER),
    ("kasia@demo.example", "Kasia Łuczak", "4120", Role.OWNER),
    ("eva@demo.example", "Éva Kovács", "4711", Role.OWNER),
    ("andrei@demo.example", "Andrei Pop", "5201", Role.OWNER),
    ("lucia@demo.example", "Lucía Quispe", "6105", Role.OWNER),
    ("pedro@demo.example", "Pedro Muñoz", "7102", Role.OWNER),
    ("camila@demo.example", "Camila Rojas", "8001", Role.OWNER),
    ("diego@demo.example", "Diego Salazar", "8020", Role.OWNER),
)


STAFF = (
    ("carla@demo.example", "Carla Accountant", StaffRole.ACCOUNTANTS),
    ("dan@demo.example", "Dan Accountant", StaffRole.ACCOUNTANTS),
    ("sara@demo.example", "Sara Service", StaffRole.CUSTOMER_SERVICE),
)
