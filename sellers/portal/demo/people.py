"""Making the markets, sellers and logins of the demo marketplace."""

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
from sellers.portal.demo.cast import (
    ADDRESSES,
    CADENCES,
    IBANS,
    MARKETS,
    MEMBERS,
    PASSWORD,
    READERS,
    SECRETS,
    SELLERS,
    STAFF,
    Told,
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
            takes_deposits=code == "MX",
            entity_regime="601" if code == "MX" else "",
            receipt_required=code == "PE",
            receipt_reader=READERS.get(code, ""),
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
