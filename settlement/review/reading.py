"""Having an uploaded workbook read by a process that may die of it, and hearing what it found."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings

from settlement.exports.wording import refusal_text
from settlement.review.rules import Row

LOOK_SECONDS = 0.2
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
        status = _run(path, told, heartbeat, own=own)
        told.seek(0)
        rows, outcome = _heard(told)
    if "refused" in outcome:
        raise Unreadable(refusal_text(outcome["refused"], **outcome["where"]))
    if status != 0 or outcome.get("rows") != len(rows):
        raise Unreadable(refusal_text("too_large" if status < 0 else "damaged"))
    return rows


def _run(path: Path, told: IO[bytes], heartbeat: Callable[[], None], *, own: bool) -> int:
    """Run the reader; its exit status, negative where it was killed."""
    options = ["--own"] if own else []
    reader = subprocess.Popen(  # noqa: S603 - our own module, and a path that we named
        [sys.executable, "-m", "settlement.exports.reading", str(path), *options],
        cwd=settings.BASE_DIR,
        env={"LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=told,
        stderr=subprocess.DEVNULL,
    )
    stop_at = time.monotonic() + (OWN_SECONDS if own else UPLOADED_SECONDS)
    try:
        while (status := _wait(reader)) is None and time.monotonic() < stop_at:
            heartbeat()
    finally:
        reader.kill()
        reader.wait()
    return reader.returncode if status is None else status


def _wait(reader: "subprocess.Popen[bytes]") -> int | None:
    try:
        return reader.wait(LOOK_SECONDS)
    except subprocess.TimeoutExpired:
        return None


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
