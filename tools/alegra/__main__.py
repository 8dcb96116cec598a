"""Run the emulator: ``python -m tools.alegra --port 8077 --store FILE [--seed FILE]``."""

import argparse
import json
import secrets
import signal
import sys
import threading
import time
from pathlib import Path

from tools.alegra.accounts import EVERYBODY
from tools.alegra.control import Control
from tools.alegra.seeds import add_account
from tools.alegra.server import Server, ready_line
from tools.alegra.service import Emulator
from tools.alegra.store import Store


def main() -> None:
    """Listen until told to stop; the first line printed says where, as JSON."""
    asked = _arguments()
    store = Store(asked.store)
    if asked.seed:
        _seed(store, Path(asked.seed))
    emulator = Emulator(store, clock=time.time)
    emulator.limits.change(limit=asked.limit, window=60.0)
    token = asked.control_token or secrets.token_urlsafe(16)
    server = Server(asked.port, emulator, Control(emulator, token))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=server.stop).start())
    if asked.until_stdin_closes:
        threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
    if not asked.quiet:
        sys.stdout.write(ready_line(server, token) + "\n")
        sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    store.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.alegra", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--store", default=":memory:", help="an SQLite file; without one nothing is kept")
    parser.add_argument("--seed", help="a JSON file of companies, made unless the store has them already")
    parser.add_argument("--limit", type=int, default=150, help="requests a minute for each user")
    parser.add_argument("--control-token", help="what opens /_control; made up and printed without one")
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end with the process that started it"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing when it listens")
    return parser.parse_args()


def _seed(store: Store, path: Path) -> None:
    for body in json.loads(path.read_text()):
        with store.transaction():
            if store.find(EVERYBODY, "users", body["email"]) is None:
                add_account(store, body)


def _stop_with_parent(server: Server) -> None:
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
