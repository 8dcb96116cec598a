"""The process that reads files, made to die of one: ``python -m tests.edocuments.dying LIST FIRST``."""

import os
import signal
import sys
from pathlib import Path

from marketplace.edocuments import child
from marketplace.edocuments.wire import Read

POISON = b"poison"

read_file = child.read_file


def die_of_poison(path: Path) -> Read:
    """Read as ever, but be killed half-way through a line at poison."""
    if path.read_bytes() == POISON:
        sys.stdout.buffer.write(b'{"path": "half a li')
        sys.stdout.buffer.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    return read_file(path)


if __name__ == "__main__":
    child.read_file = die_of_poison
    child.main(sys.argv[1], sys.argv[2])
