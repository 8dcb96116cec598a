"""``manage.py settle --market CZ --through 2026-10-31``: close what is due and walk it to its documents."""

import json
import sys
import time
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.models import Job, JobState
from marketplace.parties.models import Market
from settlement.periods.operations import StillRunning
from settlement.runs.models import Origin, Run
from settlement.runs.operations import start_run
from settlement.runs.queries import run_answers


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is no day such as 2026-10-31") from None


class Command(BaseCommand):
    help = "Close every period of a market that had ended by a day, and issue its documents; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--market", required=True, help="the market's code, e.g. CZ")
        parser.add_argument(
            "--through",
            required=True,
            type=_day,
            help="the last day inside the period, e.g. 2026-10-31",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        market = Market.objects.filter(code=options["market"]).first()
        if market is None:
            raise CommandError(f"there is no market {options['market']}")
        try:
            run = start_run(
                market=market, through=options["through"], origin=Origin.MANUAL, by=None, at=timezone.now()
            )
        except StillRunning:
            raise CommandError(
                f"{options['through']} is not over yet in {market.code}; settle it afterwards"
            ) from None
        _work_off(run)
        self._tell(run_answers(run), as_json=options["json"])
        self._tell_dead(run)

    def _tell(self, answers: Iterable[dict[str, Any]], *, as_json: bool) -> None:
        """Print the answers as they come; together they are one JSON value."""
        count = 0
        for count, each in enumerate(answers, start=1):
            if as_json:
                text = json.dumps(each, ensure_ascii=False)
                self.stdout.write(f"{'[' if count == 1 else ','}{text}", ending="")
            else:
                self.stdout.write(_line(each))
        if as_json:
            self.stdout.write("]" if count else "[]")
        else:
            self.stdout.write(f"{count} sellers")

    def _tell_dead(self, run: Run) -> None:
        dead = Job.objects.filter(group=run.group, state=JobState.DEAD)
        for row in dead:
            self.stderr.write(f"failed: {row}: {row.error}")
        if dead:
            sys.exit(1)


def _line(answer: dict[str, Any]) -> str:
    net = answer.get("net")
    due = f", {net['payer']} pays {net['payee']} {net['amount']} {answer['currency']}" if net else ""
    first_on, end_on = answer["period"]
    return f"{answer['seller']} {first_on}–{end_on}: {answer['document'] or answer['state']}{due}"


def _work_off(run: Run) -> None:
    """Work off the run's jobs, beside any workers, until none is unfinished."""
    while True:
        jobs.work_off(group=run.group)
        if not Job.objects.unfinished().filter(group=run.group).exists():
            return
        jobs.sweep(at=timezone.now())
        time.sleep(0.2)
