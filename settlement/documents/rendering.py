"""The process that draws a document's files: ``python -m settlement.documents.rendering FACTS PDF XLSX``.

It works on what strangers wrote (names of products and customers), so it has limits of memory and time, knows
no settings and no database, and can be killed at any moment. With ``--guarded`` it ends, and takes its folder
with it, when whoever started it is gone: the other end of its standard input closes then.
"""

import os
import resource
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from settlement.documents.facts import read_header
from settlement.documents.pdf import write_pdf
from settlement.documents.workbook import write_workbook

MEMORY = 3 << 30
"""Bytes of address space: several times what the largest table or ten pages of lines need."""

SECONDS, ROWS_IN_A_SECOND = 120, 50
"""Seconds of processor time for any document, and one more for so many of its rows."""


def main(arguments: Sequence[str]) -> None:
    """Draw both files."""
    source, pdf, xlsx = (Path(argument) for argument in arguments if argument != "--guarded")
    if "--guarded" in arguments:
        Thread(target=_end_with_parent, args=[source.parent], daemon=True).start()
    facts = read_header(source)
    _limit(seconds_for(facts.orders + facts.products))
    write_workbook(source, xlsx)
    write_pdf(source, pdf)


def seconds_for(rows: int) -> int:
    """How long a document of so many orders and products may take."""
    return SECONDS + rows // ROWS_IN_A_SECOND


def _limit(seconds: int) -> None:
    """Bound this process and those it starts."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _end_with_parent(folder: Path) -> None:
    while os.read(0, 1024):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
