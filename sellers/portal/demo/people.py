"""Markets, sellers and logins of the demo marketplace."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from stdnum.iban import calc_check_digits

from marketplace.parties.models import (
    BankAccount,
    Cadence,
    Contract,
    Market,
    Member,
    NegativeBalance,
    Role,
    Seller,
)
from marketplace.parties.operations import (
    approve_bank_account,
    propose_bank_account,
    save_contract,
    save_market,
    save_member,
    save_seller,
)
from marketplace.parties.rules import BadAccountNumber, check_account_number
from marketplace.parties.staff import StaffRole, give_role
from marketplace.users.models import User

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
        "GODE561231GR8",
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
)
STAFF = (
    ("carla@demo.example", "Carla Accountant", StaffRole.ACCOUNTANTS),
    ("dan@demo.example", "Dan Accountant", StaffRole.ACCOUNTANTS),
    ("sara@demo.example", "Sara Service", StaffRole.CUSTOMER_SERVICE),
)


@transaction.atomic
def make_people(*, at: datetime) -> dict[str, Seller]:
    """Make markets, sellers and logins; sellers by partner number."""
    staff = [_make_staff(email, name, role, at) for email, name, role in STAFF]
    markets = {row[0]: _make_market(row, at) for row in MARKETS}
    sellers = {told.number: _make_seller(told, markets[told.market], staff, at) for told in SELLERS}
    for email, name, number, role in MEMBERS:
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, PASSWORD, name=name
        )
        save_member(member=Member(user=user, seller=sellers[number], role=role), by=staff[0], at=at)
    return sellers


def _make_market(row: tuple[Any, ...], at: datetime) -> Market:
    code, name, currency, zone, language, unit, vat, entity, tax_id = row
    street, postal, city = ADDRESSES[code]
    box = code.lower()
    return save_market(
        market=Market(
            code=code,
            name=name,
            currency=currency,
            zone=zone,
            language=language,
            practical_unit=unit,
            standard_vat_bp=vat,
            entity_name=entity,
            entity_tax_id=tax_id,
            entity_street=street,
            entity_zip=postal,
            entity_city=city,
            entity_iban=IBANS.get(code, ""),
            accounting_email=f"accounting.{box}@meridian.example",
            support_email=f"support.{box}@meridian.example",
            receipts_email=f"receipts.{box}@meridian.example",
            default_cadence=CADENCES.get(code, Cadence.MONTH),
            busy_orders=100_000 if code == "CZ" else None,
            receipt_required=code == "PE",
        ),
        by=None,
        at=at,
    )


def _make_seller(told: Told, market: Market, staff: list[User], at: datetime) -> Seller:
    street, postal, city = ADDRESSES[told.market]
    row = Seller(
        market=market,
        partner_number=told.number,
        name=told.name,
        tax_id=told.tax_id,
        street=street,
        zip=postal,
        city=city,
        country=told.market,
        email=f"invoices@{told.number}.seller.example",
    )
    seller = save_seller(seller=row, by=staff[0], at=at)
    contract = Contract(
        seller=seller,
        model=told.model,
        cadence=told.cadence,
        commission_bp=told.commission_bp,
        approves_clean=told.approves_clean,
        negative_balance=told.negative,
    )
    save_contract(contract=contract, by=staff[0], at=at)
    if told.market in IBANS:
        _make_account(seller, staff, at)
    return seller


def _make_account(seller: Seller, staff: list[User], at: datetime) -> BankAccount:
    number = account_number(seller.country, int(seller.partner_number))
    propose_bank_account(seller_id=seller.pk, number=number, by=staff[0], at=at)
    return approve_bank_account(seller_id=seller.pk, by=staff[1], at=at)


def account_number(country: str, seed: int) -> str:
    """A bank account number that could be one of a country: its market's, with other last digits."""
    example = IBANS[country]
    for last in range(seed * 10, seed * 10 + 1000):
        body = example[4:-6] + f"{last:06d}"
        try:
            return check_account_number(
                country + calc_check_digits(f"{country}00{body}") + body, country=country
            )
        except BadAccountNumber:
            continue
    return example


def _make_staff(email: str, name: str, role: StaffRole, at: datetime) -> User:
    """A member of the staff with a role and a second factor."""
    user = User.objects.create_user(email, PASSWORD, name=name)
    secret = get_adapter().encrypt(SECRETS[email.partition("@")[0]])
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    return give_role(user_id=user.pk, role=role, by=None, at=at)
