"""Starting processes that do not outlive us."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.harness.guard import end_with_parent

ROOT = Path(__file__).resolve().parents[3]


def launch(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own; the kernel kills it with the thread that started it."""
    with log.open("ab") as said:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            user=user,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - it calls the kernel and nothing else
        )
