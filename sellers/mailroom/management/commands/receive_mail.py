"""``manage.py receive_mail < message.eml``: take one mail in, work it off, and say what became of it."""

import json
import sys
import time
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.models import Job, JobState
from marketplace.parties.models import Market
from sellers.mailroom.models import Mail, Origin, State
from sellers.mailroom.operations.receiving import TooLarge, receive_mail
from sellers.mailroom.rules.limits import MOST_BYTES
from sellers.mailroom.wording import Told, told_of


class Command(BaseCommand):
    help = "Take in one mail from standard input; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--market", help="only this market's mailboxes count, e.g. PE")
        parser.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        market = Market.objects.filter(code=options["market"]).first() if options["market"] else None
        if options["market"] and market is None:
            raise CommandError(f"there is no market {options['market']}")
        group = f"mail:{uuid.uuid4().hex}"
        try:
            mail = receive_mail(
                sys.stdin.buffer.read(MOST_BYTES + 1),
                origin=Origin.COMMAND,
                at=timezone.now(),
                market=market,
                group=group,
            )
        except TooLarge as refusal:
            raise CommandError(str(refusal)) from None
        _work_off(group)
        mail.refresh_from_db()
        told = told_of(mail)
        self.stdout.write(_as_json(mail, told) if options["json"] else _as_text(mail, told))
        failed = self._tell_dead(group)
        if (
            failed
            or mail.state in (State.QUARANTINED, State.REFUSED)
            or any(_is_refused(each) for each in told)
        ):
            sys.exit(1)

    def _tell_dead(self, group: str) -> bool:
        dead = list(Job.objects.filter(group=group, state=JobState.DEAD))
        for row in dead:
            self.stderr.write(f"failed: {row}: {row.error}")
        return bool(dead)


def _is_refused(told: Told) -> bool:
    return not told.is_quiet


def _as_json(mail: Mail, told: list[Told]) -> str:
    files = [
        {"name": each.name, "outcome": each.outcome, "reason": each.reason, "order": each.order}
        for each in told
    ]
    value = {"mail": mail.pk, "state": mail.state, "route": mail.route, "files": files}
    return json.dumps(value, ensure_ascii=False)


def _as_text(mail: Mail, told: list[Told]) -> str:
    lines = [
        f"mail {mail.pk} from {mail.sender or '–'}: {mail.get_state_display()}, {mail.get_route_display()}"
    ]
    for each in told:
        lines.append(f"  {each.name or '–'}: {each.label}. {each.reason}".rstrip(". ") + ".")
    if mail.answer is not None:
        lines.append(f"  answered to {mail.sender}")
    elif mail.silence:
        lines.append(f"  not answered: {mail.get_silence_display()}")
    return "\n".join(lines)


def _work_off(group: str) -> None:
    """Work off the mail's jobs, beside any workers, until none is unfinished."""
    while True:
        jobs.work_off(group=group)
        if not Job.objects.unfinished().filter(group=group).exists():
            return
        jobs.sweep(at=timezone.now())
        time.sleep(0.2)
