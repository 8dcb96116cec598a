"""Reading strangers' files in processes of their own; a poisonous one costs only itself."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile

from marketplace.edocuments.content import HEAD, Content, kind_of
from marketplace.edocuments.facts import Fault
from marketplace.edocuments.wire import Read, line_to_read
from marketplace.kernel.sandbox import run_apart

CHILD = "marketplace.edocuments.child"
PATIENCE = 60
MOST_DEATHS = 20
"""After so many dead processes the files left are given up: they were sent to wear us out."""


def read_apart(paths: Sequence[Path], *, heartbeat: Callable[[], None]) -> Iterator[Read]:
    """What each file is and says, in the order of the paths.

    The file a process died of is told as unreadable, and another process reads on behind it.

    :raises OSError: if our own disk failed, which says nothing of the files.
    """
    first = deaths = 0
    with NamedTemporaryFile("w", suffix=".json") as told:
        json.dump([str(path) for path in paths], told)
        told.flush()
        while first < len(paths) and deaths <= MOST_DEATHS:
            before = first
            with TemporaryFile("w+b") as answers:
                status = run_apart(
                    CHILD, told.name, str(first), told=answers, seconds=PATIENCE, heartbeat=heartbeat
                )
                answers.seek(0)
                for line in answers:
                    if line.endswith(b"\n"):
                        first += 1
                        yield line_to_read(line)
            if first < len(paths) and (status or first == before):
                yield _unread(paths[first], f"status {status}")
                first, deaths = first + 1, deaths + 1
    yield from (_unread(path, "given up") for path in paths[first:])


def _unread(path: Path, detail: str) -> Read:
    """A file nothing more is known of than its bytes."""
    try:
        with path.open("rb") as source:
            kind = kind_of(source.read(HEAD), path.name)
            source.seek(0)
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
    except FileNotFoundError:
        kind, sha256 = Content.OTHER, ""
    return Read(path, kind, fault=Fault.UNREADABLE, detail=detail, sha256=sha256)
