"""`make run` leaves nothing behind, however it ends, and starts again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.faults


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start Saldo with nothing but its defaults, on an empty folder."""
    kept = ("HOME", "PATH", "LANG", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment.update(PORT=str(port), VAR_DIR=str(tmp_path), DEMO="--orders 0")
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "scripts/run.py"], cwd=ROOT, env=environment))
        wait_until(lambda: answers(port))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait(30)


def wait_until(fact: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/account/login/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def are_gone(family: list[psutil.Process]) -> bool:
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_all_processes_end_with_the_one_that_started_them(
    start: Callable[[], subprocess.Popen[bytes]], number: signal.Signals, port: int
) -> None:
    main = start()
    family = psutil.Process(main.pid).children(recursive=True)

    main.send_signal(number)
    status = main.wait(30)

    assert len(family) >= 3, "web, worker and beat"
    wait_until(lambda: are_gone(family), seconds=30)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    assert not answers(port)


def test_it_starts_again_after_being_killed(start: Callable[[], subprocess.Popen[bytes]]) -> None:
    first = start()
    first.kill()
    first.wait(30)

    assert start().poll() is None


def test_a_worker_that_is_killed_is_started_again(start: Callable[[], subprocess.Popen[bytes]]) -> None:
    main = psutil.Process(start().pid)
    worker = next(child for child in main.children() if "worker" in child.cmdline())
    time.sleep(5)

    worker.kill()

    wait_until(lambda: any("worker" in child.cmdline() for child in main.children() if child != worker))
