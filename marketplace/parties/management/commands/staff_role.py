"""``manage.py staff_role carla@meridian.example accountants``: give a login a role of the staff."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.parties.staff import StaffRole, give_role, write_roles
from marketplace.users.models import User

ROLES: dict[str, StaffRole | None] = {
    "accountants": StaffRole.ACCOUNTANTS,
    "customer-service": StaffRole.CUSTOMER_SERVICE,
    "none": None,
}


class Command(BaseCommand):
    help = "Bring the roles of the staff up to date, give a login one of them, and say who has which."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", help="a login; it has the rights of its role and no others")
        parser.add_argument("role", nargs="?", choices=ROLES, help="its role from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["email"]:
            self._give(options["email"], options["role"])
        groups = write_roles(by=None, at=timezone.now())
        for role, group in groups.items():
            emails = group.user_set.order_by("email").values_list("email", flat=True)
            self.stdout.write(f"{role.value}: {', '.join(emails) or 'nobody'}")

    def _give(self, email: str, role: str | None) -> None:
        if role is None:
            raise CommandError(f"say which role: {', '.join(ROLES)}")
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"there is no login {email}")
        if user.is_superuser:
            raise CommandError(f"{email} is a superuser, who may do everything; no role changes that")
        give_role(user_id=user.pk, role=ROLES[role], by=None, at=timezone.now())
