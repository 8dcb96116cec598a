"""The roles of the marketplace's staff, and who has one: a role is a group with just these rights.

Who pays and who reactivates are two people: accountants settle and touch no voucher; customer service
gives vouchers and what comes back to customers, helps sellers with receipts, mails and ERPs, reads billing
invoices and the changes that are asked for, and sees neither documents, payouts nor books.
"""

from datetime import datetime
from enum import Enum
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet

from marketplace.kernel.audit import record
from marketplace.users.models import User

OURS = ("marketplace", "settlement", "sellers")
WITHHELD = {
    "users": None,
    "orders": ("reactivate_voucher", "add_return"),
    "vouchers": ("add_voucher", "change_voucher", "see_code"),
}
"""What accountants may not do, by app; None: nothing there."""

SERVICE = {
    "orders": None,
    "vouchers": None,
    "receipts": None,
    "mailroom": None,
    "erp": None,
    "billing": ("view_billinginvoice", "view_changerequest"),
    "parties": ("view_market", "view_seller"),
}
"""What customer service may do, by app; None: all there."""


class StaffRole(Enum):
    """What a member of staff is; the value is the name of the group."""

    ACCOUNTANTS = "Accountants"
    CUSTOMER_SERVICE = "Customer service"


def rights_of(role: StaffRole) -> "QuerySet[Permission]":
    """The rights of a role; nobody deletes what is kept for good, so no role may."""
    lasting = Permission.objects.exclude(codename__startswith="delete_")
    if role == StaffRole.CUSTOMER_SERVICE:
        return lasting.filter(_named(SERVICE))
    labels = [each.label for each in apps.get_app_configs() if each.name.split(".")[0] in OURS]
    return lasting.filter(content_type__app_label__in=labels).exclude(_named(WITHHELD))


def _named(told: "dict[str, Any]") -> Q:
    named = Q(pk=None)
    for label, codenames in told.items():
        of_app = Q(content_type__app_label=label)
        named |= of_app if codenames is None else of_app & Q(codename__in=codenames)
    return named


@transaction.atomic
def write_roles(*, by: User | None, at: datetime) -> dict[StaffRole, Group]:
    """Give each role's group just its rights, as after an upgrade that brings new ones; safe to repeat."""
    groups = {}
    for role in StaffRole:
        group, _fresh = Group.objects.get_or_create(name=role.value)
        rights, had = set(rights_of(role)), set(group.permissions.all())
        if rights != had:
            group.permissions.set(rights)
            details = {"added": _names(rights - had), "removed": _names(had - rights)}
            record(verb="role.changed", subject=role.value, by=by, at=at, details=details)
        groups[role] = group
    return groups


@transaction.atomic
def give_role(*, user_id: int, role: StaffRole | None, by: User | None, at: datetime) -> User:
    """Make a login staff with the rights of one role and no others; None takes its rights away."""
    groups = write_roles(by=by, at=at)
    user = User.objects.select_for_update().get(pk=user_id)
    user.user_permissions.clear()
    user.groups.set([groups[role]] if role else [])
    user.is_staff = role is not None
    user.save(update_fields=["is_staff"])
    record(verb="login.role_given", subject=user.email, by=by, at=at, details={"role": role and role.value})
    return user


def _names(rights: "set[Permission]") -> list[str]:
    return sorted(right.codename for right in rights)
