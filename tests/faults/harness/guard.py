"""Work that leaves nothing behind: whatever ends it, or whoever started it, all its processes end too."""

import ctypes
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import psutil

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None)


class Stopped(SystemExit):
    """Somebody asked us to stop, or whoever started us is gone."""


def guarded(work: Callable[[Path], int]) -> int:
    """Do work in a child, on a folder of its own that is deleted afterwards; the child's exit status.

    Orphans of the child fall to us rather than to init, so that none of them is ever out of sight.
    """
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    folder = Path(tempfile.mkdtemp(prefix="saldo-faults-"))
    try:
        return _wait_for(_fork(work, folder))
    finally:
        _end_all()
        shutil.rmtree(folder, ignore_errors=True)


def end_with_parent() -> None:
    """Have the kernel kill this process with the thread that started it."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped(1)


def _fork(work: Callable[[Path], int], folder: Path) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    os.setsid()  # a Ctrl-C is the guard's to take
    end_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    status = 1
    try:
        status = work(folder)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _wait_for(child: int) -> int:
    while True:
        ended, status = os.wait()
        if ended == child:
            return os.waitstatus_to_exitcode(status)


def _end_all() -> None:
    """Kill what descends from us until nothing does: what dies hands its children on to us."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    deadline = time.monotonic() + 20
    while (family := psutil.Process().children(recursive=True)) and time.monotonic() < deadline:
        for one in family:
            _kill(one)
        _reap()
        time.sleep(0.02)


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return
