"""``manage.py demo``: fill an empty database with the demo marketplace; the same for the same seed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.parties.models import Market
from marketplace.users.models import User
from sellers.api.demo import connect_system
from sellers.portal.demo.cast import MEMBERS, PASSWORD, STAFF
from sellers.portal.demo.history import fill
from sellers.portal.demo.people import make_people

UNTIL = date(2026, 11, 20)


class Command(BaseCommand):
    help = (
        "Fill an empty database with the demo marketplace: markets, a dozen sellers, three months of orders."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--orders", type=int, default=1500, help="how many orders; 0: markets and logins only"
        )
        parser.add_argument("--seed", type=int, default=1, help="another seed draws other orders")
        parser.add_argument(
            "--until", type=date.fromisoformat, default=UNTIL, help="the day the demo's story ends"
        )
        parser.add_argument("--logins", action="store_true", help="only print the logins")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["logins"]:
            self._fill(options)
        self._print_logins()

    def _fill(self, options: dict[str, Any]) -> None:
        if Market.objects.exists():
            raise CommandError("this database has markets already; the demo needs an empty one")
        begin = datetime.combine(options["until"], datetime.min.time(), tzinfo=UTC) - timedelta(days=100)
        sellers = make_people(at=begin)
        if options["orders"]:
            fill(
                sellers=sellers,
                orders=options["orders"],
                seed=options["seed"],
                until=options["until"],
                tell=self.stdout.write,
            )
            now = datetime.combine(options["until"], datetime.min.time(), tzinfo=UTC) + timedelta(hours=18)
            olga = User.objects.get(email="olga@demo.example")
            connect_system(sellers["3003"], by=olga, now=now)

    def _print_logins(self) -> None:
        self.stdout.write(f"\nLogins of the demo; the password of each is: {PASSWORD}")
        for email, _, number, role in MEMBERS:
            self.stdout.write(f"  {email:24} {role.label} of seller {number}")
        for email, _, staff_role in STAFF:
            code = f"code: manage.py demo_code {email.partition('@')[0]}"
            self.stdout.write(f"  {email:24} {staff_role.value}, in /admin/ ({code})")
