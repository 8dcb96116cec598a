"""Every write to markets, sellers, contracts, members and bank accounts, each with its audit record."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.mail import write_mail
from marketplace.parties.models import AccountState, BankAccount, Contract, Market, Member, Seller
from marketplace.parties.rules import check_account_number, check_tax_id, check_zone
from marketplace.users.models import User

LASTING: dict[type[models.Model], tuple[str, ...]] = {
    Market: ("code", "currency", "zone"),
    Seller: ("market_id", "partner_number"),
}
Row = TypeVar("Row", bound=models.Model)


class SamePerson(Exception):
    """The one who proposed a thing may not approve it."""


class SameAccount(Exception):
    """The seller is paid to this account already."""


class NeverChanges(Exception):
    """Orders, periods and books stand in this; it is what it was when it was entered."""


class NothingProposed(Exception):
    """There is no bank account waiting for approval."""


@transaction.atomic
def save_market(*, market: Market, by: User | None, at: datetime) -> Market:
    """Add or change a market.

    :raises BadTaxId: if its legal entity's tax id is not one of its country.
    :raises BadAccountNumber: if its bank account cannot be right.
    :raises BadZone: if there is no such time zone.
    :raises NeverChanges: if its code, currency or zone would change: amounts and periods stand in them.
    """
    market.zone = check_zone(market.zone)
    market.entity_tax_id = check_tax_id(market.entity_tax_id, country=market.code)
    if market.entity_iban:
        market.entity_iban = check_account_number(market.entity_iban, country=market.code)
    return _save(market, verb="market", subject=market.code, by=by, at=at)


@transaction.atomic
def save_seller(*, seller: Seller, by: User | None, at: datetime) -> Seller:
    """Add or change a seller.

    :raises BadTaxId: if its tax id is not one of its country.
    :raises NeverChanges: if it would move to another market or get another partner number.
    """
    seller.tax_id = check_tax_id(seller.tax_id, country=seller.country)
    return _save(seller, verb="seller", subject=seller.partner_number, by=by, at=at)


@transaction.atomic
def save_contract(*, contract: Contract, by: User | None, at: datetime) -> Contract:
    """Add or change a seller's contract; orders placed before keep the terms they were placed under."""
    before = Contract.objects.filter(pk=contract.pk).values_list("model", flat=True).first()
    if before is not None and before != contract.model:
        contract.former_model = before
    return _save(contract, verb="contract", subject=contract.seller.partner_number, by=by, at=at)


@transaction.atomic
def save_member(*, member: Member, by: User | None, at: datetime) -> Member:
    """Give a login a role at a seller, or another one."""
    return _save(member, verb="member", subject=f"{member.seller.partner_number} {member.user}", by=by, at=at)


@transaction.atomic
def remove_member(*, member_id: int, by: User | None, at: datetime) -> None:
    """Take a login's role at a seller away."""
    member = Member.objects.select_related("seller", "user").get(pk=member_id)
    subject = f"{member.seller.partner_number} {member.user}"
    record(verb="member.removed", subject=subject, by=by, at=at, seller_id=member.seller_id)
    member.delete()


@transaction.atomic
def propose_bank_account(*, seller_id: int, number: str, by: User | None, at: datetime) -> BankAccount:
    """Propose where a seller is to be paid; nothing changes until another person approves it.

    :raises BadAccountNumber: if the number cannot be right.
    :raises SameAccount: if it is in use already.
    """
    seller = Seller.objects.locked().get(pk=seller_id)
    compact = check_account_number(number, country=seller.country)
    if seller.bank_accounts.filter(state=AccountState.ACTIVE, number=compact).exists():
        raise SameAccount(compact)
    seller.bank_accounts.filter(state=AccountState.PROPOSED).update(state=AccountState.RETIRED)
    account = seller.bank_accounts.create(number=compact, proposed_by=by, proposed_at=at)
    record(verb="bank_account.proposed", subject=account.masked, by=by, at=at, seller_id=seller_id)
    _tell_of_account(account, _("A new bank account was proposed"), at)
    return account


@transaction.atomic
def approve_bank_account(*, seller_id: int, by: User | None, at: datetime) -> BankAccount:
    """Put the proposed bank account into use; the one used before is retired.

    :raises NothingProposed: if none waits.
    :raises SamePerson: if the approver proposed it.
    """
    seller = Seller.objects.locked().get(pk=seller_id)
    account = seller.bank_accounts.filter(state=AccountState.PROPOSED).first()
    if account is None:
        raise NothingProposed(_("No bank account of %(seller)s waits for approval.") % {"seller": seller})
    if by is not None and account.proposed_by_id == by.pk:
        raise SamePerson(_("You proposed this account; somebody else must approve it."))
    seller.bank_accounts.filter(state=AccountState.ACTIVE).update(state=AccountState.RETIRED)
    account.state, account.approved_by, account.approved_at = AccountState.ACTIVE, by, at
    account.save(update_fields=["state", "approved_by", "approved_at"])
    record(verb="bank_account.approved", subject=account.masked, by=by, at=at, seller_id=seller_id)
    _tell_of_account(account, _("A new bank account is in use"), at)
    return account


def _save(row: Row, *, verb: str, subject: str, by: Any, at: datetime) -> Row:
    """Save a row of reference data and record which fields changed, from what to what."""
    before = type(row)._default_manager.filter(pk=row.pk).values().first() if row.pk else None
    _check_unchanged(row, before)
    row.save()
    after = type(row)._default_manager.filter(pk=row.pk).values().get()
    changes = {
        name: [_plain(before[name]) if before else None, _plain(value)]
        for name, value in after.items()
        if before is None or before[name] != value
    }
    seller_id = row.pk if isinstance(row, Seller) else getattr(row, "seller_id", None)
    record(
        verb=f"{verb}.{'changed' if before else 'added'}",
        subject=subject,
        by=by,
        at=at,
        seller_id=seller_id,
        details=changes,
    )
    return row


def _tell_of_account(account: BankAccount, subject: str, at: datetime) -> None:
    """Tell the seller, so that a change nobody there asked for does not go unnoticed."""
    seller = account.seller
    write_mail(
        key=f"bank_account:{account.pk}:{account.state}",
        market=seller.market,
        to=[seller.email],
        subject=subject,
        body=_(
            "%(subject)s for %(seller)s: %(account)s.\n\n"
            "If nobody at your company asked for this, write to %(support)s."
        )
        % {
            "subject": subject,
            "seller": seller,
            "account": account.masked,
            "support": seller.market.support_email,
        },
        at=at,
        seller_id=seller.pk,
    )


def _check_unchanged(row: models.Model, before: dict[str, Any] | None) -> None:
    for name in LASTING.get(type(row), ()):
        if before is not None and before[name] != getattr(row, name):
            raise NeverChanges(_("%(field)s never changes once it is entered.") % {"field": name})


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, str, bool, type(None))) else str(value)
