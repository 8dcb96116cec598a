"""Having a mail taken apart by a process that may die of it."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

from marketplace.kernel.sandbox import run_apart
from sellers.mailroom.parsing.wire import Seen, line_to_seen

CHILD = "sellers.mailroom.parsing.child"
PATIENCE = 60


def read_apart(mail: Path, folder: Path, *, heartbeat: Callable[[], None]) -> Seen:
    """What a mail says; its attachments lie in the folder. One the process died of is told as unreadable.

    :raises OSError: if our own disk failed, which says nothing of the mail.
    """
    with TemporaryFile("w+b") as told:
        status = run_apart(CHILD, str(mail), str(folder), told=told, seconds=PATIENCE, heartbeat=heartbeat)
        told.seek(0)
        line = told.readline()
    if status != 0 or not line.endswith(b"\n"):
        return Seen(fault="unreadable")
    return line_to_seen(line)
