"""``manage.py check_books``: run every invariant and name the rows that break one."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from marketplace.kernel.books import CHECKS, run_checks


class Command(BaseCommand):
    help = "Run every invariant of the books and name the rows that break one; exits 1 if any is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = run_checks()
        if options["json"]:
            self.stdout.write(
                json.dumps({"checks": len(CHECKS), "broken": [asdict(each) for each in broken]})
            )
        else:
            self.stdout.write(f"{len(CHECKS)} checks, {len(broken)} broken")
            for each in broken:
                self.stdout.write(f"\n{each.check}")
                self.stdout.writelines(f"  {row}" for row in each.rows)
        if broken:
            sys.exit(1)
