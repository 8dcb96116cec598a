"""Having a mail taken apart by a process that may die of it."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

from marketplace.kernel.sandbox import run_apart
from sellers.mailroom.parsing.reading import read_head
from sellers.mailroom.parsing.wire import Seen, line_to_seen, seen_to_line
from sellers.mailroom.rules.fingerprint import MOST_HEAD

CHILD = "sellers.mailroom.parsing.child"
PATIENCE = 60


def read_apart(mail: Path, folder: Path, *, heartbeat: Callable[[], None]) -> Seen:
    """What a mail says; its attachments lie in the folder. Of one the process died of only the head is told.

    :raises OSError: if our own disk failed, which says nothing of the mail.
    """
    with TemporaryFile("w+b") as told:
        status = run_apart(CHILD, str(mail), str(folder), told=told, seconds=PATIENCE, heartbeat=heartbeat)
        told.seek(0)
        line = told.readline()
    if status != 0 or not line.endswith(b"\n"):
        line = seen_to_line(_head(mail))
    return line_to_seen(line)


def _head(mail: Path) -> Seen:
    """What the head of a mail says that a process died of: that is little, and read in little time."""
    with mail.open("rb") as source:
        return read_head(source.read(MOST_HEAD))
