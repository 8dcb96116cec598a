"""Having an uploaded workbook read by a process that may die of it, and hearing what it found."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from marketplace.kernel.sandbox import run_apart
from settlement.exports.wording import refusal_text
from settlement.review.rules import Row

UPLOADED_SECONDS, OWN_SECONDS = 60, 900
"""How long reading may take by the clock; its processor time is bounded besides."""


class Unreadable(Exception):
    """The workbook cannot be read; the text says why and what to do."""


def read_workbook(path: Path, heartbeat: Callable[[], None], *, own: bool = False) -> list[Row]:
    """The rows of a workbook; ``heartbeat`` is called meanwhile, and what it raises ends the reading.

    ``own`` tells that the workbook is one we wrote and nobody touched: it gets the room a large one needs.

    :raises Unreadable: if it is no export for invoicing, or not to be read within the limits.
    """
    with TemporaryFile("w+b") as told:
        status = run_apart(
            "settlement.exports.reading",
            str(path),
            *(["--own"] if own else []),
            told=told,
            seconds=OWN_SECONDS if own else UPLOADED_SECONDS,
            heartbeat=heartbeat,
        )
        told.seek(0)
        rows, outcome = _heard(told)
    if "refused" in outcome:
        raise Unreadable(refusal_text(outcome["refused"], **outcome["where"]))
    if status != 0 or outcome.get("rows") != len(rows):
        raise Unreadable(refusal_text("too_large" if status < 0 else "damaged"))
    return rows


def _heard(told: IO[bytes]) -> tuple[list[Row], dict[str, Any]]:
    """The rows told, and the outcome told last; no outcome where the reader was cut short."""
    rows: list[Row] = []
    for said in _lines(told):
        if isinstance(said, dict):
            return rows, said
        rows.append(Row(*said))
    return rows, {}


def _lines(told: IO[bytes]) -> Iterator[Any]:
    for line in told:
        try:
            yield json.loads(line)
        except ValueError:
            return  # cut off in the middle of a line
