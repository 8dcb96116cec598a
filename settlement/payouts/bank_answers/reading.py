"""Having a bank's file read by a process that may die of it, and hearing what it says."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from marketplace.kernel.sandbox import run_apart
from settlement.payouts.bank_answers.facts import Answer, BankEntry, Kind, Status
from settlement.payouts.bank_answers.tree import MOST_BYTES
from settlement.payouts.refusals import BadStatement, TooBig, Unreadable

SECONDS = 60
"""How long reading may take by the clock; its processor time is bounded besides."""
_REFUSALS = {kind.code: kind for kind in Unreadable.__subclasses__()}


def read_bank_file(path: Path, heartbeat: Callable[[], None] = lambda: None) -> tuple[Answer, ...]:
    """What a bank's file says; ``heartbeat`` is called meanwhile, and what it raises ends the reading.

    :raises Unreadable: if it is none we take, or not to be read within the limits.
    """
    if path.stat().st_size > MOST_BYTES:
        raise TooBig
    with TemporaryFile("w+b") as told:
        status = run_apart(
            "settlement.payouts.bank_answers.parsing",
            str(path.resolve()),
            told=told,
            seconds=SECONDS,
            heartbeat=heartbeat,
        )
        told.seek(0)
        said = told.read()
    if status < 0:
        raise TooBig
    if status != 0:
        raise BadStatement(entry=0, value="")
    outcome = json.loads(said)
    if "refused" in outcome:
        raise _REFUSALS[outcome["refused"]](**outcome["where"])
    return tuple(_answer(**told) for told in outcome["answers"])


def _answer(*, kind: str, from_on: str | None, to_on: str | None, entries: list[Any], **rest: Any) -> Answer:
    return Answer(
        kind=Kind(kind),
        from_on=_day(from_on),
        to_on=_day(to_on),
        entries=tuple(_entry(**entry) for entry in entries),
        **rest,
    )


def _entry(*, booked_on: str | None, value_on: str | None, status: str, **rest: Any) -> BankEntry:
    return BankEntry(booked_on=_day(booked_on), value_on=_day(value_on), status=Status(status), **rest)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
