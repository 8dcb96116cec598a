"""Run Saldo on one's own machine: web, worker, beat and mail, with the demo marketplace if there is none.

All of them end with this process, whether it is asked to stop or killed.
"""

import ctypes
import io
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from types import FrameType

import django
from django.apps import apps
from django.core.management import CommandError, call_command, get_commands
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PORT = int(os.environ.get("PORT") or 8000)
MAIL_PORT = int(os.environ.get("MAIL_PORT") or 8025)
ALEGRA_PORT = int(os.environ.get("ALEGRA_PORT") or 8077)
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))
SEEDING = VAR / "seeding"  # there while the demo is written; a start that finds it begins anew
BOOKS = VAR / "alegra.json"  # what the companies of the demo's ERP hold

CELERY = [str(BIN / "celery"), "-A", "marketplace.config", "--quiet"]
PROCESSES = {
    "web": [
        *(str(BIN / "gunicorn"), "marketplace.config.wsgi", "--bind", f"127.0.0.1:{PORT}"),
        *("--workers", "1", "--threads", "6", "--graceful-timeout", "5", "--log-level", "warning"),
    ],
    "worker": [
        *(*CELERY, "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "WARNING"),
        *("--without-mingle", "--without-gossip", "--without-heartbeat"),
    ],
    "beat": [*CELERY, "beat", "--schedule", str(VAR / "beat"), "--pidfile", "", "--loglevel", "WARNING"],
    "mail": [sys.executable, str(ROOT / "manage.py"), "listen_mail", "--port", str(MAIL_PORT)],
}
ALEGRA = [
    *(sys.executable, "-m", "tools.alegra", "--quiet"),
    *("--store", str(VAR / "alegra.sqlite3"), "--seed", str(BOOKS)),
]
PATIENCE = 15  # seconds a process has to finish what it is doing
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Stopped(SystemExit):
    """Somebody asked us to stop."""


def main() -> None:
    """Prepare the database, start the processes, say where to look, and keep them running."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ.update(
        SALDO_LOCAL="1", DJANGO_SETTINGS_MODULE="marketplace.config.settings", PYTHONUNBUFFERED="1"
    )
    os.environ["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    if "MAKELEVEL" in os.environ:
        _end_with_parent()
    alegra_port = 0 if "ALEGRA_URL" in os.environ else _free(ALEGRA_PORT)
    if alegra_port:
        os.environ["ALEGRA_URL"] = f"http://127.0.0.1:{alegra_port}/api/v1"
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        _refuse_taken_port()
        _prepare_database()
        if _is_taken(MAIL_PORT):
            del PROCESSES["mail"]
        if alegra_port and "demo_erp" in get_commands():
            running["alegra"] = _start_alegra(alegra_port)
        running.update({name: _start(PROCESSES[name]) for name in PROCESSES if name not in running})
        _wait_for_page(running)
        _say_where()
        _keep_running(running)
    finally:
        _stop_all(running)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped(0)


def _end_with_parent() -> None:
    """Ask Linux for a SIGTERM when the parent dies, so that no kill leaves an orphan behind."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _refuse_taken_port() -> None:
    if _is_taken(PORT):
        sys.exit(f"Port {PORT} is taken. Stop what uses it, or choose another: PORT=8001 make run")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _listens(port: int) -> bool:
    """Tell whether somebody listens there, without getting into the way of who is about to."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _prepare_database() -> None:
    if SEEDING.exists() and not os.environ.get("DATABASE_URL"):
        for leftover in VAR.glob("saldo.sqlite3*"):
            leftover.unlink()
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    if not _is_seeded():
        SEEDING.touch()
        for leftover in VAR.glob("alegra.sqlite3*"):
            leftover.unlink()
        # The logins are told at the end, where one looks for them.
        call_command("demo", *shlex.split(os.environ.get("DEMO", "")), stdout=io.StringIO())
        SEEDING.unlink()
    connections.close_all()


def _is_seeded() -> bool:
    """Tell whether there is a marketplace already, or no demo to make one with."""
    return "demo" not in get_commands() or apps.get_model("parties.Market").objects.exists()


def _free(port: int) -> int:
    """The port, or another where it is taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0 if _is_taken(port) else port))
        return int(probe.getsockname()[1])


def _start_alegra(port: int) -> subprocess.Popen[bytes]:
    """Start what stands in for Alegra, and connect the demo's seller to it."""
    PROCESSES["alegra"] = [*ALEGRA, "--port", str(port)]
    BOOKS.write_text(_said("demo_erp", "--companies"))
    process = _start(PROCESSES["alegra"])
    deadline = time.monotonic() + PATIENCE
    while not _listens(port) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        call_command("demo_erp", stdout=io.StringIO())
    except CommandError as error:
        print(f"The demo's ERP is not connected: {error}", flush=True)
    connections.close_all()
    return process


def _said(*command: str) -> str:
    said = io.StringIO()
    call_command(*command, stdout=said)
    return said.getvalue()


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches only us, and we end the others in order.
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: PLW1509


def _wait_for_page(running: dict[str, subprocess.Popen[bytes]]) -> None:
    while not _answers():
        if running["web"].poll() is not None:
            sys.exit("The web server did not start; what it said stands above.")
        time.sleep(0.1)


def _answers() -> bool:
    connection = HTTPConnection("127.0.0.1", PORT, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def _say_where() -> None:
    if "demo" in get_commands():
        call_command("demo", "--logins")
        connections.close_all()
    if "mail" in PROCESSES:
        print(f"\nMail is taken in on 127.0.0.1:{MAIL_PORT} (SMTP); make demo-mail sends some.")
    else:
        print(f"\nPort {MAIL_PORT} is taken, so no mail is taken in; MAIL_PORT chooses another.")
    if "alegra" in PROCESSES:
        print(f"\nWhat stands in for Alegra: {os.environ['ALEGRA_URL']}")
        call_command("demo_erp", "--credentials")
    print(f"\nSaldo runs on http://127.0.0.1:{PORT}\nCtrl-C stops it.", flush=True)


def _keep_running(running: dict[str, subprocess.Popen[bytes]]) -> None:
    started = dict.fromkeys(running, time.monotonic())
    while True:
        time.sleep(0.5)
        for name in [name for name, process in running.items() if process.poll() is not None]:
            if name == "mail" and _is_taken(MAIL_PORT):
                print(f"Port {MAIL_PORT} was taken meanwhile; going on without mail", flush=True)
                del running[name]
                continue
            if time.monotonic() - started[name] < 5:
                sys.exit(f"{name} cannot stay up; what it said stands above.")
            print(f"{name} ended; starting it again", flush=True)
            running[name], started[name] = _start(PROCESSES[name]), time.monotonic()


def _stop_all(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for process in running.values():
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in running.values():
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    main()
