"""Reading what strangers send in a process of its own, which may die of it. Pure: no Django."""

import errno
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 0.2
DISK_FAILED = os.EX_IOERR
LOST_AT_THE_END = 120
"""Python's own status where the last of the output could not be written."""

OF_THE_DISK = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO)


def run_apart(
    module: str, *arguments: str, told: IO[bytes], seconds: float, heartbeat: Callable[[], None]
) -> int:
    """Run one of our modules as a process that writes to ``told``; its exit status, negative if killed.

    It knows nothing of our environment. ``heartbeat`` is called meanwhile, and what it raises ends the
    process, as does the clock after so many seconds.

    :raises OSError: if it could not write what it read: our disk is at fault, not what was sent.
    """
    reader = subprocess.Popen(  # noqa: S603 - our own module, and paths that we named
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={"LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=told,
        stderr=subprocess.DEVNULL,
    )
    stop_at = time.monotonic() + seconds
    try:
        while (status := _wait(reader)) is None and time.monotonic() < stop_at:
            heartbeat()
    finally:
        reader.kill()
        reader.wait()
    status = reader.returncode if status is None else status
    if status in (DISK_FAILED, LOST_AT_THE_END):
        raise OSError(errno.EIO, f"{module} could not write what it read")
    return status


def confine(*, memory_bytes: int, cpu_seconds: int, reserves: bool = False) -> None:
    """Bound what this process may take from here on; called by the process itself.

    With ``reserves`` the bound is on memory it writes to, not on addresses: some libraries reserve
    gigabytes of those that they never use.
    """
    memory = resource.RLIMIT_DATA if reserves else resource.RLIMIT_AS
    resource.setrlimit(memory, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.excepthook = _own_up


def _own_up(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell a disk that failed us apart from a file that cannot be read."""
    if isinstance(error, OSError) and error.errno in OF_THE_DISK:
        os._exit(DISK_FAILED)
    sys.__excepthook__(kind, error, trace)


def _wait(reader: "subprocess.Popen[bytes]") -> int | None:
    try:
        return reader.wait(LOOK_SECONDS)
    except subprocess.TimeoutExpired:
        return None
