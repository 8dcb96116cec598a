"""Drawing in a process of its own: both ends of it. Pure: no Django, no clock on the wall.

What is drawn is what strangers wrote (names of products and customers), so the process has limits of memory
and time, knows no settings and no database, and can be killed at any moment. With ``--guarded`` it ends, and
takes its folder with it, when whoever started it is gone: the other end of its standard input closes then.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread

from settlement.documents.fonts import ROOT

GUARDED = "--guarded"

MEMORY = 3 << 30
"""Bytes of address space: several times what the largest table or ten pages of lines need."""

SECONDS, ROWS_IN_A_SECOND = 120, 50
"""Seconds of processor time for anything drawn, and one more for so many of its rows."""

PATIENCE = 3
"""How many seconds by the clock a second of processor time may take on a busy machine."""

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
"""What the process may know of our environment; keys and passwords are not among it."""


class NotRendered(Exception):
    """The process that draws died or took too long; what it said last."""


def draw_apart(
    module: str, *paths: Path, folder: Path, rows: int, name: str, heartbeat: Callable[[], None]
) -> None:
    """Let a process draw so many rows, calling ``heartbeat`` meanwhile; what that raises kills the process.

    :raises NotRendered: if it died or took too long.
    """
    deadline = time.monotonic() + PATIENCE * seconds_for(rows)
    environment = {name: value for name, value in os.environ.items() if name in PASSED_ON}
    with open(folder / "said", "wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own module, and paths that we named
            [sys.executable, "-m", module, GUARDED, *map(str, paths)],
            cwd=ROOT,
            env={**environment, "TMPDIR": str(folder)},
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            while not _ended(process) and time.monotonic() < deadline:
                heartbeat()
        finally:
            _end(process)
    if process.returncode:
        last = (folder / "said").read_text(errors="replace").strip()[-1000:]
        raise NotRendered(f"{name}: {process.returncode}: {last}")


def start_guard(arguments: Sequence[str]) -> list[Path]:
    """Begin as the process that draws: take the paths told, and end with the parent if that was asked."""
    paths = [Path(argument) for argument in arguments if argument != GUARDED]
    if GUARDED in arguments:
        Thread(target=_end_with_parent, args=[paths[0].parent], daemon=True).start()
    return paths


def limit(rows: int) -> None:
    """Bound this process, and those it starts, to what drawing so many rows may take."""
    seconds = seconds_for(rows)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def seconds_for(rows: int) -> int:
    """How long drawing so many rows may take."""
    return SECONDS + rows // ROWS_IN_A_SECOND


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(timeout=0.1)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of it running: neither the process nor those it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()


def _end_with_parent(folder: Path) -> None:
    while os.read(0, 1024):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)
