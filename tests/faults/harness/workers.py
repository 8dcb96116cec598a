"""The processes under fault: worker, beat and web server, tended as a supervisor would."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

from tests.faults.harness.launch import launch

BIN = Path(sys.executable).parent
CELERY = [str(BIN / "celery"), "-A", "marketplace.config", "--quiet"]
WORKER = [
    *(*CELERY, "worker", "--pool", "prefork", "--concurrency", "3", "--loglevel", "WARNING"),
    *("--without-mingle", "--without-gossip", "--without-heartbeat"),
]


@dataclass
class Process:
    """A command that is started again whenever it has ended."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    logs: Path
    popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.popen = launch(self.command, log=self.logs / f"{self.name}.log", environment=self.environment)

    def tend(self) -> None:
        """Start it if it is not there."""
        if self.popen is None or self.popen.poll() is not None:
            self.start()

    def family(self) -> list[psutil.Process]:
        """The process and all that descends from it now."""
        if self.popen is None or self.popen.poll() is not None:
            return []
        try:
            main = psutil.Process(self.popen.pid)
            return [main, *main.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def children(self) -> list[psutil.Process]:
        """Those who do the work: the pool of the worker, the worker of the web server."""
        main = self.family()[:1]
        return [child for each in main for child in each.children()]

    def kill(self, *, whole: bool = True) -> None:
        """Kill it with all its children, or alone, so that they go on as orphans as long as they can."""
        if self.popen is None or self.popen.poll() is not None:
            return
        if whole:
            os.killpg(self.popen.pid, signal.SIGKILL)
        else:
            self.popen.kill()
        self.popen.wait(20)


@dataclass
class Fleet:
    """All processes of a marketplace, and how many of them we have killed."""

    environment: Mapping[str, str]
    folder: Path
    kills: int = 0
    beats: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.logs = self.folder / "logs"
        self.logs.mkdir(exist_ok=True)
        self.port = _free_port()
        self.worker = self._process("worker", WORKER)
        self.web = self._process("web", _web(self.port))
        self.man_beats(1)

    def man_beats(self, count: int, *, scheduled: bool = False) -> None:
        """Have so many beats; ``scheduled``: they settle periods as well."""
        for beat in self.beats:
            beat.kill()
        more = {"SALDO_FAULTS_SCHEDULED": "1"} if scheduled else {}
        self.beats = [
            self._process(f"beat-{place}", _beat(self.folder / f"beat-{place}"), **more)
            for place in range(count)
        ]

    def tend(self) -> None:
        """Start again whatever has ended."""
        for process in (self.worker, self.web, *self.beats):
            process.tend()

    def end(self) -> None:
        """Kill everything; this counts as no fault."""
        for process in (self.worker, self.web, *self.beats):
            process.kill()

    def kill_one_of(self, process: Process, random: Random) -> None:
        """Kill one of a process's children, as a crash or a lack of memory would."""
        children = process.children()
        if children:
            victim = random.choice(children)
            _send(victim, signal.SIGKILL)
            self.kills += 1

    def kill_command(self, random: Random) -> None:
        """Kill one of the commands that people run just now."""
        running = [each for each in psutil.Process().children() if _is_command(each)]
        if running:
            _send(random.choice(running), signal.SIGKILL)
            self.kills += 1

    def kill(self, process: Process, *, whole: bool = True) -> None:
        """Kill a process itself."""
        process.kill(whole=whole)
        self.kills += 1

    def pause(self, *, beats: bool) -> None:
        """Let the beats fall silent, or go on."""
        for beat in self.beats:
            for each in beat.family():
                _send(each, signal.SIGSTOP if beats else signal.SIGCONT)

    def _process(self, name: str, command: list[str], **more: str) -> Process:
        return Process(name, command, {**self.environment, **more}, self.logs)


def wake(pid: int) -> None:
    """Let a stopped process go on, if it is there."""
    try:
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        return


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _is_command(process: psutil.Process) -> bool:
    """Whether it is one of the workload's: those alone are in our own session."""
    try:
        return os.getsid(process.pid) == os.getsid(0) and process.status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False


def _web(port: int) -> list[str]:
    return [
        *(str(BIN / "gunicorn"), "marketplace.config.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--workers", "1", "--threads", "8", "--log-level", "warning"),
    ]


def _beat(schedule: Path) -> list[str]:
    return [*CELERY, "beat", "--schedule", str(schedule), "--pidfile", "", "--loglevel", "WARNING"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
