"""Reads files in a process that may die of one: ``python -m marketplace.edocuments.child LIST FIRST``.

LIST is a JSON list of paths, FIRST the place in it to begin at. It writes a line for each file as soon as
it is read, so that what was read before a death counts, and makes room for a fresh process before its
time is up.
"""

import hashlib
import json
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

from marketplace.edocuments.content import Content, kind_of
from marketplace.edocuments.facts import Fault, Unread
from marketplace.edocuments.pdf import look, read_pdf
from marketplace.edocuments.reading import read
from marketplace.edocuments.wire import Read, read_to_line
from marketplace.kernel.sandbox import confine

MEMORY_BYTES, CPU_SECONDS = 512 << 20, 40
SHARE_SECONDS = 20
"""Of its processor time a process gives no file less than half."""

CHANGE_AFTER_SECONDS = 20
MOST_FILE_BYTES = 25 << 20


def main(told: str, first: str) -> None:
    """Read files until they end, or until it is time for a fresh process."""
    confine(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
    began = time.monotonic()
    for path in json.loads(Path(told).read_text())[int(first) :]:
        sys.stdout.buffer.write(read_to_line(read_file(Path(path))))
        sys.stdout.buffer.flush()
        used = resource.getrusage(resource.RUSAGE_SELF)
        if used.ru_utime + used.ru_stime > CPU_SECONDS - SHARE_SECONDS:
            return
        if time.monotonic() - began > CHANGE_AFTER_SECONDS:
            return


def read_file(path: Path) -> Read:
    """What one file is and says."""
    try:
        with path.open("rb") as source:
            data = source.read(MOST_FILE_BYTES + 1)
    except FileNotFoundError:
        return Read(path, Content.OTHER, fault=Fault.UNREADABLE, detail="missing")
    read = Read(path, kind_of(data, path.name), sha256=hashlib.sha256(data).hexdigest())
    if len(data) > MOST_FILE_BYTES:
        return replace(read, fault=Fault.TOO_LARGE, detail=str(path.stat().st_size))
    try:
        return _read(read, data)
    except OSError:
        raise  # our disk, and no word on the file
    except Exception as error:
        return replace(read, fault=Fault.UNREADABLE, detail=type(error).__name__)


def _read(seen: Read, data: bytes) -> Read:
    if seen.kind == Content.PDF:
        seen = replace(seen, pdf=look(data))
    called_xml = seen.path.suffix.lower() == ".xml" and seen.kind in (Content.TEXT, Content.MESSAGE)
    try:
        if seen.kind == Content.XML or called_xml:
            return replace(seen, document=read(data))
        return replace(seen, document=read_pdf(data)) if seen.kind == Content.PDF else seen
    except Unread as unread:
        return replace(seen, document=unread.document, fault=unread.fault, detail=unread.detail)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
